"""How characters sound, so that a word typed by ear (“按装” for “安装”) is still known.

Most Chinese text is typed as pinyin, so most typing errors are characters of the same sound; hurried hands and
dialects leave out the `h` of zh, ch, sh and the `g` of -ng as well. Characters mistaken by their shape are
folded together too. The table stands in `data/sounds.txt`, with its source.
"""

import functools
import re
from pathlib import Path

TABLE = Path(__file__).parent / "data" / "sounds.txt"
_FIRST = 0xE000
"""Sounds are written as characters of the private use area, one for each sound."""


@functools.cache
def _table() -> dict[int, str]:
    sounds: dict[str, str] = {}
    table: dict[int, str] = {}
    alike: list[str] = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        head, _, characters = line.partition(" ")
        if head == "=":
            alike = characters.split()
        elif head != "#":
            # ranqing and ranqin, zhen and zen sound the same here.
            near = re.sub(r"(?<=[aei]n)g$", "", re.sub(r"^([zcs])h", r"\1", head))
            sound = sounds.setdefault(near, chr(_FIRST + len(sounds)))
            table.update(dict.fromkeys(map(ord, characters), sound))
    for shapes in alike:
        for other in shapes[1:]:
            table[ord(other)] = table[ord(shapes[0])]
    return table


def sounded(text: str) -> str:
    """`text` with every character replaced by a sign for its sound; unknown characters stay."""
    return text.translate(_table())
