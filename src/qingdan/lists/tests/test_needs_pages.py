"""Pages of needs: the public form and its receipt, what says the same, residents, officers and their bulk work."""

import datetime as dt
import io
from functools import partial
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from qingdan.core import figures, throttle, traces
from qingdan.core.figures import Scope
from qingdan.core.files_models import StoredFile
from qingdan.core.testing import assert_constant_queries
from qingdan.lists import likeness, limits, queries, waiting
from qingdan.lists.acts import needs as acts
from qingdan.lists.lifecycle.needs import NEED
from qingdan.lists.models import NeedPair, NeedReporter, NeedState, SocialNeed
from qingdan.lists.tests.cast import COMMUNITY, PHONE, STREET, TEXT, TODAY, account, client_of, filed, form

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample", "on_the_day")]


# ── the public form ──


def test_a_need_is_reported_and_followed_by_its_number() -> None:
    client = Client()
    need = filed(client, phone=PHONE)
    receipt = client.get(reverse("need-receipt", args=[need.number])).content.decode()
    assert need.number in receipt
    assert PHONE not in receipt
    follow = Client().get(
        reverse("need-track"), {"number": need.number.lower().replace("-", "－")}, follow=True
    )
    assert follow.status_code == 200
    assert need.number in follow.content.decode()
    # Somebody else with the number reads neither the unchecked text nor the receipt.
    assert TEXT not in follow.content.decode()
    assert Client().get(reverse("need-receipt", args=[need.number])).status_code == 302
    assert TEXT in client.get(reverse("need-tracked", args=[need.number])).content.decode()


def test_a_wrong_form_says_everything_at_once_and_keeps_what_was_typed() -> None:
    answer = Client().post(reverse("need-report"), form(text="没人管", phone="138 0000 000", consent=""))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count("q-err") >= 3
    assert "没人管" in page
    assert "138 0000 000" in page
    assert f'<option value="{COMMUNITY}" selected>' in page
    assert "checked" in page


def test_consent_is_never_ticked_beforehand_and_contact_is_optional() -> None:
    page = Client().get(reverse("need-report")).content.decode()
    box = page[page.index('id="id_consent"') - 120 : page.index('id="id_consent"') + 40]
    assert "checked" not in box
    need = filed(Client(), consent="")
    reporter = NeedReporter.objects.get(need=need)
    assert (reporter.phone_index, reporter.consent) == ("", "")


def test_a_number_or_a_photo_is_kept_only_with_consent() -> None:
    picture = io.BytesIO(_png())
    picture.name = "photo.png"
    for given in ({"phone": PHONE}, {"photos": [picture]}):
        answer = Client().post(reverse("need-report"), form(consent="", **given))
        assert answer.status_code == 422
        assert answer.context["form"].errors.keys() == {"consent"}


def test_the_receipt_says_that_others_said_nearly_the_same() -> None:
    first, second = Client(), Client()
    filed(first)
    answer = second.get(reverse("need-receipt", args=[filed(second).number]))
    assert "Others have said something like it" in answer.content.decode()


def test_the_receipt_can_be_kept_as_a_picture_that_says_where_to_look() -> None:
    browser = Client()
    need = filed(browser)
    page = browser.get(reverse("need-receipt", args=[need.number])).content.decode()
    assert f'data-picture="{need.number}" hidden' in page  # drawn by the script, which shows the button
    assert f'data-on-picture="http://testserver{reverse("need-tracked", args=[need.number])}"' in page


@pytest.mark.parametrize("community", ["", "530111002001", "x", "9" * 40])
def test_a_community_of_another_street_is_refused(community: str) -> None:
    answer = Client().post(reverse("need-report"), form(community=community))
    assert answer.status_code == 422


def test_whoever_does_not_know_the_community_leaves_it_to_the_street() -> None:
    assert filed(Client(), community="unsure").place.code == STREET


def test_emoji_and_rare_characters_are_kept_and_control_characters_go() -> None:
    need = filed(Client(), text="𫝊奶奶一个人住😀，\x01\x0b夜里没人\u3000照看，希望有人问候。")
    assert "𫝊" in need.text
    assert "😀" in need.text
    assert not set(need.text) & {"\x01", "\x0b"}


def test_programs_are_held_back() -> None:
    before = SocialNeed.objects.count()
    assert Client().post(reverse("need-report"), form(website="http://spam")).status_code == 422
    client = Client()
    most = limits.MOST["report"][0]
    for n in range(most):
        filed(client, text=f"{TEXT}{n}")
    answer = client.post(reverse("need-report"), form())
    assert answer.status_code == 422
    assert "a lot in a short time" in answer.content.decode()
    assert SocialNeed.objects.count() == before + most
    # A program without cookies is a new browser each time, but keeps its address.
    for _n in range(limits.MOST["report"][1] - most):
        throttle.note("address:127.0.0.1", "report")
    assert Client().post(reverse("need-report"), form()).status_code == 422


def _png() -> bytes:
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    body = zlib.compress(b"\x00\x00")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def test_photos_must_be_chosen_again_when_something_is_missing() -> None:
    picture = io.BytesIO(_png())
    picture.name = "楼道.png"
    again = "Choose the photos again"
    answer = Client().post(reverse("need-report"), form(phone="1380013800", photos=[picture]))
    assert answer.status_code == 422
    assert again in answer.content.decode()
    assert again not in Client().post(reverse("need-report"), form(phone="1380013800")).content.decode()


def test_a_photo_is_looked_into_and_seen_by_the_place_only(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    picture = io.BytesIO(_png())
    picture.name = "楼道.png"
    need = filed(Client(), photos=[picture])
    stored = StoredFile.objects.get(owner=f"lists.socialneed:{need.pk}")
    address = reverse("need-photo", args=[need.number, stored.pk])
    assert client_of("community").get(address).status_code == 200
    assert client_of("bureau").get(address).status_code == 403
    assert Client().get(address).status_code == 302
    program = io.BytesIO(b"MZ\x90\x00 not a picture")
    program.name = "photo.png"
    before = SocialNeed.objects.count()
    answer = Client().post(reverse("need-report"), form(photos=[program]))
    assert answer.status_code == 422
    assert SocialNeed.objects.count() == before  # nothing half-written


# ── alike ──


def test_what_is_typed_brings_up_checked_needs_only() -> None:
    text = "老旧小区居民不会用灭火器，希望组织消防演练"
    sent = {"text": text, "category": "DISASTER", "street": STREET, "community": COMMUNITY}
    page = Client().post(reverse("need-alike"), sent).content.decode()
    known = SocialNeed.objects.get(title="老旧小区消防演练")
    assert known.number in page
    shown = set(SocialNeed.objects.filter(number__in=_numbers(page)).values_list("state", flat=True))
    assert shown <= set(queries.CHECKED_STATES)
    assert Client().get(reverse("need-alike")).status_code == 405
    assert not Client().post(reverse("need-alike"), {**sent, "text": "老"}).content.strip()


def _numbers(page: str) -> set[str]:
    import re

    return set(re.findall(r"XQ-\d{9}-\d{4}-\d{4,}", page))


def test_support_counts_a_browser_once() -> None:
    need = SocialNeed.objects.get(title="老旧小区消防演练")
    before, client = need.supporters, Client()
    for expected in (before + 1, before + 1):
        client.post(reverse("need-support", args=[need.number]), {"community": COMMUNITY})
        need.refresh_from_db()
        assert need.supporters == expected
    client.post(reverse("need-support", args=[need.number]), {"withdraw": "yes"})
    need.refresh_from_db()
    assert need.supporters == before
    waits = SocialNeed.objects.filter(state="SUBMITTED").first()
    assert waits is not None
    assert client.post(reverse("need-support", args=[waits.number])).status_code == 404


def test_officers_compare_merge_and_part() -> None:
    client = client_of("community")
    page = client.get(reverse("needs-alike")).content.decode()
    pairs = likeness.open_pairs(queries.needs(account("community")))
    group = next(g for g in likeness.groups(pairs) if len(g.needs) > 1)
    assert all(need.number in page for need in group.needs)
    stays, goes = group.needs[0], group.needs[1]
    client.post(reverse("needs-alike"), {"survivor": stays.pk, "needs": [stays.pk, goes.pk], "reason": ""})
    goes.refresh_from_db()
    assert goes.state != NeedState.MERGED  # no reason, nothing done
    client.post(
        reverse("needs-alike"), {"survivor": stays.pk, "needs": [stays.pk, goes.pk], "reason": "同一件事"}
    )
    goes.refresh_from_db()
    assert (goes.state, goes.merged_into_id) == ("MERGED", stays.pk)
    tracked = Client().get(reverse("need-tracked", args=[goes.number])).content.decode()
    assert stays.number in tracked
    assert "The text is shown here when" not in tracked  # it is read under the other number
    verb = next(move.verb for move in _parting(goes))
    client.post(reverse("move", args=["lists.socialneed", goes.pk, verb]), {"reason": "两件事"})
    goes.refresh_from_db()
    assert goes.merged_into_id is None
    parted = Client().get(reverse("need-tracked", args=[goes.number])).content.decode()
    assert parted.index("It goes on by itself again") < parted.index(
        "Others said the same"
    )  # the newest first
    assert (
        not likeness.open_pairs(queries.needs(account("community"))).filter(first=goes, second=stays).exists()
    )


def _parting(need: SocialNeed) -> list[Any]:
    from qingdan.lists.lifecycle.needs import NEED

    return [
        offer.move for offer in NEED.offers(need, account("community")) if offer.move.verb.startswith("part")
    ]


def test_two_needs_found_different_are_not_suggested_again() -> None:
    client = client_of("community")
    pair = likeness.open_pairs(queries.needs(account("community"))).first()
    assert pair is not None
    client.post(reverse("needs-alike"), {"different": pair.pk})
    likeness.suggest_all("530111")
    again = NeedPair.objects.get(first=pair.first, second=pair.second)
    assert again.verdict == "DIFFERENT"


# ── residents ──


def test_the_community_is_given_no_day_while_the_reporter_is_asked() -> None:
    browser = Client()
    need = filed(browser)
    NEED.move(need, "return", actor=account("community"), reason="请写明楼号")
    steps = browser.get(reverse("need-tracked", args=[need.number])).context["stages"]
    assert [step.day for step in steps[1:]] == [None] * 4  # the day that runs is the reporter's own


def test_a_resident_completes_and_rates_what_they_reported() -> None:
    client = client_of("resident")
    page = client.get(reverse("my-needs")).content.decode()
    returned = SocialNeed.objects.get(state="RETURNED", reporter__account=account("resident"))
    assert returned.title in page
    address = reverse("need-tracked", args=[returned.number])
    short = client.post(address, {"text": "短"})
    assert short.status_code == 422
    assert ">短</textarea>" in short.content.decode()  # what was typed stays
    assert Client().post(address, {"text": TEXT}).status_code == 422  # not their need
    client.post(address, {"text": TEXT})
    returned.refresh_from_db()
    assert (returned.state, returned.text) == ("SUBMITTED", TEXT)
    done = SocialNeed.objects.get(state="DONE", reporter__account=account("resident"))
    nothing = client.post(reverse("need-tracked", args=[done.number]), {})
    assert "Choose one of the five." in nothing.content.decode()
    client.post(reverse("need-tracked", args=[done.number]), {"rating": "9"})
    done.refresh_from_db()
    assert done.state == "DONE"
    client.post(reverse("need-tracked", args=[done.number]), {"rating": "5"})
    done.refresh_from_db()
    assert (done.state, done.rating) == ("RATED", 5)


def test_what_waits_is_told_to_whom_it_waits_for() -> None:
    mine = waiting.waiting_for(account("community"))
    assert any(matter.due == dt.date(2018, 9, 10) for matter in mine)  # overdue since Monday
    assert {str(matter.verb) for matter in mine} == {"Verify", "Compare", "Record as served"}
    verbs = {str(matter.verb) for matter in waiting.waiting_for(account("street"))}
    assert {"Verify for the street", "Publish"} <= verbs
    assert {str(matter.verb) for matter in waiting.waiting_for(account("resident"))} == {
        "Add details",
        "Rate",
        "Read",
    }
    assert waiting.waiting_for(account("expert")) == []


# ── officers ──


def test_several_are_verified_at_once_and_the_others_are_named() -> None:
    found = queries.needs(account("community")).filter(place__code=COMMUNITY)
    waits = list(found.filter(state="SUBMITTED")[:3])
    other = found.filter(state="PUBLISHED").first()
    assert other is not None
    ids = [need.pk for need in (*waits, other)]
    answer = client_of("community").post(reverse("needs"), {"bulk": "verify", "sure": "yes", "ids": ids})
    assert answer.status_code == 200
    for need in waits:
        need.refresh_from_db()
        assert need.state == "COMMUNITY_VERIFIED"
    other.refresh_from_db()
    assert other.state == "PUBLISHED"


def test_an_officer_registers_for_a_resident_with_spoken_consent() -> None:
    client = client_of("community")
    place = account("community").current_grants[0].place_id
    given = {
        "source": "RESIDENT",
        "channel": "HOTLINE",
        "place": place,
        "category": "ELDERLY",
        "target": "ELDERLY",
        "title": "送餐",
        "text": "高龄老人做饭困难，希望社区食堂送餐。",
        "urgency": "3",
        "name": "样本",
        "phone": PHONE,
    }
    answer = client.post(reverse("need-new"), given)
    assert answer.status_code == 422  # no consent recorded
    answer = client.post(reverse("need-new"), {**given, "consent": "SPOKEN", "verified": "on"})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    need = SocialNeed.objects.get(number=answer["Location"].split("/")[2])
    assert (need.state, need.channel) == ("COMMUNITY_VERIFIED", "HOTLINE")
    for wrong, field in (({"source": "COMMUNITY"}, "name"), ({"valid_until": "2018-09-11"}, "valid_until")):
        answer = client.post(reverse("need-new"), {**given, "consent": "SPOKEN", **wrong})
        assert answer.status_code == 422
        assert answer.context["form"].errors.keys() == {field}
    draft = client.post(reverse("need-new"), {**given, "phone": "", "name": "", "draft": "yes"})
    made = SocialNeed.objects.get(number=draft["Location"].split("/")[2])
    assert made.state == "DRAFT"
    assert not queries.needs(account("street")).filter(pk=made.pk).exists()
    assert client_of("resident").get(reverse("need-new")).status_code == 403


def test_pages_need_as_many_queries_with_more_needs() -> None:
    place = account("community").current_grants[0].place

    def grow() -> None:
        for n in range(4):
            acts.report(
                actor=account("community"),
                place=place,
                category="OTHER",
                channel="VISIT",
                text=f"{TEXT}第{n}件",
            )

    client = client_of("street")

    def look(address: str) -> None:
        cache.clear()
        client.get(address)

    for address in (reverse("needs"), reverse("needs-alike")):
        count = assert_constant_queries(partial(look, address), grow)
        assert count < 30
    need = SocialNeed.objects.get(number="XQ-530111001-2017-0018")
    assert len(traces.of(need, account("bureau"))) == 10


def test_the_way_of_a_need_leads_to_the_letter_and_says_where_it_differs() -> None:
    need = SocialNeed.objects.get(number="XQ-530111001-2017-0018")
    steps = {str(step.stage): step for step in traces.of(need, account("bureau"))}
    assert steps["Figure"].state == "bad"
    assert str(steps["Figure"].value) == "410 → 409"
    assert steps["Purchase"].url.endswith("XM-2017-007/")
    assert "51" in str(steps["Letter"].value)
    stranger = Client().get(reverse("need", args=[need.number]))
    assert stranger.status_code == 200


def test_the_figure_of_needs_splits_and_adds_up() -> None:
    scope = Scope("530111", TODAY, 2018)
    figure = figures.get("lists.needs")
    whole = figure.read(scope)
    assert whole.exact == SocialNeed.objects.filter(raised_on__year=2018).exclude(state="DRAFT").count()
    for split in (
        figure.split_by(scope, "category"),
        figure.split_by_street(scope),
        figure.split_by(scope, "state"),
    ):
        assert sum(split.values()) == whole.exact


def test_officers_see_what_says_the_same_while_typing_and_the_bureau_what_is_to_be_compared() -> None:
    need = SocialNeed.objects.filter(
        state="PUBLISHED", place__code__startswith=STREET, is_personal=False
    ).first()
    assert need is not None
    typed = {"text": need.text, "category": need.category, "place": str(need.place_id)}
    for who in ("community", "street", "bureau"):
        page = client_of(who).post(reverse("need-alike"), typed).content.decode()
        assert need.number in page
        assert reverse("need-support", args=[need.number]) not in page  # one files for another person
    typed = {"text": need.text, "category": need.category, "community": need.place.code, "street": STREET}
    for client in (Client(), client_of("resident"), client_of("bureau")):
        assert (
            reverse("need-support", args=[need.number])
            in client.post(reverse("need-alike"), typed).content.decode()
        )
    assert 'name="different"' in client_of("street").get(reverse("needs-alike")).content.decode()
    assert 'name="different"' not in client_of("bureau").get(reverse("needs-alike")).content.decode()
    pair = NeedPair.objects.earliest("pk")
    assert client_of("bureau").post(reverse("needs-alike"), {"different": pair.pk}).status_code == 403
