"""Who acts. Verbs take an actor, never a request."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@runtime_checkable
class Actor(Protocol):
    """Anything that can be held responsible: an account, or the system itself."""

    @property
    def actor_key(self) -> str:
        """Stable and unique: `account:12`, `system:demo`."""

    @property
    def actor_label(self) -> str:
        """The name that the journal shows."""

    @property
    def district(self) -> str:
        """The code of the district for which it acts."""


@dataclass(frozen=True)
class SystemActor:
    """The system, acting by a command or a schedule: loading samples, retrying jobs, freezing editions."""

    name: str
    district: str

    @property
    def actor_key(self) -> str:
        return f"system:{self.name}"

    @property
    def actor_label(self) -> str:
        return self.name
