"""Programmes are public."""

from typing import Any

from django.db.models import Q, QuerySet

from qingdan.directory.reach import reach
from qingdan.programmes.models import Programme


def programmes(actor: Any) -> QuerySet[Programme]:
    return reach(Programme, actor, public=Q(confirmed_at__isnull=False, withdrawn_at__isnull=True))
