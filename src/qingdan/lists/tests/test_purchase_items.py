"""Purchase items, the rules they are checked by, plans, and editions."""

import datetime as dt
import io
from dataclasses import replace

import openpyxl
import pypdf
import pytest
from django.core.cache import cache

from qingdan.core import journal
from qingdan.core.actor import SystemActor
from qingdan.core.figures import Scope, get
from qingdan.core.permits import Refused
from qingdan.core.testing import assert_constant_queries
from qingdan.directory.models import Account, Agency
from qingdan.engine.planning import Weights
from qingdan.funds.models import BudgetLine
from qingdan.lists import checks, matching_queries, planning, publishing, queries
from qingdan.lists.acts import editions, items, plans
from qingdan.lists.acts import matches as matches_acts
from qingdan.lists.lifecycle.items import ITEM, free_of
from qingdan.lists.models import (
    ItemState,
    ListEdition,
    ListKind,
    Method,
    PlanState,
    PurchaseItem,
    PurchasePlan,
    Resource,
    Way,
)
from qingdan.lists.pages.editions import printed
from qingdan.lists.pages.planning import compare
from qingdan.lists.tests.cast import need
from qingdan.policies.models import NegativeListItem, ServiceCatalogEntry, Threshold
from qingdan.policies.rules import load_rules, set_threshold

pytestmark = pytest.mark.django_db
DISTRICT = "530111"
STAFF = SystemActor("test", DISTRICT)


@pytest.fixture(autouse=True)
def _in_2018(monkeypatch, settings):
    settings.DEMO = True
    monkeypatch.setenv("QINGDAN_DEMO_TODAY", "2018-09-12")


def entry(code="1.03"):
    load_rules(district=DISTRICT, actor=STAFF)
    return ServiceCatalogEntry.objects.get(edition="2014", code=code)


def unmet(**fields):
    wish = need(**fields)
    for way in Way:
        matches_acts.find(need=wish, way=way, covers=False, note="试过", actor=STAFF)
    return wish


def item(**fields):
    given = {
        "year": 2018,
        "title": "四点半课堂",
        "content": "放学后看护和作业辅导",
        "category": "CHILDREN",
        "target": "CHILDREN",
        "persons": 30,
        "budget_fen": 6_000_000,
        "entry": entry(),
        "method": Method.DIRECT_COMMISSION,
        **fields,
    }
    return items.make_item(needs=[unmet()], actor=STAFF, **given)


def lines(below=None, tender=None):
    entry()
    for kind, yuan in ((Threshold.Kind.BELOW_LIMIT, below), (Threshold.Kind.OPEN_TENDER, tender)):
        if yuan:
            Threshold.objects.filter(edition="2018", kind=kind).update(amount_fen=yuan * 100)


def levels(one):
    return {(finding.check, finding.level) for finding in checks.check_item(one)}


# ── made from unmet needs ───────────────────────────────────────────────────


def test_an_item_is_made_from_unmet_needs_and_numbered():
    made = item()
    assert made.number == "XM-2018-001"
    assert item().number == "XM-2018-002"
    assert made.needs.count() == 1
    assert journal.history(made)[0].verb == "purchase_item.begin"


def test_nothing_is_bought_for_needs_that_have_their_answer():
    answered = need(state="DONE")
    with pytest.raises(Refused, match=answered.number):
        items.make_item(
            needs=[answered],
            actor=STAFF,
            year=2018,
            title="示例",
            category="OTHER",
            target="RESIDENTS",
            budget_fen=1,
        )
    with pytest.raises(Refused, match="at least one need"):
        items.make_item(
            needs=[], actor=STAFF, year=2018, title="示例", category="OTHER", target="RESIDENTS", budget_fen=1
        )


# ── rules ───────────────────────────────────────────────────────────────────


def test_rules_are_loaded_once():
    assert load_rules(district=DISTRICT, actor=STAFF) > 70
    assert load_rules(district=DISTRICT, actor=STAFF) == 0
    assert NegativeListItem.objects.filter(edition="2020").count() == 6
    with pytest.raises(Refused):
        load_rules(district=DISTRICT, actor=None)


def test_an_entry_of_another_time_does_not_hold():
    later = item(entry=None)
    assert ("directory", checks.STOP) in levels(later)
    entry()
    later.entry = ServiceCatalogEntry.objects.get(edition="2020", code="A1003")
    assert ("directory", checks.STOP) in levels(later)
    later.year = 2021
    assert ("directory", checks.GOOD) in levels(later)


def test_the_negative_list_of_the_year_stops_an_item_until_a_reason_is_given():
    made = item(title="老年人健身器材采购")
    (stopped,) = [one for one in checks.check_item(made) if one.check == "negative"]
    assert stopped.level == checks.STOP
    assert "财预〔2017〕87号" in stopped.rule
    with pytest.raises(Refused, match="negative list"):
        ITEM.move(made, "review", actor=STAFF)
    items.change_item(item=made, actor=STAFF, why_allowed="只教怎么用，不买器材")
    ITEM.move(made, "review", actor=STAFF)
    assert made.state == ItemState.REVIEWED


def test_splitting_a_job_below_a_line_takes_a_stated_reason():
    lines(below=100_000, tender=500_000)
    first = item(budget_fen=6_000_000)
    assert ("splitting", checks.GOOD) in levels(first)
    second = item(budget_fen=6_000_000)
    (warned,) = [one for one in checks.check_item(second) if one.check == "splitting"]
    assert warned.level == checks.WARN
    assert "120,000" in str(warned.text)
    with pytest.raises(Refused, match="over the line"):
        ITEM.move(second, "review", actor=STAFF)
    items.change_item(item=second, actor=STAFF, why_apart="两个街道相距远，分开实施")
    ITEM.move(second, "review", actor=STAFF)
    # another entry, another year, or a cancelled item is another job
    assert ("splitting", checks.GOOD) in levels(item(entry=entry("2.04")))
    ITEM.move(second, "cancel", actor=STAFF, reason="示例")
    assert ("splitting", checks.GOOD) in levels(first)


def test_neither_an_empty_buyer_nor_a_finer_entry_takes_an_item_out_of_the_sum(sample):
    lines(below=100_000, tender=500_000)
    PurchaseItem.objects.update(state=ItemState.CANCELLED)
    one, other = Agency.objects.filter(district=DISTRICT).order_by("pk")[:2]
    above = entry("5.04")
    part = ServiceCatalogEntry.objects.get(edition="2014", parent=above)

    def warns(buyer, chosen):
        added = item(buyer=buyer, entry=chosen)
        said = ("splitting", checks.WARN) in levels(added)
        ITEM.move(added, "cancel", actor=STAFF, reason="示例")
        return said

    item(buyer=one, entry=part)
    assert warns(one, above)
    assert warns(None, part)
    assert not warns(other, part)
    assert not warns(one, entry("2.04"))


def test_nothing_is_bought_for_needs_that_have_their_answer_meanwhile(sample):
    first, second = unmet(), unmet()
    made = items.make_item(
        needs=[first, second],
        actor=STAFF,
        year=2018,
        title="四点半课堂",
        content="放学后看护",
        category="CHILDREN",
        target="CHILDREN",
        budget_fen=100,
        entry=entry(),
        line=BudgetLine.objects.filter(year=2018).first(),
    )
    assert ("needs", checks.GOOD) in levels(made)
    matches_acts.find(need=first, way=Way.VOLUNTEER, covers=True, note="有志愿者了", actor=STAFF)
    told = checks.needs_behind(made)
    assert told.level == checks.NOTE
    assert first.number in told.text
    assert second.number not in told.text
    ITEM.move(made, "review", actor=STAFF)
    matches_acts.find(need=second, way=Way.VOLUNTEER, covers=True, note="有志愿者了", actor=STAFF)
    with pytest.raises(Refused, match=f"nothing to buy.*{second.number}"):
        ITEM.move(made, "budget", actor=STAFF)


def test_an_item_that_stands_above_the_line_by_itself_is_no_splitting():
    lines(below=100_000, tender=500_000)
    item(budget_fen=6_000_000)
    big = item(budget_fen=12_000_000, method=Method.CONSULTATION)
    assert {level for check, level in levels(big) if check == "splitting"} == {checks.GOOD}


def test_methods_follow_the_thresholds():
    lines(below=100_000, tender=200_000)
    assert ("method", checks.STOP) in levels(item(budget_fen=10_000_000, method=Method.DIRECT_COMMISSION))
    assert not {check for check, _l in levels(item(budget_fen=9_999_999))} & {"method"}
    assert ("method", checks.WARN) in levels(item(budget_fen=20_000_000, method=Method.CONSULTATION))
    tender = item(budget_fen=20_000_000, method=Method.OPEN_TENDER)
    assert "method" not in {check for check, _level in levels(tender)}


def test_a_year_without_threshold_says_that_splitting_cannot_be_judged():
    made = item()
    (note,) = [one for one in checks.check_item(made) if one.check == "splitting"]
    assert note.level == checks.NOTE
    assert "not confirmed" in note.rule
    assert not note.stops


def test_an_unknown_threshold_is_filled_in_once(sample):
    finance = Account.objects.get(username="finance")
    line = Threshold.objects.get(edition="2018", kind=Threshold.Kind.BELOW_LIMIT)
    set_threshold(threshold=line, amount_fen=50_000_000, document="示例文件", confirmed=True, actor=finance)
    with pytest.raises(Refused, match="new edition"):
        set_threshold(threshold=line, amount_fen=1, document="示例文件", confirmed=True, actor=finance)
    with pytest.raises(Refused):
        set_threshold(
            threshold=Threshold.objects.get(edition="2018", kind=Threshold.Kind.OPEN_TENDER),
            amount_fen=1,
            document="示例文件",
            confirmed=False,
            actor=Account.objects.get(username="street"),
        )


# ── money ───────────────────────────────────────────────────────────────────


def test_items_cannot_set_aside_more_than_a_line_has(sample):
    line = BudgetLine.objects.get(fund__code="VENTURE", year=2018)
    big = item(budget_fen=free_of(line) - 100, line=line, method=Method.CONSULTATION)
    small = item(budget_fen=200, line=line, entry=entry("2.04"))
    for one in (big, small):
        ITEM.move(one, "review", actor=STAFF)
    ITEM.move(big, "budget", actor=STAFF)
    assert free_of(line) == 100
    with pytest.raises(Refused, match="too few"):
        ITEM.move(small, "budget", actor=STAFF)
    with pytest.raises(Refused, match="by which targets"):
        ITEM.move(big, "publish", actor=STAFF)
    items.change_item(
        item=big,
        actor=STAFF,
        starts_on=dt.date(2018, 10, 8),
        ends_on=dt.date(2019, 7, 31),
        targets="服务 30 人",
    )
    ITEM.move(big, "publish", actor=STAFF)
    with pytest.raises(Refused, match="published"):
        items.change_item(item=big, actor=STAFF, title="另一个名字")
    ITEM.move(big, "carry_over", actor=STAFF, reason="明年再做")
    ITEM.move(small, "budget", actor=STAFF)


def test_a_reviewed_item_keeps_what_was_reviewed():
    made = item()
    ITEM.move(made, "review", actor=STAFF)
    with pytest.raises(Refused, match="budget"):
        items.change_item(item=made, actor=STAFF, budget_fen=1)
    ITEM.move(made, "send_back", actor=STAFF, reason="预算不对")
    items.change_item(item=made, actor=STAFF, budget_fen=1)


# ── plans ───────────────────────────────────────────────────────────────────


def test_a_plan_is_recomputed_to_the_same_result_however_records_change(sample):
    plan = PurchasePlan.objects.get(name="方案甲")
    kept = dict(plan.result)
    assert planning.is_reproducible(plan)
    PurchaseItem.objects.filter(number__in=kept["chosen"]).update(budget_fen=1)
    plan.refresh_from_db()
    assert planning.is_reproducible(plan)
    assert planning.solve(planning.problem_of(plan)) == kept
    plan.result["chosen"] = plan.result["chosen"][1:]
    assert not planning.is_reproducible(plan)


def test_a_plan_keeps_within_the_free_money_and_its_required_items(sample):
    line = BudgetLine.objects.get(fund__code="VENTURE", year=2018)

    def make(**given):
        return plans.make_plan(
            **{
                "actor": STAFF,
                "name": "方案丙",
                "year": 2018,
                "lines": [line],
                "budget_fen": 20_000_000,
                "weights": Weights(),
                **given,
            }
        )

    with pytest.raises(Refused, match="500,000"):
        make(budget_fen=50_000_001)
    with pytest.raises(Refused, match="more than the 10,000"):
        make(budget_fen=1_000_000, must=["XM-2018-009"])
    with pytest.raises(Refused, match="no candidates any more: XM-2018-001"):
        make(must=["XM-2018-001"])
    plan = make(must=["XM-2018-009"], never=["XM-2018-010"])
    assert "XM-2018-009" in plan.result["chosen"]
    assert "XM-2018-010" not in plan.result["chosen"]
    assert plan.result["cost"] <= 20_000_000
    plans.compute_anew(plan=plan, actor=STAFF, must=[], never=["XM-2018-009"])
    plan.refresh_from_db()
    assert "XM-2018-009" not in plan.result["chosen"]


def test_a_plan_is_submitted_with_its_reason_and_chosen_as_it_was_computed(sample):
    first, second = PurchasePlan.objects.order_by("pk")
    with pytest.raises(Refused, match="reason"):
        plans.submit(plan=first, reason="", actor=STAFF)
    plans.submit(plan=first, reason="附议人数多", actor=STAFF)
    with pytest.raises(Refused, match="Only a draft"):
        plans.compute_anew(plan=first, actor=STAFF)
    street = Account.objects.get(username="street")
    with pytest.raises(Refused):
        plans.choose(plan=first, reason="示例", actor=street)
    plans.choose(plan=first, reason="先解决人多的", actor=STAFF)
    assert first.state == PlanState.CHOSEN
    chosen = PurchaseItem.objects.filter(number__in=first.result["chosen"])
    assert {one.line for one in chosen} == set(first.lines.all())
    assert journal.history(first)[0].data["digest"] == first.digest
    plans.take_back(plan=first, reason="示例", actor=STAFF)
    PurchasePlan.objects.filter(pk=second.pk).update(result=first.result)
    second.refresh_from_db()
    plans.submit(plan=second, reason="示例", actor=STAFF)
    with pytest.raises(Refused, match="another result"):
        plans.choose(plan=second, reason="示例", actor=STAFF)


# ── editions ────────────────────────────────────────────────────────────────


def test_differences_are_found_by_number():
    before = [{"number": "1", "title": "甲", "n": 1}, {"number": "2", "title": "乙", "n": 2}]
    after = [{"number": "2", "title": "乙", "n": 3}, {"number": "3", "title": "丙", "n": 4, "new": 5}]
    found = publishing.differences(before, after)
    assert [row["number"] for row in found.added] == ["3"]
    assert [row["number"] for row in found.removed] == ["1"]
    assert [(one.number, one.fields) for one in found.changed] == [("2", (("n", 2, 3),))]
    assert not publishing.differences(after, list(reversed(after)))


def test_a_published_edition_is_frozen_and_the_next_one_says_what_changed(sample):
    draft = ListEdition.objects.get(kind=ListKind.RESOURCES, confirmed_at__isnull=True)
    published = editions.publish_edition(edition=draft, actor=STAFF)
    assert published.number == 2
    rows = list(published.content)
    Resource.objects.filter(number=rows[0]["number"]).update(title="改了名字")
    published.refresh_from_db()
    assert published.content == rows
    assert publishing.digest_of(published.content) == published.digest
    with pytest.raises(Refused, match="next edition"):
        editions.publish_edition(edition=published, actor=STAFF)
    third = editions.draft_edition(kind=ListKind.RESOURCES, year=2018, actor=STAFF)
    assert third.number == 3
    assert publishing.edition_before(third) == published
    (changed,) = publishing.differences(published.content, third.content).changed
    assert changed.fields == (("title", rows[0]["title"], "改了名字"),)
    Resource.objects.filter(number=rows[0]["number"]).update(title=rows[0]["title"])
    with pytest.raises(Refused, match="Nothing changed"):
        editions.publish_edition(edition=third, actor=STAFF)


def test_a_draft_edition_counts_for_nothing(sample):
    figure = get("lists.kinds")
    assert figure.read(Scope(DISTRICT, dt.date(2018, 6, 29))).exact == 3
    assert figure.read(Scope(DISTRICT, dt.date(2018, 6, 14))).exact == 0
    draft = ListEdition.objects.get(confirmed_at__isnull=True)
    assert not queries.editions(None).filter(pk=draft.pk).exists()


def test_an_edition_is_published_by_the_bureau_only(sample):
    with pytest.raises(Refused):
        editions.draft_edition(kind=ListKind.NEEDS, year=2018, actor=Account.objects.get(username="street"))


# ── pages ───────────────────────────────────────────────────────────────────


@pytest.fixture
def bureau(sample, client):
    client.force_login(Account.objects.get(username="bureau"))
    return client


def test_an_edition_comes_as_page_workbook_and_pdf(bureau):
    one = ListEdition.objects.get(kind=ListKind.RESOURCES, number=2)
    page = bureau.get(f"/editions/{one.pk}/")
    assert page.status_code == 200
    assert len(page.context["added"]) == 6
    book = openpyxl.load_workbook(io.BytesIO(bureau.get(f"/editions/{one.pk}/xlsx/").getvalue()))
    assert book.active.max_row == len(one.content) + 1
    pdf = pypdf.PdfReader(io.BytesIO(bureau.get(f"/editions/{one.pk}/pdf/").content))
    text = "".join(sheet.extract_text() for sheet in pdf.pages)
    assert one.content[0]["number"] in text.replace("\n", "")
    assert len(printed(one).notes) == 1 + 6 + len(page.context["changed"])


def test_the_planning_page_compares_two_plans(bureau):
    page = bureau.get("/planning/")
    labels = {str(row.label): row for row in page.context["compared"]}
    cost = labels["cost (yuan)"]
    left, right = (int(text.replace(",", "")) for text in (cost.left, cost.right))
    assert 0 < left <= page.context["total"]
    assert 0 < right <= page.context["total"]
    assert page.context["bound"] + page.context["outcome"].cost <= page.context["total"]
    lit = page.context["listed"][0][0]
    page = bureau.get(f"/planning/?need={lit.number}")
    assert [row["number"] for row in page.context["rows"] if row["lit"]]


def test_the_cheaper_plan_and_the_one_that_meets_more_are_the_better(bureau):
    left = bureau.get("/planning/").context["outcome"]
    right = replace(left, cost=left.cost + 100, needs=left.needs + 1)
    for a, b, cheaper, signs in ((left, right, 0, "++"), (right, left, 1, "−−")):
        rows = {str(row.label): row for row in compare(a, b, {})}
        cost, met, same = (rows[name] for name in ("cost (yuan)", "needs met", "persons served directly"))
        assert (cost.better, met.better, same.better) == (cheaper, 1 - cheaper, None)
        assert (cost.difference[0] + met.difference[0], same.difference) == (signs, "0")


def test_ticks_become_required_and_excluded_items(bureau):
    plan = PurchasePlan.objects.get(name="方案乙")
    chosen = plan.result["chosen"]
    other = next(row[0] for row in plan.problem["options"] if row[0] not in chosen)
    answer = bureau.post(f"/planning/{plan.pk}/compute/", {"item": [*chosen[1:], other]})
    assert answer.status_code == 302
    plan.refresh_from_db()
    assert (plan.parameters["must"], plan.parameters["never"]) == ([other], [chosen[0]])
    assert other in plan.result["chosen"]
    assert chosen[0] not in plan.result["chosen"]


def test_the_unmet_page_counts_by_street_and_group(bureau):
    page = bureau.get("/unmet/")
    assert page.context["cross"]["total"] == matching_queries.unmet_needs(DISTRICT).count()
    figure = get("lists.unmet").read(Scope(DISTRICT, dt.date(2018, 9, 12)))
    assert figure.exact == page.context["cross"]["total"]


def test_an_item_is_made_on_the_page(bureau):
    wishes = list(matching_queries.unmet_needs(DISTRICT).filter(category="LEGAL")[:2])
    address = "/purchase-items/new/?" + "&".join(f"needs={one.pk}" for one in wishes)
    assert bureau.get(address).context["form"].initial["category"] == "LEGAL"
    sent = {
        "title": "社区法律咨询日",
        "category": "LEGAL",
        "target": "RESIDENTS",
        "content": "每月两次坐班",
        "persons": "60",
        "budget_fen": "30000",
        "entry": str(ServiceCatalogEntry.objects.get(edition="2014", code="2.04").pk),
    }
    bureau.post(address, sent)
    made = PurchaseItem.objects.get(title="社区法律咨询日")
    assert (made.budget_fen, made.state, made.needs.count()) == (3_000_000, ItemState.PROPOSED, 2)


def test_resources_go_to_excel_and_come_back_as_drafts(bureau, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"
    book = openpyxl.load_workbook(io.BytesIO(b"".join(bureau.get("/resources/import/export/"))))
    sheet = book.active
    assert sheet.max_row >= 187
    head = next(n for n in range(1, 6) if sheet.cell(n, 1).value)
    while sheet.max_row > head + 2:
        sheet.delete_rows(sheet.max_row)
    for row in (head + 1, head + 2):
        sheet.cell(row, 1).value = None
    sheet.cell(head + 2, 9).value = "没有的地方"
    path = tmp_path / "resources.xlsx"
    book.save(path)
    before = Resource.objects.count()
    with path.open("rb") as file:
        sent = bureau.post("/resources/import/", {"file": file})
    report = bureau.get(sent["Location"]).context["report"]
    assert (report.taken, report.refused) == (1, 1)
    assert Resource.objects.count() == before
    done = bureau.post(sent["Location"], follow=True)
    assert (done.context["run"].taken, done.context["run"].refused) == (1, 1)
    made = Resource.objects.order_by("-pk").first()
    assert Resource.objects.count() == before + 1
    assert made.state == "DRAFT"
    assert made.windows.exists()


@pytest.mark.parametrize(
    ("address", "open_to"),
    [
        ("/planning/", {"bureau", "finance", "auditor"}),
        ("/unmet/", {"bureau", "finance", "auditor", "street", "community"}),
        ("/matches/", {"bureau", "finance", "auditor", "street", "community", "organisation"}),
        ("/proposals-of-matches/", {"bureau", "auditor", "street"}),
        ("/purchase-items/choose/", {"bureau"}),
    ],
)
def test_who_reaches_what(sample, client, address, open_to):
    for username in (
        "bureau",
        "finance",
        "auditor",
        "street",
        "community",
        "organisation",
        "resident",
        "system",
    ):
        client.force_login(Account.objects.get(username=username))
        assert (client.get(address).status_code == 200) == (username in open_to), username


def test_public_lists_show_what_is_public(sample, client):
    page = client.get("/purchase-items/")
    assert {row.record.state for row in page.context["rows"]} == {ItemState.PUBLISHED}
    assert client.get("/purchase-items/XM-2018-010/").status_code == 404
    assert client.get("/purchase-items/XM-2018-001/").status_code == 200


@pytest.mark.parametrize("address", ["/resources/", "/unmet/", "/purchase-items/", "/matches/", "/planning/"])
def test_pages_ask_as_often_for_many_records(bureau, address):
    def act():
        cache.clear()  # the numbers of the sidebar are kept until the journal grows
        bureau.get(address)

    assert assert_constant_queries(act, lambda: [unmet() for _n in range(5)]) < 50


def test_an_item_is_linked_to_resources_and_parted_from_needs_on_its_page(bureau):
    wishes = list(matching_queries.unmet_needs(DISTRICT).filter(category="CHILDREN").order_by("pk")[:2])
    address = "/purchase-items/new/?" + "&".join(f"needs={one.pk}" for one in wishes)
    near = list(bureau.get(address).context["form"].fields["resources"].queryset)
    assert near
    given = {"title": "周末陪伴", "category": "CHILDREN", "target": "CHILDREN", "budget_fen": "6万"}
    bureau.post(address, given | {"resources": [near[0].pk]})
    made = PurchaseItem.objects.latest("pk")
    assert list(made.resources.all()) == [near[0]]
    change = f"{made.get_absolute_url()}change/"
    form = bureau.get(change).context["form"]
    assert set(form.initial["needs"]) == {one.pk for one in wishes}
    refused = bureau.post(change, given | {"resources": [near[0].pk]})
    assert "needs" in refused.context["form"].errors
    bureau.post(change, given | {"needs": [wishes[0].pk]})
    assert (list(made.needs.all()), made.resources.count()) == ([wishes[0]], 0)
    assert {"needs", "resources"} <= set(journal.history(made)[0].data["fields"])


def test_a_last_day_before_the_first_is_told_in_words(bureau):
    one = PurchaseItem.objects.filter(state=ItemState.REVIEWED).first()
    data = {"starts_on": "2018-12-01", "ends_on": "2018-10-01"}
    refused = bureau.post(f"{one.get_absolute_url()}change/", data)
    assert refused.context["form"].errors["ends_on"] == ["The last day must not lie before the first."]
    data = {"valid_from": "2018-12-01", "valid_until": "2018-10-01"}
    refused = bureau.post("/resources/new/", data)
    assert refused.context["form"].errors["valid_until"] == ["The last day must not lie before the first."]
