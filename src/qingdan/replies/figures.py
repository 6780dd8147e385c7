"""Numbers about proposals: how many there are, and the rates that an office reports of them each year.

A proposal belongs to the year in which it was received and to the agency that leads. Everything is judged as known
at the end of the as-of day, by the dates that the papers bear.
"""

from typing import Any

from django.db.models import BooleanField, Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils.translation import gettext_lazy as _

from qingdan.core.figures import Count, Definition, Dimension, Figure, Scope, Share, declare
from qingdan.directory.models import Agency
from qingdan.replies.models import (
    ConsultationRecord,
    FeedbackForm,
    LetterState,
    Proposal,
    ProposalKind,
    ReplyClass,
    ReplyClassMeaning,
    ReplyLetter,
    Satisfaction,
)


def _kinds(district: str) -> list[tuple[str, Any]]:
    return list(ProposalKind.choices)


def _units(district: str) -> list[tuple[str, Any]]:
    """The agencies that lead a proposal; the tables of a year are few and small, so this is asked anew."""
    leading = Agency.objects.filter(district=district, led_proposals__isnull=False).distinct()
    return list(leading.order_by("code").values_list("code", "short_name"))


KIND = Dimension("kind", _("kind"), "kind", _kinds)
UNIT = Dimension("unit", _("lead handling agency"), "lead__code", _units)
YEAR = _("The year in which the proposal was received.")
NEVER_ADDED = _("Rates are neither added nor averaged; ask for the rate over all proposals.")


def _received(scope: Scope) -> QuerySet[Any]:
    """Every proposal received by the day, with the day of its first letter and the class of its last."""
    letters = ReplyLetter.objects.filter(
        proposal=OuterRef("pk"), state=LetterState.ISSUED, dated_on__lte=scope.as_of
    )
    return Proposal.objects.filter(district=scope.district, received_on__lte=scope.as_of).annotate(
        answered_on=Subquery(letters.order_by("dated_on", "version").values("dated_on")[:1]),
        last_class=Subquery(letters.order_by("-version").values("reply_class")[:1]),
    )


def _answered(scope: Scope) -> QuerySet[Any]:
    return _received(scope).filter(answered_on__isnull=False)


def _if(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def _to_be_answered(scope: Scope) -> QuerySet[Any]:
    due = Q(answered_on__isnull=False) | Q(due_on__lte=scope.as_of)
    return _received(scope).filter(due).annotate(met=_if(Q(answered_on__lte=F("due_on"))))


def _consulted(scope: Scope) -> QuerySet[Any]:
    talks = ConsultationRecord.objects.filter(proposal=OuterRef("pk"), held_on__lte=OuterRef("answered_on"))
    return _answered(scope).annotate(met=Exists(talks))


def _asked(scope: Scope) -> QuerySet[Any]:
    forms = FeedbackForm.objects.filter(letter__proposal=OuterRef("pk"), received_on__lte=scope.as_of)
    last = Subquery(forms.order_by("-letter__version").values("result")[:1])
    content = (Satisfaction.SATISFIED, Satisfaction.BASICALLY)
    found = _answered(scope).annotate(said=last).filter(said__isnull=False)
    return found.annotate(met=_if(Q(said__in=content)))


def _classified(scope: Scope) -> QuerySet[Any]:
    return _answered(scope).exclude(last_class="")


def _taken_up(scope: Scope) -> QuerySet[Any]:
    """What the classes meant in the year of each proposal, as `queries.class_meanings` says it of one year."""
    known = ReplyClassMeaning.objects.filter(district=scope.district)
    latest = known.filter(year__lte=OuterRef("received_on__year")).order_by("-year").values("year")[:1]
    meanings = known.filter(year=OuterRef("of"), reply_class=OuterRef("last_class")).values("taken_up")
    found = _classified(scope).annotate(of=Subquery(latest)).annotate(met=Subquery(meanings))
    return found.filter(met__isnull=False)


def _declare(key: str, name: Any, unit: str, measure: Any, records: Any, definition: Definition) -> None:
    declare(
        Figure(f"replies.{key}", name, unit, records, measure, definition, (KIND, UNIT), "received_on__year")
    )


def _count(key: str, name: Any, records: Any, **definition: Any) -> None:
    _declare(key, name, "件", Count(), records, Definition(**definition, year=YEAR))


def _rate(key: str, name: Any, records: Any, **definition: Any) -> None:
    _declare(key, name, "%", Share("met"), records, Definition(**definition, year=YEAR, adding=NEVER_ADDED))


_count(
    "received",
    _("proposals and suggestions received"),
    _received,
    counts=_("Proposals and suggestions registered here, whoever leads."),
    identity=_("A proposal put by several is one proposal."),
    moment=_("From the day it was received."),
)
_count(
    "answered",
    _("proposals and suggestions answered"),
    _answered,
    counts=_("Proposals and suggestions with an issued reply."),
    identity=_("A proposal answered a second time, or by several agencies, is counted once."),
    moment=_("From the date of the first reply."),
)
_rate(
    "in_time_rate",
    _("rate of proposals answered in time"),
    _to_be_answered,
    counts=_(
        "Of the proposals that were answered or whose time is over, those whose first reply bears a date "
        "not after the due day."
    ),
    excludes=_("Proposals that are not answered yet and still have time."),
    moment=_("The due day counts with the extensions that were granted."),
)
_rate(
    "consulted_rate",
    _("rate of proposals talked over with the proposers"),
    _consulted,
    counts=_("Of the answered proposals, those with a talk on record not after the first reply."),
    identity=_("Several talks about one proposal count once."),
)
_rate(
    "satisfied_rate",
    _("rate of satisfied proposers"),
    _asked,
    counts=_(
        "Of the answered proposals with feedback, those whose last feedback is satisfied or basically so."
    ),
    excludes=_("Proposals whose proposers have not answered the form."),
    identity=_("After a second reply its feedback takes the place of the first."),
)
_rate(
    "taken_up_rate",
    _("rate of proposals taken up"),
    _taken_up,
    counts=_("Of the answered proposals, those whose last reply is of a class that counts as taken up."),
    excludes=_("Replies of a class whose meaning is not on record for the year."),
    identity=_("The class of the last reply counts."),
)


def _of_class(letter: str) -> Any:
    def records(scope: Scope) -> QuerySet[Any]:
        return _classified(scope).annotate(met=_if(Q(last_class=letter)))

    return records


_CLASS_NAMES = {
    ReplyClass.A: _("share of class A replies"),
    ReplyClass.B: _("share of class B replies"),
    ReplyClass.C: _("share of class C replies"),
    ReplyClass.D: _("share of class D replies"),
}
for _class, _name in _CLASS_NAMES.items():
    _rate(
        f"class_{_class.lower()}_share",
        _name,
        _of_class(_class),
        counts=_("Of the answered proposals with a class, those whose last reply is of this class."),
        identity=_("The class of the last reply counts."),
    )
RATES = (
    "replies.in_time_rate",
    "replies.consulted_rate",
    "replies.satisfied_rate",
    "replies.taken_up_rate",
    *(f"replies.class_{one.lower()}_share" for one in ReplyClass),
)
