"""Lists: what the address asks, what the page answers, what the workbook holds, what is done to many."""

import datetime as dt
import io
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.test import RequestFactory

from qingdan.core import lifecycle
from qingdan.core.lifecycle import Lifecycle, Move
from qingdan.core.listing import (
    Bulk,
    ChoiceFilter,
    Column,
    FlagFilter,
    Listing,
    PeriodFilter,
    PlaceFilter,
    View,
    YearFilter,
)
from qingdan.core.models import JournalEntry
from qingdan.core.permits import permit
from qingdan.core.testing import assert_constant_queries
from qingdan.directory.models import Account, Place
from qingdan.lists.models import Category, NeedState, SocialNeed
from qingdan.web.tests.cast import TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("day")]


@permit("Its community has not said yes.")
def has_supporters(actor: Any, need: Any) -> bool:
    return need is None or need.supporters > 0


WAY = Lifecycle(
    "test-need",
    NeedState,
    Move("verify", "SUBMITTED", "COMMUNITY_VERIFIED", label="Verify", when=has_supporters),
    Move("refuse", "SUBMITTED", "REJECTED", label="Refuse", needs_reason=True, warns="It ends here."),
)


@pytest.fixture
def places() -> list[Place]:
    district = Place.objects.create(
        district="530111",
        code="530111",
        name="样本区",
        short_name="样本",
        level="DISTRICT",
        valid_from=dt.date(2000, 1, 1),
    )
    made = []
    for n in ("001", "002"):
        street = Place.objects.create(
            district="530111",
            code=f"530111{n}",
            name=f"样本{n}街道",
            short_name=n,
            level="STREET",
            parent=district,
            valid_from=dt.date(2000, 1, 1),
        )
        made.append(
            Place.objects.create(
                district="530111",
                code=f"530111{n}001",
                name=f"样本{n}社区",
                short_name=n,
                level="COMMUNITY",
                parent=street,
                valid_from=dt.date(2000, 1, 1),
            )
        )
    return made


def need(place: Place, number: int, **fields: Any) -> SocialNeed:
    given = {
        "district": "530111",
        "number": f"XQ-{number:04d}",
        "source": "RESIDENT",
        "place": place,
        "title": f"需求 {number}",
        "category": "ELDERLY",
        "target": "ELDERLY",
        "raised_on": TODAY - dt.timedelta(days=number),
        "state": "SUBMITTED",
        "supporters": number,
    }
    return SocialNeed.objects.create(**{**given, **fields})


@pytest.fixture
def needs(places: list[Place]) -> list[SocialNeed]:
    return [
        need(places[0], 1, title="老人助浴", supporters=9),
        need(places[0], 2, title="老人送餐", category="LEGAL"),
        need(places[1], 3, title="=1+1 课堂", state="PUBLISHED"),
    ]


LISTING = Listing(
    key="test",
    title="Test needs",
    records=lambda actor: SocialNeed.objects.select_related("place__parent"),
    columns=(
        Column("number", "number", kind="code", sort=True, fixed=True),
        Column("title", "need", kind="title", sub="text"),
        Column("category", "category", kind="choice"),
        Column("place", "place", value="place__full_name"),
        Column("supporters", "supporters", kind="number", sort=True),
        Column("state", "state", kind="state"),
        Column("raised_on", "raised on", kind="date", sort=True, hidden=True),
        Column("cost", "cost", value=lambda one: one.supporters * 12345, kind="money"),
    ),
    search=("title", "number"),
    filters=(
        ChoiceFilter("category", "category", "category", Category),
        PlaceFilter(
            "street", "street", "place__code", lambda actor: [("530111001", "one"), ("530111002", "two")]
        ),
        YearFilter("year", "year", "raised_on__year"),
        PeriodFilter("raised", "raised", "raised_on"),
        FlagFilter("many", "many supporters", "supporters__gt"),
    ),
    views=(View("open", "open", lambda actor: Q(state="SUBMITTED")),),
    order=("number",),
    bulk=(Bulk.of_move(WAY, "verify"), Bulk.of_move(WAY, "refuse")),
)


def ask(
    rf: RequestFactory, query: str = "", user: Any = None, listing: Listing = LISTING, **headers: str
) -> Any:
    request = rf.get(f"/t/?{query}", headers=headers)
    request.user = user or AnonymousUser()
    from django_htmx.middleware import HtmxDetails

    request.htmx = HtmxDetails(request)
    return listing.response(request)


def numbers(query: str, listing: Listing = LISTING) -> list[str]:
    state = listing.read(QueryDict(query), AnonymousUser())
    return [one.number for one in listing.select(state)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [1, 2, 3]),
        ("q=老人", [1, 2]),
        ("q=老人 送餐", [2]),
        ("q=xq-0003", [3]),
        ("category=LEGAL", [2]),
        ("street=530111002", [3]),
        ("year=2018&category=ELDERLY", [1, 3]),
        ("raised=7&view=open", [1, 2]),
        ("view=open&q=课堂", []),
        ("sort=-supporters", [1, 3, 2]),
        ("sort=supporters", [2, 3, 1]),
    ],
)
def test_the_address_decides_what_is_listed(needs: list[SocialNeed], query: str, found: list[int]) -> None:
    assert numbers(query) == [f"XQ-{n:04d}" for n in found]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("category=NONSENSE", "no known value of category"),
        ("street=999", "no known value of street"),
        ("year=abc", "no known value of year"),
        ("view=nowhere", "There is no view"),
        ("sort=title", "cannot be sorted by"),
        ("page=x", "no page number"),
        ("page=99", "There is no page 99"),
        ("per=7", "24, 48 or 96"),
        ("colour=red", "is no condition of this list"),
        ("q=%00", ""),
        ("raised=7' OR 1=1", "no known value"),
        ("page=99999999999999999999", "no page number"),
    ],
)
def test_what_is_not_understood_is_left_out_and_said(
    rf: RequestFactory, needs: list[SocialNeed], query: str, said: str
) -> None:
    answer = ask(rf, query)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert said in page
    assert all(one.number in page for one in needs)


def test_a_flag_filter_answers_yes_and_no() -> None:
    flag = FlagFilter("done", "done", "done")
    assert flag.where("yes") == Q(done=True)
    assert flag.where("no") == Q(done=False)
    assert flag.read("maybe", None) is None


def test_conditions_can_be_taken_away_one_by_one(rf: RequestFactory, needs: list[SocialNeed]) -> None:
    state = LISTING.read(QueryDict("q=老人&category=LEGAL&view=open&sort=number&page=2"), AnonymousUser())
    without = [QueryDict(one["url"].removeprefix("?")) for one in LISTING._removable(state)]
    assert [set(query) for query in without] == [{"category", "view", "sort"}, {"q", "view", "sort"}]


def test_an_empty_list_says_what_dropping_a_condition_would_find(
    rf: RequestFactory, needs: list[SocialNeed]
) -> None:
    page = ask(rf, "q=课堂&view=open").content.decode()
    assert "Nothing meets these conditions" in page
    assert "without “open”: 1 record" in page
    assert "without “search “课堂””: 2 records" in page


def test_a_search_may_be_a_function_and_is_asked_only_with_words(
    rf: RequestFactory, needs: list[SocialNeed]
) -> None:
    asked: list[str] = []

    def search(found: QuerySet[Any], text: str) -> QuerySet[Any]:
        asked.append(text)
        return found.filter(grams__has=text)

    listing = replace(LISTING, search=search)
    assert 'id="list-q"' in ask(rf, listing=listing).content.decode()
    assert asked == []
    page = ask(rf, "q=助浴", listing=listing).content.decode()
    assert "老人助浴" in page
    assert "老人送餐" not in page
    assert 'id="list-q"' not in ask(rf, listing=replace(LISTING, search=())).content.decode()


def test_an_empty_list_without_conditions_says_what_to_do(rf: RequestFactory, db: None) -> None:
    from dataclasses import replace

    page = ask(rf, listing=replace(LISTING, empty="Raise the first one.")).content.decode()
    assert "Raise the first one." in page
    assert "Nothing meets" not in page


def test_tabs_carry_their_counts(rf: RequestFactory, needs: list[SocialNeed]) -> None:
    page = ask(rf, "view=open").content.decode()
    assert "All 3</a>" in page
    assert 'aria-current="true">Open 2</a>' in page


def test_columns_can_be_chosen_and_fixed_ones_stay(rf: RequestFactory, needs: list[SocialNeed]) -> None:
    state = LISTING.read(QueryDict("cols=raised_on&cols=supporters"), AnonymousUser())
    assert state.shown == ("number", "supporters", "raised_on")
    assert "raised_on" not in LISTING.read(QueryDict(""), AnonymousUser()).shown
    assert "cols=raised_on%2Csupporters" in state.address(sort="number")


def test_pages_hold_24_rows_and_remember_the_address(rf: RequestFactory, places: list[Place]) -> None:
    for n in range(60):
        need(places[0], n)
    page = ask(rf, "view=open&page=2").content.decode()
    assert page.count("<tr>") == 25
    assert "25–48 of 60" in page
    assert 'href="?view=open&amp;page=3"' in page


def test_more_records_need_no_more_queries(rf: RequestFactory, places: list[Place]) -> None:
    need(places[0], 1)
    needed = assert_constant_queries(
        lambda: ask(rf, "q=需求"), lambda: [need(places[n % 2], n + 10, category="LEGAL") for n in range(20)]
    )
    assert needed <= 12  # the list itself and the frame around it


def test_a_growing_number_of_queries_is_noticed(places: list[Place]) -> None:
    need(places[0], 1)

    def careless() -> None:
        for one in SocialNeed.objects.all():
            str(one.place.name)

    with pytest.raises(AssertionError, match="after more records"):
        assert_constant_queries(careless, lambda: need(places[0], 2))


def test_htmx_gets_the_list_alone(rf: RequestFactory, needs: list[SocialNeed]) -> None:
    part = ask(rf, "q=老人", **{"HX-Request": "true", "HX-Target": "listing"})
    assert part.content.decode().lstrip().startswith('<div id="listing"')
    assert "<html" not in part.content.decode()
    assert "HX-Request" in part["Vary"]
    again = ask(
        rf, "", **{"HX-Request": "true", "HX-Target": "listing", "HX-History-Restore-Request": "true"}
    )
    assert "<html" in again.content.decode()


def sheet(answer: Any) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return [tuple(cell.value for cell in row) for row in book.active.iter_rows()]


def test_the_workbook_holds_what_the_address_asks(rf: RequestFactory, needs: list[SocialNeed]) -> None:
    rows = sheet(ask(rf, "export=xlsx&view=open&sort=-number"))
    assert [row[0] for row in rows] == ["number", "XQ-0002", "XQ-0001"]
    assert rows[1][2] == "legal aid"
    assert rows[2][4] == 9
    assert float(rows[2][7]) == pytest.approx(9 * 123.45)
    assert rows[1][6].date() == TODAY - dt.timedelta(days=2)


def test_text_stays_text_in_the_workbook(rf: RequestFactory, needs: list[SocialNeed]) -> None:
    answer = ask(rf, "export=xlsx&q=课堂")
    book = openpyxl.load_workbook(io.BytesIO(answer.getvalue()))
    cell = book.active["B2"]
    assert cell.value == "=1+1 课堂"
    assert cell.data_type in {"s", "inlineStr"}


# ── many at once ────────────────────────────────────────────────────────────


@pytest.fixture
def officer() -> Account:
    return Account.objects.create(username="sample", district="530111", display_name="样本")


@pytest.fixture(autouse=True)
def _lifecycle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(lifecycle._registered, SocialNeed._meta.label_lower, WAY)


def post(rf: RequestFactory, user: Account, **data: Any) -> Any:
    request = rf.post("/t/?view=open", data)
    request.user = user
    return LISTING.response(request)


def test_an_act_on_many_is_foreseen_then_done_one_by_one(
    rf: RequestFactory, needs: list[SocialNeed], places: list[Place], officer: Account
) -> None:
    lonely = need(places[0], 7, supporters=0)
    ids = [needs[0].pk, needs[2].pk, lonely.pk]
    asked = post(rf, officer, bulk="verify", ids=ids).content.decode()
    assert "possible for 1" in asked
    assert "Its community has not said yes." in asked
    assert "the record is “published”" in asked
    assert SocialNeed.objects.filter(state="COMMUNITY_VERIFIED").count() == 0

    done = post(rf, officer, bulk="verify", ids=ids, sure="yes").content.decode()
    assert "1 done" in done
    states = set(SocialNeed.objects.filter(state="COMMUNITY_VERIFIED").values_list("pk", flat=True))
    assert states == {needs[0].pk}
    assert JournalEntry.objects.filter(verb="test-need.verify").count() == 1


def test_a_reason_is_asked_for_and_kept(
    rf: RequestFactory, needs: list[SocialNeed], officer: Account
) -> None:
    ids = [needs[0].pk]
    page = post(rf, officer, bulk="refuse", ids=ids, sure="yes", reason=" ").content.decode()
    assert "Give a reason." in page
    assert "It ends here." in page
    needs[0].refresh_from_db()
    assert needs[0].state == "SUBMITTED"
    post(rf, officer, bulk="refuse", ids=ids, sure="yes", reason="Not a public service")
    assert JournalEntry.objects.get(verb="test-need.refuse").reason == "Not a public service"


def test_the_bar_says_what_is_possible(rf: RequestFactory, needs: list[SocialNeed], officer: Account) -> None:
    bar = post(rf, officer, bulk="check", ids=[needs[0].pk, needs[2].pk]).content.decode()
    assert "2 ticked" in bar
    assert "Verify 1" in bar


@pytest.mark.parametrize(
    "data",
    [{}, {"bulk": "verify"}, {"bulk": "nothing", "ids": ["1"]}, {"bulk": "verify", "ids": ["x", "-1"]}],
)
def test_an_act_without_rows_or_name_changes_nothing(
    rf: RequestFactory, needs: list[SocialNeed], officer: Account, data: dict[str, Any]
) -> None:
    assert post(rf, officer, sure="yes", **data).status_code == 200
    assert JournalEntry.objects.count() == 0


def test_rows_outside_the_gate_are_not_touched(
    rf: RequestFactory, needs: list[SocialNeed], officer: Account
) -> None:
    from dataclasses import replace

    narrow = replace(LISTING, records=lambda actor: SocialNeed.objects.filter(pk=needs[1].pk))
    request = rf.post("/t/", {"bulk": "verify", "ids": [needs[0].pk, needs[1].pk], "sure": "yes"})
    request.user = officer
    narrow.response(request)
    assert set(SocialNeed.objects.filter(state="COMMUNITY_VERIFIED")) == {needs[1]}
