"""Roles as accounts hold them, and the permits that read them."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from qingdan.core.actor import Actor
from qingdan.directory import permits
from qingdan.directory.models import Account, GrantState, Place, PlaceLevel, RoleGrant
from qingdan.directory.roles import Role

pytestmark = pytest.mark.django_db
D = "530111"


def account(name: str, **fields: object) -> Account:
    return Account.objects.create_user(name, district=D, display_name=name, **fields)


def grant(to: Account, role: str, **fields: object) -> RoleGrant:
    """A grant in force, written directly: acts have their own tests."""
    given = {"district": D, "state": GrantState.GRANTED, "founding": True} | fields
    return RoleGrant.objects.create(account=to, role=role, **given)


@pytest.fixture
def street() -> Place:
    district = Place.objects.create(
        district=D, code=D, name="官渡区", short_name="官渡", level=PlaceLevel.DISTRICT
    )
    return Place.objects.create(
        district=D,
        code="530111001",
        name="关上街道",
        short_name="关上",
        level=PlaceLevel.STREET,
        parent=district,
    )


def test_an_account_is_an_actor() -> None:
    one = account("样本甲")
    assert isinstance(one, Actor)
    assert one.actor_key == f"account:{one.pk}"


def test_only_grants_in_force_today_count(street: Place) -> None:
    one = account("clerk")
    grant(one, Role.STREET, place=street)
    grant(one, Role.AUDITOR, valid_to=dt.date(2000, 1, 1))
    grant(one, Role.BUREAU, state=GrantState.REVOKED)
    grant(one, Role.FINANCE, state=GrantState.REQUESTED, founding=False)
    assert one.roles == {Role.STREET}
    assert one.holds(Role.BUREAU, Role.STREET)
    assert not one.holds(Role.BUREAU)
    assert one.covers("530111001002")
    assert not one.covers("530111002001")
    assert not one.covers(D)
    assert not one.covers("")


def test_district_roles_cover_the_district_and_no_other() -> None:
    one = account("bureau")
    grant(one, Role.BUREAU)
    assert one.covers("530111001")
    assert not one.covers("530112001")


def test_a_locked_account_holds_nothing() -> None:
    one = account("gone")
    grant(one, Role.BUREAU)
    Account.objects.filter(pk=one.pk).update(is_active=False)
    one.refresh_from_db()
    assert one.roles == frozenset()


@pytest.mark.parametrize("name", [n for n in vars(permits) if n.startswith(("is_", "may_", "signed"))])
def test_strangers_are_told_to_sign_in(name: str) -> None:
    answer = getattr(permits, name)(AnonymousUser())
    assert not answer
    assert answer.reason == permits.SIGN_IN_FIRST


@pytest.mark.parametrize("role", Role.values)
def test_each_role_has_its_permit_and_no_other(role: str, street: Place) -> None:
    one = account("someone")
    if role != Role.ORGANISATION:
        grant(one, role, place=street)
    else:
        one.current_grants = [RoleGrant(account=one, role=role, state=GrantState.GRANTED)]
    said = {r: bool(getattr(permits, f"is_{r.lower()}")(one)) for r in Role.values}
    assert said == {r: r == role for r in Role.values}


@pytest.mark.parametrize(
    "fields",
    [
        {"role": Role.STREET},
        {"role": Role.ORGANISATION},
        {"role": Role.BUREAU, "founding": False},
        {"role": Role.BUREAU, "valid_from": dt.date(2018, 2, 1), "valid_to": dt.date(2018, 1, 1)},
    ],
    ids=["street without place", "organisation without one", "without two people", "ends before it begins"],
)
def test_the_database_refuses_a_grant(fields: dict[str, Any]) -> None:
    one = account("someone")
    with pytest.raises(IntegrityError), transaction.atomic():
        grant(one, **fields)


def test_the_database_refuses_a_grant_by_one_person_alone_or_to_oneself() -> None:
    asker, other, to = account("asker"), account("other"), account("to")
    grant(to, Role.BUREAU, founding=False, granted_by=asker, approved_by=other)
    for asked, approved in ((asker, asker), (to, other), (asker, to)):
        with pytest.raises(IntegrityError), transaction.atomic():
            grant(to, Role.FINANCE, founding=False, granted_by=asked, approved_by=approved)


def test_the_database_refuses_two_administrator_roles() -> None:
    one = account("admin")
    grant(one, Role.SYS_ADMIN)
    with pytest.raises(IntegrityError), transaction.atomic():
        grant(one, Role.AUDIT_ADMIN)
