"""The three administrators apart, and a grant by two people."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from qingdan.core import journal
from qingdan.core.actor import SystemActor
from qingdan.core.clock import today
from qingdan.core.permits import Refused
from qingdan.directory import acts
from qingdan.directory.models import Account, GrantState, Person, RoleGrant
from qingdan.directory.pages.accounts import waiting_for
from qingdan.directory.roles import ADMINISTRATORS, Role
from qingdan.directory.tests.cast import DISTRICT, PASSWORD, SYSTEM, Cast


@pytest.fixture
def newcomer(cast: Cast) -> Account:
    return acts.create_account(
        actor=cast.sys_admin, username="newcomer", display_name="新样本", password=PASSWORD
    )


def ask(cast: Cast, account: Account, role: str, **more: Any) -> RoleGrant:
    return acts.request_grant(actor=cast.sec_admin, account=account, role=role, basis="样本", **more)


def test_a_grant_takes_two_people(cast: Cast, newcomer: Account) -> None:
    grant = ask(cast, newcomer, Role.FINANCE)
    assert not newcomer.holds(Role.FINANCE)
    with pytest.raises(Refused):
        acts.approve_grant(actor=cast.sec_admin, grant=grant)
    acts.approve_grant(actor=cast.sec_admin_2, grant=grant)
    newcomer.refresh_from_db()
    assert newcomer.holds(Role.FINANCE)
    assert (grant.granted_by, grant.approved_by) == (cast.sec_admin, cast.sec_admin_2)
    assert [e.actor_key for e in journal.history(grant)] == [
        cast.sec_admin_2.actor_key,
        cast.sec_admin.actor_key,
    ]


@pytest.mark.parametrize("name", [role.lower() for role in Role.values if role != Role.SEC_ADMIN])
def test_only_security_administrators_ask_and_decide(cast: Cast, newcomer: Account, name: str) -> None:
    other = cast.accounts[name]
    with pytest.raises(Refused):
        acts.request_grant(actor=other, account=newcomer, role=Role.BUREAU)
    grant = ask(cast, newcomer, Role.BUREAU)
    for act in (
        lambda: acts.approve_grant(actor=other, grant=grant),
        lambda: acts.decline_grant(actor=other, grant=grant, reason="x"),
    ):
        with pytest.raises(Refused):
            act()
    assert RoleGrant.objects.get(pk=grant.pk).state == GrantState.REQUESTED


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
@pytest.mark.parametrize("other", Role.values)
def test_an_administrator_holds_nothing_else(cast: Cast, newcomer: Account, role: str, other: str) -> None:
    held: dict[str, object] = {
        "place": cast.places["530111001" if other == Role.STREET else "530111001001"]
        if other in {Role.STREET, Role.COMMUNITY}
        else None,
    }
    if other == Role.ORGANISATION:
        Account.objects.filter(pk=newcomer.pk).update(organisation=cast.organisation)
        newcomer.refresh_from_db()
        held["organisation"] = cast.organisation
    first = ask(cast, newcomer, role)
    with pytest.raises(Refused):
        ask(cast, newcomer, other, **held)
    acts.decline_grant(actor=cast.sec_admin_2, grant=first, reason="改派")
    ask(cast, newcomer, other, **held)
    with pytest.raises(Refused):
        ask(cast, newcomer, role)


def test_a_second_account_of_the_same_person_changes_nothing(cast: Cast, newcomer: Account) -> None:
    person = Person.objects.create(district=DISTRICT, name="同一样本")
    twin = acts.create_account(actor=cast.sys_admin, username="twin", display_name="新样本", person=person)
    Account.objects.filter(pk=newcomer.pk).update(person=person)
    newcomer.refresh_from_db()
    ask(cast, newcomer, Role.AUDIT_ADMIN)
    with pytest.raises(Refused):
        ask(cast, twin, Role.BUREAU)
    Account.objects.filter(pk__in=[cast.sec_admin.pk, cast.sec_admin_2.pk]).update(person=person)
    one, two = Account.objects.get(username="sec_admin"), Account.objects.get(username="sec_admin_2")
    grant = acts.request_grant(actor=one, account=cast.resident, role=Role.EXPERT)
    with pytest.raises(Refused):
        acts.approve_grant(actor=two, grant=grant)


def test_a_role_that_has_ended_stands_in_nobodys_way(cast: Cast, newcomer: Account) -> None:
    yesterday = today() - dt.timedelta(days=1)
    past = ask(cast, newcomer, Role.BUREAU, valid_from=yesterday, valid_to=yesterday)
    acts.approve_grant(actor=cast.sec_admin_2, grant=past)
    newcomer.refresh_from_db()
    assert not newcomer.holds(Role.BUREAU)
    ask(cast, newcomer, Role.AUDIT_ADMIN)


def test_nobody_grants_a_role_to_the_own_account(cast: Cast) -> None:
    with pytest.raises(Refused):
        ask(cast, cast.sec_admin, Role.BUREAU)


@pytest.mark.parametrize(
    ("role", "fields", "where"),
    [
        (Role.STREET, {}, "place"),
        (Role.STREET, {"place": "530111001001"}, "place"),
        (Role.COMMUNITY, {"place": "530111001"}, "place"),
        (Role.ORGANISATION, {}, "organisation"),
        (Role.ORGANISATION, {"organisation": True}, "organisation"),
        (Role.BUREAU, {"valid_from": dt.date(2018, 2, 1), "valid_to": dt.date(2018, 1, 1)}, "__all__"),
        ("KING", {}, "role"),
    ],
)
def test_a_grant_that_does_not_fit_is_refused_with_the_field(
    cast: Cast, newcomer: Account, role: str, fields: dict[str, object], where: str
) -> None:
    if "place" in fields:
        fields = {"place": cast.places[str(fields["place"])]}
    if "organisation" in fields:
        fields = {"organisation": cast.organisation}  # the account is not of it
    with pytest.raises(ValidationError) as fault:
        ask(cast, newcomer, role, **fields)
    assert where in fault.value.message_dict
    assert not RoleGrant.objects.filter(account=newcomer).exists()


def test_one_security_administrator_revokes_at_once_but_two_always_remain(cast: Cast) -> None:
    grant = RoleGrant.objects.get(account=cast.finance)
    with pytest.raises(Refused):
        acts.revoke_grant(actor=cast.sec_admin, grant=grant, reason="")
    acts.revoke_grant(actor=cast.sec_admin, grant=grant, reason="离岗")
    assert not Account.objects.get(username="finance").holds(Role.FINANCE)
    second = RoleGrant.objects.get(account=cast.sec_admin_2)
    with pytest.raises(Refused):
        acts.revoke_grant(actor=cast.sec_admin, grant=second, reason="离岗")


def test_the_system_administrator_makes_and_locks_accounts_but_grants_nothing(
    cast: Cast, newcomer: Account
) -> None:
    assert newcomer.roles == frozenset()
    acts.lock_account(actor=cast.sys_admin, account=cast.street, reason="离岗")
    assert Account.objects.get(username="street").roles == frozenset()
    acts.unlock_account(actor=cast.sys_admin, account=cast.street, reason="回岗")
    assert Account.objects.get(username="street").holds(Role.STREET)
    for act in (
        lambda: acts.lock_account(actor=cast.sys_admin, account=cast.sys_admin, reason="x"),
        lambda: acts.lock_account(actor=cast.sys_admin, account=cast.street, reason=" "),
        lambda: acts.lock_account(actor=cast.sec_admin, account=cast.street, reason="x"),
        lambda: acts.set_password(actor=cast.bureau, account=cast.street, password="another-sample-2018"),
    ):
        with pytest.raises(Refused):
            act()


@pytest.mark.parametrize(
    ("username", "password"),
    [("bureau", PASSWORD), ("fresh", "short"), ("fresh", "1234567890"), ("a b", PASSWORD)],
)
def test_a_taken_name_or_a_weak_password_is_refused(cast: Cast, username: str, password: str) -> None:
    before = Account.objects.count()
    with pytest.raises(ValidationError):
        acts.create_account(actor=cast.sys_admin, username=username, display_name="新样本", password=password)
    assert Account.objects.count() == before


def test_founding_happens_once_with_four_different_people(cast: Cast) -> None:
    other = SystemActor("test", "530112")
    people = [
        acts.create_account(actor=other, username=f"west{n}", display_name=f"西样本{n}") for n in range(4)
    ]
    first, second, third, fourth = people

    def found(*sec: Account, audit: Account = fourth, basis: str = "样本", actor: Any = other) -> object:
        return acts.found(actor=actor, sys_admin=first, sec_admins=sec, audit_admin=audit, basis=basis)

    for wrong in (
        lambda: found(second),
        lambda: found(second, second),
        lambda: found(second, first),
        lambda: found(second, third, audit=third),
        lambda: found(second, third, basis=" "),
        lambda: found(second, third, actor=cast.sys_admin),
        lambda: found(second, third, actor=SYSTEM),
    ):
        with pytest.raises(Refused):
            wrong()
    assert not RoleGrant.objects.filter(district="530112").exists()
    found(second, third)
    assert {a.username: set(a.roles) for a in Account.objects.filter(district="530112")} == {
        "west0": {Role.SYS_ADMIN},
        "west1": {Role.SEC_ADMIN},
        "west2": {Role.SEC_ADMIN},
        "west3": {Role.AUDIT_ADMIN},
    }


# ── pages ──


def test_from_asking_to_approval_on_the_pages(cast: Cast, client: Client, newcomer: Account) -> None:
    client.force_login(cast.sec_admin)
    asked = client.post(
        reverse("role-grant-new"),
        {"account": newcomer.pk, "role": "FINANCE", "valid_from": "2018-01-01", "basis": "样本"},
    )
    grant = RoleGrant.objects.get(account=newcomer)
    assert asked.url == grant.get_absolute_url()
    steps = {s.verb: s.possible for s in client.get(asked.url).context["steps"]}
    assert "approve" not in steps, "not by the one who asked"
    assert waiting_for(cast.sec_admin) == []
    assert [w.url for w in waiting_for(cast.sec_admin_2)] == [grant.get_absolute_url()]
    client.force_login(cast.sec_admin_2)
    approve = next(s for s in client.get(asked.url).context["steps"] if s.verb == "approve")
    assert client.post(approve.post).status_code == 302
    assert Account.objects.get(username="newcomer").holds(Role.FINANCE)


def test_accounts_are_made_and_locked_on_the_pages(cast: Cast, client: Client) -> None:
    client.force_login(cast.sys_admin)
    data = {"username": "fresh", "display_name": "新样本", "password": PASSWORD, "language": "zh-hans"}
    made = client.post(reverse("account-new"), data)
    one = Account.objects.get(username="fresh")
    assert made.url == one.get_absolute_url()
    assert client.post(reverse("account-new"), data).status_code == 422
    lock = reverse("account-lock", args=[one.pk])
    assert client.post(lock, {"to": "locked", "reason": ""}).status_code == 422
    assert client.post(lock, {"to": "locked", "reason": "离岗"}).status_code == 302
    assert not Account.objects.get(pk=one.pk).is_active
    assert client.post(lock, {"to": "open", "reason": "回岗"}).status_code == 302
    password = reverse("account-password", args=[one.pk])
    assert client.post(password, {"password": "another-sample-2018"}).status_code == 302
    one.refresh_from_db()
    assert one.is_active
    assert one.check_password("another-sample-2018")
    assert "another" not in str([e.data for e in journal.history(one)])
