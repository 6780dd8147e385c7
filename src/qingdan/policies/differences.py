"""Two wordings side by side: which clauses came, went, changed or were renumbered, character by character."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext_lazy as _

from qingdan.policies.models.clauses import ClauseText

_LONG = 3000  # characters; longer clauses are compared sentence by sentence, which stays quick

SAME, CHANGED, RENUMBERED, ADDED, REMOVED = "same", "changed", "renumbered", "added", "removed"
WORDS = {
    SAME: _("same wording"),
    CHANGED: _("wording changed"),
    RENUMBERED: _("renumbered"),
    ADDED: _("added clause"),
    REMOVED: _("removed clause"),
}


@dataclass(frozen=True)
class Piece:
    """A stretch of text: kept in both, only before (`del`), or only after (`ins`)."""

    text: str
    mark: str = ""


@dataclass(frozen=True)
class Difference:
    """One clause in two versions; one of them may lack it."""

    key: str
    kind: str
    before: ClauseText | None
    after: ClauseText | None
    pieces_before: tuple[Piece, ...] = ()
    pieces_after: tuple[Piece, ...] = ()

    @property
    def words(self) -> Any:
        return WORDS[self.kind]


def pieces(before: str, after: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """The two texts cut where they differ."""
    long = max(len(before), len(after)) > _LONG
    first, second = (_sentences(before), _sentences(after)) if long else (list(before), list(after))
    left: list[Piece] = []
    right: list[Piece] = []
    for op, i, j, k, m in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        gone, come = "".join(first[i:j]), "".join(second[k:m])
        if gone:
            left.append(Piece(gone, "" if op == "equal" else "del"))
        if come:
            right.append(Piece(come, "" if op == "equal" else "ins"))
    return tuple(left), tuple(right)


def _sentences(text: str) -> list[str]:
    found, start = [], 0
    for at, char in enumerate(text, start=1):
        if char in "。；\n":
            found.append(text[start:at])
            start = at
    return [*found, text[start:]] if start < len(text) else found


def compare(before: Iterable[ClauseText], after: Iterable[ClauseText]) -> list[Difference]:
    """All clauses in the order of the later version; what was removed stands where it stood."""
    old = {text.clause_id: text for text in before}
    new = {text.clause_id: text for text in after}
    found: list[Difference] = []
    for key, text in new.items():
        found.append(_difference(old.get(key), text))
    places = {key: place for place, key in enumerate(new)}
    previous = -1
    gone: list[tuple[int, Difference]] = []
    for key, text in old.items():
        if key in places:
            previous = max(previous, places[key])
        else:
            gone.append((previous, _difference(text, None)))
    for place, difference in reversed(gone):
        found.insert(place + 1, difference)
    return found


def _difference(before: ClauseText | None, after: ClauseText | None) -> Difference:
    key = (after or before).clause.key  # type: ignore[union-attr]  # one of the two is given
    if before is None:
        return Difference(key, ADDED, None, after, (), _whole(after, "ins"))
    if after is None:
        return Difference(key, REMOVED, before, None, _whole(before, "del"), ())
    if (before.heading, before.text) != (after.heading, after.text):
        left, right = pieces(_words(before), _words(after))
        return Difference(key, CHANGED, before, after, left, right)
    kind = SAME if before.full_number == after.full_number else RENUMBERED
    return Difference(key, kind, before, after, _whole(before), _whole(after))


def _words(text: ClauseText | None) -> str:
    if text is None:
        return ""
    return f"{text.heading}\n{text.text}" if text.heading and text.text else text.heading or text.text


def _whole(text: ClauseText | None, mark: str = "") -> tuple[Piece, ...]:
    return (Piece(_words(text), mark),) if text else ()
