"""The catalogues of messages: each room keeps its own in locale/zh_Hans/LC_MESSAGES/django.po.

    .venv/bin/python scripts/catalogues.py compile    .po → .mo; only what changed
    .venv/bin/python scripts/catalogues.py check      every message of the code stands in Chinese

`check` reads the messages out of Python and the templates, and fails listing those that no catalogue translates,
those marked fuzzy, those whose translation has other placeholders, and those that two rooms translate differently
(Django would show whichever comes first). Messages that nothing uses any more are only warned about.
"""

import ast
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "qingdan"
LANGUAGE = "zh_Hans"
PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|%[sdif]|\{(\w*)\}")

# Calls that name a message, and which of their arguments do: 1 and 2 are singular and plural, "c" the context.
KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(["_", "_now", "gettext", "gettext_lazy", "gettext_noop"]),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], (1, 2)),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], ((1, "c"), 2)),
    **dict.fromkeys(["npgettext", "npgettext_lazy"], ((1, "c"), 2, 3)),
}
STRING = r"""(?:u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*")"""
TEMPLATE_CALL = re.compile(rf"\b(n?p?gettext|_)\(\s*({STRING}(?:\s*,\s*{STRING})*)")


@dataclass(frozen=True, order=True)
class Key:
    """A message as gettext looks it up."""

    text: str
    context: str = ""

    def __str__(self) -> str:
        return f"“{self.text}”" + (f" ({self.context})" if self.context else "")


@dataclass(frozen=True)
class Entry:
    """A message as a catalogue has it."""

    file: Path
    message: Message

    @property
    def answers(self) -> tuple[str, ...]:
        string = self.message.string
        return string if isinstance(string, tuple) else (string,)


def catalogues() -> Iterator[Path]:
    yield from sorted(SOURCE.glob("*/locale/*/LC_MESSAGES/*.po"))


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3], abort_invalid=True)


def compile_all() -> int:
    """Write the .mo beside each .po that is newer, and drop those whose .po is gone."""
    for path in catalogues():
        made = path.with_suffix(".mo")
        if made.exists() and made.stat().st_mtime_ns > path.stat().st_mtime_ns:
            continue
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
            write_mo(file, read(path))
        Path(file.name).chmod(0o644)
        Path(file.name).replace(made)
    for made in SOURCE.glob("*/locale/*/LC_MESSAGES/*.mo"):
        if not made.with_suffix(".po").exists():
            made.unlink()
    return 0


# ── check ───────────────────────────────────────────────────────────────────


def in_python(path: Path) -> Iterator[tuple[Key, int]]:
    for line, found, _comments, context in extract_from_file("python", str(path), KEYWORDS):
        yield Key(found[0] if isinstance(found, tuple) else found, context or ""), line


def in_template(path: Path) -> Iterator[tuple[Key, int]]:
    """Django turns a template's tags into calls of gettext (as for makemessages); those are read here."""
    from django.utils.translation.template import templatize

    code = templatize(path.read_text(encoding="utf-8"))
    for call in TEMPLATE_CALL.finditer(code):
        name, texts = call[1], ast.literal_eval(f"({call[2]},)")
        line = code.count("\n", 0, call.start()) + 1
        yield (Key(texts[1], texts[0]) if "p" in name[:2] else Key(texts[0])), line


def used() -> dict[Key, list[str]]:
    """Every message of the code, with the places that show it."""
    found: dict[Key, list[str]] = {}
    for path in sorted(SOURCE.rglob("*")):
        if {"tests", "locale", "migrations", "static"} & set(path.relative_to(SOURCE).parts):
            continue
        if path.suffix == ".py":
            rows = in_python(path)
        elif "templates" in path.parts and path.is_file():
            rows = in_template(path)
        else:
            continue
        for key, line in rows:
            found.setdefault(key, []).append(f"{path.relative_to(ROOT)}:{line}")
    return found


def translated() -> dict[Key, list[Entry]]:
    found: dict[Key, list[Entry]] = {}
    for path in catalogues():
        if path.parts[-3] != LANGUAGE:
            continue
        for message in read(path):
            text = message.id[0] if isinstance(message.id, tuple) else message.id
            if text:
                found.setdefault(Key(text, message.context or ""), []).append(
                    Entry(path.relative_to(ROOT), message)
                )
    return found


def placeholders(text: str) -> set[str]:
    return {found[0] for found in PLACEHOLDER.finditer(text.replace("%%", ""))}


def faults(known: dict[Key, list[Entry]], places: dict[Key, list[str]]) -> Iterator[str]:
    for key in sorted(places.keys() - known.keys()):
        yield f"{places[key][0]}: {key} stands in no catalogue"
    for key, entries in sorted(known.items()):
        if len({entry.answers for entry in entries}) > 1:
            yield f"{' and '.join(str(entry.file) for entry in entries)}: {key} is translated in two ways"
        for entry in entries:
            place = f"{entry.file}:{entry.message.lineno}"
            source = entry.message.id if isinstance(entry.message.id, tuple) else (entry.message.id,)
            allowed = set().union(*map(placeholders, source))
            if entry.message.fuzzy:
                yield f"{place}: {key} is marked fuzzy"
            if not all(entry.answers):
                yield f"{place}: {key} has no translation"
            elif any(placeholders(answer) != allowed for answer in entry.answers):
                yield f"{place}: the translation of {key} has other placeholders"


def check() -> int:
    known, places = translated(), used()
    found = list(faults(known, places))
    for line in found:
        sys.stderr.write(f"{line}\n")
    for key in sorted(known.keys() - places.keys()):
        sys.stderr.write(f"warning: {known[key][0].file}: nothing uses {key}\n")
    sys.stdout.write(f"{len(places)} messages, {len(known)} translated, {len(found)} faults\n")
    return 1 if found else 0


def main(words: list[str]) -> int:
    tasks = {"compile": compile_all, "check": check}
    if len(words) != 1 or words[0] not in tasks:
        sys.stderr.write("usage: catalogues.py compile|check\n")
        return 2
    try:
        return tasks[words[0]]()
    except (OSError, ValueError, SyntaxError) as problem:
        sys.stderr.write(f"Catalogues: {problem}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
