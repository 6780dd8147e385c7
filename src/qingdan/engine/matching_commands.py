"""`qingdan match`, `qingdan duplicates`: lists in JSON lines, suggestions in JSON lines."""

import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from qingdan.engine.items import ItemError, read_items
from qingdan.engine.lexicon import Lexicon, LexiconError
from qingdan.engine.word_lists import load, staff_lists

INPUT = OUTPUT = click.Path(path_type=Path)


def write_lines(path: Path, lines: Iterable[str]) -> int:
    """Write lines beside `path`, then put them in its place, so that no half file is ever seen.

    Returns how many lines were written; raises click.ClickException where the folder cannot be written to.
    """
    count = 0
    temporary: Path | None = None
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False
        ) as file:
            temporary = Path(file.name)
            for line in lines:
                file.write(line + "\n")
                count += 1
            file.flush()
            os.fsync(file.fileno())
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        temporary.replace(path)
    except OSError as error:
        raise click.ClickException(
            f"{path}: cannot be written ({error.strerror}); choose another --out"
        ) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
    return count


def check_writable(path: Path, *read: Path) -> None:
    """Refuse before the work is done rather than after it; the lists that are read are never written over."""
    if any(path.exists() and one.exists() and path.samefile(one) for one in read):
        raise click.ClickException(f"{path}: this list is read; choose another --out")
    folder = path.parent
    if not folder.is_dir():
        raise click.ClickException(f"{folder}: no such folder; make it or choose another --out")
    if path.is_dir() or not os.access(folder, os.W_OK):
        raise click.ClickException(f"{path}: cannot be written; choose another --out")


def read_lexicon(extra: tuple[Path, ...]) -> Lexicon:
    """The shipped lexicon with the installation's own lists and those named in the call."""
    try:
        return load([*staff_lists(), *extra])
    except LexiconError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"{error.filename}: cannot be read ({error.strerror})") from error


def _bar(length: int, label: str) -> Any:
    return click.progressbar(
        length=length, label=label, file=sys.stderr, update_min_steps=max(1, length // 200)
    )


LEXICON = click.option(
    "--lexicon",
    "extra",
    type=INPUT,
    multiple=True,
    help="A word list for this run, added to the shipped one and to those in QINGDAN_DATA/words.",
)


@click.command()
@click.option("--needs", "needs_file", type=INPUT, required=True, help="Needs, one JSON object a line.")
@click.option("--resources", "resources_file", type=INPUT, required=True, help="Resources, likewise.")
@click.option("--out", type=OUTPUT, required=True, help="Where the suggestions go, JSON lines.")
@click.option(
    "-k", type=click.IntRange(1, 1000), default=10, show_default=True, help="Resources for each need."
)
@LEXICON
def match(needs_file: Path, resources_file: Path, out: Path, k: int, extra: tuple[Path, ...]) -> None:
    """Suggest resources for needs, each with its score explained.

    Fields of a line: id, text, and optionally title, category, target, place, capacity, time.
    """
    from qingdan.engine.similarity import Index

    check_writable(out, needs_file, resources_file)
    lexicon = read_lexicon(extra)
    try:
        needs, resources = read_items(needs_file), read_items(resources_file)
    except ItemError as error:
        raise click.ClickException(str(error)) from error
    with _bar(len(resources), "Reading resources") as bar:
        index = Index.build(resources, lexicon, progress=bar.update)
    with _bar(2 * len(needs), "Matching needs") as bar:
        written = write_lines(out, index.match_lines(needs, k, bar.update))
    click.echo(f"{written} needs matched with {len(resources)} resources: {out}", err=True)


@click.command()
@click.option("--needs", "needs_file", type=INPUT, required=True, help="Needs, one JSON object a line.")
@click.option("--out", type=OUTPUT, required=True, help="Where the groups go, JSON lines.")
@LEXICON
def duplicates(needs_file: Path, out: Path, extra: tuple[Path, ...]) -> None:
    """Suggest groups of needs that say the same thing, each pair with its reason."""
    from qingdan.engine.duplicates import duplicate_lines

    check_writable(out, needs_file)
    lexicon = read_lexicon(extra)
    try:
        needs = read_items(needs_file)
    except ItemError as error:
        raise click.ClickException(str(error)) from error
    with _bar(2 * len(needs), "Comparing needs") as bar:
        lines = duplicate_lines(needs, lexicon, progress=bar.update)
        written = write_lines(out, lines)
    click.echo(f"{written} groups among {len(needs)} needs: {out}", err=True)
