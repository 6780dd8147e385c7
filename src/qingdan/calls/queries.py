"""Rounds and awarded projects are public."""

from typing import Any

from django.db.models import QuerySet

from qingdan.calls.models import Project, Round
from qingdan.directory.reach import ALL, reach


def rounds(actor: Any) -> QuerySet[Round]:
    return reach(Round, actor, public=ALL)


def projects(actor: Any) -> QuerySet[Project]:
    return reach(Project, actor, public=ALL)
