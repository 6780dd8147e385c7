"""Numerals that count nothing: titles, document numbers, times of day, set phrases, names of places.

Each pattern is tried once over the whole text and what it covers is closed to the finder. All are
bounded, so that the time they take grows with the text and with nothing else.
"""

import re

from .units import read_table

_N = "零一二两三四五六七八九十百千万廿卅"
_ANY = rf"\d{_N}"

_PHRASES: dict[str, list[str]] = {}
"""First character → the set phrases that begin with it, longest first, so that 两个一百年 is not cut short."""
for _phrase in sorted(
    {phrase for _, phrases in read_table("phrases.txt") for phrase in phrases}, key=len, reverse=True
):
    _PHRASES.setdefault(_phrase[0], []).append(_phrase)

_PLACE_TAIL = "[村镇乡县山河江湖路街巷桥湾里庄寨沟岭屯峡坡塘井营坝港口站堡殿宫庙寺塔园坊胡]"

# A pattern that begins with a class of characters is found several times faster than one that begins with a
# repetition or a look-behind; hence the first numeral apart from the rest, and the look-behinds after it.
_SOME = rf"[{_ANY}][{_ANY}]"
_FIRST = rf"[{_N}](?<![{_ANY}][{_N}])"
_YEAR = r"(?:19|20)(?<!\d\d\d)\d\d"

PATTERNS = [
    # Titles of documents: 《… 三年行动计划》, 《二十条措施》.
    r"《[^《》\n]{1,160}(?:《[^《》\n]{1,80}》[^《》\n]{0,80}){0,3}》",
    # Document numbers 〔2018〕51号, [2015]33号, （2016）第101号.
    r"[〔\[［（(【]\s{0,2}(?:19|20)\d\d\s{0,2}[〕\]］）)】]\s{0,2}第?\s{0,2}\d{1,6}\s{0,2}号",
    # Dates and times of day.
    rf"{_YEAR}\s?(?:[.\-/]\s?\d{{1,2}}(?:\s?[.\-/]\s?\d{{1,2}})?(?![\d%])"
    r"|[—–\-~～至到/]{1,2}\s?(?:19|20)?\d\d(?:年度?|学年))",
    rf"[{_N}][{_N}]{{1,3}}年[{_N}]{{1,3}}月(?:[{_N}]{{1,3}}日)?",
    r"\d\d{0,3}\s?年\s?\d{1,2}\s?[—–\-~至]?\s?\d{0,2}\s?月(?:\s?\d{1,2}\s?[日号])?",
    r"\d(?<![\d:：]\d)\d?[:：]\d{2}(?:[:：]\d{2})?(?!\d)",
    # What makes a numeral part of a number, a time, a session, a house or a circle by what follows it: any …号,
    # 10时20分, 2分10秒, 3栋2单元, 五届六次, 二次全会, 15分钟生活圈, 30分钟内, 甲选一.
    rf"{_SOME}{{0,11}}(?:\s?号|[时点](?:[{_ANY}]{{1,3}}分(?!之)|半|整|一刻|三刻)|分钟?[{_ANY}]{{1,3}}秒"
    rf"|(?:栋|幢|号楼)(?:[{_ANY}]{{1,3}}(?:单元|层|楼|室|号)|[、和与至到及][{_ANY}]{{1,3}}(?:栋|幢|号楼))"
    r"|个?(?:小时|分钟)[\u4e00-\u9fff]{0,4}(?:课堂|讲堂|微课)"
    rf"|届[^，。；\n]{{0,12}}?[{_ANY}]{{1,4}}[次中](?:会议|全会|全体|代表)?"
    r"|[次中](?:全会|全体会议|党代会|人代会)"
    r"|(?:分钟|公里|里|米)[”’\"]?[^，。；、\n]{0,10}?圈"
    r"|个?(?:小时|分钟)(?:之内|以内|内)|选一"
    # Ways of working: 十户一组, 三人一桌, 三户联防, N个中心+N个站点.
    r"|[户人家名]一[组岗队桌室户档]|[户人家]联[防保动]"
    rf"|个[\u4e00-\u9fff]{{1,6}}(?:\s?\+\s?[{_ANY}NX]{{1,3}}个[\u4e00-\u9fff]{{1,6}}){{1,5}}"
    # Models: 1+3+N.
    rf"|\s?\+\s?(?:[{_ANY}]{{1,3}}|[A-Za-zＮNX]|个性)(?:\s?\+\s?[\dA-Z{_N}]{{1,3}}){{0,4}}"
    # Names of places made of a numeral and a length: 八公里社区, 五里多社区.
    r"|(?:公里|里多?|亩|棵树)(?:社区|村|街道|小区|桥|路))",
    # Round-the-clock terms and time limits.
    r"(?:24|二十四|48|72)(?<![\d.]24)(?<![\d.]48)(?<![\d.]72)(?:个)?小时(?!以上|左右|以下|的)[\u4e00-\u9fff]",
    r"(?:全天|7\s?[×xX*]\s?|7天)\s?24\s?个?小时",
    rf"最[初后]\s?[{_ANY}]{{1,3}}\s?(?:公里|米|个|家|户|次|名)",
    # Ratios 1:2, 1对1; 一X一Y.
    r"\d(?<![\d:：.]\d)\d{0,2}\s?[:：∶]\s?\d{1,3}(?:\s?[:：∶]\s?\d{1,3}){0,2}(?![\d%])",
    rf"一(?<![{_ANY}]一)(?:(?![{_N}亿点])[\u4e00-\u9fff]){{1,2}}一(?![线级流等类般些起定批])[\u4e00-\u9fff]",
    r"\d\d?对\d{1,2}",
    # 五个一 and its kin, 三上三下, 一次次, 一家一户.
    rf"{_FIRST}个(?:一(?!级|类|线|流|等|体|站)|[“‘])",
    rf"一(?<![{_ANY}]一)([个次场件家户项份张名位支条代])\1",
    rf"([{_N}])[上下进出]\1[上下进出]",
    # What divides people and things by a mark: 600分以上43人; a seat.
    rf"\d\d\d?分(?:及?以[上下])(?=[\d{_N}])",
    r"\d\d?排\d{1,2}[座号]",
    # Plans drawn as figures: 一核两翼, 三圈四带; classes of a school.
    rf"{_FIRST}[圈核轴带心翼廊园区环极群城][{_N}][圈核轴带心翼廊园区环极点群城]",
    rf"年级[{_ANY}]{{1,2}}班",
    # The stars of a name: 百家宴, 千人计划, 五人制足球, 三口之家.
    rf"{_FIRST}[{_N}]?(?:人(?:制|大|计划|工程|小组|团(?![队结体])|宴|行动)|[口世]之家)",
    r"四面八方|五花八门|百家[宴姓争讲]|千家万户|万家灯火|成千上万|成百上千|二十四节气",
    r"[一二三]次(?:供水|元|分配|污染|创业|开发|利用|函|转移|招标|报价|询价)",
    r"最多跑一次|只跑一次|一次不跑|一次办[好成结]|一次都不|一次也不",
    # Names of places made of a numeral and a classifier: 三家村, 五台山, 三门峡, 六里桥.
    rf"[{_N}](?<![万亿余近约有的个\d][{_N}])[{_N}]?[家台门条座棵里块角口面间株眼道顶头岔把支份孔]"
    rf"{_PLACE_TAIL}(?![级民委属务道]|公里)",
    # Set phrases; one that begins with a numeral is none when it ends a longer number: 二十一件事.
    "|".join(
        rf"{first}(?<![{_ANY}余多几]{first})(?:{'|'.join(phrase[1:] for phrase in phrases)})"
        for first, phrases in _PHRASES.items()
    ),
]


class Closed:
    """The stretches of a text that are closed to the finder."""

    def __init__(self, text: str) -> None:
        self._shut = bytearray(len(text))
        for pattern in _COMPILED:
            for found in pattern.finditer(text):
                start, end = found.span()
                self._shut[start:end] = b"\x01" * (end - start)

    def covers(self, start: int, end: int) -> bool:
        return 1 in self._shut[start:end]


_COMPILED = [re.compile(pattern) for pattern in PATTERNS]
