"""The cast of this room: two officers of a bureau, a street officer, a resident, the agencies, and a written draft."""

import datetime as dt
from collections.abc import Callable

import pytest

from qingdan.core import clock
from qingdan.core.actor import SystemActor
from qingdan.directory.models import Account, Agency, AgencyKind, GrantState, Place, PlaceLevel, RoleGrant
from qingdan.directory.roles import Role
from qingdan.policies import acts
from qingdan.policies.models import NormativeDocument
from qingdan.policies.tests.cast import FIRST, TODAY, D


class Calendar:
    """The district's day in a test."""

    def __init__(self) -> None:
        self.day = TODAY

    def go_to(self, day: dt.date) -> None:
        self.day = day


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> Calendar:
    calendar = Calendar()
    monkeypatch.setattr(clock, "today", lambda: calendar.day)
    return calendar


@pytest.fixture
def district(db: None) -> Place:
    return Place.objects.create(
        district=D, code=D, name="官渡区", short_name="官渡", level=PlaceLevel.DISTRICT
    )


@pytest.fixture
def agencies(district: Place) -> dict[str, Agency]:
    rows = (
        ("bureau", AgencyKind.BUREAU, "样民通"),
        ("finance", AgencyKind.FINANCE, ""),
        ("legal", AgencyKind.LEGAL_OFFICE, ""),
        ("city", AgencyKind.CITY, ""),
    )
    return {
        code: Agency.objects.create(
            district=D,
            code=code,
            name=f"样本{code}局",
            short_name=code,
            kind=kind,
            place=district,
            document_prefix=prefix,
        )
        for code, kind, prefix in rows
    }


@pytest.fixture
def hire(agencies: dict[str, Agency]) -> Callable[..., Account]:
    def make(name: str, role: str = Role.BUREAU, district: str = D) -> Account:
        account = Account.objects.create_user(name, district=district, display_name=name)
        place = Place.objects.filter(code=D).first() if role in (Role.STREET, Role.COMMUNITY) else None
        RoleGrant.objects.create(
            account=account,
            role=role,
            district=district,
            place=place,
            state=GrantState.GRANTED,
            founding=True,
        )
        return account

    return make


@pytest.fixture
def officer(hire: Callable[..., Account], today: Calendar) -> Account:
    return hire("陈示例")


@pytest.fixture
def resident(hire: Callable[..., Account]) -> Account:
    return hire("居民样本", Role.RESIDENT)


@pytest.fixture
def public() -> SystemActor:
    return SystemActor("public", D)


@pytest.fixture
def draft(officer: Account, agencies: dict[str, Agency]) -> NormativeDocument:
    """A document being drafted, with its first wording."""
    document = acts.plan(
        actor=officer, title="样本事项管理暂行办法", group="SUPPORTING", issuer=agencies["bureau"]
    )
    acts.start(document, actor=officer, on=dt.date(2018, 8, 1))
    acts.import_wording(document, actor=officer, text=FIRST)
    return document


@pytest.fixture
def reviewed(draft: NormativeDocument, officer: Account) -> NormativeDocument:
    """A draft that the legal office has passed, before the meeting."""
    acts.waive_comment(draft, actor=officer, reason="样本理由：情况紧急。")
    acts.submit_review(draft, actor=officer)
    return acts.pass_review(draft, actor=officer)


@pytest.fixture
def in_force(reviewed: NormativeDocument, officer: Account) -> NormativeDocument:
    acts.decide(reviewed, actor=officer, decided_by="局长办公会（样本）")
    acts.issue(reviewed, actor=officer)
    return acts.enter_into_force(reviewed, actor=officer)


@pytest.fixture
def other(officer: Account, agencies: dict[str, Agency]) -> NormativeDocument:
    """Another document, in force since last year."""
    return acts.take_over(
        actor=officer,
        title="样本事项改革意见",
        number="样民通〔2017〕7号",
        group="BASIC",
        issuer=agencies["bureau"],
        issued_on=dt.date(2017, 5, 2),
        text="一、目标\n建立样本清单。\n二、措施\n（一）公开清单。",
    )
