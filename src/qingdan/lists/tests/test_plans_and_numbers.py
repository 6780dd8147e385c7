"""Numbers are given one by one; plans that no longer hold are not chosen, unlike ones not compared in silence."""

import datetime as dt
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.utils import translation

from qingdan.core import access, clock, journal
from qingdan.core.actor import SystemActor
from qingdan.core.permits import Refused
from qingdan.core.pieces import local_day
from qingdan.directory.models import Account, Place
from qingdan.lists import checks
from qingdan.lists.acts import items, plans, resources
from qingdan.lists.lifecycle.items import ITEM
from qingdan.lists.lifecycle.needs import NEED
from qingdan.lists.matching_forms import PlanForm
from qingdan.lists.models import (
    ListEdition,
    ListKind,
    Match,
    MatchProposal,
    NeedReporter,
    NeedState,
    PlanState,
    PurchaseItem,
    PurchasePlan,
    Resource,
    SocialNeed,
)
from qingdan.lists.models.resources import days_in_words

pytestmark = pytest.mark.django_db
DISTRICT = "530111"
STAFF = SystemActor("test", DISTRICT)


@pytest.fixture(autouse=True)
def on_the_day(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    settings.DEMO = True
    monkeypatch.setenv("QINGDAN_DEMO_TODAY", "2018-09-12")
    with clock.living_on(dt.date(2018, 9, 12)):
        yield


def test_numbers_go_on_after_the_digits_are_used_up(sample: Any) -> None:
    item = PurchaseItem.objects.order_by("pk").first()
    assert item is not None
    PurchaseItem.objects.filter(pk=item.pk).update(number="XM-2018-1000")
    assert items.next_number(DISTRICT, 2018) == "XM-2018-1001"
    found = Resource.objects.order_by("pk").first()
    assert found is not None
    Resource.objects.filter(pk=found.pk).update(number=f"ZY-{found.area.code}-2018-12345")
    assert resources.next_number(DISTRICT, "530111001", 2018) == "ZY-530111001-2018-12346"


def test_the_two_plans_of_the_sample_differ(sample: Any) -> None:
    first, second = PurchasePlan.objects.order_by("pk")
    assert first.result["chosen"] != second.result["chosen"]
    assert (first.problem["needs"], first.problem["options"]) == (
        second.problem["needs"],
        second.problem["options"],
    )


def test_a_plan_is_not_chosen_when_its_items_no_longer_wait(sample: Any) -> None:
    plan = PurchasePlan.objects.order_by("pk")[0]
    plans.submit(plan=plan, reason="示例", actor=STAFF)
    gone = PurchaseItem.objects.get(number=plan.result["chosen"][0])
    ITEM.move(gone, "cancel", actor=STAFF, reason="示例")
    with pytest.raises(Refused, match=gone.number):
        plans.choose(plan=plan, reason="示例", actor=STAFF)
    assert not PurchaseItem.objects.filter(number__in=plan.result["chosen"], line__isnull=False).exists()


def test_one_plan_at_a_time_waits_for_a_decision(sample: Any, client: Client) -> None:
    first, second = PurchasePlan.objects.order_by("pk")
    plans.submit(plan=first, reason="示例", actor=STAFF)
    with pytest.raises(Refused, match=first.name):
        plans.submit(plan=second, reason="示例", actor=STAFF)
    client.force_login(Account.objects.get(username="bureau"))
    page = client.get(f"/planning/{second.pk}/").content.decode()
    assert f"“{first.name}” of 2018 waits for its decision" in page


def test_one_plan_of_a_year_is_in_force(sample: Any) -> None:
    first, second = PurchasePlan.objects.order_by("pk")
    kept, other = (set(plan.result["chosen"]) for plan in (first, second))
    already = set(PurchaseItem.objects.filter(number__in=kept, line__isnull=False)[:1])
    PurchaseItem.objects.filter(number__in=kept | other).exclude(pk__in=[one.pk for one in already]).update(
        line=None
    )
    plans.submit(plan=first, reason="示例", actor=STAFF)
    plans.choose(plan=first, reason="示例", actor=STAFF)
    plans.submit(plan=second, reason="示例", actor=STAFF)
    with pytest.raises(Refused, match=f"{first.name}.*{sorted(kept)[0]}"):
        plans.choose(plan=second, reason="示例", actor=STAFF)
    assert second.state == PlanState.SUBMITTED
    plans.take_back(plan=first, reason="先顾薄弱街道", actor=STAFF)
    assert first.state == PlanState.SET_ASIDE
    assert journal.history(first)[0].reason == "先顾薄弱街道"
    # only what the choice gave is taken
    assert set(PurchaseItem.objects.filter(number__in=kept, line__isnull=False)) == already
    plans.choose(plan=second, reason="示例", actor=STAFF)
    assert not PurchaseItem.objects.filter(number__in=other, line__isnull=True).exists()


def test_a_plan_that_is_carried_out_makes_room_for_a_further_one(sample: Any) -> None:
    """Money that comes in the middle of the year is planned too; what was carried out stays chosen."""
    first, second = PurchasePlan.objects.order_by("pk")
    plans.submit(plan=first, reason="示例", actor=STAFF)
    plans.choose(plan=first, reason="示例", actor=STAFF)
    for item in PurchaseItem.objects.filter(number__in=first.result["chosen"]):
        ITEM.move(item, "budget", actor=STAFF)
    with pytest.raises(Refused, match="carried out"):
        plans.take_back(plan=first, reason="示例", actor=STAFF)
    plans.compute_anew(plan=second, actor=STAFF, budget_fen=10_000_000)
    second.refresh_from_db()
    plans.submit(plan=second, reason="示例", actor=STAFF)
    plans.choose(plan=second, reason="示例", actor=STAFF)
    first.refresh_from_db()
    assert (first.state, second.state) == (PlanState.CHOSEN, PlanState.CHOSEN)
    assert not set(first.result["chosen"]) & set(second.result["chosen"])


def test_money_that_is_set_aside_for_a_plan_is_not_drawn_twice(sample: Any, client: Client) -> None:
    client.force_login(Account.objects.get(username="bureau"))
    plan = PurchasePlan.objects.order_by("pk")[0]
    plans.submit(plan=plan, reason="示例", actor=STAFF)
    plans.choose(plan=plan, reason="示例", actor=STAFF)
    before = client.get(f"/planning/?plan={plan.pk}").context
    for item in PurchaseItem.objects.filter(number__in=plan.result["chosen"])[:2]:
        ITEM.move(item, "budget", actor=STAFF)
    after = client.get(f"/planning/?plan={plan.pk}").context
    assert (before["with_money"], after["with_money"]) == (0, after["bound"] - before["bound"])
    assert after["with_money"] > 0
    drawn = [sum(context["meter"].values()) for context in (before, after)]
    assert abs(drawn[0] - drawn[1]) <= 1


def test_a_plan_that_buys_nothing_is_not_submitted(sample: Any) -> None:
    plan = PurchasePlan.objects.order_by("pk")[0]
    plans.compute_anew(plan=plan, actor=STAFF, budget_fen=100)
    with pytest.raises(Refused, match="buys nothing"):
        plans.submit(plan=plan, reason="示例", actor=STAFF)


def test_the_plans_of_the_sample_were_made_on_its_day(sample: Any) -> None:
    for plan in PurchasePlan.objects.all():
        day = dt.date(2018, 9, 12)
        assert (local_day(plan.made_at), journal.day_of(journal.history(plan)[0])) == (day, day)


def test_parts_of_a_fen_are_refused_and_units_are_read(sample: Any) -> None:
    bureau = Account.objects.get(username="bureau")
    for given, fen in (("300000", 30_000_000), ("30万", 30_000_000), ("0.005", None), ("0.99", None)):
        form = PlanForm({"name": "方案丙", "budget_fen": given}, actor=bureau, year=2018)
        form.is_valid()
        assert ("budget_fen" in form.errors) == (fen is None)
        assert form.cleaned_data.get("budget_fen") == fen


def test_a_search_for_orders_reads_their_words_at_once(
    sample: Any, django_assert_max_num_queries: Any
) -> None:
    door = access.door_of(Match)
    assert door is not None
    with django_assert_max_num_queries(1):
        found = [str(match) for match in access.matching(door, STAFF, "培训")[:12]]
    assert len(found) > 3


def test_a_plan_takes_no_name_that_is_given(sample: Any) -> None:
    bureau = Account.objects.get(username="bureau")
    form = PlanForm({"name": " 方案甲 "}, actor=bureau, year=2018)
    assert not form.is_valid()
    assert "name" in form.errors


def test_plans_of_another_starting_point_are_said_not_to_be_comparable(sample: Any, client: Client) -> None:
    client.force_login(Account.objects.get(username="bureau"))
    assert client.get("/planning/").context["same_basis"]
    elsewhere = (
        SocialNeed.objects.filter(state=NeedState.PUBLISHED).exclude(purchase_items__isnull=False).first()
    )
    NEED.move(elsewhere, "match", actor=STAFF)
    plans.compute_anew(plan=PurchasePlan.objects.order_by("pk")[0], actor=STAFF)
    assert not client.get("/planning/").context["same_basis"]


def test_a_street_proposes_for_its_own_needs(sample: Any, client: Client) -> None:
    street = Account.objects.get(username="street")
    client.force_login(street)
    client.post("/proposals-of-matches/new/", {"street": "", "category": "", "least": "50"})
    made = MatchProposal.objects.order_by("-pk").first()
    assert made is not None
    assert made.lines.exists()
    codes = set(made.lines.values_list("need__place__code", flat=True))
    assert all(code.startswith(tuple(street.place_codes)) for code in codes)


def test_a_proposal_changed_by_hand_is_not_called_the_best_any_more(sample: Any, client: Client) -> None:
    client.force_login(Account.objects.get(username="bureau"))
    proposal = MatchProposal.objects.get()
    address = proposal.get_absolute_url()
    assert client.get(address).context["share"]
    line = proposal.lines.filter(resource__isnull=False).first()
    assert line is not None
    for key in ("²", "none", ""):
        assert client.post(f"{address}lines/{line.pk}/", {"resource": key}).status_code == 302
    assert client.get(address).context["share"] is None


def test_an_item_says_what_to_do_while_thresholds_are_missing(sample: Any) -> None:
    item = PurchaseItem.objects.filter(state="REVIEWED").first()
    assert item is not None
    said = next(one for one in checks.check_item(item) if one.check == "splitting")
    assert "Not judged" in str(said.text)
    assert "finance" in str(said.text)


def test_an_edition_reads_as_cards_on_a_phone(sample: Any, client: Client) -> None:
    edition = ListEdition.objects.filter(kind=ListKind.RESOURCES, confirmed_at__isnull=False).first()
    assert edition is not None
    page = client.get(f"/editions/{edition.pk}/", headers={"accept-language": "en"}).content.decode()
    assert 'class="q-t dense stack q-edition"' in page
    assert page.count('data-label="') >= len(edition.content)
    assert "：" not in page.split("<main")[1].split("q-edition")[0]


def test_the_day_of_erasure_is_given_back_to_needs_that_ended_before(sample: Any) -> None:
    place = Place.objects.get(district=DISTRICT, code="530111001001")
    common: dict[str, Any] = {
        "district": DISTRICT,
        "place": place,
        "title": "样例",
        "text": "样例",
        "category": "ELDERLY",
        "target": "ELDERLY",
        "raised_on": dt.date(2018, 3, 1),
        "source": "RESIDENT",
    }
    ended = SocialNeed.objects.create(number="XQ-1", state=NeedState.IN_SERVICE, **common)
    inside = SocialNeed.objects.create(number="XQ-2", state=NeedState.MERGED, merged_into=ended, **common)
    going = SocialNeed.objects.create(number="XQ-3", state=NeedState.PUBLISHED, **common)
    for need in (ended, inside, going):
        NeedReporter.objects.create(district=DISTRICT, need=need)
    NEED.move(ended, "finish", actor=STAFF, reason="样例")
    NeedReporter.objects.update(erase_on=None)
    import_module("qingdan.lists.migrations.0006_erase_after_the_end").set_days(apps, None)
    days = dict(
        NeedReporter.objects.filter(need__in=[ended, inside, going]).values_list("need__number", "erase_on")
    )
    assert days == {"XQ-1": dt.date(2019, 3, 14), "XQ-2": dt.date(2019, 3, 14), "XQ-3": None}


def test_days_that_follow_each_other_are_a_span() -> None:
    with translation.override("en"):
        assert days_in_words([1, 2, 3, 4, 5]) == "Monday to Friday"
        assert days_in_words([1, 3, 6, 7]) == "Monday, Wednesday, Saturday, Sunday"
    with translation.override("zh-hans"):
        assert days_in_words([1, 2, 3, 4, 5]) == "星期一至星期五"
        assert days_in_words([2, 4]) == "星期二、星期四"
