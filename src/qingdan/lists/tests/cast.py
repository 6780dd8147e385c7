"""People, places and records that tests of this room share."""

import datetime as dt
from typing import Any

from django.db.models import Sum
from django.test import Client
from django.urls import reverse

from qingdan.core.actor import SystemActor
from qingdan.directory.models import Account, Place
from qingdan.lists.models import NeedState, Resource, ResourceState, ResourceWindow, SocialNeed

DISTRICT, STREET, COMMUNITY = "530111", "530111001", "530111001001"
STAFF = SystemActor("test", DISTRICT)
TODAY = dt.date(2018, 9, 12)  # a Wednesday
TEXT = "晚上楼道里没有灯，老人上下楼不方便，希望有人巡查。"
PHONE = "13877776666"


# ── people ──────────────────────────────────────────────────────────────────


def account(username: str) -> Account:
    """Somebody of the sample."""
    return Account.objects.get(username=username)


def client_of(username: str) -> Client:
    client = Client()
    client.force_login(account(username), backend="django.contrib.auth.backends.ModelBackend")
    return client


# ── places and records, without the sample ──────────────────────────────────


def place(code: str = COMMUNITY) -> Place:
    levels = {6: "DISTRICT", 9: "STREET", 12: "COMMUNITY"}
    parent = place(code[:9]) if len(code) == 12 else place(code[:6]) if len(code) == 9 else None
    found, _new = Place.objects.get_or_create(
        district=DISTRICT,
        code=code,
        defaults={
            "name": f"示例{code}",
            "short_name": code[-3:],
            "level": levels[len(code)],
            "parent": parent,
        },
    )
    return found


def resource(capacity: int = 50, **fields: Any) -> Resource:
    number = Resource.objects.count() + 1
    return Resource.objects.create(
        **{
            "district": DISTRICT,
            "number": f"ZY-{number:04d}",
            "owner_kind": "SCHOOL",
            "owner_name": "示例小学",
            "kind": "VENUE",
            "title": "放学后教室",
            "text": "工作日放学后看护学生和作业辅导。",
            "category": "CHILDREN",
            "target": "CHILDREN",
            "area": place(STREET),
            "capacity": capacity,
            "valid_from": dt.date(2000, 1, 1),
            "state": ResourceState.AVAILABLE,
            **fields,
        }
    )


def need(persons: int | None = 30, **fields: Any) -> SocialNeed:
    number = SocialNeed.objects.count() + 1
    return SocialNeed.objects.create(
        **{
            "district": DISTRICT,
            "number": f"XQ-{number:04d}",
            "source": "COMMUNITY",
            "place": place(),
            "title": "放学后学生无人看护",
            "text": "放学后孩子没人接，希望有教室看护和作业辅导。",
            "category": "CHILDREN",
            "target": "CHILDREN",
            "persons": persons,
            "raised_on": dt.date(2018, 3, 1),
            "state": NeedState.PUBLISHED,
            **fields,
        }
    )


def holds_together(one: Resource) -> None:
    """The counters say what the reservations say."""
    one.refresh_from_db()
    held = one.reservations.filter(released_on__isnull=True, used_on__isnull=True)
    given_ = one.reservations.filter(used_on__isnull=False)
    assert one.reserved == (held.aggregate(n=Sum("persons"))["n"] or 0)
    assert one.used == (given_.aggregate(n=Sum("used_persons"))["n"] or 0)
    assert one.reserved + one.used <= one.capacity


def fields(**more: Any) -> dict[str, Any]:
    """What an officer states of a resource."""
    return {
        "owner_kind": "SCHOOL",
        "owner_name": "示例小学",
        "kind": "VENUE",
        "title": "示例教室",
        "category": "CHILDREN",
        "target": "CHILDREN",
        "area": place(STREET),
        "capacity": 20,
        "valid_from": dt.date(2018, 1, 1),
        **more,
    }


def windows_of(room: Resource, *places: int) -> list[ResourceWindow]:
    """Windows from Monday on, each with its number of places."""
    return [
        ResourceWindow.objects.create(
            district=DISTRICT,
            resource=room,
            weekday=day,
            starts=dt.time(16, 30),
            ends=dt.time(18, 30),
            places=many,
        )
        for day, many in enumerate(places, start=1)
    ]


# ── the public form ─────────────────────────────────────────────────────────


def form(**changes: Any) -> dict[str, Any]:
    """What a resident fills in."""
    given = {
        "category": "GOVERNANCE",
        "street": STREET,
        "community": COMMUNITY,
        "text": TEXT,
        "phone": "",
        "consent": "on",
        "website": "",
    }
    return {**given, **changes}


def filed(client: Client, **changes: Any) -> SocialNeed:
    answer = client.post(reverse("need-report"), form(**changes))
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return SocialNeed.objects.get(number=answer["Location"].split("/")[2])
