"""Open311 GeoReport v2 (http://wiki.open311.org/GeoReport_v2/) over the needs list, in JSON and XML.

Reading gives what is published, to everybody. Filing needs a token (`api_key`) that the bureau has given to a
system. Times are those of the district with their offset. What the standard calls a service is a category here, a
service request a need; an address is a place code in `address_id`, a name in `address_string`, or a point in `lat` and
`long`, which is not kept.
"""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree  # only written here, never read

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import translation
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from qingdan.core import clock, throttle
from qingdan.core.gate import public
from qingdan.core.permits import Refused
from qingdan.directory import maps
from qingdan.directory.models import Place, PlaceLevel
from qingdan.lists import limits, queries
from qingdan.lists.acts import needs as acts
from qingdan.lists.acts.systems import system_of
from qingdan.lists.models import Category, NeedChannel, NeedReporter, NeedState, SocialNeed, TargetGroup

PAGE, MOST = 50, 200
MOST_PERSONS = 1_000_000
DAYS = 90  # the standard's span of a question without dates
CLOSED = (NeedState.DONE, NeedState.RATED, NeedState.ARCHIVED)
Row = dict[str, Any]
Rows = list[Row]
ONE_OF = {"attributes": "attribute", "values": "value"}  # what XML calls one of them
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # characters that no XML may hold


class Fault(Exception):
    """An answer other than 200, with the standard's code and a sentence."""

    def __init__(self, status: int, description: str) -> None:
        super().__init__(description)
        self.status = status


def _answer(kind: str, root: str, item: str, rows: Rows | Row, status: int = 200) -> HttpResponse:
    """Rows under `root`, each as `item`; a single row stands in `root` itself."""
    if kind == "json":
        response: HttpResponse = JsonResponse(
            rows, safe=False, status=status, json_dumps_params={"ensure_ascii": False}
        )
    else:
        tree = ElementTree.Element(root)
        if isinstance(rows, dict):
            _grow(tree, rows)
        else:
            for row in rows:
                _grow(ElementTree.SubElement(tree, item), row)
        text = ElementTree.tostring(tree, encoding="utf-8", xml_declaration=True)
        response = HttpResponse(text, status=status, content_type="text/xml; charset=utf-8")
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _grow(parent: ElementTree.Element, row: Row) -> None:
    for name, value in row.items():
        branch = ElementTree.SubElement(parent, name)
        if isinstance(value, list):
            for one in value:
                _grow(ElementTree.SubElement(branch, ONE_OF[name]), one)
        else:
            branch.text = _text(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else _NO_XML.sub("\ufffd", str(value))


View = Callable[..., tuple[str, str, Rows | Row]]


def _endpoint(*methods: str) -> Callable[[View], Any]:
    """A view of the API: the format is checked, every fault is answered in it, no page is ever shown."""

    def wrap(view: View) -> Any:
        @csrf_exempt
        @public
        def guarded(request: HttpRequest, kind: str, **arguments: Any) -> HttpResponse:
            if kind not in ("json", "xml"):
                return _answer("json", "errors", "error", [_fault(404, "Ask for .json or .xml.")], 404)
            with translation.override((request.GET.get("locale", "")[:2] == "en" and "en") or "zh-hans"):
                try:
                    if request.method not in methods:
                        raise Fault(405, f"This address answers {' and '.join(methods)} only.")
                    return _answer(kind, *view(request, **arguments))
                except Fault as fault:
                    row = _fault(fault.status, str(fault))
                    return _answer(kind, "errors", "error", [row], fault.status)

        return guarded

    return wrap


def _fault(code: int, description: str) -> dict[str, Any]:
    return {"code": code, "description": description}


def _district(request: HttpRequest) -> str:
    asked = request.GET.get("jurisdiction_id") or request.POST.get("jurisdiction_id") or settings.DISTRICT
    if asked != settings.DISTRICT:
        raise Fault(404, f"jurisdiction_id {asked[:20]} is not served here; it is {settings.DISTRICT}.")
    return asked


def _number(request: HttpRequest, name: str, default: int, most: int) -> int:
    text = request.GET.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:9]) <= most:
        raise Fault(400, f"{name} must be a number from 1 to {most}.")
    return int(text)


def _day(request: HttpRequest, name: str) -> dt.date | None:
    """The district's day of the moment that is asked for."""
    text = request.GET.get(name, "").replace(" ", "+")
    if not text:
        return None
    try:
        moment = parse_datetime(text)
        if moment is not None and moment.tzinfo is not None:
            return moment.astimezone(clock.now().tzinfo).date()
    except (ValueError, OverflowError):  # no such day, or one beyond the calendar
        pass
    raise Fault(400, f"{name} must be a time such as 2018-06-29T00:00:00+08:00.")


# ── services ────────────────────────────────────────────────────────────────


@_endpoint("GET")
def services(request: HttpRequest) -> tuple[str, str, Rows]:
    """The kinds of needs that can be filed."""
    _district(request)
    rows = [
        {
            "service_code": value,
            "service_name": str(label),
            "description": "",
            "metadata": True,  # see `definition`
            "type": "realtime",
            "keywords": "",
            "group": "",
        }
        for value, label in Category.choices
    ]
    return "services", "service", rows


def _attributes() -> Rows:
    """What may be said besides the standard's own fields; nothing of it must."""
    yes_or_no = [("yes", _("yes")), ("no", _("no"))]
    asked: tuple[tuple[str, str, Any, list[tuple[str, Any]]], ...] = (
        ("target", "singlevaluelist", _("Target group"), list(TargetGroup.choices)),
        ("persons", "number", _("Persons expected"), []),
        ("consent", "singlevaluelist", _("Consent to keep name and telephone"), yes_or_no),
    )
    return [
        {
            "variable": True,
            "code": code,
            "datatype": datatype,
            "required": False,
            "datatype_description": "",
            "order": order,
            "description": str(description),
            "values": [{"key": key, "name": str(name)} for key, name in values],
        }
        for order, (code, datatype, description, values) in enumerate(asked, start=1)
    ]


@_endpoint("GET")
def definition(request: HttpRequest, code: str) -> tuple[str, str, Row]:
    """What may be said of a need of one kind: `attribute[code]` when it is filed."""
    _district(request)
    if code not in Category.values:
        raise Fault(404, f"service_code {code[:30]} is not known.")
    return "service_definition", "", {"service_code": code, "attributes": _attributes()}


# ── requests ────────────────────────────────────────────────────────────────


def _row(need: SocialNeed) -> dict[str, Any]:
    """What is public of a need; nothing of the person who reported it."""
    raised = clock.at(need.raised_on, 0)
    return {
        "service_request_id": need.number,
        "status": "closed" if need.state in CLOSED else "open",
        "status_notes": str(need.get_state_display()),
        "service_name": str(need.get_category_display()),
        "service_code": need.category,
        "description": f"{need.title}\n{need.text}".strip(),
        "agency_responsible": "",
        "service_notice": "",
        "requested_datetime": raised.isoformat(),
        "updated_datetime": "",
        "expected_datetime": clock.at(need.due_on, 17).isoformat() if need.due_on else "",
        "address": need.place.full_name,
        "address_id": need.place.code,
        "zipcode": "",
        "lat": "",  # needs are told by their community; a point would lead to a door
        "long": "",
        "media_url": "",
    }


def _published(district: str) -> Any:
    found = queries.needs(None).filter(district=district, is_personal=False)
    return found.select_related("place__parent")


def _list(request: HttpRequest) -> tuple[str, str, Rows]:
    district = _district(request)
    found = _published(district)
    if ids := [one.strip() for one in request.GET.get("service_request_id", "").split(",") if one.strip()]:
        found = found.filter(number__in=ids[:MOST])
    else:
        start, end = _day(request, "start_date"), _day(request, "end_date")
        if start is None and end is None:
            found = found.filter(raised_on__gte=clock.today() - dt.timedelta(days=DAYS))
        if start is not None:
            found = found.filter(raised_on__gte=start)
        if end is not None:
            found = found.filter(raised_on__lte=end)
        if code := request.GET.get("service_code", ""):
            codes = code.split(",")
            if strange := set(codes) - set(Category.values):
                raise Fault(404, f"service_code {sorted(strange)[0][:30]} is not known.")
            found = found.filter(category__in=codes)
        if status := request.GET.get("status", ""):
            if not set(status.split(",")) <= {"open", "closed"}:
                raise Fault(400, "status is open or closed.")
            if status == "closed":
                found = found.filter(state__in=CLOSED)
            elif status == "open":
                found = found.exclude(state__in=CLOSED)
    size = _number(request, "page_size", PAGE, MOST)
    page = _number(request, "page", 1, 100_000)
    first = (page - 1) * size
    return (
        "service_requests",
        "request",
        [_row(n) for n in found.order_by("-raised_on", "-pk")[first : first + size]],
    )


def _file(request: HttpRequest) -> tuple[str, str, Rows]:
    given = request.POST
    if request.content_type not in ("application/x-www-form-urlencoded", "multipart/form-data", ""):
        raise Fault(400, "Send the fields as a form (application/x-www-form-urlencoded), not as JSON or XML.")
    if not given.get("api_key"):
        raise Fault(403, "api_key is missing: the civil affairs bureau gives one to a system.")
    try:  # also wrong keys count, so that they cannot be tried out
        throttle.allow(f"system:{throttle.address_of(request)}", "system", limits.MOST["system"][1])
    except Refused as no:
        raise Fault(429, str(no.reason)) from None
    system = system_of(given["api_key"])
    if system is None:
        raise Fault(403, "api_key is not known.")
    district = _district(request)
    code = given.get("service_code", "")
    if not code:
        raise Fault(400, "service_code is missing.")
    if code not in Category.values:
        raise Fault(404, f"service_code {code[:30]} is not known.")
    if given.get("address_id") or given.get("address_string") or not (given.get("lat") or given.get("long")):
        place = _place_of(district, given.get("address_id", ""), given.get("address_string", ""))
    else:
        place = _place_at(district, given.get("lat", ""), given.get("long", ""))
    target, persons = _told(given)
    phone = given.get("phone", "")
    name = f"{given.get('last_name', '')}{given.get('first_name', '')}"
    consent = given.get("attribute[consent]", "") == "yes"
    try:
        need = acts.report(
            actor=system,
            place=place,
            category=code,
            text=given.get("description", ""),
            target=target,
            persons=persons,
            channel=NeedChannel.SYSTEM,
            person=acts.Person(
                name=name if consent else "",
                phone=phone if consent else "",
                consent=NeedReporter.Consent.TICKED
                if consent and (name or phone)
                else NeedReporter.Consent.NONE,
            ),
        )
    except ValidationError as fault:
        raise Fault(400, " ".join(fault.messages)) from None
    except Refused as no:
        raise Fault(403, str(no.reason)) from None
    row = {"service_request_id": need.number, "service_notice": "", "account_id": ""}
    return "service_requests", "request", [row]


def _told(given: Any) -> tuple[str, int | None]:
    """Target group and persons, which a system may state as attributes."""
    target = given.get("attribute[target]", "") or TargetGroup.RESIDENTS
    if target not in TargetGroup.values:
        raise Fault(400, "attribute[target] is no key of the service definition.")
    persons = given.get("attribute[persons]", "")
    if persons and not (persons.isascii() and persons.isdigit() and 1 <= int(persons[:8]) <= MOST_PERSONS):
        raise Fault(400, f"attribute[persons] must be a number from 1 to {MOST_PERSONS}.")
    return target, int(persons) if persons else None


def _place_of(district: str, code: str, address: str) -> Place:
    found = Place.objects.filter(district=district).valid_on(clock.today()).exclude(level=PlaceLevel.DISTRICT)
    if code:
        place = found.filter(code=code).first()
        if place is None:
            raise Fault(404, f"address_id {code[:20]} is no place of this district.")
        return place
    if not address.strip():
        raise Fault(400, "address_id (a place code) or address_string (a street and community) is missing.")
    near = [place for place in found.select_related("parent") if place.name in address]
    inside = [place for place in near if place.level == PlaceLevel.COMMUNITY and place.parent in near]
    chosen = inside or [place for place in near if place.level == PlaceLevel.STREET]
    if len(chosen) != 1:
        raise Fault(400, "address_string names no single street or community; give its code as address_id.")
    return chosen[0]


def _place_at(district: str, latitude: str, longitude: str) -> Place:
    """The community or street in which a point lies, by the outlines of the map."""
    try:
        place = maps.place_at(district, float(longitude), float(latitude))
    except ValueError:
        raise Fault(400, "lat and long must be degrees (WGS 84), such as 24.95 and 102.75.") from None
    if place is None:
        raise Fault(400, "lat and long lie in no street or community on the map; give address_id instead.")
    return place


@_endpoint("GET", "POST")
def requests(request: HttpRequest) -> tuple[str, str, Rows]:
    """Published needs, or a new one."""
    return _file(request) if request.method == "POST" else _list(request)


@_endpoint("GET")
def one(request: HttpRequest, number: str) -> tuple[str, str, Rows]:
    """One published need."""
    need = _published(_district(request)).filter(number=number).first()
    if need is None:
        raise Fault(404, "There is no published need with this service_request_id.")
    return "service_requests", "request", [_row(need)]


@_endpoint("GET")
def token(request: HttpRequest, number: str) -> tuple[str, str, Rows]:
    """Numbers are given at once, so a token is the number itself.

    Whether a number exists that is not published is said only to the system that filed it, by its `api_key`.
    """
    district = _district(request)
    seen = _published(district).filter(number=number).exists()
    if not seen and (system := system_of(request.GET.get("api_key", ""))):
        own = SocialNeed.objects.filter(district=district, number=number, filed_by=system.actor_key)
        seen = own.exclude(state=NeedState.DRAFT).exists()
    if not seen:
        raise Fault(404, "This token is not known.")
    return "service_requests", "request", [{"service_request_id": number, "token": number}]


@_endpoint("GET")
def discovery(request: HttpRequest) -> tuple[str, str, Rows]:
    """Where the service is found."""
    url = request.build_absolute_uri("/open311/v2/")
    row = {
        "changeset": "2018-09-01T00:00:00+08:00",
        "contact": "",
        "key_service": "",
        "specification": "http://wiki.open311.org/GeoReport_v2",
        "url": url,
        "type": "production",
        "formats": "text/xml,application/json",
    }
    return "discovery", "endpoint", [row]


urlpatterns = [
    path("open311/v2/discovery.<str:kind>", discovery, name="open311-discovery"),
    path("open311/v2/services.<str:kind>", services, name="open311-services"),
    path("open311/v2/services/<str:code>.<str:kind>", definition, name="open311-definition"),
    path("open311/v2/requests.<str:kind>", requests, name="open311-requests"),
    path("open311/v2/requests/<str:number>.<str:kind>", one, name="open311-request"),
    path("open311/v2/tokens/<str:number>.<str:kind>", token, name="open311-token"),
]
