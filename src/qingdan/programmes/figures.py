"""Numbers about the programmes."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from qingdan.core.figures import Count, Definition, Figure, Scope, declare
from qingdan.programmes.models import Programme


def _running(scope: Scope) -> QuerySet[Any]:
    return Programme.objects.standing(scope.as_of).filter(
        Q(ended_on__isnull=True) | Q(ended_on__gt=scope.as_of),
        district=scope.district,
        started_on__lte=scope.as_of,
    )


declare(
    Figure(
        key="programmes.count",
        name=_("public-benefit innovation programmes"),
        unit="个",
        records=_running,
        measure=Count(),
        definition=Definition(
            counts=_("Programmes running on the day."),
            excludes=_("Programmes decided and not started, or ended by then."),
            moment=_("From the start until the end of the programme."),
        ),
    )
)
