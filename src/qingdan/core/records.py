"""Pages of one record: what is known, what may be done next and why not, what happened.

context = record_context(need, actor, crumbs=[(_("Social need list"), reverse("needs"))], title=need.title,
                         facts=[Fact(_("For whom"), need.target)], line=[…], trace=trace_of(need))
return render(request, "record.html", context)      # or a template that extends record.html
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import pgettext

from qingdan.core import access, journal, markup
from qingdan.core.lifecycle import Lifecycle, Move, lifecycle_of, registered
from qingdan.core.looks import look_of
from qingdan.core.models import JournalEntry
from qingdan.core.permits import Refused
from qingdan.core.pieces import Fact, TraceStep

_verbs: dict[str, Any] = {}
_forms: dict[str, dict[str, Callable[[Any], str]]] = {}
_gives: dict[str, set[str]] = {}


def asks(
    model: type[Model], forms: Mapping[str, Callable[[Any], str]], *, gives: Collection[str] = ()
) -> None:
    """Moves that need more than a reason: verb → the address of its form for a record.

    The record's page leads there, and the general address refuses such a move. `gives` names the verbs whose form
    takes down the very thing the guard looks for: the way to the form is open before it is there.
    """
    _forms.setdefault(model._meta.label_lower, {}).update(forms)
    _gives.setdefault(model._meta.label_lower, set()).update(gives)


def asked(model: type[Model]) -> set[str]:
    """The verbs of this kind that have a form of their own."""
    return set(_forms.get(model._meta.label_lower, {}))


def form_address(record: Model, verb: str) -> str:
    """Where this move of this record is asked for; empty when a reason at most is needed."""
    form = _forms.get(record._meta.label_lower, {}).get(verb)
    return form(record) if form else ""


def is_grave(lifecycle: Lifecycle, move: Move) -> bool:
    """Whether a move stops the matter or takes it off: such an act is never the primary button."""
    return look_of(lifecycle.states, move.target).kind in {"stop", "off"}


def name_verbs(words: Mapping[str, Any]) -> None:
    """Words for verbs that acts write into the journal themselves: `{"contract.pay": _("paid")}`."""
    _verbs.update(words)


def verb_label(verb: str) -> str:
    """A journal verb in words: a room's own, the label of the lifecycle's move, or the verb itself."""
    if verb in _verbs:
        return str(_verbs[verb])
    name, _dot, move = verb.partition(".")
    for _label, lifecycle in registered():
        if lifecycle.name == name:
            if move == "begin":
                return pgettext("journal", "entered")
            try:
                return _bare(lifecycle[move].label)
            except KeyError:
                break
    return verb


def _bare(label: Any) -> str:
    """The words of a move without an ellipsis: the page adds one where a step follows."""
    return str(label).rstrip("…. ")


def state_label(entry: JournalEntry) -> str:
    """The state after an entry in words, if the kind of record still knows it."""
    for label, lifecycle in registered():
        if label == entry.subject_type and entry.after in lifecycle.states.values:
            return str(lifecycle.states(entry.after).label)
    return entry.after


@dataclass(frozen=True)
class Step:
    """A move as a button: possible, or disabled with its reason.

    `page` is the address of a form for moves that need more than a reason; `post` the general address;
    `grave` marks a move that stops the matter or takes it off.
    """

    verb: str
    label: Any
    possible: bool
    reason: Any
    needs_reason: bool
    warns: Any
    post: str
    page: str = ""
    primary: bool = False
    grave: bool = False


def next_steps(record: Model, actor: Any) -> list[Step]:
    """The moves that leave this record's state; the first that is possible, plain and not grave is primary."""
    lifecycle = lifecycle_of(record)
    if lifecycle is None or not getattr(actor, "is_authenticated", True):
        return []
    given = _gives.get(record._meta.label_lower, set())
    steps, primary_given = [], False
    for offer in lifecycle.offers(record, actor):
        grave = is_grave(lifecycle, offer.move)
        possible = offer.possible or offer.move.verb in given
        plain = not (offer.move.needs_reason or offer.move.warns or grave)
        primary = possible and plain and not primary_given
        primary_given = primary_given or primary
        steps.append(
            Step(
                verb=offer.move.verb,
                label=_bare(offer.move.label),
                possible=possible,
                reason=offer.reason,
                needs_reason=offer.move.needs_reason,
                warns=offer.move.warns,
                post=reverse("move", args=[record._meta.label_lower, record.pk, offer.move.verb]),
                page=form_address(record, offer.move.verb),
                primary=primary,
                grave=grave,
            )
        )
    return sorted(steps, key=lambda step: (not step.primary, not step.possible, step.grave))


@dataclass(frozen=True)
class Happened:
    """One line of the timeline."""

    entry: JournalEntry
    what: str
    state: str

    @property
    def day(self) -> dt.date:
        return journal.day_of(self.entry)

    @property
    def words(self) -> str:
        return markup.dots((self.what, self.state))


def timeline(record: Model, limit: int = 12) -> list[Happened]:
    """The newest entries about a record, in words."""
    return [
        Happened(entry, verb_label(entry.verb), state_label(entry))
        for entry in journal.history(record)[:limit]
    ]


def record_context(
    record: Model,
    actor: Any,
    *,
    title: Any = "",
    crumbs: Iterable[tuple[Any, str]] = (),
    number: Any = "",
    line: Iterable[Any] = (),
    facts: Iterable[Fact] = (),
    trace: Iterable[TraceStep] = (),
    history: bool = True,
    **extra: Any,
) -> dict[str, Any]:
    """The context of `record.html`; three queries besides those of the record's own parts."""
    return {
        "record": record,
        "title": title or str(record),
        "crumbs": list(crumbs),
        "number": number,
        "line": [part for part in line if part],
        "facts": [fact for fact in facts if fact.value not in (None, "")],
        "trace": list(trace),
        "steps": next_steps(record, actor),
        "history": timeline(record) if history else [],
        "history_count": journal.history(record).count() if history else 0,
        "has_state": lifecycle_of(record) is not None,
        **extra,
    }


def perform(label: str, pk: Any, verb: str, *, actor: Any, reason: str = "") -> tuple[Any, str]:
    """Move a record found through its gate; answers the record and the words of the verb.

    Raises `Http404` when the record cannot be seen, `Refused` when the move is not possible.
    """
    model = access.model_called(label)
    record = access.get_visible_or_404(model, actor, pk=pk)
    lifecycle = lifecycle_of(model)
    if lifecycle is None:
        raise Refused(_now("Records of this kind have no states to change."))
    try:
        words = _bare(lifecycle[verb].label)
    except KeyError:
        raise Refused(_now("There is no such act.")) from None
    if verb in asked(model):
        raise Refused(_now("“%(words)s” needs more than a reason: fill in its form.") % {"words": words})
    lifecycle.move(record, verb, actor=actor, reason=reason)
    return record, words
