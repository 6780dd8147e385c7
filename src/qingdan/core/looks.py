"""How a state looks: a kind and a filling circle, beside its word.

Kinds: wait (someone must act), way (on its way), done, stop (halted, refused), off (no longer counts).
Fill: 0 ○, 1 ◔, 2 ◑, 3 ◕, 4 ✓; further glyphs: cross, arrow (merged into another), dash (draft), differ (≠).

    declare(NeedState, wait={"REPORTED": 0}, way={"PUBLISHED": 1, "MATCHED": 2}, done=["CLOSED"], stop=["REFUSED"])

A state that no room declared takes its look from the lifecycle: the first state is a draft, a state without a
way out is done, the others fill up with their distance from the start.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import models

from qingdan.core.lifecycle import Lifecycle, registered

KINDS = ("wait", "way", "done", "stop", "off")
GLYPHS = ("0", "1", "2", "3", "4", "cross", "arrow", "dash", "differ")
_DEFAULT_GLYPH = {"wait": "0", "way": "2", "done": "4", "stop": "cross", "off": "cross"}


@dataclass(frozen=True)
class Look:
    kind: str
    glyph: str

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.glyph not in GLYPHS:
            raise ValueError(f"unknown look {self.kind} {self.glyph}")


States = Mapping[str, int | str] | Iterable[str]
_declared: dict[type[models.TextChoices], dict[str, Look]] = {}


def declare(states: type[models.TextChoices], **kinds: States) -> None:
    """Give the states of a noun their looks; the keywords are kinds, the values states with or without a glyph."""
    looks = {}
    for kind, members in kinds.items():
        pairs = members.items() if isinstance(members, Mapping) else ((value, "") for value in members)
        for value, glyph in pairs:
            if str(value) not in states.values:
                raise ValueError(f"{states.__name__} has no state {value!r}")
            looks[str(value)] = Look(kind, str(glyph) if glyph != "" else _DEFAULT_GLYPH[kind])
    _declared[states] = looks


def look_of(states: type[models.TextChoices] | None, value: str) -> Look:
    if states is None:
        return Look("way", "2")
    found = _declared.get(states, {}).get(value)
    if found is None:
        found = _derived(states).get(value, Look("way", "2"))
    return found


_derived_cache: dict[type[models.TextChoices], dict[str, Look]] = {}


def _derived(states: type[models.TextChoices]) -> dict[str, Look]:
    if states not in _derived_cache:
        for _label, lifecycle in registered():
            if lifecycle.states is states:
                _derived_cache[states] = _from_lifecycle(lifecycle)
                break
        else:
            return {}
    return _derived_cache[states]


def _from_lifecycle(lifecycle: Lifecycle) -> dict[str, Look]:
    first = lifecycle.states.values[0]
    leaving = {source for move in lifecycle for source in move.sources}
    distance, front = {first: 0}, [first]
    while front:
        state = front.pop(0)
        for move in lifecycle:
            if state in move.sources and move.target not in distance:
                distance[move.target] = distance[state] + 1
                front.append(move.target)
    far = max(distance.values()) or 1
    looks = {}
    for value in lifecycle.states.values:
        if value == first:
            looks[value] = Look("way", "dash")
        elif value not in leaving:
            looks[value] = Look("done", "4")
        else:
            looks[value] = Look("way", str(min(3, max(1, round(3 * distance.get(value, far) / far)))))
    return looks
