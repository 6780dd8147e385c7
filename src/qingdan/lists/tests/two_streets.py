"""A district of two streets with its people and needs, made without the sample."""

import datetime as dt
from typing import Any

from qingdan.directory.models import Account, Place, RoleGrant
from qingdan.lists.acts import needs as acts
from qingdan.lists.models import Category, NeedState, SocialNeed
from qingdan.lists.permits.needs import Visitor

DISTRICT, STREET, COMMUNITY, OTHER = "530111", "530111001", "530111001001", "530111002001"
TODAY = dt.date(2018, 9, 12)  # a Wednesday; 13 and 14 are working days, 15 and 16 a weekend
TEXT = "高龄老人做饭困难，希望社区食堂每天送餐上门。"


def build_places() -> dict[str, Place]:
    made: dict[str, Place] = {}
    for code, name, level in (
        (DISTRICT, "样本区", "DISTRICT"),
        (STREET, "甲街道", "STREET"),
        (COMMUNITY, "甲一社区", "COMMUNITY"),
        ("530111002", "乙街道", "STREET"),
        (OTHER, "乙一社区", "COMMUNITY"),
    ):
        made[code] = Place.objects.create(
            district=DISTRICT,
            code=code,
            name=name,
            short_name=name,
            level=level,
            parent=made.get(code[:-3]),
            valid_from=dt.date(2017, 1, 1),
        )
    return made


def account(name: str, role: str, place: Place | None = None) -> Account:
    made = Account.objects.create(district=DISTRICT, username=name, display_name=name)
    RoleGrant.objects.create(
        district=DISTRICT,
        account=made,
        role=role,
        place=place,
        state="GRANTED",
        founding=True,
        basis="样例",
        valid_from=dt.date(2017, 1, 1),
    )
    return made


def build_cast(places: dict[str, Place]) -> dict[str, Account]:
    return {
        "community": account("c", "COMMUNITY", places[COMMUNITY]),
        "street": account("s", "STREET", places[STREET]),
        "other_community": account("oc", "COMMUNITY", places[OTHER]),
        "other_street": account("os", "STREET", places["530111002"]),
        "bureau": account("b", "BUREAU"),
        "finance": account("f", "FINANCE"),
        "resident": account("r", "RESIDENT"),
        "auditor": account("a", "AUDITOR"),
    }


def report(place: Place, text: str = TEXT, **more: Any) -> SocialNeed:
    person = more.pop("person", acts.Person(visitor="somebody"))
    return acts.report(
        actor=more.pop("actor", Visitor(DISTRICT)),
        place=place,
        category=Category.ELDERLY,
        text=text,
        person=person,
        **more,
    )


def need_in(state: str, place: Place, **more: Any) -> SocialNeed:
    """A need put into a state without going the way, for the table of who may."""
    survivor = None
    if state == NeedState.MERGED:
        survivor = need_in(NeedState.SUBMITTED, place)
    number = f"XQ-{place.code[:9]}-2018-{SocialNeed.objects.count() + 1:04d}"
    need = SocialNeed.objects.create(
        district=DISTRICT,
        number=number,
        source="RESIDENT",
        place=place,
        title="样例需求",
        text=TEXT,
        category="ELDERLY",
        target="ELDERLY",
        raised_on=TODAY,
        state=state,
        merged_into=survivor,
        **more,
    )
    if survivor is not None:
        from qingdan.lists.models import NeedMerge

        NeedMerge.objects.create(
            district=DISTRICT,
            need=need,
            survivor=survivor,
            state_before="SUBMITTED",
            merged_on=TODAY,
            undo_until=TODAY,
            reason="样例",
        )
    return need
