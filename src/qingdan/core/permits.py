"""Permits: named predicates that answer yes, or no with the reason.

can_issue = is_bureau & ~is_author          # reads aloud
answer = can_issue(actor, letter)
if not answer: show(answer.reason)
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Yes:
    def __bool__(self) -> bool:
        return True

    @property
    def reason(self) -> str:
        return ""


@dataclass(frozen=True)
class No:
    reason: Any  # str or lazy translation: a sentence for the person who is refused

    def __bool__(self) -> bool:
        return False


Answer = Yes | No
Test = Callable[[Any, Any], bool | Answer]


class Refused(PermissionDenied):
    """A permit or a guard said no. `str()` is the reason."""

    def __init__(self, reason: Any) -> None:
        super().__init__(str(reason))
        self.reason = reason


class Permit:
    """A named predicate over (actor, object)."""

    def __init__(self, name: str, test: Test, why_not: Any) -> None:
        self.name, self._test, self.why_not = name, test, why_not

    def __call__(self, actor: Any, obj: Any = None) -> Answer:
        said = self._test(actor, obj)
        if isinstance(said, Yes | No):
            return said
        return Yes() if said else No(self.why_not)

    def require(self, actor: Any, obj: Any = None) -> None:
        """Raise `Refused` with the reason unless the answer is yes."""
        answer = self(actor, obj)
        if not answer:
            raise Refused(answer.reason)

    def __and__(self, other: "Permit") -> "Permit":
        def both(actor: Any, obj: Any) -> Answer:
            return self(actor, obj) and other(actor, obj)

        return Permit(f"({self.name} & {other.name})", both, self.why_not)

    def __or__(self, other: "Permit") -> "Permit":
        def either(actor: Any, obj: Any) -> Answer:
            first = self(actor, obj)
            if first:
                return first
            second = other(actor, obj)
            return second if second else first

        return Permit(f"({self.name} | {other.name})", either, self.why_not)

    def __invert__(self) -> "Permit":
        def flipped(actor: Any, obj: Any) -> bool:
            return not self(actor, obj)

        return Permit(f"~{self.name}", flipped, _("This is not open to you in this case."))

    def because(self, why_not: Any) -> "Permit":
        """The same predicate with another reason, for a `~` that needs its own sentence."""
        return Permit(self.name, lambda actor, obj: bool(self(actor, obj)), why_not)

    def __repr__(self) -> str:
        return f"<Permit {self.name}>"


def permit(why_not: Any) -> Callable[[Test], Permit]:
    """Make a permit of a function; the function's name is the permit's name."""

    def make(test: Test) -> Permit:
        return Permit(test.__name__, test, why_not)

    return make


anyone = Permit("anyone", lambda actor, obj: True, "")
nobody = Permit("nobody", lambda actor, obj: False, _("This is not open to anyone."))
