"""Needs by Open311: what is given, what is taken of whom, and how often."""

from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse

from qingdan.core import throttle
from qingdan.core.permits import Refused
from qingdan.directory.models import Place
from qingdan.lists import limits, queries
from qingdan.lists.acts import systems
from qingdan.lists.models import NeedReporter, ReportingSystem, SocialNeed, TargetGroup
from qingdan.lists.tests.cast import COMMUNITY, PHONE, TEXT, account

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample", "on_the_day")]


def test_open311_gives_published_needs_in_json_and_xml() -> None:
    answer = Client().get(
        "/open311/v2/requests.json", {"start_date": "2018-01-01T00:00:00+08:00", "page_size": "200"}
    )
    rows = answer.json()
    published = set(
        SocialNeed.objects.filter(state__in=queries.PUBLIC_STATES).values_list("number", flat=True)
    )
    assert rows
    assert {row["service_request_id"] for row in rows} <= published
    tree = ElementTree.fromstring(
        Client().get(f"/open311/v2/requests/{rows[0]['service_request_id']}.xml").content
    )
    assert tree.tag == "service_requests"
    assert tree.findtext("request/service_request_id") == rows[0]["service_request_id"]
    services = Client().get("/open311/v2/services.json").json()
    assert {one["service_code"] for one in services} >= {"ELDERLY", "LEGAL"}
    assert Client().get("/open311/v2/services.xml").content.startswith(b"<?xml")
    closed = Client().get(
        "/open311/v2/requests.json", {"status": "closed", "start_date": "2018-01-01T00:00:00+08:00"}
    )
    assert {row["status"] for row in closed.json()} == {"closed"}


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"page": "x"}, 400),
        ({"page_size": "100000"}, 400),
        ({"status": "maybe"}, 400),
        ({"start_date": "yesterday"}, 400),
        ({"start_date": "2018-13-45T00:00:00+08:00"}, 400),
        ({"start_date": "0001-01-01T00:00:00+14:00"}, 400),
        ({"end_date": "9999-12-31T23:59:59-12:00"}, 400),
        ({"service_code": "NOPE"}, 404),
        ({"jurisdiction_id": "110101"}, 404),
    ],
)
def test_open311_answers_bad_questions_with_one_sentence(query: dict[str, str], status: int) -> None:
    answer = Client().get("/open311/v2/requests.json", query)
    assert answer.status_code == status
    assert answer.json()[0]["code"] == status
    assert answer.json()[0]["description"]


def test_an_answer_in_xml_can_be_read_whatever_was_asked() -> None:
    answer = Client().get("/open311/v2/requests.xml", {"service_code": "\x01\ufffe<&"})
    assert answer.status_code == 404
    assert "\ufffd\ufffd<&" in (ElementTree.fromstring(answer.content).findtext("error/description") or "")


def test_a_token_of_a_published_need_is_known_to_everybody() -> None:
    number = SocialNeed.objects.filter(queries.OPEN_TO_ALL).values_list("number", flat=True)[0]
    answer = Client().get(f"/open311/v2/tokens/{number}.json")
    assert answer.json() == [{"service_request_id": number, "token": number}]


def test_the_definition_of_a_service_says_what_else_can_be_told() -> None:
    assert all(one["metadata"] for one in Client().get("/open311/v2/services.json").json())
    said = Client().get("/open311/v2/services/ELDERLY.json").json()
    assert said["service_code"] == "ELDERLY"
    assert [one["code"] for one in said["attributes"]] == ["target", "persons", "consent"]
    tree = ElementTree.fromstring(Client().get("/open311/v2/services/ELDERLY.xml").content)
    assert tree.tag == "service_definition"
    keys = [one.text for one in tree.findall("attributes/attribute[1]/values/value/key")]
    assert keys == [one["key"] for one in said["attributes"][0]["values"]] == list(TargetGroup.values)
    assert Client().get("/open311/v2/services/NOPE.xml").status_code == 404


def test_attributes_of_the_definition_are_kept_and_others_refused() -> None:
    _system, token = systems.admit(actor=account("bureau"), name="样例热线")
    given = {"api_key": token, "service_code": "ELDERLY", "description": TEXT, "address_id": COMMUNITY}

    def post(**told: str) -> Any:
        return Client().post(
            "/open311/v2/requests.json", given | {f"attribute[{k}]": v for k, v in told.items()}
        )

    assert post(target="NOBODY").status_code == 400
    assert post(persons="many").status_code == 400
    assert post(persons="0").status_code == 400
    answer = post(target="CHILDREN", persons="30")
    need = SocialNeed.objects.get(number=answer.json()[0]["service_request_id"])
    assert (need.target, need.persons) == ("CHILDREN", 30)


@pytest.mark.parametrize(("kind", "sent"), [("application/json", '{"api_key":'), ("text/xml", "<a")])
def test_fields_that_are_no_form_are_said_to_be_none(kind: str, sent: str) -> None:
    answer = Client().post("/open311/v2/requests.json", sent, content_type=kind)
    assert answer.status_code == 400
    assert "as a form" in answer.json()[0]["description"]


def test_open311_takes_needs_of_admitted_systems_only() -> None:
    system, token = systems.admit(actor=account("bureau"), name="样例热线")
    assert token not in str(ReportingSystem.objects.values_list().get(pk=system.pk))
    given = {
        "service_code": "ELDERLY",
        "description": "高龄老人做饭困难，希望社区食堂送餐。",
        "address_id": COMMUNITY,
    }
    client = Client(enforce_csrf_checks=True)

    def post(**more: Any) -> Any:
        return client.post("/open311/v2/requests.json", {**given, **more})

    before = SocialNeed.objects.count()
    assert post().status_code == 403
    assert post(api_key="wrong").status_code == 403
    assert post(api_key=token, service_code="").status_code == 400
    assert post(api_key=token, address_id="110101001001").status_code == 404
    assert post(api_key=token, address_id="", address_string="某处").status_code == 400
    assert post(api_key=token, description="短").status_code == 400
    assert SocialNeed.objects.count() == before
    answer = post(api_key=token, phone=PHONE, first_name="样本")
    assert answer.status_code == 200
    need = SocialNeed.objects.get(number=answer.json()[0]["service_request_id"])
    assert (need.channel, need.state) == ("SYSTEM", "SUBMITTED")
    assert NeedReporter.objects.get(need=need).phone_index == ""  # no consent was passed on: nothing is kept
    assert client.get(f"/open311/v2/requests/{need.number}.json").status_code == 404  # not published
    token_address = f"/open311/v2/tokens/{need.number}.json"
    assert client.get(token_address).status_code == 404  # whether a number exists is nobody else's business
    assert client.get(token_address, {"api_key": "wrong"}).status_code == 404
    answer = client.get(token_address, {"api_key": token})
    assert answer.json()[0]["service_request_id"] == need.number
    _other, foreign = systems.admit(actor=account("bureau"), name="另一热线")
    assert client.get(token_address, {"api_key": foreign}).status_code == 404
    named = post(
        api_key=token,
        phone=PHONE,
        address_id="",
        address_string="关上街道双桥社区3号",
        **{"attribute[consent]": "yes"},
    )
    kept = NeedReporter.objects.get(need__number=named.json()[0]["service_request_id"])
    assert kept.phone_index
    systems.shut_out(actor=account("bureau"), system=system, reason="样例")
    assert post(api_key=token).status_code == 403
    with pytest.raises(Refused):
        systems.admit(actor=account("street"), name="另一个")


def test_open311_limits_a_sender() -> None:
    for _ in range(limits.MOST["system"][1]):
        throttle.note("system:127.0.0.1", "system")
    answer = Client().post("/open311/v2/requests.json", {"api_key": "guess"})
    assert answer.status_code == 429


def test_the_report_page_draws_the_map_and_open311_finds_the_place_of_a_point() -> None:
    page = Client().get(reverse("need-report")).content.decode()
    assert 'data-street="530111001"' in page
    assert f'data-community="{COMMUNITY}"' in page
    drawn = page[page.index('<div class="q-map"') :]
    assert drawn[: drawn.index(">")].endswith("hidden")  # without script the two boxes do the same
    _system, token = systems.admit(actor=account("bureau"), name="示例系统")
    outline = Place.objects.get(code=COMMUNITY).outline[0]
    longitude, latitude = (sum(point[axis] for point in outline) / len(outline) for axis in (0, 1))
    given = {"api_key": token, "service_code": "CULTURE", "description": TEXT}
    answer = Client().post("/open311/v2/requests.json", {**given, "lat": latitude, "long": longitude})
    assert answer.status_code == 200, answer.content
    assert SocialNeed.objects.get(number=answer.json()[0]["service_request_id"]).place.code == COMMUNITY
    for lat, long, said in (("0", "0", "lie in no street"), ("north", "1", "must be degrees")):
        answer = Client().post("/open311/v2/requests.json", {**given, "lat": lat, "long": long})
        assert answer.status_code == 400
        assert said in answer.json()[0]["description"]
