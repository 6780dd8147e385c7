"""Places as far as matching needs them: a code (GB/T 2260 with street and community digits) or a name."""

import re
from dataclasses import dataclass
from functools import lru_cache

_PART = re.compile(
    r"(?:[^街镇乡社村]{2,8}?[市州])?(?P<district>[^街镇乡社]+?(?<![社小])(?:区|县|旗))?"
    r"(?P<street>[^社]+?(?:街道|镇|乡)(?:办事处|办)?)?(?P<community>.+)?$"
)
_CODE = re.compile(r"\d{6}(?:\d{3}){0,2}$")


@dataclass(frozen=True, slots=True)
class Place:
    """A place by its levels; an empty level is not stated."""

    district: str = ""
    street: str = ""
    community: str = ""


@lru_cache(maxsize=100_000)
def read_place(text: str) -> Place:
    """Levels of a place code (6, 9 or 12 digits) or of a name such as “关上街道双桥社区”."""
    text = re.sub(r"\s+|^全(?=[区县])", "", text)
    if not text:
        return Place()
    if _CODE.match(text):
        return Place(text[:6], text[:9] if len(text) >= 9 else "", text if len(text) == 12 else "")
    if text in ("区", "县", "全区", "全县"):
        return Place("*")
    if text.endswith(("社区", "小区", "村", "居委会", "村委会")) and not re.search(
        r"(?:街道|镇|乡|县|(?<![社小])区).", text
    ):
        return Place(community=_bare(text))
    found = _PART.match(text)
    if not found:
        return Place(community=_bare(text))
    return Place(found["district"] or "", _bare(found["street"] or ""), _bare(found["community"] or ""))


def _bare(name: str) -> str:
    return re.sub(r"(?:办事处|办|居民委员会|村民委员会|居委会|村委会)$", "", name)
