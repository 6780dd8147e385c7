"""Pages across the rooms: home, workbench, figures, journal, search, moves, errors."""

import datetime as dt
import io
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.test import Client, RequestFactory
from django.urls import reverse

from qingdan.contracts.models import Contract
from qingdan.core import clock, figures, journal, lifecycle, records, small_counts
from qingdan.core.figures import Scope
from qingdan.core.lifecycle import Lifecycle, Move
from qingdan.core.models import JournalEntry
from qingdan.core.permits import Refused, nobody, permit
from qingdan.core.pieces import ScorePart, TraceStep, Waiting
from qingdan.core.testing import assert_constant_queries
from qingdan.delivery.models import ServiceSession
from qingdan.directory.models import Account, OrganisationState, SocialOrganisation
from qingdan.lists.models import NeedState, SocialNeed
from qingdan.policies.models import ClauseText
from qingdan.replies.models import ReplyLetter
from qingdan.web import errors, home, nav, workbench

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample", "day")]
TODAY = dt.date(2018, 9, 12)
WEB = Path(__file__).resolve().parent.parent


@pytest.fixture
def day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: clock.at(TODAY, 10))


def account(role: str) -> Account:
    return next(one for one in Account.objects.order_by("pk") if one.holds(role))


@pytest.fixture
def bureau(client: Client) -> Client:
    client.force_login(account("BUREAU"), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def auditor(client: Client) -> Client:
    client.force_login(account("AUDIT_ADMIN"), backend="django.contrib.auth.backends.ModelBackend")
    return client


class Reader(HTMLParser):
    """Collects what the content security policy would refuse, and the addresses of evidence."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.evidence: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "style" or "style" in given:
            self.faults.append(f"style in <{tag}>")
        if tag == "script" and "src" not in given and given.get("type") != "application/json":
            self.faults.append("inline script")
        self.faults += [f"{name} in <{tag}>" for name in given if name.startswith("on")]
        if tag == "a" and (given.get("href") or "").startswith("/figures/") and "?" in (given["href"] or ""):
            self.evidence.append(str(given["href"]))


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    return reader


PUBLIC = ["home", "figures", "search", "about-figures", "about-privacy", "about-accessibility"]


@pytest.mark.parametrize("name", PUBLIC)
def test_public_pages_open_to_strangers_in_both_languages(client: Client, name: str) -> None:
    for language, tag in (("zh-hans", "zh-Hans"), ("en", "en")):
        client.cookies["qingdan_language"] = language
        answer = client.get(reverse(name))
        assert answer.status_code == 200
        assert f'<html lang="{tag}"' in answer.content.decode()


def test_no_page_needs_inline_style_or_script(bureau: Client) -> None:
    addresses = [reverse(name) for name in [*PUBLIC, "workbench", "needs"]]
    addresses.append("/figures/delivery.direct_persons/?year=2017")
    for address in addresses:
        assert read(bureau.get(address).content.decode()).faults == [], address


def test_icons_of_the_templates_are_in_the_list() -> None:
    listed = {
        line.strip()
        for line in (WEB / "icons.txt").read_text().splitlines()
        if line and not line.startswith("#")
    }
    used: set[str] = set()
    for template in WEB.parent.glob("*/templates/**/*.html"):
        used |= set(re.findall(r'{%\s*icon "([a-z0-9-]+)"', template.read_text(encoding="utf-8")))
    used |= {icon for _entry, icon in workbench.QUICK}
    assert used <= listed


# ── home ────────────────────────────────────────────────────────────────────


def test_every_number_of_the_year_opens_a_page_with_the_same_number(client: Client) -> None:
    told = home.year_figures(TODAY)
    assert len(told) == home.SHOWN
    for one in told:
        page = client.get(one.value.link)
        assert page.status_code == 200
        assert page.context["value"].exact == one.value.exact
        assert not page.context["notes"]


def test_a_project_is_told_once_on_the_front_page() -> None:
    told = [
        (by["project"], one.value.figure.key)
        for one in home.year_figures(TODAY)
        if (by := one.value.scope.by) and "project" in by
    ]
    assert len({project for project, _key in told}) == len(told) == 4
    assert [key for _project, key in told].count("delivery.sessions") == 1
    assert ("防灾减灾", "delivery.sessions", 13) in [
        (one.value.scope.by.get("project"), one.value.figure.key, one.value.exact)
        for one in home.year_figures(TODAY)
    ]


def test_home_stage_counts_are_the_counts_of_their_lists(client: Client) -> None:
    stages = home.flow()
    assert stages
    for stage in stages:
        page = client.get(stage["url"])
        assert page.context["page"].paginator.count == stage["count"]
        assert not page.context["notes"]


def test_home_leaves_out_rooms_without_pages(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nav, "address_of", lambda name: None)
    monkeypatch.setattr(figures, "_declared", {})
    page = client.get("/").content.decode()
    assert "The three lists" not in page
    assert "The numbers" not in page


# ── figures ─────────────────────────────────────────────────────────────────


def test_a_figure_page_shows_definition_splits_and_who_cites_it(bureau: Client) -> None:
    figure = figures.get("delivery.direct_persons")
    value = figure.read(Scope("530111", dt.date(2018, 6, 29), 2017))
    value.freeze(actor=account("BUREAU"))
    page = bureau.get(value.link)
    html = page.content.decode()
    assert page.context["value"].exact == value.exact
    assert str(figure.definition.counts) in html
    streets = page.context["streets"]
    assert streets.totals[streets.years.index(2017)].number == value.exact
    frozen = [one for one in page.context["cited"] if one.value == value.exact]
    assert [one.agrees for one in frozen] == [True]
    later = bureau.get(figure.link(Scope("530111", TODAY, 2017)))
    assert later.context["value"].exact != value.exact  # the sample corrects one record in August
    assert [one.agrees for one in later.context["cited"] if one.value == value.exact] == [False]


def test_a_figure_names_the_letters_that_cite_it_as_far_as_they_are_open(client: Client) -> None:
    cited = client.get("/figures/delivery.direct_persons/?year=2017").context["cited"]
    assert {number for one in cited for number, _url in one.letters} == {"官民函〔2018〕51号"}
    law = client.get("/figures/delivery.direct_persons/", {"year": 2017, "by.project": "法律援助"}).context[
        "cited"
    ]
    assert [one.value for one in law] == [102]
    ReplyLetter.objects.update(publication="NONE", publication_reason="Internal")
    cited = client.get("/figures/delivery.direct_persons/?year=2017").context["cited"]
    assert cited
    assert all(not one.letters for one in cited)


def test_streets_of_persons_counted_once_are_said_not_to_add_up(client: Client) -> None:
    page = client.get("/figures/delivery.direct_persons/?year=2017")
    assert page.context["streets"].adds_up is False
    assert "do not add up to the district" in page.content.decode()
    assert client.get("/figures/delivery.sessions/?year=2017").context["streets"].adds_up is True


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("as_of=yesterday", "is no date"),
        ("as_of=2999-01-01", "a day to come"),
        ("year=x", "is no year"),
        ("year=²", "is no year"),
        ("place=12", "is no place code"),
        ("place=110101", "outside this district"),
        ("by.project=nothing", "is not a value of project"),
        ("by.moon=full", "has no dimension"),
        ("colour=red", "is not understood"),
        ("year=2017&page=x", ""),
        ("as_of=%00&place=%00", "is no date"),
    ],
)
def test_a_bad_parameter_of_a_figure_is_said(client: Client, query: str, said: str) -> None:
    answer = client.get(f"/figures/delivery.direct_persons/?{query}")
    assert answer.status_code == 200
    assert said in answer.content.decode()


def test_a_figure_that_knows_no_year_or_place_says_so(client: Client) -> None:
    html = client.get("/figures/programmes.count/?year=2018&place=530111001").content.decode()
    assert "not kept by year" in html
    assert "not kept by place" in html


def test_an_unknown_figure_is_not_found_and_a_near_one_is_named(client: Client) -> None:
    answer = client.get("/figures/delivery.direct_person/")
    assert answer.status_code == 404
    assert "delivery.direct_persons" in answer.content.decode()


def test_budgets_that_may_contain_one_another_show_no_sum(client: Client) -> None:
    page = client.get("/figures/funds.budget/?year=2018")
    html = page.content.decode()
    assert len(page.context["no_total"]["parts"]) == 3
    assert "2,900,000" not in html
    one = page.context["no_total"]["parts"][0]
    assert client.get(one.url).context["no_total"] is None
    assert "3,600,000" not in client.get(reverse("figures")).content.decode()


def test_strangers_read_no_small_count_of_persons(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample's 102 persons of one project made small: the number stands nowhere, neither do its parts."""
    monkeypatch.setattr(small_counts, "SMALL", 103)
    address = "/figures/delivery.direct_persons/?year=2017&by.project=法律援助"
    for role in ("", "RESIDENT"):
        if role:
            client.force_login(account(role), backend="django.contrib.auth.backends.ModelBackend")
        page = client.get(address)
        html = page.content.decode()
        assert "fewer than 103" in html
        assert not re.search(r">102( persons)?<|\b102 records", html)
        streets = page.context["streets"]
        assert all(cell.covered for row in streets.rows for cell in row[1] if cell)
        assert not any(value for one in streets.bars()["series"] for value in one["values"])
        assert "The records behind it" not in html
        book = openpyxl.load_workbook(
            io.BytesIO(b"".join(client.get(f"{address}&export=xlsx").streaming_content))
        )
        told = [cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
        assert 102 not in told
        assert any("fewer than 103" in str(cell) for cell in told)
        all_projects = client.get("/figures/delivery.direct_persons/?year=2017")
        parts = {
            part.label: part.covered for split in all_projects.context["splits"] for part in split["parts"]
        }
        assert parts["法律援助"]
        assert not re.search(r">102( persons)?<", all_projects.content.decode())
    assert client.get("/figures/delivery.sessions/?year=2017").context["covered"] == ""
    for role in ("BUREAU", "STREET", "AUDITOR"):
        client.force_login(account(role), backend="django.contrib.auth.backends.ModelBackend")
        assert not client.get(address).context["covered"]


def test_a_figure_as_workbook(client: Client) -> None:
    answer = client.get("/figures/delivery.sessions/?year=2017&export=xlsx")
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    assert b"".join(answer.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]


def test_strangers_see_the_number_but_not_records_of_persons(client: Client) -> None:
    page = client.get("/figures/delivery.direct_persons/?year=2017")
    behind = page.context["behind"]
    assert behind["all"] > 0
    assert behind["open"] == 0
    assert "not open to you; the number is" in page.content.decode()


# ── workbench ───────────────────────────────────────────────────────────────


def test_the_workbench_is_for_those_who_signed_in(client: Client, settings: Any) -> None:
    settings.LOGIN_URL = "/sign-in/"
    assert client.get("/workbench/")["Location"] == "/sign-in/?next=/workbench/"


def test_what_waits_is_grouped_by_deadline(bureau: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    matters = [
        Waiting(None, "Sometime", "Look", "/needs/"),
        Waiting(dt.date(2018, 9, 28), "Later", "Fill in", "/needs/"),
        Waiting(clock.at(TODAY, 17), "This evening", "Check", "/needs/", room="Street"),
        Waiting(TODAY, "Sometime today", "Check", "/needs/"),
        Waiting(dt.date(2018, 9, 10), "<b>Late</b>", "Verify", "/needs/", sub="19 supporters"),
    ]
    monkeypatch.setattr(workbench, "PROVIDERS", [lambda actor: matters])
    page = bureau.get("/workbench/")
    assert [group.key for group in page.context["groups"]] == ["late", "today", "calm"]
    titles = [matter.title for matter in page.context["matters"]]
    assert titles == ["<b>Late</b>", "This evening", "Sometime today", "Later", "Sometime"]
    html = page.content.decode()
    assert "5 matters wait for me" in html
    assert "&lt;b&gt;Late" in html


def test_an_empty_workbench_says_so(bureau: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbench, "PROVIDERS", [])
    assert "Nothing waits for you" in bureau.get("/workbench/").content.decode()


def test_the_table_of_streets_counts_what_its_lists_show(bureau: Client) -> None:
    page = bureau.get("/workbench/")
    rows = page.context["progress"]
    assert sum(row.total for row in rows) == bureau.get("/needs/").context["page"].paginator.count
    for number, url in rows[0].cells:
        listed = bureau.get(url)
        assert not listed.context["notes"]
        assert listed.context["page"].paginator.count == number
    assert bureau.get(rows[0].late_url).context["page"].paginator.count == rows[0].late


# ── journal, search ─────────────────────────────────────────────────────────


def test_the_journal_is_for_auditors(client: Client, bureau: Client) -> None:
    answer = bureau.get("/journal/")
    assert answer.status_code == 403
    assert "open to auditors and the audit administrator" in answer.content.decode()


def test_the_journal_lists_the_newest_first_and_can_be_searched(auditor: Client) -> None:
    page = auditor.get("/journal/")
    assert page.status_code == 200
    sequences = [row.record.sequence for row in page.context["rows"]]
    assert sequences == sorted(sequences, reverse=True)
    assert auditor.get("/journal/?q=nosuchword").context["page"].paginator.count == 0


def test_search_finds_by_number_only_what_is_open(client: Client) -> None:
    hidden = SocialNeed.objects.filter(state=NeedState.SUBMITTED).first()
    shown = SocialNeed.objects.filter(state=NeedState.PUBLISHED).first()
    assert hidden is not None
    assert shown is not None
    assert "Nothing was found" in client.get("/search/", {"q": hidden.number}).content.decode()
    assert shown.title in client.get("/search/", {"q": shown.number}).content.decode()
    client.force_login(account("BUREAU"), backend="django.contrib.auth.backends.ModelBackend")
    assert hidden.title in client.get("/search/", {"q": hidden.number}).content.decode()


def test_search_shows_needs_first_and_asks_no_more_for_more_records(bureau: Client) -> None:
    def name(count: int) -> None:
        keys = ServiceSession.objects.order_by("pk").values_list("pk", flat=True)[:count]
        ServiceSession.objects.filter(pk__in=list(keys)).update(topic="独一样本")

    need, contract = SocialNeed.objects.earliest("pk"), Contract.objects.earliest("pk")
    SocialNeed.objects.filter(pk=need.pk).update(title=contract.project.title)
    kinds = bureau.get("/search/", {"q": contract.project.title}).context["kinds"]
    words = [kind["records"][0]["words"] for kind in kinds]
    assert words[0] == contract.project.title, "the need"
    assert kinds[words.index(contract.number)]["records"][0]["where"] == contract.project.title
    name(1)
    assert_constant_queries(lambda: bureau.get("/search/", {"q": "独一样本"}), lambda: name(8))


@pytest.mark.parametrize("text", ["", " ", "\x00", "%", "'\"<script>", "长" * 300])
def test_search_bears_any_text(client: Client, text: str) -> None:
    answer = client.get("/search/", {"q": text})
    assert answer.status_code == 200
    assert "<script>" not in answer.content.decode().split("<body", 1)[1].replace("<script src", "")


def found_by(client: Client, text: str) -> str:
    return client.get(reverse("search"), {"q": text}).content.decode()


def test_the_search_finds_what_stands_in_the_text_of_needs(client: Client) -> None:
    open_to_all = SocialNeed.objects.filter(state=NeedState.PUBLISHED).first()
    hidden = SocialNeed.objects.filter(state=NeedState.SUBMITTED).first()
    assert open_to_all is not None
    assert hidden is not None
    for need in (open_to_all, hidden):
        need.text = "楼道里的感应灯坏了，夜里看不见台阶，请装两盏绣球样灯。"
        need.save()
    page = found_by(client, "绣球样灯")
    assert f'href="{open_to_all.get_absolute_url()}"' in page
    assert "请装两盏绣球样灯" in page
    assert hidden.get_absolute_url() not in page
    client.force_login(account("BUREAU"), backend="django.contrib.auth.backends.ModelBackend")
    assert hidden.get_absolute_url() in found_by(client, "绣球样灯")


def test_the_search_finds_clauses_of_policies_and_the_words_of_letters(client: Client) -> None:
    clause = ClauseText.objects.filter(
        version__document__stage="IN_FORCE",
        version_id=F("version__document__current_id"),
        text__contains="。",
    ).first()
    letter = ReplyLetter.objects.filter(state="ISSUED").first()
    assert clause is not None
    assert letter is not None
    words = clause.text.split("。")[0][-8:]
    page = found_by(client, words)
    assert clause.version.document.get_absolute_url() in page
    sentence = next(line for line in letter.source.splitlines() if "{{" not in line and len(line) > 20)
    assert letter.get_absolute_url() in found_by(client, sentence[4:14])
    letter.publication, letter.publication_reason = "NONE", "样本"
    letter.save()
    assert letter.get_absolute_url() not in found_by(client, sentence[4:14])


@pytest.mark.parametrize("text", ["，", "%", '"', "' OR 1=1", "\x00", "{{", "a" * 400])
def test_the_search_takes_any_text(client: Client, text: str) -> None:
    assert client.get(reverse("search"), {"q": text}).status_code == 200


# ── my street, one page ─────────────────────────────────────────────────────


def test_a_street_officer_sees_the_own_street_with_numbers_that_open(client: Client) -> None:
    officer = account("STREET")
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("my-street"))
    (place,) = page.context["places"]
    assert place["street"].code in officer.place_codes
    assert place["numbers"]
    for one in place["numbers"]:
        assert client.get(one.value.link).context["value"].exact == one.value.exact
    for row in place["progress"]:
        for number, url in row.cells:
            if number:
                assert client.get(url).context["page"].paginator.count == number, url
    assert sum(row.total for row in place["progress"]) > 0


def test_the_street_page_is_for_street_officers(bureau: Client) -> None:
    assert bureau.get(reverse("my-street")).status_code == 403


def test_one_page_tells_the_figures_the_money_and_what_is_late(bureau: Client) -> None:
    page = bureau.get(reverse("one-page"))
    for row in page.context["rows"]:
        for value in (row.before, row.now):
            if value is not None and value.records:
                assert bureau.get(value.link).context["value"].exact == value.exact
    lines = {one.line.pk: one.line for one in page.context["money"]}
    assert lines
    for one in page.context["money"]:
        assert one.line.paid_fen <= one.line.bound_fen <= one.line.amount_fen
        assert one.share == one.line.paid_fen * 100 // one.line.amount_fen
    late = [one for one in workbench.waiting(account("BUREAU")) if one.day and one.day < TODAY]
    assert page.context["late_count"] == len(late)
    assert sum(row.late for row in page.context["streets"]) > 0


# ── moves ───────────────────────────────────────────────────────────────────


@permit("The audit report is missing.")
def has_report(actor: Any, need: Any) -> bool:
    return False


WAY = Lifecycle(
    "test-need",
    NeedState,
    Move("verify", "SUBMITTED", "COMMUNITY_VERIFIED", label="Verify…"),
    Move("close", "SUBMITTED", "DONE", label="Close", when=has_report),
    Move("refuse", "SUBMITTED", "REJECTED", label="Refuse", needs_reason=True),
    Move("hide", "SUBMITTED", "ARCHIVED", label="Hide", by=nobody),
)
DROP = Move("drop", "SUBMITTED", "EXPIRED", label="Drop")  # grave, though it asks nothing


@pytest.fixture
def submitted(monkeypatch: pytest.MonkeyPatch) -> SocialNeed:
    monkeypatch.setitem(lifecycle._registered, SocialNeed._meta.label_lower, WAY)
    found = SocialNeed.objects.filter(state=NeedState.SUBMITTED).first()
    assert found is not None
    return found


def test_a_move_is_done_and_leads_back_to_the_record(bureau: Client, submitted: SocialNeed) -> None:
    answer = bureau.post(reverse("move", args=["lists.socialneed", submitted.pk, "verify"]))
    assert answer["Location"] == submitted.get_absolute_url()
    submitted.refresh_from_db()
    assert submitted.state == "COMMUNITY_VERIFIED"
    assert "Done: Verify." in bureau.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        ("close", "The audit report is missing."),
        ("refuse", "Give a reason"),
        ("fly", "There is no such act"),
        ("hide", "not open to anyone"),
    ],
)
def test_a_refused_move_says_why_and_changes_nothing(
    bureau: Client, submitted: SocialNeed, verb: str, said: str
) -> None:
    before = JournalEntry.objects.count()
    answer = bureau.post(reverse("move", args=["lists.socialneed", submitted.pk, verb]), follow=True)
    assert said in answer.content.decode()
    submitted.refresh_from_db()
    assert submitted.state == "SUBMITTED"
    assert JournalEntry.objects.count() == before


def test_moves_of_records_that_may_not_be_seen_are_not_found(client: Client, submitted: SocialNeed) -> None:
    client.force_login(account("ORGANISATION"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(reverse("move", args=["lists.socialneed", submitted.pk, "verify"])).status_code == 404


@pytest.mark.parametrize("label", ["core.journalentry", "nothing.here", "x"])
def test_only_registered_kinds_can_be_moved(bureau: Client, label: str) -> None:
    assert bureau.post(reverse("move", args=[label, 1, "verify"])).status_code == 404


def test_a_move_is_never_made_by_following_a_link(bureau: Client, submitted: SocialNeed) -> None:
    assert bureau.get(reverse("move", args=["lists.socialneed", submitted.pk, "verify"])).status_code == 405


def test_a_stranger_is_sent_to_sign_in(client: Client, submitted: SocialNeed, settings: Any) -> None:
    settings.LOGIN_URL = "/sign-in/"
    assert client.post(reverse("move", args=["lists.socialneed", submitted.pk, "verify"])).status_code == 302


def test_a_move_never_leads_to_another_site(bureau: Client, submitted: SocialNeed) -> None:
    address = reverse("move", args=["lists.socialneed", submitted.pk, "verify"])
    assert (
        bureau.post(address, {"next": "https://elsewhere.example/"})["Location"]
        == submitted.get_absolute_url()
    )


def test_next_steps_show_what_is_not_possible_with_its_reason(submitted: SocialNeed) -> None:
    steps = {step.verb: step for step in records.next_steps(submitted, account("BUREAU"))}
    assert set(steps) == {"verify", "close", "refuse"}
    assert steps["verify"].primary
    assert not steps["close"].possible
    assert str(steps["close"].reason) == "The audit report is missing."
    assert not steps["refuse"].primary
    assert records.next_steps(submitted, AnonymousUser()) == []


def test_a_grave_act_is_never_the_primary_button(
    bureau: Client, submitted: SocialNeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = Lifecycle("test-need", NeedState, DROP, *WAY.moves)
    monkeypatch.setitem(lifecycle._registered, SocialNeed._meta.label_lower, way)
    steps = records.next_steps(submitted, account("BUREAU"))
    assert [step.verb for step in steps if step.primary] == ["verify"]
    assert {step.verb for step in steps if step.grave} == {"drop", "refuse"}
    only = Lifecycle("test-need", NeedState, DROP)
    monkeypatch.setitem(lifecycle._registered, SocialNeed._meta.label_lower, only)
    assert [(step.verb, step.primary) for step in records.next_steps(submitted, account("BUREAU"))] == [
        ("drop", False)
    ]
    page = bureau.get(submitted.get_absolute_url()).content.decode()
    button = re.search(r'<button class="([^"]*)">Drop</button>', page)
    assert button is not None
    assert "btn-primary" not in button[1]


def test_a_move_with_a_form_is_done_there_and_nowhere_else(bureau: Client) -> None:
    one = SocialOrganisation.objects.filter(state=OrganisationState.ON_RECORD).first()
    assert one is not None
    page = bureau.get(one.get_absolute_url()).content.decode()
    form = reverse("organisation-standing", args=[one.pk, "deregister"])
    assert f'href="{form}"' in page
    general = reverse("move", args=["directory.socialorganisation", one.pk, "deregister"])
    assert bureau.post(general, {"reason": "x"})["Location"] == form
    with pytest.raises(Refused):
        records.perform(
            "directory.socialorganisation", one.pk, "deregister", actor=account("BUREAU"), reason="x"
        )
    assert bureau.post(form, {"reason": "自行解散", "on": "2018-09-10", "document": ""}).status_code == 422
    one.refresh_from_db()
    assert one.state == OrganisationState.ON_RECORD
    said = {"reason": "自行解散", "on": "2018-09-10", "document": "样民注〔2018〕3号"}
    assert bureau.post(form, said)["Location"] == one.get_absolute_url()
    one.refresh_from_db()
    assert (one.state, one.ended_on) == (OrganisationState.DEREGISTERED, dt.date(2018, 9, 10))
    assert journal.history(one)[0].data["document"] == "样民注〔2018〕3号"
    assert bureau.get(form).status_code == 403


def test_the_timeline_is_told_in_words(bureau: Client, submitted: SocialNeed) -> None:
    WAY.move(submitted, "refuse", actor=account("BUREAU"), reason="Twice reported")
    first = records.timeline(submitted)[0]
    assert (first.what, first.state, first.entry.reason) == ("Refuse", "not taken up", "Twice reported")


# ── frame and errors ────────────────────────────────────────────────────────


def test_the_sidebar_leaves_out_what_is_closed_or_missing(rf: RequestFactory) -> None:
    request = rf.get("/needs/")
    request.user = account("BUREAU")
    entries = [
        nav.Entry("Needs", "needs"),
        nav.Entry("Nowhere", "no-such-page"),
        nav.Entry("Journal", "journal"),
        nav.Entry("Closed", "figures", permit=nobody),
    ]
    shown = nav.shown(entries, request)
    assert [entry["label"] for entry in shown] == ["Needs"]
    assert shown[0]["current"]


def test_the_language_switch_works(client: Client) -> None:
    answer = client.post(reverse("set_language"), {"language": "zh-hans", "next": "/about/figures/"})
    assert answer["Location"] == "/about/figures/"
    assert '<html lang="zh-Hans"' in client.get("/about/figures/").content.decode()


def test_what_is_not_there_is_said_in_the_frame(client: Client) -> None:
    answer = client.get("/no/such/page/")
    assert answer.status_code == 404
    assert "There is no such page" in answer.content.decode()


def test_error_pages_answer_their_codes(rf: RequestFactory) -> None:
    request = rf.get("/")
    request.user = AnonymousUser()
    assert errors.bad_request(request, ValueError()).status_code == 400
    assert errors.refused(request, PermissionDenied()).status_code == 403
    assert errors.csrf_refused(request).status_code == 403
    broken = errors.broken(request)
    assert broken.status_code == 500
    assert "没有保存任何改动" in broken.content.decode()


def test_a_foreign_host_name_is_refused_before_anybody_is_known(client: Client) -> None:
    answer = client.get("/", headers={"host": "elsewhere.example"})
    assert answer.status_code == 400
    assert "This address cannot be read" in answer.content.decode()


def test_a_form_without_proof_of_origin_is_told_to_load_anew() -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(reverse("set_language"), {"language": "en"})
    assert answer.status_code == 403
    assert "The form has expired" in answer.content.decode()


# ── components ──────────────────────────────────────────────────────────────


def render(source: str, **context: Any) -> str:
    from django.template import engines

    return engines["django"].from_string("{% load qingdan %}" + source).render(context)


def test_the_trace_says_each_state_in_words() -> None:
    html = render(
        "{% trace steps %}",
        steps=[
            TraceStep("Need", "this", "/needs/", ("2017-05-16",), "here"),
            TraceStep("Letter"),
            TraceStep("Figure", "410 → 409", state="bad"),
        ],
    )
    assert html.count("<li") == 3
    for words in ("this record", "still to come", "differs"):
        assert words in html


def test_a_score_shows_points_of_the_maximum_and_the_reason() -> None:
    html = render(
        "{% score parts %}",
        parts=[ScorePart("content", 25, 30, "both say “after school”"), ScorePart("none", 0, 0)],
    )
    assert "25<small>/30</small>" in html
    assert "both say “after school”" in html
    assert 'class="got" width="83"' in html
    assert "style=" not in html


def test_a_form_field_ties_hint_and_error_to_its_control() -> None:
    from django import forms

    class Form(forms.Form):
        text = forms.CharField(min_length=8, help_text="Who, when, what now.")
        phone = forms.CharField(required=False)
        kind = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect)
        agree = forms.BooleanField(label="I agree")

    form = Form({"text": "short"})
    form.is_valid()
    html = render("{% error_summary form %}{% for one in form %}{% field one %}{% endfor %}", form=form)
    assert '<a href="#id_text">' in html
    assert 'aria-describedby="id_text_helptext id_text_error"' in html
    assert 'aria-invalid="true"' in html
    assert "optional" in html
    assert "<fieldset" in html
    assert "3 things to correct" in html
    assert "checked" not in html
    both = Form({"text": "long enough"})
    both.is_valid()
    assert "Kind: This field is required." in render("{% error_summary form %}", form=both)
    assert "I agree: This field is required." in render("{% error_summary form %}", form=both)
    only = Form({"text": "long enough", "kind": "a"})
    only.is_valid()
    assert ">This field is required." in render("{% error_summary form %}", form=only)


@pytest.mark.parametrize(("value", "shown"), [(451, "+451"), (-11, "−11"), (0, "0")])
def test_differences_carry_their_sign(value: int, shown: str) -> None:
    assert render("{% signed value %}", value=value) == shown


def test_links_of_evidence_carry_the_whole_scope() -> None:
    scope = Scope("530111", dt.date(2018, 6, 29), 2017, "530111001", {"project": "法律援助"})
    link = urlsplit(figures.get("delivery.direct_persons").link(scope))
    assert parse_qs(link.query) == {
        "as_of": ["2018-06-29"],
        "year": ["2017"],
        "place": ["530111001"],
        "by.project": ["法律援助"],
    }
