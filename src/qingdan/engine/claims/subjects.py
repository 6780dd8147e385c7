"""What a quantity is about: its sentence, the noun phrase it counts, the project and year it stands under."""

import bisect
import re
from dataclasses import dataclass

_SENTENCE_END = re.compile(r"[。！？!?]+[”’」』）)]*|\n+")
_YEAR = re.compile(r"((?:19|20)\d\d)\s?年|([二][零〇○][零〇○一二三四五六七八九]{2})年")
_CHINESE_YEAR = str.maketrans("零〇○一二三四五六七八九", "000123456789")
_PROJECT = re.compile(r"[“\"「]([^“”\"「」\n]{2,40})[”\"」](?:项目|计划|行动|工程|活动|服务项目)")

_BREAK = re.compile(r"[，。；：！？、,;:!?（）()\n\t]")
_CONJUNCTION_FIRST = re.compile(r"(?:以及|及|和|与|并|或|其中|同时|均|皆|都|而|但|后|等)")
_NOUN_STOP = re.compile(
    r"(?<=[\u4e00-\u9fff])[”’]|对照|参加|参与|开展|观看|负责|进行|提供|接受|获得|获评|荣获|通过|完成|入驻|用于|成立|到场|给予|予以|覆盖|投入|存在|未能|未按|"
    r"均|已|将|为|是|在|被|由|以及|和|与|及|等|，|。|；|、|：|？|！|（|）|[,;:()\n\t]|\d|[“”]$|达到|占|获|增|实现|发放|送|(?<!社会)(?<!群众)(?<!基层)组织(?!负责)|召开|"
    r"愿意|表示|建立|纳入|配齐|成为|不|超|进入|同比|来自|的(?:评为|由|报)"
)
_NOUN_TAIL = re.compile(r"(?<=[\u4e00-\u9fff]{2})(?:上|中|内|里|即|等|已|各|共)$")
_NOT_A_NOUN = re.compile(
    r"以上|以下|左右|同比|比|较|占|用于|支持|解决|直接|间接|参加|参与|开展|提供|覆盖|受益|惠及|由|在|到|至|被|将|已|可|从|给|按|向|"
    r"拨付|给予|提高|增加|减少|下降|增长|标准|发放|送|为|是|使|让|未|不|全部|先后|分别|评为|组成|列席|出席|来|不等|进行|举行|后|前|起|内"
)
_SPENDER = re.compile(r"^[\u4e00-\u9fff\d]{1,14}?(?:安排|投入|拨付|下达|争取|整合)(?=[\u4e00-\u9fff]{2})")
_LEAD = re.compile(
    r"(?:目前|当前|现|已|共计|共|累计|总计|合计|全年|全区|全市|我区|我局|区内|辖区内?|其中|同时|并|还|又|先后|陆续|新|每人|每月|每户|每年|"
    r"(?:19|20)\d\d年度?|截[至止](?:目前)?|协助|组织|开展|举办|召开|建立|建成|提供|发放|投入|安排|设立|设有|设|培育|孵化|引入|引进|打造|"
    r"新建|新增|增加|完成|实施|出台|制定|形成|获得|募集|筹集|征集|收到|受理|办理|选派|配备|聘请|招募|吸引|带动|惠及|回收|购置|购买|采购|"
    r"配送|慰问|走访|编印|印发|改造|有|了|各|为|使|对|在|通过|拟|计划|实际|预计|注销|评选|以及|及|和|与|、|，)"
)
_TAIL = re.compile(
    r"(?:达到了?|高达|达|合计|共计|累计|总计|共有|共|仅有|仅|约有|有|为|是|至|到|由|从|计|增至|增加到?|增长到?|提高到?|减少到?|下降到?|"
    r"减至|降至|各|只有|超过|增加|增长|下降|提高|减少|了|的|：|:|\s)$"
)
_CHANGE = re.compile(r"^(?:同比|环比|比上年|较上年|较去年|比去年|年均|比上年同期)?(?:增加|增长|下降|提高|减少|上升|增幅|降幅)?$")


@dataclass(frozen=True, slots=True)
class About:
    subject: str
    context: str
    project: str
    year: int | None
    number: int


_NEW_ITEM = re.compile(r"[\s　#*·●■◆]|[（(]?[一二三四五六七八九十]{1,3}[、.）)]|[（(]?\d{1,2}[、.）)]|第[一二三四五六七八九十百]{1,4}[章节条]")
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


class Sentences:
    """A text cut into sentences, asked in order of offset."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(found.end() for found in _SENTENCE_END.finditer(text) if not _wrapped(text, found))]
        self._last = (-1, 0, "")  # sentence, end and subject of the quantity before

    def about(self, start: int, end: int) -> About:
        """The surroundings of the quantity printed from `start` to `end`."""
        number = bisect.bisect_right(self._starts, start) - 1
        left = self._starts[number]
        right = self._starts[number + 1] if number + 1 < len(self._starts) else len(self._text)
        # A text without full stops (a table, a list run together) is not one endless sentence.
        near_left, near_right = max(left, start - 600), min(right, end + 600)
        head = self._text[near_left:start]
        previous_sentence, previous_end, previous_subject = self._last
        floor = previous_end if previous_sentence == number else near_left
        project = self._project(head)
        subject = self._subject(max(floor, near_left), start, end, near_right)
        if not subject and project and project in self._text[floor:start]:
            subject = project
        if not subject and previous_sentence == number:
            subject = previous_subject
        self._last = (number, end, subject)
        return About(
            subject, self._text[near_left:near_right].strip(), project, self._year(head), number + 1
        )

    def _subject(self, floor: int, start: int, end: int, right: int) -> str:
        following = self._following(end, right)
        if following:
            return following
        return self._preceding(floor, start)

    def _following(self, end: int, right: int) -> str:
        rest = self._text[end : min(right, end + 30)].lstrip(" ")
        if rest.startswith("的"):
            rest = rest[1:]
        elif _CONJUNCTION_FIRST.match(rest) or _NOT_A_NOUN.match(rest):
            return ""
        quoted = re.match(r"“[^”\n]{1,20}”", rest)
        begin = quoted.end() if quoted else 0
        stop = _NOUN_STOP.search(rest, begin)
        noun = _NOUN_TAIL.sub("", (rest[: stop.start()] if stop else rest[:20]).strip(" 的”"))
        return noun if len(noun) > 1 else ""

    def _preceding(self, floor: int, start: int) -> str:
        before = self._text[max(floor, start - 60) : start]
        pieces = [piece for piece in _BREAK.split(before) if piece.strip()]
        if not pieces or not before.strip():
            return ""
        noun = pieces[-1].strip()
        if "等" in noun[1:]:
            noun = noun.rsplit("等", 1)[1] or noun
        noun = _PROJECT.sub("", noun)
        noun = re.sub(r"^.*[”\"」]项目", "", noun)
        for _ in range(6):
            shorter = _TAIL.sub("", noun)
            if shorter == noun or not shorter:
                break
            noun = shorter
        noun = _SPENDER.sub("", noun)
        for _ in range(8):
            lead = _LEAD.match(noun)
            if not lead or len(noun) - lead.end() < 2:
                break
            noun = noun[lead.end() :]
        noun = noun.strip(" “”的")
        return "" if _CHANGE.match(noun) or noun in ("其中", "共", "约") else noun[-24:]

    def _project(self, head: str) -> str:
        clause = head.rsplit("；", 1)[-1].rsplit(";", 1)[-1]
        found = _PROJECT.findall(clause)
        return found[-1] if found else ""

    def _year(self, head: str) -> int | None:
        years = _YEAR.findall(head)
        if not years:
            return None
        arabic, chinese = years[-1]
        return int(arabic or chinese.replace("二", "2").translate(_CHINESE_YEAR))
