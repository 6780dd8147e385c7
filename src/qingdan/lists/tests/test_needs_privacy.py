"""Personal details never leak: who sees what of a person behind a need, and which views are logged."""

import io
import json

import pytest
from django.test import Client
from django.urls import reverse

from qingdan.core import journal
from qingdan.lists import queries
from qingdan.lists.acts import needs as acts
from qingdan.lists.masking import mask_numbers, points_to_a_person
from qingdan.lists.models import NeedReporter, SocialNeed
from qingdan.lists.tables.needs import needs_rows
from qingdan.lists.tests.cast import PHONE, account, client_of, filed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample", "on_the_day")]


def _named() -> SocialNeed:
    """A published need whose reporter left name and number."""
    place = account("community").current_grants[0].place
    assert place is not None
    need = acts.report(
        actor=account("community"),
        place=place,
        category="ELDERLY",
        text="独居老人夜间没有人照看，希望有人问候。",
        channel="VISIT",
        person=acts.Person(name="测样本姓", phone=PHONE, consent="SPOKEN"),
        verified=True,
    )
    from qingdan.lists.lifecycle.needs import NEED

    NEED.move(need, "confirm", actor=account("street"))
    NEED.move(need, "publish", actor=account("street"))
    return need


SECRETS = (PHONE, "测样本姓")


def test_personal_details_are_on_no_page_and_in_no_export() -> None:
    need = _named()
    addresses = [
        reverse("needs") + "?q=" + need.number,
        reverse("need", args=[need.number]),
        reverse("need-tracked", args=[need.number]),
        reverse("need-track") + "?number=" + need.number,
        reverse("search") + "?q=" + need.number,
        reverse("home"),
        f"/open311/v2/requests/{need.number}.json",
        "/open311/v2/requests.xml?service_request_id=" + need.number,
        reverse("figure", args=["lists.needs"]),
    ]
    clients = [
        Client(),
        *(client_of(name) for name in ("bureau", "finance", "auditor", "organisation", "street")),
    ]
    for client in clients:
        for address in addresses:
            answer = client.get(address, follow=True)
            text = answer.content.decode()
            assert not [secret for secret in SECRETS if secret in text], address
    book = client_of("street").get(reverse("needs") + "?export=xlsx&q=" + need.number).getvalue()
    assert not [secret for secret in SECRETS if secret.encode() in _unzipped(book)]
    raw = NeedReporter.objects.filter(need=need).values_list("need_id").query
    assert PHONE not in str(raw)


def _unzipped(data: bytes) -> bytes:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def test_the_full_number_is_shown_to_the_place_and_the_view_is_logged() -> None:
    need = _named()
    page = client_of("community").get(reverse("need", args=[need.number])).content.decode()
    assert "138****6666" in page
    address = reverse("need-reporter", args=[need.number])
    assert client_of("bureau").post(address).status_code == 403
    assert client_of("auditor").post(address).status_code == 403
    assert not [one for one in journal.history(need) if one.verb == "need.reveal"]
    shown = client_of("community").post(address)
    assert PHONE in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    views = [one for one in journal.history(need) if one.verb == "need.reveal"]
    assert len(views) == 1
    assert PHONE not in json.dumps(views[0].data)


def test_what_is_not_published_is_not_found_by_strangers() -> None:
    hidden = SocialNeed.objects.exclude(state__in=queries.PUBLIC_STATES)[:5]
    assert hidden
    for need in hidden:
        assert Client().get(reverse("need", args=[need.number])).status_code == 404
        assert client_of("organisation").get(reverse("need", args=[need.number])).status_code == 404


def test_reasons_are_for_the_reporter_and_the_officers() -> None:
    need = SocialNeed.objects.get(state="REJECTED", number__startswith="XQ-530111001", title__contains="商铺")
    reason = "不属于公共服务范围"
    assert reason not in Client().get(reverse("need-tracked", args=[need.number])).content.decode()
    assert reason in client_of("community").get(reverse("need", args=[need.number])).content.decode()


NUMBER = "13900139000"


@pytest.fixture
def resident_client(client: Client) -> Client:
    client.force_login(account("resident"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_resident_who_signs_in_is_named_in_no_timeline_and_no_journal(resident_client: Client) -> None:
    """What a journal says can never be erased, and the bureau is not to know who reported a need."""
    need = filed(resident_client)
    acts.revise(
        actor=account("resident"), need=_returned(need), resubmit=True, text="三号楼楼道没有灯，老人摔过跤。"
    )
    name = account("resident").display_name
    for who in ("bureau", "street", "auditor"):
        assert name not in client_of(who).get(need.get_absolute_url()).content.decode()
    said = {(entry.actor_key, entry.actor_label) for entry in journal.history(need)}
    assert not any(name in label or key == account("resident").actor_key for key, label in said)
    assert queries.needs(account("resident")).filter(pk=need.pk).exists()


def _returned(need: SocialNeed) -> SocialNeed:
    from qingdan.lists.lifecycle.needs import NEED

    NEED.move(need, "return", actor=account("community"), reason="请写明楼号")
    return need


def test_a_number_in_the_text_is_read_by_the_place_alone_and_stands_in_no_title() -> None:
    need = filed(Client(), text=f"我的电话{NUMBER}，父亲独居夜里没人照看，希望有人来看看。")
    assert need.is_personal
    assert NUMBER not in need.title
    assert not any(NUMBER in entry.subject_label for entry in journal.history(need))
    pages = (need.get_absolute_url(), reverse("needs"), f"{reverse('needs')}?q=独居")
    for who in ("bureau", "finance", "auditor"):
        for page in pages:
            assert NUMBER not in client_of(who).get(page).content.decode()
    assert NUMBER not in client_of("bureau").get(reverse("need-revise", args=[need.number])).content.decode()
    assert NUMBER in client_of("community").get(need.get_absolute_url()).content.decode()
    assert not any(NUMBER in str(cell) for row in needs_rows(account("street")) for cell in row)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话13900139000，", "电话139********，"),
        ("电话139-0013 9000。", "电话139**********。"),
        ("身份证53011119900101000X", "身份证530***************"),
        ("１３９００１３９０００", "１３９********"),
        ("合同号20180912000011112", "合同号20180912000011112"),
        ("一共 120 人，每周 3 次", "一共 120 人，每周 3 次"),
    ],
)
def test_numbers_of_persons_are_starred_and_other_numbers_stay(text: str, masked: str) -> None:
    assert mask_numbers(text) == masked
    assert points_to_a_person(text) == (text != masked)
