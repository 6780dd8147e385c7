"""Who sees what, and that pages say so."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse

from qingdan.core import journal
from qingdan.core.models import JournalEntry
from qingdan.core.testing import assert_constant_queries
from qingdan.directory import acts
from qingdan.directory.models import Account, Person, RoleGrant, SocialOrganisation
from qingdan.directory.queries import GATES, visible_to
from qingdan.directory.roles import Role
from qingdan.directory.tests.cast import SYSTEM, USCC_ASSOCIATION, Cast

ADMINS = ("sys_admin", "sec_admin", "audit_admin")


@pytest.fixture
def founding(cast: Cast) -> SocialOrganisation:
    """An organisation still being founded: not public."""
    return acts.register_organisation(
        actor=cast.bureau, name="样本筹备组", org_type="COMMUNITY_GROUP", registration_kind="NONE"
    )


@pytest.fixture
def people(cast: Cast) -> dict[str, Person]:
    return {
        code: acts.register_person(actor=cast.bureau, name="样本", community=cast.places[code])
        for code in ("530111001001", "530111001002", "530111002001")
    }


def test_everyone_sees_public_organisations_and_insiders_those_being_founded(
    cast: Cast, founding: SocialOrganisation
) -> None:
    inside = {"community", "street", "bureau", "finance", "auditor", "expert", "evaluator"}
    for name, actor in {**cast.accounts, "stranger": AnonymousUser()}.items():
        seen = set(visible_to(actor, SocialOrganisation))
        assert cast.organisation in seen, name
        assert (founding in seen) == (name in inside), name
    Account.objects.filter(pk=cast.accounts["organisation"].pk).update(organisation=founding)
    RoleGrant.objects.filter(role=Role.ORGANISATION).update(organisation=founding)
    member = Account.objects.get(username="organisation")
    assert founding in visible_to(member, SocialOrganisation), "its own"


def test_officers_see_the_people_of_their_place_only(cast: Cast, people: dict[str, Person]) -> None:
    seen = {name: set(visible_to(actor, Person)) for name, actor in cast.accounts.items()}
    assert seen["bureau"] == set(people.values())
    assert seen["street"] == {people["530111001001"], people["530111001002"]}
    assert seen["community"] == {people["530111001001"]}
    for name in set(seen) - {"bureau", "street", "community"}:
        assert seen[name] == set(), name
    assert not visible_to(AnonymousUser(), Person).exists()
    Account.objects.filter(pk=cast.resident.pk).update(person=people["530111002001"])
    assert set(visible_to(Account.objects.get(username="resident"), Person)) == {people["530111002001"]}


def test_accounts_and_grants_are_seen_by_the_three_administrators_else_ones_own(cast: Cast) -> None:
    for name, actor in cast.accounts.items():
        accounts, grants = visible_to(actor, Account), visible_to(actor, RoleGrant)
        if name.startswith(ADMINS):
            assert accounts.count() == len(cast.accounts)
            assert grants.count() == len(cast.accounts)
        else:
            assert set(accounts) == {actor}
            assert {g.account for g in grants} == {actor}


def test_the_journal_is_the_audit_administrators(cast: Cast) -> None:
    for name, actor in {**cast.accounts, "stranger": AnonymousUser()}.items():
        assert visible_to(actor, JournalEntry).exists() == (name == "audit_admin"), name


def test_another_district_is_not_seen(cast: Cast) -> None:
    other = SocialOrganisation.objects.create(
        district="530102", name="别区样本", org_type="ASSOCIATION", uscc=USCC_ASSOCIATION
    )
    assert other not in visible_to(cast.bureau, SocialOrganisation)
    assert other in visible_to(AnonymousUser(), SocialOrganisation), "public is public"
    for model in GATES:
        assert not visible_to(cast.bureau, model).exclude(district="530111").exists()


def test_the_audit_administrator_changes_nothing(cast: Cast, founding: SocialOrganisation) -> None:
    from qingdan.core.permits import Refused

    audit = cast.audit_admin
    before = journal.history(founding).count()
    for act in (
        lambda: acts.edit_organisation(actor=audit, organisation=founding, phone="1"),
        lambda: acts.suspend(actor=audit, organisation=founding, reason="x"),
        lambda: acts.lock_account(actor=audit, account=cast.street, reason="x"),
        lambda: acts.request_grant(actor=audit, account=cast.street, role=Role.FINANCE, basis="x"),
        lambda: acts.create_account(actor=audit, username="x", display_name="x"),
        lambda: acts.add_agency(actor=audit, code="x", name="x", kind="OTHER"),
    ):
        with pytest.raises(Refused):
            act()
    assert journal.history(founding).count() == before


# ── pages ──

OPEN_TO = {
    "sign-in": None,
    "places": None,
    "agencies": None,
    "organisations": None,
    "place-new": {"bureau"},
    "agency-new": {"bureau", "sys_admin"},
    "organisation-new": {"bureau"},
    "organisations-import": {"bureau"},
    "people": {"bureau", "street", "community"},
    "person-new": {"bureau", "street", "community"},
    "accounts": {"sys_admin", "sec_admin", "sec_admin_2", "audit_admin"},
    "account-new": {"sys_admin"},
    "role-grants": {"sys_admin", "sec_admin", "sec_admin_2", "audit_admin"},
    "role-grant-new": {"sec_admin", "sec_admin_2"},
}


@pytest.mark.parametrize("page", OPEN_TO)
def test_a_page_opens_to_its_roles_and_tells_others_why_not(cast: Cast, client: Client, page: str) -> None:
    url, allowed = reverse(page), OPEN_TO[page]
    stranger = client.get(url)
    assert stranger.status_code == (200 if allowed is None else 302)
    for name, account in cast.accounts.items():
        client.force_login(account)
        answer = client.get(url)
        if page == "sign-in":
            assert answer.status_code == 302
        else:
            assert answer.status_code == (200 if allowed is None or name in allowed else 403), name


@pytest.mark.parametrize("name", ["bureau", "organisation", "resident", None])
def test_record_pages_show_what_is_known(
    cast: Cast, client: Client, name: str | None, founding: SocialOrganisation
) -> None:
    one = cast.organisation
    acts.record_grade(
        actor=cast.bureau, organisation=one, level="4A", valid_from=one.established_on or _day("2018-03-01")
    )
    acts.record_inspection(actor=cast.bureau, organisation=one, year=2017, result="PASS")
    acts.record_credit(
        actor=cast.bureau, organisation=one, kind="ABNORMAL", reason="样本原因", valid_from=_day("2018-07-01")
    )
    if name:
        client.force_login(cast.accounts[name])
    for url in (
        one.get_absolute_url(),
        cast.places["530111001"].get_absolute_url(),
        cast.places["530111001001"].get_absolute_url(),
        cast.agency.get_absolute_url(),
    ):
        assert client.get(url).status_code == 200
    text = client.get(one.get_absolute_url()).content.decode()
    assert "4A" in text
    assert "样本原因" in text
    assert client.get(founding.get_absolute_url()).status_code == (200 if name == "bureau" else 404)


def _day(text: str) -> object:
    import datetime as dt

    return dt.date.fromisoformat(text)


def test_a_person_is_shown_masked_and_whole_only_in_answer_to_a_reason(cast: Cast, client: Client) -> None:
    from qingdan.directory.tests.test_directory_people import id_number

    number = id_number("19500301")
    one = acts.register_person(
        actor=cast.bureau, name="王样本", community=cast.places["530111001001"], resident_id=number
    )
    client.force_login(cast.community)
    for url in (reverse("people"), one.get_absolute_url(), reverse("person-edit", args=[one.pk])):
        text = client.get(url).content.decode()
        assert number not in text
        assert one.masked_resident_id in text
    reveal = reverse("person-number", args=[one.pk])
    assert client.post(reveal, {"reason": " "}).status_code == 422
    shown = client.post(reveal, {"reason": "核对证件"})
    assert number in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    assert number not in client.get(one.get_absolute_url()).content.decode()
    found = client.get(reverse("people"), {"q": number})
    assert 'id="list-q"' in found.content.decode(), "the list offers its search"
    assert [row.record for row in found.context["rows"]] == [one]
    client.force_login(cast.street)
    same = {"name": "王样本", "resident_id": one.masked_resident_id, "sex": "F", "birth_date": "1950-03-01"}
    same["community"] = str(cast.places["530111001002"].pk)
    assert client.post(reverse("person-edit", args=[one.pk]), same).status_code == 302
    one.refresh_from_db()
    assert one.sealed_resident_id.reveal() == number
    assert one.community == cast.places["530111001002"]
    client.force_login(cast.community)
    assert client.get(one.get_absolute_url()).status_code == 404, "no longer of this community"


@pytest.mark.parametrize(
    ("page", "name"),
    [
        ("places", "bureau"),
        ("agencies", "bureau"),
        ("organisations", "bureau"),
        ("organisations", None),
        ("people", "bureau"),
        ("accounts", "sec_admin"),
        ("role-grants", "sec_admin"),
    ],
)
def test_lists_need_as_many_queries_for_more_rows(
    cast: Cast, client: Client, page: str, name: str | None
) -> None:
    if name:
        client.force_login(cast.accounts[name])
    places = list(cast.places.values())
    acts.register_person(actor=SYSTEM, name="样本", community=places[-1])

    def grow() -> None:
        for n in range(8):
            acts.add_agency(
                actor=SYSTEM, code=f"more-{n}", name=f"样本局{n}", kind="DEPARTMENT", place=places[n]
            )
            one = acts.register_organisation(
                actor=SYSTEM,
                name=f"样本备案组{n}",
                org_type="COMMUNITY_GROUP",
                registration_kind="FILED",
                place=places[-n - 1],
            )
            acts.record_grade(actor=SYSTEM, organisation=one, level="3A", valid_from=_day("2026-01-01"))
            acts.register_person(actor=SYSTEM, name="样本" + "甲乙丙丁戊己庚辛"[n], community=places[-n - 1])
            acts.add_place(actor=SYSTEM, code=f"53011100190{n}", name=f"样本{n}社区")
            more = acts.create_account(
                actor=SYSTEM, username=f"more{n}", display_name=f"样本{n}", agency=cast.agency
            )
            acts.grant_role(
                actor=cast.sec_admin,
                approver=cast.sec_admin_2,
                account=more,
                role=Role.COMMUNITY,
                place=cast.places["530111001002"],
            )

    url = reverse(page)
    needed = assert_constant_queries(lambda: client.get(url), grow)
    assert needed <= 20


def test_a_list_finds_places_of_a_year(cast: Cast, client: Client) -> None:
    for year, number in (("2018", 10), ("2023", 12)):
        answer = client.get(reverse("places"), {"level": "STREET", "year": year})
        assert answer.context["page"].paginator.count == number


def test_a_form_brings_back_what_the_act_objected_to(cast: Cast, client: Client) -> None:
    client.force_login(cast.bureau)
    data = {"name": "样本会", "org_type": "ASSOCIATION", "registration_kind": "REGISTERED", "uscc": "123"}
    answer = client.post(reverse("organisation-new"), data)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["uscc"]
    answer = client.post(
        reverse("organisation-new"), data | {"uscc": USCC_ASSOCIATION, "fields": ["ELDERLY"]}
    )
    made = SocialOrganisation.objects.get(uscc=USCC_ASSOCIATION)
    assert answer.url == made.get_absolute_url()
    assert made.fields == ["ELDERLY"]


def test_two_people_at_one_record_do_not_overwrite_each_other(cast: Cast, client: Client) -> None:
    client.force_login(cast.accounts["organisation"])
    url = reverse("organisation-contacts", args=[cast.organisation.pk])
    seen = client.get(url).context["form"].initial["seen"]
    acts.edit_organisation(actor=cast.bureau, organisation=cast.organisation, phone="先")
    answer = client.post(url, {"phone": "后", "seen": seen})
    assert answer.status_code == 422
    cast.organisation.refresh_from_db()
    assert cast.organisation.phone == "先"
