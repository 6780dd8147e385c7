"""Word lists of an installation's staff: `words/*.txt` in its data directory, added to the shipped lexicon.

They are of the lexicon's form. Pages take a change up with the next suggestion, commands with their next run. A list
with a wrong line is left out of the pages, whole, until it is mended: a typing error must not stop a counter.
"""

import logging
import os
import threading
from collections.abc import Sequence
from pathlib import Path

from qingdan.engine.lexicon import Lexicon, LexiconError, shipped

_log = logging.getLogger(__name__)
_lock = threading.Lock()
_Stamp = tuple[tuple[Path, int, int], ...]
_kept: tuple[_Stamp, Lexicon] | None = None


def staff_folder() -> Path:
    """Where the word lists of this installation lie."""
    return Path(os.environ.get("QINGDAN_DATA", "var")) / "words"


def staff_lists() -> list[Path]:
    """The word lists of this installation in the order of their names."""
    return sorted(staff_folder().glob("*.txt"))


def load(paths: Sequence[Path]) -> Lexicon:
    """The shipped lexicon with these lists. Raises LexiconError, OSError."""
    return Lexicon.load(*paths) if paths else shipped()


def good_ones(paths: Sequence[Path]) -> tuple[list[Path], list[str]]:
    """The lists that can be read one after the other, and of each of the rest what is wrong."""
    good: list[Path] = []
    wrong = []
    for path in paths:
        try:
            load([*good, path])
            good.append(path)
        except LexiconError as error:
            wrong.append(str(error))
        except OSError as error:
            wrong.append(f"{path.name}: cannot be read ({error.strerror})")
    return good, wrong


def in_use() -> Lexicon:
    """What the pages match by: the same object until a list is added, changed or taken away."""
    global _kept
    with _lock:
        paths = staff_lists()
        stamp = _stamp(paths)
        if _kept is None or _kept[0] != stamp:
            try:
                lexicon = load(paths)
            except (LexiconError, OSError):
                good, wrong = good_ones(paths)
                for words in wrong:
                    _log.error("A word list is left out until it is mended: %s", words)
                lexicon = load(good)
            _kept = stamp, lexicon
        return _kept[1]


def _stamp(paths: Sequence[Path]) -> _Stamp:
    found = []
    for path in paths:
        try:
            about = path.stat()
        except OSError:  # taken away just now
            continue
        found.append((path, about.st_mtime_ns, about.st_size))
    return tuple(found)
