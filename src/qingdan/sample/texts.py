"""Synthetic needs, resources and purchase items: plausible, and about nobody."""

import json
from pathlib import Path
from typing import Any

_DATA: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parent / "data" / "lists.json").read_text(encoding="utf-8")
)
NEEDS, RESOURCES, ITEMS = _DATA["needs"], _DATA["resources"], _DATA["items"]
