"""What the steps of the loading hand on to one another."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import models

from qingdan.core import journal
from qingdan.core.actor import SystemActor
from qingdan.directory.models import Account, Agency, Place, SocialOrganisation
from qingdan.sample.facts import DISTRICT
from qingdan.sample.synthetic import spread

M = TypeVar("M", bound=models.Model)


@dataclass
class World:
    actor: SystemActor
    district: str = DISTRICT
    places: dict[str, Place] = field(default_factory=dict)
    agencies: dict[str, Agency] = field(default_factory=dict)
    organisations: list[SocialOrganisation] = field(default_factory=list)
    groups: list[SocialOrganisation] = field(default_factory=list)
    accounts: dict[str, Account] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)  # single records that later steps refer to
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def home(self) -> Place:
        return self.places[self.district]

    def communities(self) -> list[Place]:
        """Communities of the streets of 2018, in the order of their codes."""
        return [place for code, place in sorted(self.places.items()) if len(code) == 12]

    def community(self, number: int, salt: int = 0) -> Place:
        found = self.communities()
        return found[spread(number, len(found), salt)]

    def add(self, records: Iterable[M], *, what: str) -> Sequence[M]:
        """Insert records of one kind and note in the journal that the sample brought them."""
        rows = list(records)
        made = type(rows[0])._default_manager.bulk_create(rows, batch_size=500)
        self.counts[what] += len(made)
        journal.record(
            actor=self.actor,
            verb="sample.load",
            subject=self.home,
            district=self.district,
            data={"model": type(rows[0])._meta.label, "records": len(made)},
        )
        return made

    def summary(self) -> str:
        return ", ".join(f"{number} {what}" for what, number in self.counts.items())
