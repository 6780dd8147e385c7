"""Budget lines: entered by one, approved by another; money is bound only to a line in force."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from qingdan.core import journal
from qingdan.core.actor import SystemActor
from qingdan.core.permits import Refused
from qingdan.funds import acts
from qingdan.funds.models import BudgetLine

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
CLERK, OFFICER = SystemActor("clerk", "530111"), SystemActor("officer", "530111")


def arrange(**values: Any) -> BudgetLine:
    given = {"fund_code": "A", "fund_name": "样本资金", "year": 2018, "amount_fen": 100_00}
    return acts.arrange_line(actor=CLERK, **{**given, **values})


def bind(line: BudgetLine, fen: int) -> Any:
    return acts.commit(
        line=line, amount_fen=fen, purpose="样本", committed_on=dt.date(2018, 9, 1), actor=OFFICER
    )


def test_a_line_is_in_force_once_another_has_approved_it() -> None:
    line = arrange()
    with pytest.raises(Refused, match="not in force"):
        bind(line, 1)
    with pytest.raises(Refused, match="yourself"):
        acts.approve_line(line=line, actor=CLERK)
    approved = acts.approve_line(line=line, actor=OFFICER)
    assert (approved.stands, approved.confirmed_by) == (True, "officer")
    with pytest.raises(Refused, match="already"):
        acts.approve_line(line=line, actor=OFFICER)
    bind(line, 100_00)
    with pytest.raises(Refused, match="Not enough"):
        bind(line, 1)
    assert [entry.verb for entry in journal.history(line)] == ["funds.approve", "funds.arrange"]


def test_parts_never_pass_the_whole() -> None:
    arrange()
    arrange(fund_code="B", part_of="A", amount_fen=60_00)
    with pytest.raises(Refused, match="Not enough"):
        arrange(fund_code="C", part_of="A", amount_fen=41_00)
    assert arrange(fund_code="C", part_of="A", amount_fen=40_00).parent is not None
    assert BudgetLine.objects.count() == 3


def test_what_parts_hold_is_not_bound_twice(client: Client) -> None:
    whole = acts.approve_line(line=arrange(), actor=OFFICER)
    part = arrange(fund_code="B", part_of="A", amount_fen=60_00)
    with pytest.raises(Refused, match=r"40\.00 is available"):
        bind(whole, 41_00)
    bind(whole, 30_00)
    with pytest.raises(Refused, match=r"10\.00 is available"):
        arrange(fund_code="C", part_of="A", amount_fen=20_00)
    bind(acts.approve_line(line=part, actor=OFFICER), 60_00)
    facts = {str(fact.label): fact.value for fact in client.get(whole.get_absolute_url()).context["facts"]}
    assert (facts["given to parts (yuan)"], facts["left (yuan)"]) == (60_00, 10_00)


def test_a_part_is_approved_after_its_whole() -> None:
    whole = arrange()
    part = arrange(fund_code="B", part_of="A", amount_fen=60_00)
    with pytest.raises(Refused, match="first"):
        acts.approve_line(line=part, actor=OFFICER)
    acts.approve_line(line=whole, actor=OFFICER)
    assert acts.approve_line(line=part, actor=OFFICER).stands
