"""Pages of planning under a budget: two plans side by side, what more money would buy, the plan as a record."""

from dataclasses import asdict, dataclass
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qingdan.core import access, clock, looks, markup
from qingdan.core import jobs as core_jobs
from qingdan.core.columns import Column
from qingdan.core.gate import page
from qingdan.core.jobs_models import Job
from qingdan.core.listing import register_rows, table
from qingdan.core.permits import Refused
from qingdan.core.pieces import Fact
from qingdan.core.records import name_verbs, record_context
from qingdan.core.sheets import workbook_response
from qingdan.directory.pages.frame import form_page
from qingdan.directory.permits import is_auditor
from qingdan.engine import planning as engine
from qingdan.lists import jobs, matching_queries, planning
from qingdan.lists.acts import plans as acts
from qingdan.lists.lifecycle.items import free_of
from qingdan.lists.matching_forms import PlanForm
from qingdan.lists.models import ItemState, PlanState, PurchaseItem, PurchasePlan, SocialNeed
from qingdan.lists.models.words import enumerated
from qingdan.lists.pages import running
from qingdan.lists.pages.common import streets
from qingdan.lists.pages.items import ITEM_COLUMNS
from qingdan.lists.permits.matching import may_plan

looks.declare(
    PlanState, wait={"SUBMITTED": 1}, way={"DRAFT": "dash"}, done=["CHOSEN"], off={"SET_ASIDE": "cross"}
)
name_verbs({"purchase_plan.compute": _("computed anew")})
sees_plans = may_plan | is_auditor
MORE_FEN = 10_000_000
SHOWN_NEEDS = 8
WAITING = (ItemState.PROPOSED, ItemState.REVIEWED)
WITH_MONEY = frozenset(ItemState) - {*WAITING, ItemState.CANCELLED, ItemState.CARRIED_OVER}
BASIS = ("needs", "options", "streets", "groups")
"""What two plans must have been computed from alike, to be compared."""

PLAN_COLUMNS = (
    Column("name", _("plan"), kind="title", link=True, sub="focus", fixed=True),
    Column("year", _("year"), kind="code"),
    Column("budget_fen", _("to be spent at most (yuan)"), kind="money"),
    Column("state", _("state"), kind="state"),
    Column("made_at", _("made at"), kind="moment"),
)
register_rows(PurchasePlan, PLAN_COLUMNS)
access.register(PurchasePlan, matching_queries.plans, search=("name",))


@dataclass(frozen=True)
class Compared:
    """One row of the comparison: the words for each plan, which is better (0, 1 or None), and the difference."""

    label: Any
    left: str
    right: str
    better: int | None
    difference: str


def compare(left: engine.Outcome, right: engine.Outcome, names: dict[str, str]) -> list[Compared]:
    """Two plans row by row. There is no total: what counts is for people to say."""

    def row(label: Any, a: float, b: float, words: Any, *, more: bool, apart: Any = None) -> Compared:
        better = None if a == b else int((b > a) == more)
        apart = apart or words
        sign = "" if a == b else "+" if b > a else "−"
        return Compared(label, words(a), words(b), better, sign + apart(abs(b - a)))

    number = markup.number

    def points(rate: float) -> str:
        return _now("%(n)d points") % {"n": round(100 * rate)}

    rows = [
        row(_("cost (yuan)"), left.cost, right.cost, lambda fen: markup.money(int(fen)), more=False),
        row(_("needs met"), left.needs, right.needs, number, more=True),
        row(_("persons served directly"), left.persons, right.persons, number, more=True),
        row(_("supporters whose need is met"), left.support, right.support, number, more=True),
        row(_("needs of urgency 4 and 5 met"), left.urgent, right.urgent, number, more=True),
        row(
            _("distance between the streets (highest − lowest)"),
            left.spread,
            right.spread,
            points,
            more=False,
        ),
    ]
    if left.lowest and right.lowest:
        words = [f"{names.get(key, key)} {round(100 * rate)}%" for key, rate in (left.lowest, right.lowest)]
        a, b = left.lowest[1], right.lowest[1]
        lowest = row(_("street with the lowest rate"), a, b, points, more=True)
        rows.insert(5, Compared(lowest.label, words[0], words[1], lowest.better, lowest.difference))
    return rows


@dataclass(frozen=True)
class Rate:
    """A street in the picture: y, and x of both plans, in the units of the drawing."""

    name: str
    y: int
    left: int
    right: int
    left_words: str
    right_words: str

    @property
    def label_x(self) -> int:
        return self.right - 9 if self.right < self.left else self.right + 9

    @property
    def anchor(self) -> str:
        return "end" if self.right < self.left else "start"


def rates(left: engine.Outcome, right: engine.Outcome, names: dict[str, str]) -> list[Rate]:
    """The streets' rates of two plans as a dumbbell each; 0 to 100 per cent are 60 to 420 units."""
    found = []
    for n, key in enumerate(key for key in left.streets if left.streets[key][1] and key in right.streets):
        a, b = (met / total for met, total in (left.streets[key], right.streets[key]))
        found.append(
            Rate(
                names.get(key, key),
                20 + 28 * n,
                round(60 + 360 * a),
                round(60 + 360 * b),
                f"{round(100 * a)}%",
                f"{round(100 * b)}%",
            )
        )
    return found


def _further(plan: PurchasePlan, problem: engine.Problem) -> engine.Further:
    """What 100,000 yuan more would buy; kept by the digest of the plan, from which it follows."""
    key = f"further:{plan.digest}:{MORE_FEN}"
    found: engine.Further | None = cache.get(key)
    if found is None:
        found = engine.further(problem, plan.result["chosen"], MORE_FEN)
        cache.set(key, found, 3600)
    return found


def _chosen_plans(
    request: HttpRequest, plans: list[PurchasePlan]
) -> tuple[PurchasePlan | None, PurchasePlan | None]:
    """The plan looked at and the one it is compared with."""
    by_key = {str(plan.pk): plan for plan in plans}
    here = by_key.get(request.GET.get("plan", "")) or (plans[-1] if plans else None)
    other = by_key.get(request.GET.get("with", ""))
    if here is not None and (other is None or other == here):
        others = [plan for plan in plans if plan != here]
        other = others[-1] if others else None
    return here, other


@page(sees_plans)
def overview(request: HttpRequest) -> HttpResponseBase:
    """Needs, items and budget of a plan, and its comparison with another."""
    actor: Any = request.user
    year = clock.today().year
    plans = list(
        matching_queries.plans(actor)
        .filter(year=year)
        .exclude(state=PlanState.SET_ASIDE)
        .prefetch_related("lines__fund")
        .order_by("pk")
    )
    here, other = _chosen_plans(request, plans)
    context: dict[str, Any] = {
        "title": _("Matching and planning"),
        "year": year,
        "plans": plans,
        "here": here,
        "other": other,
        "may": may_plan(actor, None),
        "unmet_count": matching_queries.unmet_needs(actor.district).count(),
    }
    if here is not None:
        context |= _plan_context(request, here, other, dict(streets(actor)))
    return render(request, "lists/planning.html", context)


def _plan_context(
    request: HttpRequest, here: PurchasePlan, other: PurchasePlan | None, names: dict[str, str]
) -> dict[str, Any]:
    problem = planning.problem_of(here)
    chosen = set(here.result["chosen"])
    outcome = engine.measure(problem, chosen)
    lit = request.GET.get("need", "")
    records = {
        item.number: item
        for item in PurchaseItem.objects.filter(
            district=here.district, number__in=[option.id for option in problem.options]
        )
    }
    needs = {
        need.number: need
        for need in SocialNeed.objects.filter(
            district=here.district, number__in=[n.id for n in problem.needs]
        )
        .select_related("place__parent")
        .prefetch_related("findings")
    }
    street_of = {need.id: names.get(need.street, need.street) for need in problem.needs}
    rows = [
        {
            "item": records.get(option.id),
            "number": option.id,
            "cost": option.cost,
            "persons": option.persons,
            "needs": len(option.needs),
            "where": enumerated(sorted({street_of[key] for key in option.needs if key in street_of})),
            "chosen": option.id in chosen,
            "must": option.id in problem.must,
            "never": option.id in problem.never,
            "lit": lit in option.needs,
        }
        for option in sorted(problem.options, key=lambda option: (option.id not in chosen, option.id))
    ]
    covered = engine.covered_by(problem, chosen)
    listed = sorted(problem.needs, key=lambda need: (-need.urgency, -need.support, need.id))
    lines = list(here.lines.all())
    free = sum(free_of(line) for line in lines)
    total = sum(line.amount_fen for line in lines)
    found = _further(here, problem)
    costs = {option.id: option.cost for option in problem.options}
    waiting = sum(costs[key] for key in chosen if key in records and records[key].state in WAITING)
    with_money = sum(costs[key] for key in chosen if key in records and records[key].state in WITH_MONEY)
    context: dict[str, Any] = {
        "rows": rows,
        "outcome": outcome,
        "covered_persons": outcome.persons,
        "listed": [
            (needs[need.id], need.id in covered, need.id == lit)
            for need in listed[:SHOWN_NEEDS]
            if need.id in needs
        ],
        "more_needs": max(0, len(listed) - SHOWN_NEEDS),
        "lines": lines,
        "funds": enumerated(line.fund for line in lines),
        "total": total,
        "bound": total - free,
        "rest": here.budget_fen - here.result["cost"],
        "meter": {
            "bound": round(1000 * (total - free) / total) if total else 0,
            # what has its money is bound already and is not drawn twice
            "plan": round(1000 * waiting / total) if total else 0,
        },
        "with_money": with_money,
        "further": [
            {
                "item": records.get(option.id),
                "cost": option.cost,
                "gain": gain,
                "persons": option.persons,
                "rate": f"{gain * 1_000_000 / option.cost:.2f}",
            }
            for option, gain in zip(found.chosen, found.gains, strict=True)
        ],
        "further_left": found.left,
        "further_next": found.next_option and records.get(found.next_option.id),
        "further_next_cost": markup.money(found.next_option.cost) if found.next_option else "",
        "further_short": markup.money(found.short),
        "more_fen": MORE_FEN,
        "draft": here.state == PlanState.DRAFT and bool(may_plan(request.user, here)),
        "weights": _weight_words(here),
    }
    if other is not None:
        theirs = engine.measure(planning.problem_of(other), other.result["chosen"])
        # the older plan stands left, whichever is open
        first, second = (here, other) if here.pk < other.pk else (other, here)
        a, b = (outcome, theirs) if first is here else (theirs, outcome)
        context |= {
            "first": first,
            "second": second,
            "compared": compare(a, b, names),
            "rates": rates(a, b, names),
            "chart_height": 40 + 28 * len(a.streets),
            "same_basis": all(first.problem[part] == second.problem[part] for part in BASIS),
        }
    return context


WEIGHT_LABELS = {
    "urgency": _("urgency"),
    "persons": _("persons concerned"),
    "support": _("supporters"),
    "streets": _("fairness among streets"),
    "groups": _("fairness among target groups"),
}


def _weight_words(plan: PurchasePlan) -> str:
    return enumerated(f"{WEIGHT_LABELS[key]} {value}" for key, value in plan.parameters["weights"].items())


@page(may_plan)
def new(request: HttpRequest) -> HttpResponseBase:
    actor: Any = request.user
    year = clock.today().year
    form = PlanForm(request.POST or None, actor=actor, year=year)

    def act() -> PurchasePlan | Job:
        given = {name: form.cleaned_data[name] for name in ("name", "focus", "budget_fen")}
        candidates = PurchaseItem.objects.filter(district=actor.district, year=year, state=ItemState.REVIEWED)
        if candidates.count() > jobs.IN_REQUEST:
            return core_jobs.enqueue(
                "lists.plan",
                actor=actor.actor_label,
                district=actor.district,
                account=actor.pk,
                year=year,
                lines=[line.pk for line in form.cleaned_data["lines"]],
                weights=asdict(form.weights),
                **given,
            )
        return acts.make_plan(
            actor=actor, year=year, lines=form.cleaned_data["lines"], weights=form.weights, **given
        )

    return form_page(
        request,
        form,
        act,
        title=_("New plan"),
        lead=_("Chooses among the reviewed items. Same records and same weights always give the same plan."),
        submit=_("Compute"),
        back=reverse("planning"),
        crumbs=[(_("Matching and planning"), reverse("planning"))],
        to=lambda made: (
            running.page_of(made) if isinstance(made, Job) else f"{reverse('planning')}?plan={made.pk}"
        ),
        done=running.said(_("Computed. Compare it with another plan before you submit one."), form),
    )


@page(may_plan)
def compute(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Ticked and unticked items become required and excluded ones; the rest is computed around them."""
    plan = access.get_visible_or_404(PurchasePlan, request.user, pk=pk)
    if request.method == "POST":
        actor: Any = request.user
        ticked, chosen = set(request.POST.getlist("item")), set(plan.result["chosen"])
        known = {option[0] for option in plan.problem["options"]}
        must, never = set(plan.parameters["must"]), set(plan.parameters["never"])
        if request.POST.get("do") == "free":
            must, never = set(), set()
        else:
            must = (must | (ticked - chosen)) & ticked & known
            never = (never | (chosen - ticked)) & (known - ticked)
        try:
            acts.compute_anew(plan=plan, actor=actor, must=must, never=never)
        except Refused as no:
            messages.error(request, str(no.reason))
        else:
            messages.success(request, _now("Computed anew."))
    return redirect(f"{reverse('planning')}?plan={pk}")


@page(sees_plans)
def plan(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A plan as a record: parameters, result, and whether it comes out the same when computed again."""
    found = access.get_visible_or_404(PurchasePlan, request.user, pk=pk)
    items = PurchaseItem.objects.filter(district=found.district, number__in=found.result["chosen"]).order_by(
        "number"
    )
    same = planning.is_reproducible(found) if request.GET.get("again") else None
    context = record_context(
        found,
        request.user,
        crumbs=[(_("Matching and planning"), reverse("planning"))],
        number=found.name,
        line=[found.year, found.focus, found.made_by],
        facts=[
            Fact(_("budget lines"), enumerated(found.lines.select_related("fund"))),
            Fact(_("to be spent at most (yuan)"), found.budget_fen, "money"),
            Fact(_("cost (yuan)"), found.result["cost"], "money"),
            Fact(_("weights"), _weight_words(found)),
            Fact(_("required"), enumerated(found.parameters["must"])),
            Fact(_("excluded"), enumerated(found.parameters["never"])),
            Fact(
                _("method"),
                _("exact: no other choice reaches more points")
                if found.result["exact"]
                else _("approximate: too many items for an exact search"),
            ),
            Fact(_("points reached"), found.result["points"], "number"),
            Fact(_("made at"), found.made_at, "moment"),
            Fact(_("digest (SM3)"), found.digest),
        ],
        tables=[{"title": _("Items to be bought"), "table": table(items, ITEM_COLUMNS, request.GET)}],
        same=same,
        asked=same is not None,
    )
    return render(request, "lists/plan.html", context)


@page(sees_plans)
def export(request: HttpRequest) -> HttpResponseBase:
    """The comparison of two plans as a workbook."""
    actor: Any = request.user
    found = matching_queries.plans(actor).filter(Q(pk=_key(request, "plan")) | Q(pk=_key(request, "with")))
    plans = list(found.order_by("pk"))
    if len(plans) != 2:
        messages.error(request, _now("Choose two plans to compare."))
        return redirect("planning")
    a, b = (engine.measure(planning.problem_of(plan), plan.result["chosen"]) for plan in plans)
    rows = compare(a, b, dict(streets(actor)))
    return workbook_response(
        _now("Comparison of plans"),
        ["", plans[0].name, plans[1].name, _now("difference")],
        ["title", "text", "text", "text"],
        [[str(row.label), row.left, row.right, row.difference] for row in rows],
        actor=actor,
        name="plans",
    )


def _key(request: HttpRequest, name: str) -> int:
    value = request.GET.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 12 else 0
