"""Numerals that count nothing: titles, document numbers, times of day, set phrases, names of places.

Each pattern is tried once over the whole text and what it covers is closed to the finder. All are
bounded, so that the time they take grows with the text and with nothing else.
"""

import re

_N = "零一二两三四五六七八九十百千万"
_ANY = rf"\d{_N}"

_SET_PHRASES = """
一次性 一站式 一体化 一条龙 一条心 一盘棋 一对一 一张网 一张图 一本账 一门式 一件事 一家人 一门心思 一口气
三位一体 五位一体 四位一体 两位一体 六位一体 三会一课 三重一大 三人行 三口之家 五口之家 四口之家
两个维护 两个确立 两个大局 两个结合 两个一百年 两个毫不动摇 两个务必 两个先行 两个凡是 三个代表 三个务必
三个离不开 三个面向 三个一批 三个清零 四个意识 四个自信 四个全面 四个服从 四个伟大 四个一批 四个合格 四个最严
五个一 三个一 四个一 六个一 八个一 十个一 五个认同 五个必由之路 六个必须 十个明确 十四个坚持 十三个方面
中央八项规定 八项规定 十项全能 六项纪律 十项准则 三项制度改革 三大纪律 四项基本原则 三项整改
两条腿 三条红线 三条底线 四条底线 两条例 三条控制线 一二三产 三产融合 两个责任 一个中心 一人一策 两套班子
四套班子 四大班子 三班倒 两班倒 三天打鱼 两面人 两面派 两面三刀 三番五次 三番两次 一番 一期一会 两头婚
三头六臂 一石二鸟 九牛一毛 千头万绪 千人一面 百人百姓 一言堂 三把火 一把手 二把手 三把手 一把抓 一份子 一分子 一家之言 二人转
三份契约 一元复始 二元结构 多元 三元里 三元桥 一元化 二元化 双一流 十佳 百强 一门课 万人坑 千里马 百里挑一 一日千里 万里长城
两分法 一分为二 五分制 十分制 百分制 十分 百分百公平 一分耕耘 万分 一个样 一个也不能少 一个都不能少 一人之力
三口人家 百家争鸣 百家讲坛 一场空 一席之地 一首制 一面旗帜 一面之词 一类费用 二类疫苗 三类场所 四类人员 五类车
""".split()

# Longest first, so that 两个一百年 is not cut short; alternation of literals is linear.
_PHRASES = "|".join(map(re.escape, sorted(set(_SET_PHRASES), key=len, reverse=True)))

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
    # Sessions of congresses and committees: 五届六次, 十三届全国人大一次会议, 二次全会.
    rf"[{_ANY}]{{1,4}}届[^，。；\n]{{0,12}}?[{_ANY}]{{1,4}}[次中](?:会议|全会|全体|代表)?",
    rf"[{_ANY}]{{1,3}}[次中](?:全会|全体会议|党代会|人代会)",
    # Round-the-clock and circle-of-life terms, and time limits.
    r"(?:24|二十四|48|72)小时(?:内|服务|热线|值守|值班|开放|在线|响应|自助|不打烊|不间断|营业|监测|全天|轮|报告|待命|陪)",
    r"(?:全天|7\s?[×xX*]\s?|7天)\s?24\s?个?小时",
    rf"[{_ANY}]{{1,4}}(?:分钟|公里|里|米)[”’\"]?[^，。；、\n]{{0,10}}?圈",
    rf"[{_ANY}.]{{1,5}}个?(?:小时|分钟)(?:之内|以内|内)",
    rf"最[初后]\s?[{_ANY}]{{1,3}}\s?(?:公里|米|个|家|户|次|名)",
    # Models and ratios: 1+3+N, 7×24, 1:2, 1对1, 一X一Y.
    rf"[“\"]?[{_ANY}]{{1,3}}\s?\+\s?(?:[{_ANY}]{{1,3}}|[A-Za-zＮNX]|个性)(?:\s?\+\s?[\dA-Z{_N}]{{1,3}}){{0,4}}",
    r"(?<![\d:：.])\d{1,3}\s?[:：∶]\s?\d{1,3}(?:\s?[:：∶]\s?\d{1,3}){0,2}(?![\d%])",
    r"一[\u4e00-\u9fff]{1,2}[一多][\u4e00-\u9fff]",
    r"\d{1,2}对\d{1,2}",
    rf"[{_N}]选一",
    # 五个一 and its kin, 三上三下, 一次次, 一家一户.
    rf"[{_N}]个(?:一(?!级|类|线|流|等|体|站)|[“‘])",
    r"一([个次场件家户项份张名位支条代])\1",
    rf"([{_N}])[上下进出]\1[上下进出]",
    # The stars of a name: 百家宴, 千人计划, 五人制足球, 三口之家.
    rf"[{_N}]{{1,2}}人(?:制|大|计划|工程|小组|团|宴|行动)",
    rf"[{_N}]{{1,2}}[口世]之家",
    r"四面八方|百家[宴姓争讲]|千家万户|万家灯火|千户集|万户|千里|万里|百里",
    # Names of places made of a numeral and a classifier: 三家村, 五台山, 三门峡, 六里桥.
    rf"(?<![万亿余近约有的个\d])[{_N}]{{1,2}}[家台门条座棵里块角口面间株眼道顶头岔把支份孔]"
    rf"{_PLACE_TAIL}(?![级民委属务道]|公里)",
    _PHRASES,
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
