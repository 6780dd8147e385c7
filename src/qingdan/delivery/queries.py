"""Who sees what of the ledger. Sessions are public as counts; who was served stays with those who handle it.

Head counts and the names behind them are kept apart: evaluators and auditors see records with masked names.
"""

from typing import Any

from django.db.models import Q, QuerySet

from qingdan.delivery.models import Participant, ServiceRecord, ServiceSession
from qingdan.directory.reach import reach
from qingdan.directory.roles import Role


def sessions(actor: Any) -> QuerySet[ServiceSession]:
    return reach(
        ServiceSession,
        actor,
        place="place__code",
        organisation="project__organisation",
        public=Q(confirmed_at__isnull=False, withdrawn_at__isnull=True),
        also=(Role.EVALUATOR,),
    )


def waiting() -> Q:
    """Of sessions: those that wait for confirmation, or of which lines do."""
    lines = ServiceRecord.objects.filter(confirmed_at__isnull=True, withdrawn_at__isnull=True)
    return Q(withdrawn_at__isnull=True) & (Q(confirmed_at__isnull=True) | Q(pk__in=lines.values("session")))


def records(actor: Any) -> QuerySet[ServiceRecord]:
    return reach(
        ServiceRecord,
        actor,
        place="session__place__code",
        organisation="session__project__organisation",
        also=(Role.EVALUATOR,),
    )


def participants(actor: Any) -> QuerySet[Participant]:
    return reach(Participant, actor, organisation="project__organisation", also=(Role.EVALUATOR,))
