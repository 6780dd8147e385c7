"""The house as the tests see it: its rooms from bottom to top, their code and their templates."""

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "qingdan"


@cache
def floors() -> dict[str, int]:
    """Room → floor, the highest number on top; rooms of one floor do not know each other."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["containers"] == ["qingdan"])
    return {
        name.strip(" ()"): height
        for height, layer in enumerate(reversed(layers))
        for name in layer.split("|")
    }


def stands_on(upper: str, lower: str) -> bool:
    """Whether room `upper` may use room `lower`."""
    return upper == lower or floors()[upper] > floors()[lower]


@dataclass(frozen=True)
class Module:
    path: Path
    room: str
    tree: ast.Module

    def at(self, node: ast.AST) -> str:
        return f"{self.path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


@cache
def modules() -> tuple[Module, ...]:
    """The code of every room, without tests and migrations."""
    return tuple(
        Module(path, path.relative_to(SOURCE).parts[0], ast.parse(path.read_text(encoding="utf-8")))
        for path in sorted(SOURCE.glob("*/**/*.py"))
        if not {"tests", "migrations"} & set(path.relative_to(SOURCE).parts)
    )


@cache
def written() -> tuple[Path, ...]:
    """Every Python file that people write, tests and scripts among them; migrations are made."""
    inside = [
        path for top in (SOURCE, ROOT / "tests", ROOT / "scripts") for path in sorted(top.rglob("*.py"))
    ]
    return (*(path for path in inside if "migrations" not in path.parts), ROOT / "conftest.py")


def templates() -> Iterator[Path]:
    yield from sorted(path for path in SOURCE.glob("*/templates/**/*") if path.is_file())


def project_files() -> Iterator[Path]:
    """Everything that belongs to the project, without what set-up and runs leave behind."""
    for name in ("src", "tests", "scripts", "docs", ".ci"):
        for path in sorted((ROOT / name).rglob("*")):
            if path.is_file() and not {"__pycache__", "vendor"} & set(path.parts) and path.suffix != ".mo":
                yield path
    yield from sorted(
        path for path in ROOT.iterdir() if path.is_file() and path.name not in {"uv.lock", ".git"}
    )
