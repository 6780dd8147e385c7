"""Files of rule editions (JSON): read and looked through before anything is written.

Four lists, each optional: `catalogue`, `negative`, `thresholds`, `periods`; the shipped `data/rules.json` is the
pattern, docs/policies.md says what each field means.
"""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from qingdan.policies.models.rules import Period, Threshold

SECTIONS = ("catalogue", "negative", "thresholds", "periods")
Check = Callable[[Any], bool]


class RuleFileError(ValueError):
    """A file that is not right, with the place and what to write there."""


def read_rules(file: Path) -> dict[str, list[dict[str, Any]]]:
    """The editions of a file, every section present. Raises RuleFileError naming the first place that is not right."""
    try:
        data = json.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise RuleFileError(_("There is no file %(file)s.") % {"file": file}) from None
    except (OSError, UnicodeDecodeError) as error:
        raise RuleFileError(_("%(file)s cannot be read: %(why)s") % {"file": file, "why": error}) from None
    except json.JSONDecodeError as error:
        raise RuleFileError(
            _("%(file)s is no JSON: line %(line)d, column %(column)d: %(why)s")
            % {"file": file, "line": error.lineno, "column": error.colno, "why": error.msg}
        ) from None
    if not isinstance(data, dict) or not set(data) & set(SECTIONS):
        raise RuleFileError(
            _("%(file)s holds none of the lists %(names)s.") % {"file": file, "names": ", ".join(SECTIONS)}
        )
    if strange := sorted(set(data) - set(SECTIONS)):
        raise RuleFileError(
            _("“%(name)s” is not known; the lists are %(names)s.")
            % {"name": strange[0], "names": ", ".join(SECTIONS)}
        )
    whole = {name: data.get(name, []) for name in SECTIONS}
    for name, check in (
        ("catalogue", _check_catalogue),
        ("negative", _check_negative),
        ("thresholds", _check_threshold),
        ("periods", _check_period),
    ):
        if not isinstance(whole[name], list):
            raise RuleFileError(_("%(where)s must be a list.") % {"where": name})
        for n, row in enumerate(whole[name]):
            check(f"{name}[{n}]", row)
    return whole


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_day(value: Any) -> bool:
    try:
        dt.date.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _field(
    where: str, row: dict[str, Any], name: str, check: Check, words: str, *, needed: bool = True
) -> None:
    value = row.get(name)
    if value in (None, "") and not needed:
        return
    if not check(value):
        raise RuleFileError(
            _("%(where)s.%(name)s must be %(words)s.") % {"where": where, "name": name, "words": words}
        )


def _check_rule(where: str, row: Any, *, known: frozenset[str]) -> None:
    """What every row of an edition states."""
    if not isinstance(row, dict):
        raise RuleFileError(_("%(where)s must be an object in braces.") % {"where": where})
    known = known | {"edition", "valid_from", "valid_to", "document", "clause"}
    if strange := sorted(set(row) - known):
        raise RuleFileError(
            _("%(where)s.%(name)s is not known; here stand %(names)s.")
            % {"where": where, "name": strange[0], "names": ", ".join(sorted(known))}
        )
    _field(where, row, "edition", lambda value: _is_text(value) and len(value) <= 20, _("a short text"))
    _field(where, row, "document", _is_text, _("the document it rests on"))
    _field(where, row, "valid_from", _is_day, _("a day such as 2018-01-01"))
    _field(where, row, "valid_to", _is_day, _("a day such as 2018-12-31, or null"), needed=False)
    if row.get("valid_to") and row["valid_to"] < row["valid_from"]:
        raise RuleFileError(_("%(where)s ends before it begins.") % {"where": where})


def _list(where: str, row: dict[str, Any], name: str) -> list[dict[str, Any]]:
    rows = row.get(name)
    if not isinstance(rows, list) or not rows or not all(isinstance(one, dict) for one in rows):
        raise RuleFileError(
            _("%(where)s.%(name)s must be a list of objects.") % {"where": where, "name": name}
        )
    return rows


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _check_catalogue(where: str, row: Any) -> None:
    _check_rule(where, row, known=frozenset({"note", "entries"}))
    depth: dict[str, int] = {}
    for n, entry in enumerate(_list(where, row, "entries")):
        here = f"{where}.entries[{n}]"
        _field(here, entry, "code", lambda value: _is_text(value) and len(value) <= 12, _("a code"))
        _field(here, entry, "name", _is_text, _("the name of the entry"))
        _field(here, entry, "confirmed", _is_flag, _("true or false"))
        parent = entry.get("parent", "")
        if entry["code"] in depth:
            raise RuleFileError(
                _("%(where)s: the code %(code)s stands twice.") % {"where": here, "code": entry["code"]}
            )
        if parent and parent not in depth:
            raise RuleFileError(
                _("%(where)s: its parent %(code)s does not stand before it.")
                % {"where": here, "code": parent}
            )
        depth[entry["code"]] = depth.get(parent, 0) + 1
        if depth[entry["code"]] > 3:
            raise RuleFileError(_("%(where)s lies deeper than three levels.") % {"where": here})


def _check_negative(where: str, row: Any) -> None:
    _check_rule(where, row, known=frozenset({"items"}))
    codes: set[str] = set()
    for n, item in enumerate(_list(where, row, "items")):
        here = f"{where}.items[{n}]"
        _field(here, item, "code", lambda value: _is_text(value) and len(value) <= 20, _("a code"))
        _field(here, item, "order", _is_number, _("a whole number from 1"))
        _field(here, item, "name", _is_text, _("what may not be bought"))
        _field(here, item, "confirmed", _is_flag, _("true or false"))
        signs = item.get("signs")
        if not isinstance(signs, list) or not all(_is_text(sign) for sign in signs):
            raise RuleFileError(_("%(where)s.signs must be a list of words.") % {"where": here})
        if item["code"] in codes:
            raise RuleFileError(
                _("%(where)s: the code %(code)s stands twice.") % {"where": here, "code": item["code"]}
            )
        codes.add(item["code"])


def _check_threshold(where: str, row: Any) -> None:
    _check_rule(where, row, known=frozenset({"kind", "yuan", "note", "confirmed"}))
    _field(where, row, "kind", Threshold.Kind.values.__contains__, ", ".join(Threshold.Kind.values))
    _field(where, row, "yuan", _is_number, _("a whole number of yuan, or null"), needed=False)
    _field(where, row, "confirmed", _is_flag, _("true or false"))
    if row["confirmed"] and row.get("yuan") is None:
        raise RuleFileError(_("%(where)s: a line without a sum cannot be confirmed.") % {"where": where})


def _check_period(where: str, row: Any) -> None:
    _check_rule(where, row, known=frozenset({"kind", "length", "note", "confirmed"}))
    _field(where, row, "kind", Period.Kind.values.__contains__, ", ".join(Period.Kind.values))
    _field(
        where, row, "length", lambda value: _is_number(value) and value <= 1000, _("a whole number from 1")
    )
    _field(where, row, "confirmed", _is_flag, _("true or false"))
