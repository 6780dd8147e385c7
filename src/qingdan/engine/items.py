"""What is matched: a need or a resource as plain data, and its lines in a JSON lines file."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MAX_TEXT = 20_000
"""Longest text in characters; a need of more is a file pasted into the wrong field."""


MAX_CAPACITY = 100_000_000


class ItemError(ValueError):
    """A list that cannot be read; the message is one line and names file and line."""


@dataclass(frozen=True, slots=True)
class Item:
    """A need or a resource.

    `capacity` counts persons: those expected for a need, those that a resource can take; None when not
    stated. `time` may say in words when; times named in the text count as well.
    """

    id: str
    text: str
    title: str = ""
    category: str = ""
    target: str = ""
    place: str = ""
    capacity: float | None = None
    time: str = ""

    @property
    def words(self) -> str:
        """Title and text as one."""
        return self.text if self.title in self.text else f"{self.title}。{self.text}"


_WORDS = ("title", "category", "target", "place", "time")


def item_from(data: Any) -> Item:
    """An item out of a decoded JSON object; raises ItemError saying which field is wrong."""
    if not isinstance(data, dict):
        raise ItemError('expected an object such as {"id": "…", "text": "…"}')
    identifier = data.get("id")
    if isinstance(identifier, int) and not isinstance(identifier, bool):
        identifier = str(identifier)
    if not isinstance(identifier, str) or not identifier.strip():
        raise ItemError('"id" is missing or empty')
    text = data.get("text")
    if not isinstance(text, str) or not text.strip():
        raise ItemError('"text" is missing or empty')
    fields: dict[str, str] = {}
    for name in _WORDS:
        value = data.get(name)
        if value is None:
            value = ""
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            raise ItemError(f'"{name}" must be text')
        fields[name] = value
    for name, value in (("text", text), *fields.items()):
        if len(value) > MAX_TEXT:
            raise ItemError(
                f'"{name}" has {len(value):,} characters, at most {MAX_TEXT:,} are read; shorten it'
            )
    if any(
        "\ud800" <= character <= "\udfff"
        for value in (identifier, text, *fields.values())
        for character in value
    ):
        raise ItemError("half of a character stands alone (\\ud800…\\udfff), mend the text")
    capacity = data.get("capacity")
    if capacity is not None:
        if isinstance(capacity, bool) or not isinstance(capacity, int | float):
            raise ItemError('"capacity" must be a number of persons')
        if not 0 <= capacity <= MAX_CAPACITY:
            raise ItemError(f'"capacity" must not be negative, nor above {MAX_CAPACITY:,}')
        capacity = float(capacity)
    return Item(identifier, text, capacity=capacity, **fields)


def read_items(path: Path) -> list[Item]:
    """All items of a JSON lines file; raises ItemError at the first line that is wrong."""
    items: list[Item] = []
    first_line: dict[str, int] = {}
    for number, line in _lines(path):
        try:
            data = json.loads(line)
        except (ValueError, RecursionError) as error:
            detail = getattr(error, "msg", "a number too long or nested too deeply")
            raise ItemError(
                f"{path.name}, line {number}: not JSON ({detail}), write one object a line"
            ) from error
        try:
            item = item_from(data)
        except ItemError as error:
            raise ItemError(f"{path.name}, line {number}: {error}") from error
        if item.id in first_line:
            known = f'id "{item.id[:60]}" stands already on line {first_line[item.id]}'
            raise ItemError(f"{path.name}, line {number}: {known}")
        first_line[item.id] = number
        items.append(item)
    if not items:
        raise ItemError(f"{path.name}: no lines; write one JSON object a line with id and text")
    return items


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    number = 0
    try:
        with path.open("rb") as file:
            for number, raw in enumerate(file, start=1):
                line = raw.decode("utf-8-sig" if number == 1 else "utf-8").strip()
                if line:
                    yield number, line
    except UnicodeDecodeError as error:
        raise ItemError(f"{path.name}, line {number}: not UTF-8 text; save the file as UTF-8") from error
    except OSError as error:
        raise ItemError(f"{path.name}: cannot be read ({error.strerror})") from error
