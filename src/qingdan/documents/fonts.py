"""Which fonts the paper is printed with, and how to say so.

The standard asks for 仿宋, 小标宋, 黑体 and 楷体. An office that owns them has them installed; other
machines print with open fonts, and the reader is told (`FontSet.describe`). The open fonts that every
set-up can have without root are Noto Serif SC and Noto Sans SC (SIL OFL 1.1), copied by `make setup`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    import typst

VENDOR_FONTS = Path(__file__).resolve().parent.parent / "web" / "static" / "vendor" / "fonts"


class FontsMissing(RuntimeError):
    """No font on this machine can print Chinese, or a character has no glyph in any of them."""


@dataclass(frozen=True, slots=True)
class Face:
    """One font as chosen for a role; `exact` if it is of the kind of letter the standard asks for."""

    family: str
    weight: int
    path: str
    exact: bool


@dataclass(frozen=True, slots=True)
class FontSet:
    """The faces for each role, and where to look for characters they lack."""

    fangsong: Face
    title: Face
    hei: Face
    kai: Face
    song: Face
    latin: Face | None
    fallback: tuple[str, ...]
    source: "typst.Fonts" = field(repr=False, compare=False)

    def roles(self) -> dict[str, Face]:
        """The faces by the Chinese name of their role."""
        faces = {
            "仿宋": self.fangsong,
            "小标宋": self.title,
            "黑体": self.hei,
            "楷体": self.kai,
            "宋体": self.song,
        }
        return faces | ({"西文数字": self.latin} if self.latin else {})

    def describe(self) -> str:
        """One line for a person: which font stands for which, and what is only a substitute."""
        parts = [
            f"{role}：{face.family}" + ("" if face.exact else "（代用）")
            for role, face in self.roles().items()
        ]
        return "；".join(parts)

    @property
    def substituted(self) -> tuple[str, ...]:
        """The roles printed with another kind of letter than the standard names."""
        return tuple(role for role, face in self.roles().items() if not face.exact)


@dataclass(frozen=True, slots=True)
class _Wish:
    """A family that may fill a role: at which weight it looks right, and whether it is the asked kind."""

    families: tuple[str, ...]
    weight: int = 400
    exact: bool = True


_OPEN_SONG = ("Noto Serif SC", "Noto Serif CJK SC", "Source Han Serif SC", "Source Han Serif CN")
_OPEN_SANS = ("Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans CN")

# Families as their English name table says; the office's own first, then the open ones.
_ROLES: dict[str, tuple[_Wish, ...]] = {
    "fangsong": (
        _Wish(("FangSong_GB2312", "仿宋_GB2312", "FangSong", "仿宋", "FZFangSong-Z02", "FZFangSong-Z02S")),
        _Wish(
            (
                "STFangsong",
                "Zhuque Fangsong",
                "Zhuque Fangsong (technical preview)",
                "FandolFang R",
                "FandolFang",
            )
        ),
        _Wish(_OPEN_SONG, exact=False),
    ),
    "title": (
        _Wish(
            ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "方正小标宋简体", "方正小标宋_GBK", "STZhongsong")
        ),
        _Wish((*_OPEN_SONG, "FandolSong"), weight=700, exact=False),
    ),
    "hei": (
        _Wish(("SimHei", "黑体", "FZHei-B01S", "STHeiti", "FandolHei")),
        _Wish(_OPEN_SANS, weight=500),
        _Wish(_OPEN_SONG, weight=700, exact=False),
    ),
    "kai": (
        _Wish(
            (
                "KaiTi_GB2312",
                "楷体_GB2312",
                "KaiTi",
                "楷体",
                "FZKai-Z03S",
                "STKaiti",
                "LXGW WenKai",
                "FandolKai",
            )
        ),
        _Wish(_OPEN_SONG, exact=False),
    ),
    "song": (_Wish(("SimSun", "宋体", "NSimSun", "STSong", *_OPEN_SONG, "FandolSong")),),
    "latin": (_Wish(("Times New Roman", "Liberation Serif", "Tinos", "Nimbus Roman", "TeX Gyre Termes")),),
}

# Fandol covers GB 2312 only: names of people need more. SimSun-ExtB holds the characters beyond the BMP.
_FALLBACK = (
    "LXGW WenKai",
    *_OPEN_SONG,
    "SimSun",
    "SimSun-ExtB",
    "Plangothic P1",
    "Plangothic P2",
    "HanaMinB",
    "FandolSong",
    *_OPEN_SANS,
)


def find_fonts(extra_dirs: Iterable[Path] = (), *, system: bool = True) -> FontSet:
    """The best fonts among the machine's own (unless `system` is off), the vendored ones and `extra_dirs`.

    Raises FontsMissing if none of them prints Chinese.
    """
    directories = tuple(str(path) for path in (*extra_dirs, VENDOR_FONTS) if path.is_dir())
    return _find(directories, system)


@lru_cache(maxsize=8)
def _find(directories: tuple[str, ...], system: bool) -> FontSet:
    import typst

    source = typst.Fonts(
        include_system_fonts=system, include_embedded_fonts=False, font_paths=list(directories)
    )
    upright = [info for info in source.fonts() if info.style == "normal"]

    def choose(role: str) -> Face | None:
        for wish in _ROLES[role]:
            for family in wish.families:
                faces = [info for info in upright if info.family.lower() == family.lower()]
                if faces:
                    best = min(faces, key=lambda info: (abs(info.weight - wish.weight), info.path or ""))
                    return Face(best.family, best.weight, best.path or "", wish.exact)
        return None

    def chinese(role: str) -> Face:
        face = choose(role) or any_chinese
        if face is None:
            raise FontsMissing(
                _(
                    "This machine has no font that prints Chinese: run `make setup` for open ones, or install "
                    "FangSong, XiaoBiaoSong, SimHei and KaiTi."
                )
            )
        return face

    found = choose("song") or choose("fangsong") or choose("kai") or choose("hei")
    any_chinese = found and Face(found.family, found.weight, found.path, exact=False)
    families = {info.family for info in upright}
    return FontSet(
        fangsong=chinese("fangsong"),
        title=chinese("title"),
        hei=chinese("hei"),
        kai=chinese("kai"),
        song=chinese("song"),
        latin=choose("latin"),
        fallback=tuple(family for family in _FALLBACK if family in families),
        source=source,
    )
