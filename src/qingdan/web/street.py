"""A street officer's own street on one page: what waits, how far its needs have come, its numbers of the year."""

from dataclasses import dataclass
from typing import Any

from qingdan.core import clock, figures
from qingdan.core.figures import Figure, Scope, Value
from qingdan.directory import queries as directory
from qingdan.directory.models import Account, Place
from qingdan.directory.roles import Role
from qingdan.web import nav, progress, workbench

SHOWN = 6  # matters of the workbench


@dataclass(frozen=True)
class Told:
    """A figure of the street with the year it was asked for, the newest that has records there."""

    figure: Figure
    value: Value
    year: int | None


def streets_of(actor: Account) -> list[Place]:
    """The streets for which this officer answers; mostly one."""
    return [grant.place for grant in actor.current_grants if grant.role == Role.STREET and grant.place]


def numbers(street: Place) -> list[Told]:
    """Every public figure that is kept by place and has records in the street."""
    told = []
    for figure in figures.declared():
        if not figure.public or not figure.place_path or not all(one.adds for one in figure.dimensions):
            continue
        scope = Scope(street.district, clock.today(), place=street.code)
        year = None
        if figure.year_path:
            years = [int(one) for one in figure.split(scope, figure.year_path) if one]
            if not years:
                continue
            year = max(years)
        value = figure.read(Scope(street.district, clock.today(), year, street.code))
        if value.records:
            told.append(Told(figure, value, year))
    return told


def context(actor: Account) -> dict[str, Any]:
    matters = workbench.waiting(actor)
    places = []
    for street in streets_of(actor):
        communities = list(directory.communities(street.district, street=street.code).order_by("code"))
        places.append(
            {
                "street": street,
                "needs_url": f"{nav.address_of('needs')}?street={street.code}",
                "progress": progress.by_place(actor, communities),
                "numbers": numbers(street),
            }
        )
    return {
        "as_of": clock.today(),
        "places": places,
        "groups": workbench.grouped(matters[:SHOWN]),
        "waiting": len(matters),
        "stages": progress.STAGES,
    }
