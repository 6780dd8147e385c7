"""What is kept of a person goes when it was promised, a text that names one is public no longer; who merges what."""

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from qingdan.core import clock, files
from qingdan.core.actor import SystemActor
from qingdan.core.files_models import StoredFile
from qingdan.core.permits import Refused
from qingdan.directory.models import Account, Place
from qingdan.lists import periods, publishing, queries
from qingdan.lists.acts import needs as acts
from qingdan.lists.lifecycle.needs import NEED
from qingdan.lists.models import ListKind, NeedPair, NeedReporter, NeedState, Notice, SocialNeed
from qingdan.lists.tests.two_streets import COMMUNITY, DISTRICT, TODAY, need_in, report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]
SYSTEM = SystemActor("schedule", DISTRICT)


def serve(need: SocialNeed) -> SocialNeed:
    """The way of a submitted need to its end."""
    for verb in ("verify", "confirm", "publish", "match", "start", "finish"):
        NEED.move(need, verb, actor=SYSTEM, reason="样例")
    return need


def test_what_follows_the_end_does_not_put_off_the_erasure(
    cast: dict[str, Account],
    places: dict[str, Place],
) -> None:
    rated = serve(report(places[COMMUNITY], person=acts.Person(phone="13800000001", consent="TICKED")))
    promised = periods.erase_day(rated)
    with clock.living_on(TODAY + dt.timedelta(days=30)):
        acts.rate(actor=cast["community"], need=rated, rating=4)
        NEED.move(rated, "archive", actor=SYSTEM)
    assert NeedReporter.objects.get(need=rated).erase_on == promised
    with clock.living_on(promised + dt.timedelta(days=1)):
        assert acts.erase_personal_details(actor=SYSTEM) == 1
    assert not NeedReporter.objects.exists()


def test_the_reporter_of_a_merged_need_waits_with_the_need_it_went_into(
    cast: dict[str, Account],
    places: dict[str, Place],
) -> None:
    survivor = report(places[COMMUNITY], person=acts.Person(visitor="one"))
    merged = report(places[COMMUNITY], person=acts.Person(phone="13800000001", consent="TICKED"))
    acts.merge(actor=cast["community"], need=merged, survivor=survivor, reason="同一件事")
    assert NeedReporter.objects.get(need=merged).erase_on is None
    serve(survivor)
    days = set(NeedReporter.objects.values_list("erase_on", flat=True))
    assert days == {periods.erase_day(survivor)}


def test_a_need_opened_again_keeps_its_reporter(
    cast: dict[str, Account],
    places: dict[str, Place],
) -> None:
    need = report(places[COMMUNITY], person=acts.Person(visitor="one"))
    NEED.move(need, "reject", actor=cast["community"], reason="样例")
    assert NeedReporter.objects.get(need=need).erase_on is not None
    NEED.move(need, "reopen", actor=cast["street"], reason="样例")
    assert NeedReporter.objects.get(need=need).erase_on is None


def test_photos_and_what_leads_to_an_account_are_erased_too(
    cast: dict[str, Account],
    places: dict[str, Place],
    png: bytes,
) -> None:
    resident = cast["resident"]
    need = report(places[COMMUNITY], actor=resident, person=acts.Person(account=resident))
    files.store(
        SimpleUploadedFile("photo.png", png, content_type="image/png"),
        actor="居民",
        district=DISTRICT,
        owner=f"lists.socialneed:{need.pk}",
        kinds=files.IMAGES,
    )
    NEED.move(need, "reject", actor=cast["community"], reason="不属于公共服务")
    assert need.filed_by == resident.actor_key
    assert Notice.objects.filter(account=resident).exists()
    with clock.living_on(periods.erase_day(need) + dt.timedelta(days=1)):
        acts.erase_personal_details(actor=SYSTEM)
    need.refresh_from_db()
    assert need.filed_by == ""
    assert not Notice.objects.filter(account=resident).exists()
    assert not StoredFile.objects.exists()


@pytest.fixture
def png() -> bytes:
    from io import BytesIO

    from PIL import Image

    out = BytesIO()
    Image.new("RGB", (4, 4)).save(out, "PNG")
    return out.getvalue()


def test_a_published_text_found_to_name_a_person_is_public_no_longer(
    cast: dict[str, Account],
    places: dict[str, Place],
    client: Client,
) -> None:
    need = need_in(NeedState.PUBLISHED, places[COMMUNITY])
    assert client.get(f"/needs/{need.number}/").status_code == 200
    acts.revise(actor=cast["community"], need=need, is_personal=True)
    assert client.get(f"/needs/{need.number}/").status_code == 404
    assert f'href="/needs/{need.number}/"' not in client.get(f"/track/{need.number}/").content.decode()
    assert publishing.content_of(ListKind.NEEDS, DISTRICT, TODAY.year) == []
    assert queries.needs(cast["community"]).filter(pk=need.pk).exists()


def test_titles_are_one_line_without_control_characters(places: dict[str, Place]) -> None:
    made = report(places[COMMUNITY], title="楼道\x0b没有灯\n二号楼\x00")
    assert made.title == "楼道 没有灯 二号楼"


def test_two_officers_decide_about_a_pair_once(
    cast: dict[str, Account],
    places: dict[str, Place],
) -> None:
    one, other = (need_in(NeedState.SUBMITTED, places[COMMUNITY]) for _n in range(2))
    pair = NeedPair.objects.create(district=DISTRICT, first=one, second=other, points=80)
    seen_before = NeedPair.objects.get(pk=pair.pk)
    acts.merge(actor=cast["community"], need=other, survivor=one, reason="同一件事")
    with pytest.raises(Refused, match="decided"):
        acts.decide_different(actor=cast["street"], pair=seen_before)
    pair.refresh_from_db()
    assert pair.verdict == "SAME"


def test_one_that_has_moved_on_does_not_stop_the_others_from_lapsing(
    places: dict[str, Place],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    needs = [
        need_in(NeedState.RETURNED, places[COMMUNITY], due_on=TODAY - dt.timedelta(days=1)) for _n in range(2)
    ]
    newest, move = max(needs, key=lambda need: need.pk), type(NEED).move

    def completed_meanwhile(self: Any, record: Any, verb: str, **more: Any) -> Any:
        SocialNeed.objects.filter(pk=newest.pk).update(state=NeedState.SUBMITTED)
        return move(self, record, verb, **more)

    monkeypatch.setattr(type(NEED), "move", completed_meanwhile)
    assert acts.lapse(actor=SYSTEM) == 1


def test_support_follows_a_need_that_was_merged_meanwhile(
    cast: dict[str, Account],
    places: dict[str, Place],
) -> None:
    survivor, merged = (need_in(NeedState.SUBMITTED, places[COMMUNITY]) for _n in range(2))
    read_before = SocialNeed.objects.get(pk=merged.pk)
    acts.merge(actor=cast["community"], need=merged, survivor=survivor, reason="同一件事")
    assert acts.support(need=read_before, supporter="someone")
    survivor.refresh_from_db()
    assert survivor.supporters == 1


def test_what_is_being_met_stays_and_the_new_need_goes_into_it(
    cast: dict[str, Account],
    places: dict[str, Place],
    client: Client,
) -> None:
    fresh, met = (need_in(state, places[COMMUNITY]) for state in (NeedState.SUBMITTED, NeedState.IN_SERVICE))
    NeedPair.objects.create(district=DISTRICT, first=fresh, second=met, points=90)
    client.force_login(cast["community"])
    for number in (fresh.number, met.number):
        page = client.get(f"/needs/{number}/").content.decode()
        assert f"/needs/{fresh.number}/merge/?into={met.number}" in page
        assert f"/needs/{met.number}/merge/" not in page


def test_a_community_decides_about_its_own_needs_of_a_wider_group(
    cast: dict[str, Account],
    places: dict[str, Place],
    client: Client,
) -> None:
    street = places["530111001"]
    elsewhere = need_in(NeedState.SUBMITTED, street)
    one, other = (need_in(NeedState.SUBMITTED, places[COMMUNITY]) for _n in range(2))
    for first, second in ((elsewhere, one), (one, other)):
        NeedPair.objects.create(district=DISTRICT, first=first, second=second, points=90)
    client.force_login(cast["street"])
    assert [mine for _need, mine in client.get("/needs/alike/").context["groups"][0]["needs"]] == [True] * 3
    # the community sees no need of the street as a whole unless it is public
    SocialNeed.objects.filter(pk=elsewhere.pk).update(state=NeedState.PUBLISHED)
    client.force_login(cast["community"])
    shown = client.get("/needs/alike/").context["groups"][0]
    assert {need.pk: mine for need, mine in shown["needs"]} == {
        elsewhere.pk: False,
        one.pk: True,
        other.pk: True,
    }
    assert shown["may"]
    client.post("/needs/alike/", {"survivor": one.pk, "needs": [other.pk], "reason": "同一件事"})
    other.refresh_from_db()
    assert other.merged_into == one
