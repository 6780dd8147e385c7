"""Pages across the rooms: home, workbench, journal, search, the street and the one page, the frame and errors."""

import datetime as dt
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.test import Client, RequestFactory
from django.urls import reverse

from qingdan.contracts.models import Contract
from qingdan.core import clock, figures
from qingdan.core.permits import nobody
from qingdan.core.pieces import Waiting
from qingdan.core.testing import assert_constant_queries
from qingdan.delivery.models import ServiceSession
from qingdan.funds.models import Fund
from qingdan.lists.models import NeedState, SocialNeed
from qingdan.policies.models import ClauseText
from qingdan.replies.models import ReplyLetter
from qingdan.web import errors, home, nav, workbench
from qingdan.web.tests.cast import TODAY, account

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample", "day")]
WEB = Path(__file__).resolve().parent.parent


class Reader(HTMLParser):
    """Collects what the content security policy would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "style" or "style" in given:
            self.faults.append(f"style in <{tag}>")
        if tag == "script" and "src" not in given and given.get("type") != "application/json":
            self.faults.append("inline script")
        self.faults += [f"{name} in <{tag}>" for name in given if name.startswith("on")]


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


def test_the_front_page_reads_every_table_of_names_once_a_figure(client: Client) -> None:
    def grow() -> None:
        Fund.objects.bulk_create(
            Fund(district="530111", code=f"Z-{n}", name=f"样本资金{n}") for n in range(9)
        )

    assert assert_constant_queries(lambda: client.get("/"), grow) <= 25


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
    for number, url, _stage in rows[0].cells:
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


def test_records_called_the_same_are_told_apart_by_their_numbers(client: Client) -> None:
    alike = SocialNeed.objects.filter(state=NeedState.PUBLISHED)[:2]
    for need in alike:
        need.title = "同名的样本需求"
        need.save()
    (kind,) = client.get("/search/", {"q": "同名的样本需求"}).context["kinds"]
    assert {one["number"] for one in kind["records"]} == {need.number for need in alike}


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
        for number, url, _stage in row.cells:
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
