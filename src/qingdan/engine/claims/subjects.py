"""What a quantity is about: its sentence, the noun phrase it counts, the project and year it stands under."""

import bisect
import re
from dataclasses import dataclass

from .units import alternatives, words

_REACH = 600
"""Characters to each side beyond which even an unbroken sentence is cut."""

_SENTENCE_END = re.compile(r"[。！？!?]+[”’」』）)]*|\n+")
_YEAR = re.compile(r"((?:19|20)\d\d)\s?年|(二[零〇○][零〇○一二三四五六七八九]{2})年")
_CHINESE_YEAR = str.maketrans("零〇○一二三四五六七八九", "000123456789")
_PROJECT = re.compile(r"[“\"「]([^“”\"「」\n]{2,40})[”\"」](?:项目|计划|行动|工程|活动|服务项目)")

_UNDER_PROJECT = re.compile(r"^.*[”\"」](?:服务)?(?:项目|计划|行动|工程|活动)")
_BREAK = re.compile(r"[，。；：！？、,;:!?（）()\n\t|]|(?<!\d)\.")
_CONJUNCTION_FIRST = re.compile(r"(?:以及|及|和|与|并|或|其中|同时|均|皆|都|而|但|后|等)")
_NOUN_STOP = re.compile(alternatives("noun_stop"))
_AND_SO_ON = re.compile(r"(?<=[\u4e00-\u9fff]{2})(?<![一二三四五特同高中初平均])等(?![奖级次额候待])")
_ONLY_YEAR = re.compile(r"(?:19|20)\d\d年度?|另|其余|全部|约占|大写|小写|[大小]写金额|[最其][高低]|/.*")
_NO_NOUN = {
    "其中",
    "一式",
    "每",
    "各",
    "每人",
    "每户",
    "共",
    "约",
    "和",
    "与",
    "或",
    "对",
    "至",
    "到",
    "及",
    "从",
    "由",
    "把",
    "将",
    "比",
    "较",
    "向",
    "给",
}
_OF_IT = re.compile(r"(?:约|仅|只|共)?占(?![比地])|(?:是|为|相当于|相比).{1,16}的$")
_NOUN_TAIL = re.compile(r"(?<=[\u4e00-\u9fff]{2})(?:上|中|内|里|即|等|已|各|(?<!公)共)$")
_NOT_A_NOUN = re.compile(alternatives("no_noun"))
_SPENDER = re.compile(r"^[\u4e00-\u9fff\d]{1,14}?(?:安排|投入|拨付|下达|争取|整合)(?=[\u4e00-\u9fff]{2})")
_LEAD = re.compile(alternatives("lead"))
_TAIL = re.compile(rf"(?:{alternatives('tail')})$")
_CUT = re.compile(rf"^.*(?:{alternatives('cut')})了?(?=[\u4e00-\u9fff]{{2}})")
_VERBAL = re.compile(alternatives("verbal"))
_HEADS = tuple(words("head"))
_BRACKET = re.compile(r"(?<=[\u4e00-\u9fff])[（(][^（）()\n]{1,12}[）)]$")
_TAIL_REACH = 18
_TAIL_LAST = set(
    "了达计共有约为是至到由从加长高少降增各超过的合价算占经已均别年月日人户在前末底初币方米次份套吨亩期：: "
)
_CHANGE = re.compile(
    r"^(?:同比|环比|[比较][^，。]{1,10}|年均|实际|名义|平均|分别|累计|又|再|净|[一二三四五六七八九十]年){0,3}"
    r"(?:增加|增长|下降|提高|减少|上升|回落|增幅|降幅|涨幅|增产|减产|增收|减收|上涨|多|少|高|低)?$"
)


@dataclass(frozen=True, slots=True)
class About:
    subject: str
    context: str
    project: str
    year: int | None
    number: int


_NEW_ITEM = re.compile(
    r"[\s　#*·●■◆]|[（(]?[一二三四五六七八九十]{1,3}[、.）)]|[（(]?\d{1,2}[、.）)]"
    r"|第[一二三四五六七八九十百]{1,4}[章节条]"
)
_CLOSING_MARKS = "。！？；：!?;:”》）)"


def _wrapped(text: str, found: re.Match[str]) -> bool:
    """Whether a line end only wraps a long line, so that the sentence goes on below it."""
    if found[0] != "\n":
        return False
    at = found.start()
    line = at - (text.rfind("\n", max(0, at - 80), at) + 1)
    if not 24 <= line <= 60 or text[at - 1] in _CLOSING_MARKS:
        return False
    return found.end() < len(text) and not _NEW_ITEM.match(text, found.end())


@dataclass(frozen=True, slots=True)
class _Previous:
    """The quantity before, for one that names no subject of its own."""

    sentence: int
    end: int
    subject: str
    before: str  # the noun printed before a quantity, even where another stood after it
    unit: str


_NOTHING = _Previous(-1, 0, "", "", "")
_BELONGING = {"money", "share", "persons"}


class Sentences:
    """A text cut into sentences, asked in order of offset."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [
            0,
            *(found.end() for found in _SENTENCE_END.finditer(text) if not _wrapped(text, found)),
        ]
        self._projects = [(found.end(), found[1]) for found in _PROJECT.finditer(text)]
        self._years = [
            (found.end(), found[1] or found[2].replace("二", "2").translate(_CHINESE_YEAR))
            for found in _YEAR.finditer(text)
        ]
        self._last = _NOTHING  # the quantity before

    def about(self, start: int, end: int, unit: str, kind: str) -> About:
        """The surroundings of the quantity printed from `start` to `end`; asked in order of offset."""
        number = bisect.bisect_right(self._starts, start) - 1
        left = self._starts[number]
        right = self._starts[number + 1] if number + 1 < len(self._starts) else len(self._text)
        # A text without full stops (a table, a list run together) is not one endless sentence.
        near_left, near_right = max(left, start - _REACH), min(right, end + _REACH)
        previous = self._last if self._last.sentence == number else _NOTHING
        floor = max(previous.end, near_left)
        clause = max(near_left, self._text.rfind("；", near_left, start))
        project_at, project = _last_before(self._projects, start, clause)
        _, year = _last_before(self._years, start, near_left)
        before = self._preceding(floor, start, follows=floor == previous.end)
        glued = floor == previous.end and self._text.startswith(before, floor)  # 4个街道17个项目
        belongs = kind in _BELONGING and not glued and before.endswith(_HEADS)
        subject = before if belongs else self._following(end, near_right) or before
        if previous.unit == unit and previous.subject and len(subject) < 8 and _VERBAL.fullmatch(subject):
            subject = previous.subject
        if not subject and project and project_at >= floor:
            subject = project
        if not subject:  # 受灾6个街道、1.8万人: what stands before the first belongs to the second as well
            shared = kind == "persons" and previous.unit != unit and self._text[start - 1 : start] == "、"
            subject = previous.before or previous.subject if shared else previous.subject
        self._last = _Previous(number, end, subject, before or previous.before, unit)
        context = self._text[near_left:near_right].strip()
        return About(subject, context, project, int(year) if year else None, number + 1)

    def _following(self, end: int, right: int) -> str:
        rest = self._text[end : min(right, end + 30)].lstrip(" ")
        if rest.startswith("的"):
            rest = rest[1:]
        elif _CONJUNCTION_FIRST.match(rest) or _NOT_A_NOUN.match(rest):
            return ""
        quoted = re.match(r"“[^”\n]{1,20}”", rest)
        begin = quoted.end() if quoted else 0
        stop = _NOUN_STOP.search(rest, begin)
        if rest.startswith("/"):
            return ""  # 元/年: the unit goes on
        noun = _NOUN_TAIL.sub("", (rest[: stop.start()] if stop else rest[:20]).strip(" 的”"))
        return noun if len(noun) > 1 else ""

    def _preceding(self, floor: int, start: int, *, follows: bool) -> str:
        before = _BRACKET.sub("", self._text[max(floor, start - 40) : start])
        pieces = [piece for piece in _BREAK.split(before) if piece.strip()]
        if not pieces or (follows and len(pieces) == 1 and _BREAK.match(before, len(before) - 1)):
            return ""  # nothing, or only the noun of the quantity before: 6个街道、
        noun = self._noun(pieces[-1])
        return noun if noun or follows or len(pieces) == 1 else self._noun(pieces[-2])

    @staticmethod
    def _noun(piece: str) -> str:
        """The noun of what stands before a number, without its verbs; "" when it names nothing."""
        noun = piece.strip().replace(" ", "")
        if _OF_IT.match(noun):
            return ""
        noun = _AND_SO_ON.split(noun)[-1] or noun
        if "”" in noun or '"' in noun or "」" in noun:
            noun = _UNDER_PROJECT.sub("", noun)
        for _ in range(6 if noun[-1:] in _TAIL_LAST else 0):
            shorter = _TAIL.sub("", noun[-_TAIL_REACH:])
            shorter = noun[:-_TAIL_REACH] + shorter
            if shorter == noun:
                break
            noun = shorter
        noun = _SPENDER.sub("", noun)
        for _ in range(8):
            lead = _LEAD.match(noun)
            if not lead or len(noun) - lead.end() < 2:
                break
            noun = noun[lead.end() :]
        noun = _CUT.sub("", noun).strip(" “”的")
        return "" if _ONLY_YEAR.fullmatch(noun) or _CHANGE.match(noun) or noun in _NO_NOUN else noun[-24:]


def _last_before(marks: list[tuple[int, str]], at: int, floor: int) -> tuple[int, str]:
    """The last mark that ends before `at` and not before `floor`; (-1, "") when there is none."""
    place = bisect.bisect_left(marks, (at + 1,)) - 1
    return marks[place] if place >= 0 and marks[place][0] >= floor else (-1, "")
