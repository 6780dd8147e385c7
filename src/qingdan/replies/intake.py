"""What the text of a proposal says about itself: number, title, proposers, points. Suggestions for a person to confirm.

Layouts differ from assembly to assembly, so every part is looked for by the words that usually head it, and what is not
found stays empty. Nothing is guessed beyond what stands in the text.
"""

import re
from dataclasses import dataclass, field

from qingdan.core.tables import parse_date
from qingdan.engine.claims.numerals import chinese_value
from qingdan.replies.models import ProposalKind

_NUMBER = r"[〇零一二三四五六七八九十百0-9]{1,5}"
_CPPCC = re.compile(
    rf"政协(?P<place>[^，。；\s第]{{0,16}}?)(?:委员会)?第?(?P<term>{_NUMBER})届(?:委员会)?(?:第)?(?P<session>{_NUMBER})次"
)
_NPC = re.compile(
    rf"(?P<place>[^，。；\s第]{{0,16}}?)第?(?P<term>{_NUMBER})届人(?:民代表)?大(?:会)?(?:第)?(?P<session>{_NUMBER})次"
)
_PRINTED = (
    re.compile(r"第\s*([0-9A-Za-z-]{1,20})\s*号(?:提案|建议)?"),
    re.compile(r"(?:提案|建议)?(?:编号|案号|序号)\s*[:：]\s*第?\s*([0-9A-Za-z-]{1,20})"),
    re.compile(r"(?:提案|建议)第?\s*([0-9]{1,10})\s*号"),
)
_HEADS = {
    "title": "案由|题目|标题|提案题目|提案名称|建议标题|提案标题|建议题目",
    "proposers": "第一提案人|提案人|提案者|提出人|领衔代表|建议人|提案单位|提案委员|代表姓名|委员姓名|领衔人",
    "cosigners": "联名提案人|联名人|联名委员|附议人|附议代表|联名代表|附议委员",
    "received": "交办日期|交办时间|收到日期|提交日期|提案日期|提出日期|日期",
}
_ANY_HEAD = "|".join(_HEADS.values())
_TITLE = re.compile(r"关于[^，。；\n《》]{2,120}?的(?:提案|建议)")
_POINT = re.compile(
    r"^\s*(?:[一二三四五六七八九十]{1,3}、|[(（][一二三四五六七八九十]{1,3}[)）])\s*(.{2,})$", re.M
)
_ASKS = re.compile(
    r"^\s*(?:[一二三四五六七八九十]{1,3}、)?(?:具体)?(?:建议|办法|对策建议|意见建议|建议措施)\s*[:：]?\s*$",
    re.M,
)
MOST_POINTS = 20


@dataclass
class Read:
    """Values for the form by the names of its fields; what was not found is left out."""

    values: dict[str, object] = field(default_factory=dict)

    def missing(self, names: list[str]) -> list[str]:
        return [name for name in names if name not in self.values]


def read_proposal(text: str) -> Read:
    """Look into the text of a proposal or suggestion."""
    found = Read({"text": text.strip()})
    values = found.values
    compact = re.sub(r"[ \u3000\t]+", "", text)
    if match := _CPPCC.search(compact):
        values |= {"kind": ProposalKind.CPPCC, **_meeting(match)}
    elif match := _NPC.search(compact):
        values |= {"kind": ProposalKind.NPC, **_meeting(match)}
    if number := next((m[1] for pattern in _PRINTED if (m := pattern.search(compact))), ""):
        values["number"] = number
    for name, words in _HEADS.items():
        if said := _headed(text, words):
            values[name] = said
    if "title" not in values and (match := _TITLE.search(compact)):
        values["title"] = match[0]
    if "title" in values:
        values["title"] = str(values["title"]).strip('《》“”"').strip()[:200]
    if day := parse_date(str(values.pop("received", ""))):
        values["received_on"] = day
    if points := _points(text):
        values["points"] = "\n".join(points)
    return found


def serial_of(number: str, term: int, session: int) -> int | None:
    """137 of 92137, the 137th of the second meeting of the ninth committee; None when it is numbered otherwise."""
    start = f"{term}{session}"
    rest = number.removeprefix(start)
    return int(rest) if number.startswith(start) and rest.isascii() and rest.isdigit() else None


def _meeting(match: re.Match[str]) -> dict[str, object]:
    found: dict[str, object] = {}
    place = re.sub(r"^(?:中国人民政治协商会议|对|关于|在|政协)+", "", match["place"])
    if place:
        found["assembly"] = re.sub(r"^.+市(?=.+[区县市]$)", "", place)[-40:]
    for name in ("term", "session"):
        value = int(match[name]) if match[name].isdigit() else chinese_value(match[name])
        if value and 1 <= value <= 99:
            found[name] = int(value)
    return found


def _headed(text: str, words: str) -> str:
    """What stands after a head such as 案  由： on its line, up to the next head; or on the line below."""
    spaced = "|".join(r"[ \u3000]*".join(word) for word in sorted(words.split("|"), key=len, reverse=True))
    match = re.search(rf"(?:^|[\s，；。])(?:{spaced})[ \u3000]*[:：][ \u3000]*(.*)(?:\n(.*))?", text)
    if match is None:
        return ""
    said = match[1].strip() or (match[2] or "").strip()
    others = "|".join(r"[ \u3000]*".join(word) for word in _ANY_HEAD.split("|"))
    said = re.split(rf"[ \u3000]+(?:{others}|联系电话|电话|单位|职务|界别)[ \u3000]*[:：]", said)[0]
    return " ".join(said.split()).rstrip("。；;，,")[:200]


def _points(text: str) -> list[str]:
    """The numbered headings of what is asked for: behind the word 建议 when it stands alone, else all of them."""
    asks = list(_ASKS.finditer(text))
    rest = text[asks[-1].end() :] if asks else text
    found = [re.split(r"[。；]", one.strip())[0][:120].strip("：: ") for one in _POINT.findall(rest)]
    return [one for one in found if one][:MOST_POINTS]
