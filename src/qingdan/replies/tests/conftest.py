"""The cast of this room: three officers of one bureau, an auditor, a resident, and a proposal being handled."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from qingdan.activities.models import Training
from qingdan.core.clock import at
from qingdan.directory.models import Account, Agency, AgencyKind, GrantState, Place, PlaceLevel, RoleGrant
from qingdan.directory.roles import Role
from qingdan.funds.models import BudgetLine, Fund
from qingdan.policies.models import DocumentGroup, NormativeDocument, Stage
from qingdan.replies import acts
from qingdan.replies.models import Proposal, ReplyLetter

D = "530111"
AS_OF = dt.date(2018, 6, 29)
SOUND = """一、关于培训
2018年共举办培训{{activities.training topic=LINKAGE}}，\
根据{{document 样民通〔2017〕46号}}安排资金{{funds.budget year=2018 line=DEVELOPMENT as=万元}}。
感谢您对我们工作的关心和支持！"""


@pytest.fixture(autouse=True)
def _addresses(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"
    settings.ROOT_URLCONF = "qingdan.replies.tests.urls"


@pytest.fixture
def district(db: None) -> Place:
    return Place.objects.create(
        district=D, code=D, name="官渡区", short_name="官渡", level=PlaceLevel.DISTRICT
    )


@pytest.fixture
def bureau(district: Place) -> Agency:
    return Agency.objects.create(
        district=D,
        code="civil-affairs",
        name="样本区民政局",
        short_name="区民政局",
        kind=AgencyKind.BUREAU,
        place=district,
        document_prefix="样民函",
    )


@pytest.fixture
def hire(bureau: Agency) -> Callable[..., Account]:
    def make(name: str, role: str = Role.BUREAU, district: str = D) -> Account:
        account = Account.objects.create_user(
            name, district=district, display_name=name, agency=bureau if role == Role.BUREAU else None
        )
        RoleGrant.objects.create(
            account=account, role=role, district=district, state=GrantState.GRANTED, founding=True
        )
        return account

    return make


@pytest.fixture
def drafter(hire: Callable[..., Account]) -> Account:
    return hire("陈示例")


@pytest.fixture
def signer(hire: Callable[..., Account]) -> Account:
    return hire("李样本")


@pytest.fixture
def checker(hire: Callable[..., Account]) -> Account:
    return hire("何样本")


@pytest.fixture
def resident(hire: Callable[..., Account]) -> Account:
    return hire("居民样本", Role.RESIDENT)


@pytest.fixture
def facts(district: Place) -> None:
    """Five trainings, 1.5 million yuan and one document, all known by the letter's day."""
    for day in range(1, 6):
        Training.objects.create(
            district=D,
            topic="LINKAGE",
            title=f"实务培训样本{day}",
            held_on=dt.date(2018, 3, day),
            hours=2,
            place=district,
            confirmed_at=at(dt.date(2018, 3, day)),
        )
    fund = Fund.objects.create(district=D, code="DEVELOPMENT", name="发展专项资金")
    BudgetLine.objects.create(
        district=D, fund=fund, year=2018, amount_fen=150_000_000, confirmed_at=at(dt.date(2018, 1, 10))
    )
    NormativeDocument.objects.create(
        district=D,
        title="规范机制建设的通知（样本）",
        number="样民通〔2017〕46号",
        group=DocumentGroup.SUPPORTING,
        stage=Stage.IN_FORCE,
        begun_on=dt.date(2017, 1, 1),
        issued_on=dt.date(2017, 5, 1),
    )
    NormativeDocument.objects.create(
        district=D,
        title="操作规程（样本）",
        group=DocumentGroup.SUPPORT_POLICY,
        stage=Stage.DRAFTING,
        begun_on=dt.date(2018, 1, 1),
    )


@pytest.fixture
def proposal(drafter: Account, bureau: Agency) -> Proposal:
    found = acts.receive(
        actor=drafter,
        kind="CPPCC",
        assembly="官渡区",
        term=9,
        session=2,
        serial=137,
        number="92137",
        title="关于样本事项的提案",
        proposers="×××",
        received_on=dt.date(2018, 3, 30),
        points=[acts.Point("关于培训")],
    )
    acts.assign(found, actor=drafter, lead=bureau, on=dt.date(2018, 3, 30))
    return acts.take_up(found, actor=drafter)


@pytest.fixture
def draft(proposal: Proposal, drafter: Account, bureau: Agency, facts: None) -> Callable[..., ReplyLetter]:
    def make(**fields: Any) -> ReplyLetter:
        given = {
            "source": SOUND,
            "contact": "联系人：×××；联系电话：××××-××××××××",
            "reply_class": "A",
            "dated_on": AS_OF,
            "as_of": AS_OF,
        } | fields
        return acts.draft(proposal, actor=drafter, agency=bureau, **given)

    return make


@pytest.fixture
def letter(draft: Callable[..., ReplyLetter]) -> ReplyLetter:
    return draft()


@pytest.fixture
def sign(drafter: Account, checker: Account, signer: Account) -> Callable[[ReplyLetter], ReplyLetter]:
    """Submitted, checked and signed by three officers."""

    def by_three(letter: ReplyLetter) -> ReplyLetter:
        acts.submit(letter, actor=drafter)
        acts.check(letter, actor=checker, legality="PASSED", secrecy="PASSED")
        return acts.sign(letter, actor=signer)

    return by_three


@pytest.fixture
def signed(letter: ReplyLetter, sign: Callable[[ReplyLetter], ReplyLetter]) -> ReplyLetter:
    return sign(letter)


@pytest.fixture
def issued(signed: ReplyLetter, checker: Account) -> ReplyLetter:
    return acts.issue(signed, actor=checker)
