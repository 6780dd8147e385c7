"""Numbers about services delivered. Four measures, four figures; no figure adds two of them."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from qingdan.calls.models import Project
from qingdan.core.figures import (
    Count,
    Definition,
    Dimension,
    Distinct,
    Figure,
    Measure,
    Scope,
    Total,
    declare,
)
from qingdan.delivery.models import Measure as Kind
from qingdan.delivery.models import ServiceRecord, ServiceSession


def _titles(district: str) -> list[tuple[str, object]]:
    titles = Project.objects.filter(district=district).order_by("title").values_list("title", flat=True)
    return [(title, title) for title in dict.fromkeys(titles)]


def _records(kind: Kind) -> Callable[[Scope], QuerySet[Any]]:
    def records(scope: Scope) -> QuerySet[Any]:
        return ServiceRecord.objects.standing(scope.as_of).filter(
            district=scope.district, measure=kind, session__held_on__lte=scope.as_of
        )

    return records


def _sessions(scope: Scope) -> QuerySet[Any]:
    return ServiceSession.objects.standing(scope.as_of).filter(
        district=scope.district, held_on__lte=scope.as_of
    )


CONFIRMED = _(
    "From the day the community or street confirms it; a correction counts from the day it is made."
)
YEAR = _("The budget year of the money, not the year of the service.")
APART = _(
    "Persons served directly, benefiting indirectly, people covered and sessions are never added together."
)


def _declare(
    key: str, name: Any, kind: Kind, measure: Measure, counts: Any, excludes: Any, identity: Any
) -> None:
    declare(
        Figure(
            key=key,
            name=name,
            unit="人",
            records=_records(kind),
            measure=measure,
            dimensions=(Dimension("project", _("project"), "session__project__title", _titles),),
            year_path="session__project__round__year",
            place_path="session__place__code",
            definition=Definition(
                counts=counts, excludes=excludes, identity=identity, moment=CONFIRMED, year=YEAR, adding=APART
            ),
        )
    )


_declare(
    "delivery.direct_persons",
    _("persons served directly"),
    Kind.DIRECT,
    Distinct("participant"),
    _("Natural persons who received at least one confirmed service of the project."),
    _("Those who only came to publicity or talks (people covered); families of those served (indirect)."),
    _(
        "A person served several times in a project is counted once; a person in two projects is counted in each."
    ),
)
_declare(
    "delivery.indirect_persons",
    _("persons benefiting indirectly"),
    Kind.INDIRECT,
    Total("quantity"),
    _("Persons who benefit through those served, mostly their families, by head count with its basis."),
    _("The persons served themselves; audiences of publicity (people covered)."),
    _("Each head count stands once in the ledger with the basis on which it was made."),
)
_declare(
    "delivery.covered_persons",
    _("people covered"),
    Kind.COVERED,
    Total("quantity"),
    _(
        "People reached by talks, drills, displays and publicity of the project, by head count with its basis."
    ),
    _("Persons enrolled and served (served directly); their families (indirect)."),
    _("Head counts of different sessions may include the same people: read it as reach, not as persons."),
)
declare(
    Figure(
        key="delivery.sessions",
        name=_("sessions held"),
        unit="场",
        records=_sessions,
        measure=Count(),
        dimensions=(Dimension("project", _("project"), "project__title", _titles),),
        year_path="project__round__year",
        place_path="place__code",
        definition=Definition(
            counts=_("Sessions of the project held and confirmed: one day at one place is one session."),
            excludes=_("Sessions planned or called off; events outside a project."),
            moment=CONFIRMED,
            year=YEAR,
            adding=APART,
        ),
    )
)
