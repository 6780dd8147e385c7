"""The way of a need: purchase item, call, project, contract, payments, services, persons, figure, letter.

The rooms on this way cannot import those above them, so the way is told here, above all of them, and shown on the
page of the need through `core.traces`. A stage holds what this actor may see; where the records are not linked yet
the stage stays “to come”.
"""

from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from qingdan.calls.models import Project, Round
from qingdan.contracts.models import Contract, Instalment
from qingdan.core import access, clock, figures, markup, traces
from qingdan.core.figures import FigureError, Scope
from qingdan.core.models import Reading
from qingdan.core.pieces import TraceStep
from qingdan.delivery.models import ServiceSession
from qingdan.lists.models import NeedState, PurchaseItem, SocialNeed
from qingdan.replies.models import LetterFigure, Publication

ENDED_EARLY = (NeedState.MERGED, NeedState.REJECTED, NeedState.EXPIRED)
DIRECT = "delivery.direct_persons"


def _more(count: int) -> tuple[str, ...]:
    """That there are others beside the one shown."""
    return (ngettext("and %(n)d more", "and %(n)d more", count - 1) % {"n": count - 1},) if count > 1 else ()


def of_need(need: SocialNeed, actor: Any) -> list[TraceStep]:
    """Ten stages, those that have happened first; about a dozen queries. A need that was merged, refused or has
    lapsed has no way of its own."""
    if need.state in ENDED_EARLY:
        return []
    steps = [_need(need)]
    items = list(access.visible(PurchaseItem, actor).filter(needs=need).order_by("number"))
    steps.append(_first(_("Purchase"), items, lambda item: item.number, lambda item: (item.title,)))
    projects = list(
        access.visible(Project, actor)
        .filter(purchase_item__in=items)
        .select_related("round", "organisation")
        .order_by("awarded_on", "pk")
    )
    rounds = list(access.visible(Round, actor).filter(projects__in=projects).distinct())
    steps.append(_first(_("Call"), rounds, lambda one: one.year, lambda one: (str(one),)))
    steps.append(
        _first(
            _("Project"),
            projects,
            lambda one: one.number,
            lambda one: (one.organisation.short_name or one.organisation.name, one.awarded_on),
        )
    )
    contracts = list(
        access.visible(Contract, actor)
        .filter(project__in=projects)
        .select_related("commitment")
        .order_by("signed_on", "pk")
    )
    steps.append(_contract(contracts))
    steps.append(_payments(contracts))
    steps += _services(projects, actor, contracts)
    steps += _letters(projects)
    return steps


def _need(need: SocialNeed) -> TraceStep:
    merged = need.merged_needs.count()
    facts: list[Any] = [ngettext("%(n)d merged", "%(n)d merged", merged) % {"n": merged}] if merged else []
    return TraceStep(_("Need"), _("this need"), "", (*facts, need.raised_on), "here")


def _first(stage: Any, records: list[Any], value: Any, facts: Any) -> TraceStep:
    if not records:
        return TraceStep(stage)
    one = records[0]
    told = [fact for fact in facts(one) if fact]
    return TraceStep(
        stage, value(one), markup.address_of(one), tuple([*_more(len(records)), *told][:2]), "done"
    )


def _contract(contracts: list[Contract]) -> TraceStep:
    if not contracts:
        return TraceStep(_("Contract"))
    total = sum(one.commitment.amount_fen for one in contracts)
    first = contracts[0]
    return TraceStep(
        _("Contract"),
        _now("%(sum)s yuan") % {"sum": markup.money(total)},
        markup.address_of(first),
        (first.number, *_more(len(contracts))),
        "done",
    )


def _payments(contracts: list[Contract]) -> TraceStep:
    """Seen by whoever sees the contract."""
    parts = Instalment.objects.filter(contract__in=contracts)
    paid = parts.filter(payment__isnull=False).aggregate(fen=Sum("payment__amount_fen"))["fen"]
    if not contracts or not paid:
        return TraceStep(_("Payments"))
    done, all_parts = parts.filter(payment__isnull=False).count(), parts.count()
    return TraceStep(
        _("Payments"),
        _now("%(sum)s yuan") % {"sum": markup.money(paid)},
        markup.address_of(contracts[0]),
        (_now("%(done)d of %(all)d parts") % {"done": done, "all": all_parts},),
        "done" if done == all_parts else "run",
    )


def _services(projects: list[Project], actor: Any, contracts: list[Contract]) -> list[TraceStep]:
    if not projects:
        return [TraceStep(_("Services")), TraceStep(_("Persons"))]
    titles = {one.title for one in projects}
    sessions = ServiceSession.objects.standing(clock.today()).filter(project__in=projects)
    count = sessions.count()
    latest = sessions.order_by("-held_on").values_list("held_on", flat=True).first()
    over = all(one.ends_on <= clock.today() for one in contracts) if contracts else False
    state = "done" if over else "run"
    services = TraceStep(_("Services"))
    persons = TraceStep(_("Persons"))
    title = projects[0].title
    try:
        by = {"project": title}
        year = projects[0].round.year
        held = figures.get("delivery.sessions").read(Scope(projects[0].district, clock.today(), year, by=by))
        served = figures.get(DIRECT).read(Scope(projects[0].district, clock.today(), year, by=by))
    except FigureError:
        return [services, persons]
    if count:
        services = TraceStep(
            _("Services"),
            ngettext("%(n)d session", "%(n)d sessions", count) % {"n": count},
            held.link,
            (_now("until %(day)s") % {"day": latest}, *_more(len(titles))),
            state,
        )
    if served.records:
        persons = TraceStep(
            _("Persons"),
            ngettext("%(n)d person", "%(n)d persons", int(served.exact)) % {"n": int(served.exact)},
            served.link,
            (_("each once"),),
            state,
        )
    return [services, persons]


def _letters(projects: list[Project]) -> list[TraceStep]:
    """Figures about these projects that issued and published letters cite, and whether they still agree."""
    titles = {one.title for one in projects}
    cited = [
        one
        for one in LetterFigure.objects.filter(
            district=projects[0].district if projects else "",
            reading__figure__startswith="delivery.",
            letter__publication=Publication.ACTIVE,
            letter__issued_at__isnull=False,
        ).select_related("letter", "reading")
        if one.reading.by.get("project") in titles
    ]
    if not cited:
        return [TraceStep(_("Figure")), TraceStep(_("Letter"))]
    lead = next((one for one in cited if one.reading.figure == DIRECT), cited[0])
    now = figures.agreement(lead.reading, clock.today()).now
    printed = markup.number(lead.reading.value)
    if now is not None and now != lead.reading.value:
        shown = (
            f"{printed} → {markup.number(now)}",
            (_now("cited %(n)s") % {"n": printed}, _now("today %(n)s") % {"n": markup.number(now)}),
        )
        figure = TraceStep(_("Figure"), shown[0], _link(lead.reading), shown[1], "bad")
    else:
        figure = TraceStep(_("Figure"), printed, _link(lead.reading), (_("agrees"),), "done")
    letter = lead.letter
    return [
        figure,
        TraceStep(_("Letter"), letter.number, markup.address_of(letter), (letter.dated_on,), "done"),
    ]


def _link(reading: Reading) -> str:
    return figures.get(reading.figure).link(figures.scope_of(reading, clock.today()))


def register() -> None:
    """Called when the web app is ready."""
    traces.register(SocialNeed, of_need)
