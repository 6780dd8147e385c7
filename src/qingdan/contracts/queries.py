"""Contracts are seen by officers, auditors, evaluators and the organisation that signed them."""

from typing import Any

from django.db.models import QuerySet

from qingdan.contracts.models import Contract
from qingdan.directory.reach import reach
from qingdan.directory.roles import Role


def contracts(actor: Any) -> QuerySet[Contract]:
    return reach(
        Contract,
        actor,
        organisation="project__organisation",
        also=(Role.EVALUATOR, Role.STREET),
    )
