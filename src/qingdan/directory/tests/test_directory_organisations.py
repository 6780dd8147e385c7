"""Social organisations: their code, their types, their life and standing."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from qingdan.core import journal
from qingdan.core.permits import Refused
from qingdan.directory import acts
from qingdan.directory.models import OrganisationState, SocialOrganisation
from qingdan.directory.tests.cast import (
    DISTRICT,
    USCC_ASSOCIATION,
    USCC_FOUNDATION,
    USCC_SERVICE,
    Cast,
)


def register(cast: Cast, **fields: Any) -> SocialOrganisation:
    given = {"name": "样本互助会", "org_type": "ASSOCIATION", "uscc": USCC_ASSOCIATION} | fields
    return acts.register_organisation(actor=cast.bureau, **given)


@pytest.mark.parametrize(
    ("uscc", "org_type"),
    [
        (USCC_ASSOCIATION, "ASSOCIATION"),
        (USCC_FOUNDATION, "FOUNDATION"),
        (" 5153 0111-mj00000186 ", "ASSOCIATION"),
        ("５１５３０１１１MJ00000186", "ASSOCIATION"),
    ],
    ids=["association", "foundation", "pasted with blanks and small letters", "full-width"],
)
def test_a_valid_code_is_taken_in_its_normal_form(cast: Cast, uscc: str, org_type: str) -> None:
    made = register(cast, uscc=uscc, org_type=org_type)
    assert made.uscc in {USCC_ASSOCIATION, USCC_FOUNDATION}


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"uscc": "51530111MJ00000168"}, "uscc"),
        ({"uscc": "51530111MJ0000018"}, "uscc"),
        ({"uscc": "51530111MI00000186"}, "uscc"),
        ({"uscc": "530111000000001"}, "uscc"),
        ({"uscc": USCC_FOUNDATION}, "org_type"),
        ({"org_type": "SERVICE_INSTITUTION", "uscc": USCC_SERVICE}, "__all__"),
        ({"uscc": ""}, "__all__"),
        ({"registration_kind": "FILED"}, "__all__"),
        ({"name": " "}, "name"),
    ],
    ids=[
        "two characters swapped",
        "too short",
        "letter I",
        "15 digits",
        "a foundation's code",
        "known already",
        "registered without code",
        "filed with code",
        "no name",
    ],
)
def test_what_does_not_fit_is_refused_with_the_field(cast: Cast, fields: dict[str, str], where: str) -> None:
    before = SocialOrganisation.objects.count()
    with pytest.raises(ValidationError) as fault:
        register(cast, **fields)
    assert where in fault.value.message_dict
    assert SocialOrganisation.objects.count() == before


def test_a_code_of_another_area_is_a_warning_only(cast: Cast) -> None:
    made = register(cast)
    assert acts.uscc_warnings(made) == []
    made.district = "530102"
    assert len(acts.uscc_warnings(made)) == 1


def test_the_database_keeps_code_and_registration_together(cast: Cast) -> None:
    for kind, uscc in (("REGISTERED", ""), ("FILED", USCC_ASSOCIATION)):
        with pytest.raises(IntegrityError), transaction.atomic():
            SocialOrganisation.objects.create(
                district=DISTRICT, name="样本", org_type="ASSOCIATION", registration_kind=kind, uscc=uscc
            )


def test_fields_of_work_are_kept_in_one_order_without_strangers(cast: Cast) -> None:
    made = register(cast, fields=["ELDERLY", "CHARITY", "NOTHING"])
    assert made.fields == ["CHARITY", "ELDERLY"]
    assert SocialOrganisation.objects.filter(field_codes__contains=",ELDERLY,").get() == made


def test_a_filed_group_becomes_a_registered_organisation(cast: Cast) -> None:
    group = register(
        cast, org_type="COMMUNITY_GROUP", registration_kind="FILED", uscc="", filing_number="样本1号"
    )
    assert not group.can_contract
    acts.grant_registration(
        actor=cast.bureau,
        organisation=group,
        uscc=USCC_ASSOCIATION,
        org_type="ASSOCIATION",
        established_on=dt.date(2018, 5, 1),
    )
    assert group.can_contract
    entry = journal.history(group).first()
    assert entry is not None
    assert entry.data["changed"]["registration_kind"] == ["FILED", "REGISTERED"]
    with pytest.raises(Refused):
        acts.grant_registration(
            actor=cast.bureau,
            organisation=group,
            uscc=USCC_ASSOCIATION,
            org_type="ASSOCIATION",
            established_on=dt.date(2018, 5, 1),
        )


def test_only_the_bureau_edits_and_the_organisation_its_contact_details(cast: Cast) -> None:
    own = cast.organisation
    assert acts.edit_organisation(
        actor=cast.accounts["organisation"], organisation=own, phone="0871-0000000"
    ) == ["phone"]
    for actor, fields in (
        (cast.accounts["organisation"], {"name": "改名"}),
        (cast.street, {"phone": "1"}),
        (cast.sys_admin, {"phone": "1"}),
    ):
        with pytest.raises(Refused):
            acts.edit_organisation(actor=actor, organisation=own, **fields)
    other = register(cast)
    with pytest.raises(Refused):
        acts.edit_organisation(actor=cast.accounts["organisation"], organisation=other, phone="1")


def test_its_life_from_record_to_end(cast: Cast) -> None:
    it = register(cast, established_on=dt.date(2017, 1, 1))
    acts.suspend(actor=cast.bureau, organisation=it, reason="整改")
    assert not it.can_contract
    acts.resume(actor=cast.bureau, organisation=it, reason="整改完成")
    with pytest.raises(Refused):
        acts.deregister(actor=cast.bureau, organisation=it, reason="")
    with pytest.raises(Refused):
        acts.deregister(actor=cast.street, organisation=it, reason="注销")
    with pytest.raises(Refused):
        acts.deregister(actor=cast.bureau, organisation=it, reason="注销", on=dt.date(2016, 1, 1))
    acts.deregister(actor=cast.bureau, organisation=it, reason="自行解散", on=dt.date(2018, 9, 1))
    assert (it.state, it.ended_on) == (OrganisationState.DEREGISTERED, dt.date(2018, 9, 1))
    with pytest.raises(Refused):
        acts.resume(actor=cast.bureau, organisation=it, reason="再来")
    assert [e.after for e in journal.history(it)] == ["DEREGISTERED", "ON_RECORD", "SUSPENDED", "ON_RECORD"]


def test_a_new_grade_ends_the_one_before_and_holds_five_years(cast: Cast) -> None:
    it = cast.organisation
    acts.record_grade(actor=cast.bureau, organisation=it, level="3A", valid_from=dt.date(2014, 3, 1))
    acts.record_grade(actor=cast.bureau, organisation=it, level="4A", valid_from=dt.date(2018, 3, 1))
    held = {year: it.grade_on(dt.date(year, 6, 1)) for year in (2013, 2015, 2018, 2022, 2024)}
    assert {year: grade and grade.level for year, grade in held.items()} == {
        2013: None,
        2015: "3A",
        2018: "4A",
        2022: "4A",
        2024: None,
    }
    assert it.grade_on(dt.date(2018, 2, 28)).level == "3A"
    assert it.grade_on(dt.date(2023, 2, 28)).level == "4A"
    assert it.grade_on(dt.date(2023, 3, 1)) is None


def test_one_inspection_a_year_and_none_of_a_year_to_come(cast: Cast) -> None:
    it = cast.organisation
    acts.record_inspection(actor=cast.bureau, organisation=it, year=2017, result="PASS")
    for year, result in ((2017, "FAIL"), (9999, "PASS"), (2016, "FINE")):
        with pytest.raises(ValidationError):
            acts.record_inspection(actor=cast.bureau, organisation=it, year=year, result=result)
    assert it.inspections.count() == 1


def test_a_credit_record_bars_while_it_lasts(cast: Cast) -> None:
    it = cast.organisation
    record = acts.record_credit(
        actor=cast.bureau,
        organisation=it,
        kind="ABNORMAL",
        reason="未按时报送年度工作报告",
        valid_from=dt.date(2018, 7, 1),
    )
    assert not it.is_barred_on(dt.date(2018, 6, 30))
    assert it.is_barred_on(dt.date(2018, 7, 1))
    with pytest.raises(Refused):
        acts.end_credit(actor=cast.bureau, record=record, last_day=dt.date(2018, 9, 1), reason=" ")
    acts.end_credit(actor=cast.bureau, record=record, last_day=dt.date(2018, 9, 1), reason="已补报")
    assert it.is_barred_on(dt.date(2018, 9, 1))
    assert not it.is_barred_on(dt.date(2018, 9, 2))
    assert "organisation.credit-ended" in {e.verb for e in journal.history(it)}
