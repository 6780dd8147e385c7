"""Pages of proposals and letters: who sees what, what the letter's page shows, and how many queries it takes."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from qingdan.activities.models import Training
from qingdan.core import clock
from qingdan.core.clock import at
from qingdan.core.testing import assert_constant_queries
from qingdan.directory.models import Account, Agency
from qingdan.directory.roles import Role
from qingdan.replies import acts
from qingdan.replies.models import Proposal, ReplyLetter
from qingdan.replies.queries import letters_visible_to, proposals_visible_to
from qingdan.replies.rendering import rendered
from qingdan.replies.sheets import lay_out
from qingdan.replies.style import findings
from qingdan.replies.text import Block, RenderedLetter, Run
from qingdan.replies.waiting import waiting_for

pytestmark = pytest.mark.django_db
D = "530111"
LATER = dt.date(2018, 9, 12)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.DISTRICT = D
    monkeypatch.setattr(clock, "now", lambda: at(LATER))


def text_of(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def office(client: Client, drafter: Account) -> Client:
    client.force_login(drafter)
    return client


# ── who sees what ───────────────────────────────────────────────────────────


def test_drafts_are_for_the_bureau_alone(
    letter: ReplyLetter, hire: Callable[..., Account], client: Client
) -> None:
    readers = {
        role: hire(f"{role}样本", role)
        for role in Role.values
        if role not in ("COMMUNITY", "STREET", "ORGANISATION")
    }
    for role, account in readers.items():
        client.force_login(account)
        expected = 200 if role == Role.BUREAU else 404
        for address in (
            f"/letters/{letter.pk}/",
            f"/letters/{letter.pk}/reply.pdf",
            letter.proposal.get_absolute_url(),
        ):
            assert client.get(address).status_code == expected, (role, address)
    client.logout()
    assert client.get(f"/letters/{letter.pk}/").status_code == 404
    stranger = hire("外区样本", district="530112")
    client.force_login(stranger)
    assert client.get(f"/letters/{letter.pk}/").status_code == 404


@pytest.mark.parametrize(("publication", "public"), [("ACTIVE", 200), ("ON_REQUEST", 404), ("NONE", 404)])
def test_an_issued_reply_is_public_when_it_is_published(
    draft: Callable[..., ReplyLetter],
    drafter: Account,
    signer: Account,
    hire: Callable[..., Account],
    client: Client,
    publication: str,
    public: int,
    sign: Callable[[ReplyLetter], ReplyLetter],
    checker: Account,
) -> None:
    letter = draft(publication=publication, publication_reason="样本理由")
    sign(letter)
    acts.issue(letter, actor=checker)
    for address in (
        f"/letters/{letter.pk}/",
        f"/letters/{letter.pk}/reply.json",
        letter.proposal.get_absolute_url(),
    ):
        assert client.get(address).status_code == public
    assert (letter.number in text_of(client.get("/replies/"))) == (public == 200)
    client.force_login(hire("审计样本", Role.AUDITOR))
    assert client.get(f"/letters/{letter.pk}/").status_code == 200


def test_the_public_page_names_no_proposer_and_no_officer(issued: ReplyLetter, client: Client) -> None:
    Proposal.objects.update(proposers="委员甲样本")
    for address in (f"/letters/{issued.pk}/?figure=1", issued.proposal.get_absolute_url()):
        page = text_of(client.get(address))
        assert "委员甲样本" not in page
        assert "陈示例" not in page
        assert "李样本" not in page


def test_queries_say_the_same_as_pages(
    letter: ReplyLetter, issued: ReplyLetter, resident: Account, drafter: Account
) -> None:
    assert set(letters_visible_to(drafter)) == {issued}
    assert set(letters_visible_to(resident)) == {issued}
    assert set(proposals_visible_to(resident)) == {issued.proposal}
    ReplyLetter.objects.update(publication="ON_REQUEST")
    assert not letters_visible_to(resident).exists()
    assert not proposals_visible_to(resident).exists()


# ── the letter's page ───────────────────────────────────────────────────────


def test_every_number_opens_its_evidence(issued: ReplyLetter, office: Client) -> None:
    page = office.get(f"/letters/{issued.pk}/?figure=2")
    content = page.content.decode()
    for figure in rendered(issued).figures:
        assert f'href="?figure={figure.position}#f{figure.position}"' in content
    panel = content[content.index('id="evidence"') :]
    assert "/figures/funds.budget/?as_of=2018-06-29&amp;year=2018&amp;by.line=DEVELOPMENT" in panel
    assert "150万元" in panel
    assert "Figure 2 of 2" in text_of(page)


def test_a_figure_that_differs_is_shown_first_and_told(issued: ReplyLetter, office: Client) -> None:
    assert "2 agree with today's records" in text_of(office.get(f"/letters/{issued.pk}/")).replace(
        "&#x27;", "'"
    )
    gone = Training.objects.order_by("pk").last()
    assert gone is not None
    gone.withdrawn_at = at(dt.date(2018, 8, 3))
    gone.save()
    page = text_of(office.get(f"/letters/{issued.pk}/")).replace("&#x27;", "'")
    assert "1 agrees with today's records" in page
    assert "differs from today's records: 5 events → 4 events" in page
    assert "2018年共举办培训 5场" in page.replace("  ", " ")
    only = office.get(f"/letters/{issued.pk}/?only=differ").content.decode()
    assert only.count('<td class="b nw">') == 1


def test_a_stranger_reads_each_public_figure_with_its_agreement(issued: ReplyLetter, client: Client) -> None:
    Training.objects.filter(pk=Training.objects.latest("pk").pk).update(
        withdrawn_at=at(dt.date(2018, 8, 3)), withdrawn_reason="登记两次（样本）"
    )
    page = text_of(client.get(f"/letters/{issued.pk}/?figure=1")).replace("&#x27;", "'")
    assert "differs from today's records: 5" in page
    assert "登记两次" not in page  # whose record it was is for the bureau and auditors
    assert "Why it differs" not in page


@pytest.mark.parametrize("asked", ["0", "99", "x", "-1", "٣", "1" * 30])
def test_a_figure_that_is_not_there_shows_the_first(issued: ReplyLetter, office: Client, asked: str) -> None:
    page = office.get(f"/letters/{issued.pk}/", {"figure": asked})
    assert "Figure 1 of 2" in text_of(page)


def test_the_page_of_a_letter_takes_a_fixed_number_of_queries(
    draft: Callable[..., ReplyLetter],
    drafter: Account,
    signer: Account,
    office: Client,
    sign: Callable[[ReplyLetter], ReplyLetter],
    checker: Account,
) -> None:
    """Figures that ask the same are counted once, however often the letter names them."""

    def issue(times: int) -> ReplyLetter:
        letter = draft(source="，".join(["培训{{activities.training topic=LINKAGE}}"] * times))
        sign(letter)
        return acts.issue(letter, actor=checker)

    few, many = issue(2), issue(20)
    seen = [few]
    used = assert_constant_queries(lambda: office.get(f"/letters/{seen[-1].pk}/"), lambda: seen.append(many))
    assert used <= 30


def test_the_list_takes_as_many_queries_for_many_as_for_few(
    proposal: Proposal, drafter: Account, office: Client
) -> None:
    def grow() -> None:
        for number in range(10):
            acts.receive(
                actor=drafter,
                kind="NPC",
                assembly="官渡区",
                term=16,
                session=2,
                number=str(100 + number),
                title=f"样本建议{number}",
                proposers="×××",
                received_on=dt.date(2018, 5, 1),
            )
        office.get("/proposals/")  # the counts beside the page are kept until the journal grows

    assert_constant_queries(lambda: office.get("/proposals/"), grow)
    assert_constant_queries(lambda: office.get(proposal.get_absolute_url()), lambda: None)


# ── writing ─────────────────────────────────────────────────────────────────


def form_of(letter: ReplyLetter, **changes: Any) -> dict[str, Any]:
    names = ("title", "addressee", "source", "contact", "signature", "copies_to", "layout", "reply_class")
    data = {name: getattr(letter, name) for name in names}
    data |= {
        "publication": "ACTIVE",
        "as_of": "2018-06-29",
        "dated_on": "2018-06-29",
        "revision": letter.revision,
    }
    return data | changes


def test_a_draft_is_begun_with_the_points_and_saved(
    proposal: Proposal, facts: None, office: Client, drafter: Account
) -> None:
    begun = office.post(f"{proposal.get_absolute_url()}draft/")
    letter = ReplyLetter.objects.get()
    assert begun.url == f"/letters/{letter.pk}/edit/"
    assert "一、关于培训" in letter.source
    saved = office.post(begun.url, form_of(letter, source="培训{{activities.training}}", show="1"))
    assert saved.url == f"/letters/{letter.pk}/"
    letter.refresh_from_db()
    assert (letter.source, letter.edited_by, letter.revision) == ("培训{{activities.training}}", "陈示例", 2)


def test_a_stale_edit_keeps_the_words_that_were_typed(
    letter: ReplyLetter, office: Client, signer: Account
) -> None:
    acts.edit(ReplyLetter.objects.get(pk=letter.pk), actor=signer, title="别人的标题")
    answer = office.post(f"/letters/{letter.pk}/edit/", form_of(letter, source="我写的正文"))
    assert answer.status_code == 422
    assert "我写的正文" in answer.content.decode()
    assert "李样本" in text_of(answer)


def test_the_check_answers_while_one_writes_and_saves_nothing(letter: ReplyLetter, office: Client) -> None:
    answer = office.post(f"/letters/{letter.pk}/check/", form_of(letter, source="服务300人{{a.b}}"))
    assert "2 problems" in text_of(answer)
    letter.refresh_from_db()
    assert "300" not in letter.source
    assert "No problems" in text_of(office.post(f"/letters/{letter.pk}/check/", form_of(letter)))


def test_an_issued_letter_has_no_edit_page(issued: ReplyLetter, office: Client) -> None:
    assert office.get(f"/letters/{issued.pk}/edit/").status_code == 403


def test_the_way_through_the_pages(
    letter: ReplyLetter, office: Client, client: Client, checker: Account, signer: Account
) -> None:
    move = f"/moves/replies.replyletter/{letter.pk}/"
    office.post(f"{move}submit/")
    page = text_of(office.get(f"/letters/{letter.pk}/"))
    assert "submitted" in page
    client.force_login(checker)
    assert "Record the office check" in text_of(client.get(f"/letters/{letter.pk}/"))
    client.post(f"/letters/{letter.pk}/office-check/", {"legality": "PASSED", "secrecy": "PASSED"})
    client.force_login(signer)
    client.post(f"{move}sign/")
    client.force_login(checker)
    answer = client.post(f"/letters/{letter.pk}/issue/", {"serial": "7", "dated_on": "2018-06-29"})
    assert answer.url == f"/letters/{letter.pk}/"
    letter.refresh_from_db()
    assert (letter.state, letter.number) == ("ISSUED", "样民函〔2018〕7号")
    client.post(
        f"/letters/{letter.pk}/feedback/", {"result": "SATISFIED", "received_on": "2018-07-20", "remarks": ""}
    )
    letter.proposal.refresh_from_db()
    assert letter.proposal.state == "FEEDBACK"


def test_a_faulty_draft_shows_its_problems_and_has_no_files(
    draft: Callable[..., ReplyLetter], office: Client
) -> None:
    letter = draft(source="服务300人")
    page = text_of(office.get(f"/letters/{letter.pk}/"))
    assert "line 1, column 3" in page
    assert "Put right first" in page
    assert office.get(f"/letters/{letter.pk}/reply.pdf").status_code == 403


@pytest.mark.parametrize("kind", ["pdf", "docx", "json"])
def test_downloads(issued: ReplyLetter, client: Client, kind: str) -> None:
    answer = client.get(f"/letters/{issued.pk}/reply.{kind}")
    assert answer.status_code == 200
    assert len(answer.content) > 500
    assert client.get(f"/letters/{issued.pk}/reply.exe").status_code == 404
    assert client.get(f"/letters/{issued.pk}/reply.pdf?layout=square").status_code == 400


def test_a_proposal_is_registered_and_assigned_by_form(
    office: Client, bureau: Agency, drafter: Account
) -> None:
    data = {
        "kind": "CPPCC",
        "assembly": "官渡区",
        "term": "9",
        "session": "2",
        "number": "92138",
        "title": "样本提案",
        "proposers": "×××",
        "received_on": "2018-05-31",
        "points": "关于甲\n\n关于乙",
    }
    answer = office.post("/proposals/new/", data)
    assert answer.url == "/proposals/cppcc-9-2/92138/"
    made = Proposal.objects.get(number="92138")
    assert (made.due_on, made.points.count()) == (dt.date(2018, 8, 31), 2)
    again = office.post("/proposals/new/", data)
    assert again.status_code == 422
    assert "already" in text_of(again)
    assert f'href="{answer.url}assign/"' in office.get(answer.url).content.decode()  # the way to the form
    office.post(f"{answer.url}assign/", {"lead": bureau.pk})
    made.refresh_from_db()
    assert (made.state, made.lead) == ("ASSIGNED", bureau)


@pytest.mark.parametrize("session", ["cppcc-9-3", "cppcc-9", "x", "cppcc-９-2", "npc-9-2"])
def test_an_address_that_means_nothing_is_not_found(proposal: Proposal, office: Client, session: str) -> None:
    assert office.get(f"/proposals/{session}/92137/").status_code == 404


def test_what_waits_for_whom(
    letter: ReplyLetter, drafter: Account, checker: Account, signer: Account, resident: Account
) -> None:
    def verbs(account: Account) -> list[str]:
        return [str(one.verb) for one in waiting_for(account)]

    acts.submit(letter, actor=drafter)
    assert (verbs(drafter), verbs(signer), verbs(resident)) == (["Reply"], ["Reply", "Check"], [])
    acts.check(letter, actor=checker, legality="PASSED", secrecy="PASSED")
    assert (verbs(drafter), verbs(checker), verbs(signer)) == (["Reply"], ["Reply"], ["Reply", "Sign"])
    acts.return_to_drafter(letter, actor=signer, reason="样本")
    assert (verbs(drafter), verbs(signer)) == (["Reply", "Correct"], ["Reply"])


def test_the_proposal_leads_to_the_form_for_feedback(issued: ReplyLetter, office: Client) -> None:
    found = office.get(issued.proposal.get_absolute_url()).content.decode()
    assert f'href="/letters/{issued.pk}/feedback/"' in found


def test_a_promise_is_kept_from_the_page_of_its_proposal(
    issued: ReplyLetter, drafter: Account, office: Client
) -> None:
    made = acts.promise(issued, actor=drafter, text="样本", due_on=dt.date(2018, 12, 31))
    page = office.get(issued.proposal.get_absolute_url()).content.decode()
    keep = next(one for one in re.findall(r'formaction="([^"]+)"', page) if "keep" in one)
    assert office.post(keep, {"reason": "已办（样本）"}).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.outcome) == ("KEPT", "已办（样本）")


def test_the_panel_says_of_a_rate_how_many_of_how_many(
    issued: ReplyLetter, drafter: Account, office: Client
) -> None:
    again = acts.correct(issued, actor=drafter)
    again.source, again.as_of = "今年办复率{{replies.in_time_rate year=2018}}。", LATER
    again.save()
    panel = office.get(f"/letters/{again.pk}/?figure=1").content.decode()
    assert '<dd class="num">1 / 1</dd>' in panel


def test_taking_a_letter_back_is_offered_last(letter: ReplyLetter, office: Client) -> None:
    offered = [step.verb for step in office.get(f"/letters/{letter.pk}/").context["steps"]]
    assert offered == ["submit", "withdraw"]


def test_those_who_read_the_list_of_the_offices_are_led_back_to_it(
    issued: ReplyLetter, hire: Callable[..., Account], client: Client
) -> None:
    assert client.get(f"/letters/{issued.pk}/").context["crumbs"][0][1] == "/replies/"
    client.force_login(hire("冯样本", Role.AUDITOR))
    assert client.get(f"/letters/{issued.pk}/").context["crumbs"][0][1] == "/proposals/"


def test_the_list_begins_with_what_is_owed(proposal: Proposal, drafter: Account, office: Client) -> None:
    def received(number: str, day: dt.date) -> Proposal:
        return acts.receive(
            actor=drafter,
            kind="CPPCC",
            assembly="官渡区",
            term=9,
            session=2,
            number=number,
            title=f"样本{number}",
            proposers="样本委员",
            received_on=day,
        )

    received("92901", dt.date(2018, 3, 1))
    received("92902", dt.date(2018, 5, 2))
    Proposal.objects.filter(pk=proposal.pk).update(state="CLOSED", due_on=dt.date(2018, 5, 1))
    page = text_of(office.get("/proposals/"))
    places = [page.index(number) for number in ("92901", "92902", proposal.number)]
    assert places == sorted(places)


# ── sheets and style ────────────────────────────────────────────────────────


def lettered(*paragraphs: str) -> RenderedLetter:
    return RenderedLetter(tuple(Block(0, (Run(text),)) for text in paragraphs))


@pytest.mark.parametrize("length", [5, 26, 27, 54, 200, 400, 500, 900, 1500])
def test_sheets_hold_the_whole_text_on_the_grid(letter: ReplyLetter, length: int) -> None:
    words = ("样本文字，" * length)[:length]
    laid = lay_out(letter, lettered(words))
    for sheet in laid.sheets:
        rows = sum(len(part.lines) for part in sheet.parts) + (laid.head.rows if sheet.is_first else 0)
        assert rows <= 22
        for part in sheet.parts:
            for line in part.lines:
                text = "".join(piece.text for piece in line.pieces)
                assert len(text) <= 28
                if part.kind == "text":
                    assert text[0] not in "，。"
    shown = "".join(
        piece.text
        for sheet in laid.sheets
        for part in sheet.parts
        if part.kind == "text"
        for line in part.lines
        for piece in line.pieces
    )
    assert shown.startswith(words)
    last = laid.sheets[-1].parts
    assert [part.kind for part in last][-3:] == ["blank", "sign", "date"]
    assert any(part.kind == "text" for part in last)  # never a sheet with the signature alone


@pytest.mark.parametrize("before", range(1, 20))
def test_no_heading_is_the_last_line_of_a_sheet(letter: ReplyLetter, before: int) -> None:
    """Also where signature and date take the end of the text with them to a sheet of their own."""
    heading = Block(1, (Run("一、关于样本"),))
    text = [Block(0, (Run("样本。"),))]
    for after in (1, 2):
        laid = lay_out(letter, RenderedLetter((*text * before, heading, *text * after)))
        assert [sheet.parts[-1].level for sheet in laid.sheets] == [0] * len(laid.sheets)


def test_figures_are_never_broken_across_lines(letter: ReplyLetter) -> None:
    blocks = (
        Block(0, tuple(run for n in range(60) for run in (Run("共计"), Run("26000余人", "figure", n + 1)))),
    )
    laid = lay_out(letter, RenderedLetter(blocks))
    pieces = [
        piece
        for sheet in laid.sheets
        for part in sheet.parts
        for line in part.lines
        for piece in line.pieces
        if piece.figure
    ]
    assert [piece.text for piece in pieces] == ["26000余人"] * 60
    assert sorted(laid.pages) == list(range(1, 61))


@pytest.mark.parametrize(
    ("typed", "found", "better"),
    [
        ("（官政办通发[2015]33号）", "官政办通发[2015]33号", "官政办通发〔2015〕33号"),
        ("经对接对接区法制办", "对接对接", "对接"),
        ("截止目前，", "截止目前", "截至目前"),
        ("情况,如下", ",", "，"),
        ("2018年06月29日", "2018年06月29日", "2018年6月29日"),
    ],
)
def test_remarks_on_wording(typed: str, found: str, better: str) -> None:
    letter = lettered(typed)
    assert [(one.text, one.suggestion) for one in findings(letter)] == [(found, better)]
    assert letter.text[findings(letter)[0].start :].startswith(found)


def test_nothing_is_remarked_on_what_a_citation_inserted() -> None:
    inserted = RenderedLetter(
        (Block(0, (Run("据"), Run("《样本》（样[2015]3号）", "document"), Run("办理。"))),)
    )
    assert findings(inserted) == []


def test_remarks_follow_while_one_writes(office: Client, letter: ReplyLetter) -> None:
    answer = office.post(
        f"/letters/{letter.pk}/check/", {"source": "截止目前，进展顺利。", "as_of": "2018-06-29"}
    )
    assert "截至目前" in text_of(answer)
