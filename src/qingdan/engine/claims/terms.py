"""Numerals that count nothing: titles, document numbers, times of day, set phrases, names of places.

Each pattern is tried once over the whole text and what it covers is closed to the finder. All are
bounded, so that the time they take grows with the text and with nothing else.
"""

import re

from .units import read_table

_N = "零一二两三四五六七八九十百千万廿卅"
_ANY = rf"\d{_N}"

_SET_PHRASES = {phrase for _, phrases in read_table("phrases.txt") for phrase in phrases}
# Longest first, so that 两个一百年 is not cut short; alternation of literals is linear.
_PHRASES = "|".join(map(re.escape, sorted(_SET_PHRASES, key=len, reverse=True)))

_PLACE_TAIL = "[村镇乡县山河江湖路街巷桥湾里庄寨沟岭屯峡坡塘井营坝港口站堡殿宫庙寺塔园坊胡]"

PATTERNS = [
    # Titles of documents: 《… 三年行动计划》, 《二十条措施》.
    r"《[^《》\n]{1,160}(?:《[^《》\n]{1,80}》[^《》\n]{0,80}){0,3}》",
    # Document numbers 〔2018〕51号, [2015]33号, （2016）第101号, and any other …号.
    r"[〔\[［（(【]\s{0,2}(?:19|20)\d\d\s{0,2}[〕\]］）)】]\s{0,2}第?\s{0,2}\d{1,6}\s{0,2}号",
    rf"[{_ANY}]{{1,12}}\s?号",
    # Dates and times of day.
    r"(?<!\d)(?:19|20)\d\d\s?[.\-/]\s?\d{1,2}(?:\s?[.\-/]\s?\d{1,2})?(?![\d%])",
    r"(?<!\d)(?:19|20)\d\d\s?[—–\-~～至到/]{1,2}\s?(?:19|20)?\d\d(?:年度?|学年)",
    rf"[{_N}]{{2,4}}年[{_N}]{{1,3}}月(?:[{_N}]{{1,3}}日)?",
    r"\d{1,4}\s?年\s?\d{1,2}\s?[—–\-~至]?\s?\d{0,2}\s?月(?:\s?\d{1,2}\s?[日号])?",
    r"(?<![\d:：])\d{1,2}[:：]\d{2}(?:[:：]\d{2})?(?!\d)",
    rf"[{_ANY}]{{1,3}}[时点](?:[{_ANY}]{{1,3}}分(?!之)|半|整|一刻|三刻)",
    rf"[{_ANY}]{{1,3}}分钟?[{_ANY}]{{1,3}}秒",
    rf"[{_ANY}]{{1,3}}(?:栋|幢|号楼)[{_ANY}]{{1,3}}(?:单元|层|楼|室|号)",
    # Sessions of congresses and committees: 五届六次, 十三届全国人大一次会议, 二次全会.
    rf"[{_ANY}]{{1,4}}届[^，。；\n]{{0,12}}?[{_ANY}]{{1,4}}[次中](?:会议|全会|全体|代表)?",
    rf"[{_ANY}]{{1,3}}[次中](?:全会|全体会议|党代会|人代会)",
    # Round-the-clock and circle-of-life terms, and time limits.
    r"(?<![\d.])(?:24|二十四|48|72)(?:个)?小时(?!以上|左右|以下|的)[\u4e00-\u9fff]",
    r"(?:全天|7\s?[×xX*]\s?|7天)\s?24\s?个?小时",
    rf"[{_ANY}]{{1,4}}(?:分钟|公里|里|米)[”’\"]?[^，。；、\n]{{0,10}}?圈",
    rf"[{_ANY}.]{{1,5}}个?(?:小时|分钟)(?:之内|以内|内)",
    rf"最[初后]\s?[{_ANY}]{{1,3}}\s?(?:公里|米|个|家|户|次|名)",
    # Models and ratios: 1+3+N, 7×24, 1:2, 1对1, 一X一Y.
    rf"[“\"]?[{_ANY}]{{1,3}}\s?\+\s?(?:[{_ANY}]{{1,3}}|[A-Za-zＮNX]|个性)(?:\s?\+\s?[\dA-Z{_N}]{{1,3}}){{0,4}}",
    r"(?<![\d:：.])\d{1,3}\s?[:：∶]\s?\d{1,3}(?:\s?[:：∶]\s?\d{1,3}){0,2}(?![\d%])",
    rf"(?<![{_ANY}])一[\u4e00-\u9fff]{{1,2}}一(?![线级流等类般些起定批])[\u4e00-\u9fff]",
    r"\d{1,2}对\d{1,2}",
    rf"[{_N}]选一",
    # 五个一 and its kin, 三上三下, 一次次, 一家一户.
    rf"(?<![{_ANY}])[{_N}]个(?:一(?!级|类|线|流|等|体|站)|[“‘])",
    rf"(?<![{_ANY}])一([个次场件家户项份张名位支条代])\1",
    rf"([{_N}])[上下进出]\1[上下进出]",
    # The stars of a name: 百家宴, 千人计划, 五人制足球, 三口之家.
    rf"(?<![{_ANY}])[{_N}]{{1,2}}人(?:制|大|计划|工程|小组|团(?![队结体])|宴|行动)",
    rf"(?<![{_ANY}])[{_N}]{{1,2}}[口世]之家",
    r"四面八方|五花八门|百家[宴姓争讲]|千家万户|万家灯火",
    # Ways of working: 十户一组, 三人一桌, 三户联防, 二次分配, 最多跑一次, N个中心+N个站点.
    rf"[{_N}\d]{{1,3}}[户人家名]一[组岗队桌室户档]",
    rf"[{_N}]{{1,3}}[户人家]联[防保动]",
    r"[一二三]次(?:供水|元|分配|污染|创业|开发|利用|函|转移|招标|报价|询价)",
    r"最多跑一次|只跑一次|一次不跑|一次办[好成结]|一次都不|一次也不|成千上万|成百上千|二十四节气",
    rf"[{_ANY}]{{1,3}}个[\u4e00-\u9fff]{{1,6}}\s?\+\s?[{_ANY}N]{{1,3}}个[\u4e00-\u9fff]{{1,6}}"
    rf"(?:\s?\+\s?[{_ANY}NX]{{1,3}}个[\u4e00-\u9fff]{{1,6}}){{0,4}}",
    # Names of places made of a numeral and a length: 八公里社区, 五里多社区.
    rf"[{_N}]{{1,3}}(?:公里|里多?|亩|棵树)(?:社区|村|街道|小区|桥|路)",
    # Names of places made of a numeral and a classifier: 三家村, 五台山, 三门峡, 六里桥.
    rf"(?<![万亿余近约有的个\d])[{_N}]{{1,2}}[家台门条座棵里块角口面间株眼道顶头岔把支份孔]"
    rf"{_PLACE_TAIL}(?![级民委属务道]|公里)",
    # Set phrases; one that begins with a numeral is none when it ends a longer number: 二十一件事.
    rf"(?<![{_ANY}余多几])(?:{_PHRASES})",
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
