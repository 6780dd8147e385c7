"""Find every quantity that a Chinese official text claims, and leave every other numeral alone.

A claim is a number with a unit of quantity (10余场, 150万元, 九成以上, 三分之二). A date, an ordinal, a
document number, a clause number, a rank, a deadline, an age or a set phrase is none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from .numerals import NUMBER, Number, chinese_value, normalise, read_number
from .subjects import Sentences
from .terms import Closed
from .units import BASE, INDIVISIBLE, SPOKEN_ONE, unit_at

Value = Decimal | tuple[Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class Claim:
    """One quantity claimed by a text.

    `text` is what is printed, qualifiers such as 约 and 以上 included, and starts `start` characters
    into the document. `value` is in the base unit (150万元 is 1500000 元; shares are in %, 三成 is 30 %),
    or a pair (low, high) for a range. `approx` is none, over, about or under. `subject` is the noun
    phrase counted, as well as it can be told; `project` the quoted name it stands under, `year` the
    last year named before it in the same sentence, `context` the sentence.
    """

    text: str
    start: int
    value: Value
    unit: str
    approx: str
    subject: str
    context: str
    kind: str
    project: str = ""
    year: int | None = None
    sentence: int = 0

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    def as_json(self) -> dict[str, object]:
        """Plain JSON values: whole numbers as int, others as float, a range as [low, high]."""
        value = [_plain(side) for side in self.value] if isinstance(self.value, tuple) else _plain(self.value)
        return {
            "text": self.text,
            "start": self.start,
            "value": value,
            "unit": self.unit,
            "approx": self.approx,
            "subject": self.subject,
            "context": self.context,
            "kind": self.kind,
            "project": self.project,
            "year": self.year,
            "sentence": self.sentence,
        }


def _plain(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


@dataclass(frozen=True, slots=True)
class _Quantity:
    """A number with its unit, before its surroundings are judged."""

    start: int
    end: int
    low: Decimal
    high: Decimal
    unit: str
    kind: str
    more: bool = False
    vague: bool = False
    one: bool = False  # the numeral is 一 alone
    spoken: bool = False  # the numeral is written in Chinese characters
    bare: bool = False  # 百, 千 or 万 with no coefficient


_NOT_ZERO_FORM = re.compile(
    r"(?:统|唯|单|同|专|万|之|其|合|归|划|如|不|逐|周|期|拜|初|千篇|清|始终如|独|另|某|进|哪|致|惟|下|上|任|十有|闰|到)$"
)
_RANGE = re.compile(r"\s?(?:—{1,2}|–|―|-|－|~|～|〜|至|到)\s?")
_ALNUM_BEFORE = re.compile(r"[A-Za-z_#@/．]$|[A-Za-z0-9]-$|\d[.:：]$")
_CJK = re.compile(r"[\u4e00-\u9fff]")

_BEFORE = re.compile(
    r"(?P<under>不(?:得|能|可|应|会|宜)?(?:超过|高于|多于|大于|超出|突破)|未(?:超过|达到?|满)|不足|不到|少于|低于|小于|至多|最多)"
    r"(?:了|为)?\s?$"
    r"|(?P<over>不(?:得|能|可|应|会|宜)?(?:少于|低于|小于|下于?|亚于)|超过|超出|超|逾|突破|多于|大于|高于|至少|最少|起码)(?:了|为)?\s?$"
    r"|(?P<about>大约|约|将近|接近|近|大概|大致|差不多)(?:为|有)?\s?$"
)
_FALSE_BEFORE = re.compile(r"(?:附近|最近|就近|临近|邻近|亲近|靠近|远近|新近|节约|预约|签约|违约|合约|契约|集约|公约|相约|条约|制约|赶超|反超|赶不到)\s?$")
_BEFORE_BARE = re.compile(r"[上过]$")
_APART = re.compile(
    r"(?:(?P<under>不(?:得|能|可|应|宜)?(?:超过|高于|多于|大于)|至多|最多)|(?P<over>不(?:得|能|可|应|宜)?(?:少于|低于|小于)|至少|最少|起码))"
    rf"(?P<gap>[\u4e00-\u9fff]{{1,10}})$"
)
_GAP_VERB = re.compile(
    r"(?:.{0,4}的|(?:[\u4e00-\u9fff]{0,2})(?:有|开展|召开|培育|组织|举办|完成|配备|建成|建立|设立|建设|走访|服务|开设|安排|落实"
    r"|聘请|配|引入|打造|参加|开|形成|报送|提供|入户|巡查|探访|保证|需要?|派出|选派|推荐|备|设|办|达到?|为))$"
)
_AFTER = re.compile(
    r"\s?(?:[（(]含[）)])?\s?(?:(?P<over>及?以上|有余|开外)|(?P<under>及?以下|以内|之内)|(?P<about>左右|上下|前后(?!脚)))"
)
_AFTER_MORE = re.compile(r"[多余](?!家|名|个|次|场|元|人|方|种|样|媒|功|部|项|年|位)")
_WANTS_MORE = {"小时", "分钟", "公里", "千米", "倍", "成", "吨", "亩", "年", "公斤", "米", "元", "平方米"}

_COUNTING = re.compile(
    r"(?:举办|举行|召开|召集|建成|建立|新建|建设|设立|成立|新增|增加|增设|配备|配置|聘请|聘用|聘|招募|引进|引入|购置|购买|采购|捐赠"
    r"|发放|印发|编印|出台|制定|培育|孵化|打造|获得|荣获|获|开展|组织|完成|实施|安排|选派|派驻|受理|办理|收到|提交|发生|评选"
    r"|推荐|拥有|组建|设有|设置|设|建|配有|投放|发布|开设|开办|承办|主办|办|共有|共计|共|计|合计|仅有|仅|各有|各|只有|至少|有|奖励"
    r"|新立|立项|结项|查处|否决|通过|暂缓|注销|登记|派出|走访|慰问|服务|资助|支持|连续|已|连续举办)(?:了|过)?\s?[“\"]?$"
)
_STRONG = re.compile(
    r"(?:举办|举行|召开|建成|建立|新建|设立|成立|新增|增设|配备|配置|聘请|聘用|招募|引进|购置|购买|采购|捐赠|出台|制定|孵化"
    r"|打造|荣获|开展|组建|设有|选派|受理|办理|收到|发生|共有|共计|共|合计|仅有|仅|各有|各|只有|至少|编印|设|配|获得|增加|资助)(?:了|过)?\s?$"
)
_ABSTRACT = re.compile(
    r"新的|重要|重大|长期|系统|大的|良好|崭新|共同|全新|又一|也|都|方面|整体|团结|家庭|普通|完整|比较|非常|更加|全面|较|深刻|"
    r"有力|有效|具有|闭环|缩影|过程|开始|样|台阶|高潮|热潮|社会|时期|阶段"
)
_STOP_AFTER_ONE = re.compile(r"[，。；、,;）)！\n]|$|和|以及|及|与")

_MONEY_WORDS = re.compile(
    r"资金|经费|投入|投资|安排|预算|拨付|支出|收入|补助|补贴|金额|公益金|善款|奖金|奖励|捐款|费用|运营|价|款|财政|筹集|募集|成本|购买服务|结余|额度|"
    r"产值|存款|贷款|培训|补充|元"
)
_PERSON_WORDS = re.compile(r"人口|人数|用户|粉丝|志愿者|参与|受益|群众|居民|老人|惠及|覆盖|会员|党员|游客|服务对象|学员|观众|儿童")
_VIEW_WORDS = re.compile(r"阅读量|点击量|点击率|浏览量|播放量|访问量|观看量|点赞|转发|下载量|话题量")

_TALLY = re.compile(r"(?:累计|共|共计|总计|合计|达|达到|平均年龄[为约]?)$")
_TALLY_TIME = re.compile(r"(个工作日|天|个月|周岁|岁)(?!内|以内|之内|后|前|期|以来|时间)")

_RANK_BEFORE = re.compile(r"(?:(?<![目此当提以之日年月从会班课场])前|(?:排名|名次|倒数)后?|(?:最)后|位列|位居|排在?|名列|列)\s?$")
_RANK_UNIT = {"名", "位", "家", "个", "项", "批", "期", "强", "次", "届", "场", "人"}
_ORDINAL_BEFORE = re.compile(r"第\s?$|第[零一二三四五六七八九十百\d]{1,6}[、至到和及—\-]\s?$")
_SENTENCE_START = re.compile(r"(?:^|[\n。；;：:])\s*$")
_NEGATED = re.compile(r"[不没无][^，。；、\n]{0,3}$")
_DEMONSTRATIVE = re.compile(r"[每这那某任同另该何哪再又新上下首前后末又头]$")
_TERM_AFTER = re.compile(r"[”’\"]")


def find_claims(text: str) -> list[Claim]:
    """Every quantity claimed in `text`, in order; offsets count characters of `text` as given."""
    plain = normalise(text)
    closed = Closed(plain)
    sentences = Sentences(text)
    claims: list[Claim] = []
    previous: _Quantity | None = None
    taken = 0
    for quantity in _quantities(plain, closed):
        if quantity.start < taken or not _counts(plain, quantity, previous):
            continue
        start, end, approx = _qualified(plain, quantity, taken)
        if start < taken:
            start = taken
        previous, taken = quantity, end
        value: Value = quantity.low if quantity.low == quantity.high else (quantity.low, quantity.high)
        about = sentences.about(start, end)
        claims.append(
            Claim(
                text=text[start:end],
                start=start,
                value=value,
                unit=quantity.unit,
                approx=approx,
                kind=quantity.kind,
                subject=about.subject,
                context=about.context,
                project=about.project,
                year=about.year,
                sentence=about.number,
            )
        )
    return claims


def _quantities(text: str, closed: Closed) -> Iterator[_Quantity]:
    at = 0
    money_until = -1  # within a sentence, a bare 30万 after a sum of money is money
    while found := NUMBER.search(text, at):
        quantity = _quantity(text, found, closed, money_until)
        if quantity is None:
            at = _retry(text, found)
            continue
        at = quantity.end
        if quantity.kind == "money":
            money_until = _sentence_end(text, quantity.end)
        yield quantity


def _retry(text: str, found: re.Match[str]) -> int:
    """Where to look next after a numeral that counts nothing: 统一五个 begins again at 五."""
    chinese = found["chinese"]
    if chinese and len(chinese) > 1 and chinese[0] in "一二三四五六七八九" and _glued(text, found.start()):
        return found.start() + 1
    return found.end()


def _glued(text: str, start: int) -> bool:
    """Whether the numeral character at `start` belongs to the word before it (统一, 唯一, 周三)."""
    return bool(_NOT_ZERO_FORM.search(text[max(0, start - 3) : start]))


def _sentence_end(text: str, at: int) -> int:
    stops = [spot for spot in (text.find(mark, at, at + 400) for mark in "。\n") if spot >= 0]
    return min(stops, default=at + 400)


def _quantity(text: str, found: re.Match[str], closed: Closed, money_until: int) -> _Quantity | None:
    start, end = found.span()
    number = read_number(found)
    chinese = found["chinese"]
    if chinese and len(chinese) > 1 and chinese[0] in "一二三四五六七八九" and _glued(text, start):
        return None
    before = text[max(0, start - 10) : start]
    if _ALNUM_BEFORE.search(before) or _ORDINAL_BEFORE.search(before):
        return None
    if found["half"]:
        return None if closed.covers(start, end) else _Quantity(start, end, _HALF, _HALF, "%", "share", spoken=True)
    share = _fraction(text, found, closed)
    if share:
        return share
    if number is None:
        return None
    spoken = not found["digits"]
    ranged = _range(text, found, number, closed)
    if ranged:
        return ranged
    unit_start = _gap(text, start, end)
    unit = unit_at(text, unit_start)
    if unit is None:
        return _unitless(text, start, end, number, closed, money_until) or _time_tally(text, found, number)
    if closed.covers(start, unit.end()):
        return None
    base, kind = BASE[unit[0]]
    if unit[0] == "成":
        return _tenths(text, start, unit.end(), number)
    if unit[0] == "‰":
        return _Quantity(start, unit.end(), number.low / 10, number.high / 10, "%", kind, number.more)
    if kind in INDIVISIBLE and "." in (found["digits"] or "") and not number.scale:
        if not _SENTENCE_START.search(text[max(0, start - 4) : start]):
            return _made(found, number, unit.end(), base, kind, spoken)
        digits = found["digits"].split(".")[1]  # "1.3个清单": a list number run into a count
        value = Decimal(digits)
        return _Quantity(start + found["digits"].index(".") + 1, unit.end(), value, value, base, kind, number.more)
    return _made(found, number, unit.end(), base, kind, spoken)


def _gap(text: str, start: int, end: int) -> int:
    """Where the unit would begin: past one space, or past the end of a wrapped line."""
    if text[end : end + 1] == " ":
        return end + 1
    if text[end : end + 1] == "\n" and start and _CJK.match(text[start - 1]):
        return end + 1
    return end


def _made(found: re.Match[str], number: Number, end: int, base: str, kind: str, spoken: bool) -> _Quantity:
    return _Quantity(
        found.start(),
        end,
        number.low,
        number.high,
        base,
        kind,
        more=number.more,
        vague=number.vague,
        one=found["chinese"] == "一" and not number.scale and not number.more,
        spoken=spoken,
        bare=number.bare,
    )


_HALF = Decimal(50)
_HALF_TENTH = re.compile("[一二三四五六七八九](?![十百千万个家名场项人成])")
_UNIT_NOTE = re.compile(r"[（(](?:[次套个名户处台支份家间人]|人次|场次)[）)]")
_DENOMINATORS = {"百": 100, "千": 1000, "万": 10000}
_FRACTION_TAIL = re.compile(r"分之")


def _fraction(text: str, found: re.Match[str], closed: Closed) -> _Quantity | None:
    """百分之三十, 千分之五, 三分之二: all as per cent, rounded to four decimals."""
    if not _FRACTION_TAIL.match(text, found.end()) or closed.covers(*found.span()):
        return None
    printed = found[0]
    denominator = _DENOMINATORS.get(printed)
    whole = Decimal(denominator) if denominator else (Decimal(printed) if printed.isdecimal() else chinese_value(printed))
    top = NUMBER.match(text, found.end() + 2)
    part = read_number(top) if top else None
    if not whole or part is None or top is None:
        return None
    low, high = (round(100 * side / whole, 4) for side in (part.low, part.high))
    end = top.end()
    again = _RANGE.match(text, end)
    if again:  # 百分之十至百分之二十, 百分之十至二十
        at = again.end() + (3 if text.startswith(printed + "分之", again.end()) else 0)
        second = NUMBER.match(text, at)
        worth = read_number(second) if second else None
        if second and worth and not unit_at(text, second.end()) and worth.low > part.low:
            high, end = round(100 * worth.high / whole, 4), second.end()
    return _Quantity(found.start(), end, low.normalize(), high.normalize(), "%", "share", part.more, spoken=True)


def _tenths(text: str, start: int, end: int, number: Number) -> _Quantity | None:
    """两成 is 20 %, 三成五 is 35 %."""
    if number.high > 10:
        return None
    low, high = number.low * 10, number.high * 10
    half = _HALF_TENTH.match(text, end)
    if half and low == high:
        low += chinese_value(half[0]) or 0
        high, end = low, half.end()
    return _Quantity(start, end, low, high, "%", "share", number.more, spoken=True)


def _range(text: str, found: re.Match[str], number: Number, closed: Closed) -> _Quantity | None:
    """10—15场, 三至五名, 3万元至10万元, 10%—20%: one claim with two ends."""
    first_unit = unit_at(text, found.end())
    joint = _RANGE.match(text, first_unit.end() if first_unit else found.end())
    if not joint or (first_unit and joint[0].strip() == "到"):
        return None
    second = NUMBER.match(text, joint.end())
    worth = read_number(second) if second else None
    if second is None or worth is None:
        return None
    unit = unit_at(text, second.end() + (text[second.end() : second.end() + 1] == " "))
    end = unit.end() if unit else second.end()
    if unit is None and worth.scale and not first_unit and _MONEY_WORDS.search(text[max(0, found.start() - 12) : end + 12]):
        base, kind = "元", "money"
    elif unit is None:
        return None
    else:
        base, kind = BASE[unit[0]]
    if first_unit and BASE[first_unit[0]][0] != base:
        return None
    if closed.covers(found.start(), end):
        return None
    low, high = number.low, worth.high
    if worth.scale and not number.scale and not first_unit:  # 5-10万元
        low *= 10**4 if worth.scale == "万" else 10**8
    if low >= high:
        return None
    if unit and unit[0] == "成":
        low, high, base = low * 10, high * 10, "%"
    if unit and unit[0] == "‰":
        low, high, base = low / 10, high / 10, "%"
    return _Quantity(found.start(), end, low, high, base, kind, worth.more, spoken=not found["digits"])


def _unitless(
    text: str, start: int, end: int, number: Number, closed: Closed, money_until: int
) -> _Quantity | None:
    """¥3,500.00, 50万的公益创投资金, 常住人口3.1万: the unit is a sign before it or is understood."""
    if start and text[start - 1] == "¥":
        return _Quantity(start - 1, end, number.low, number.high, "元", "money", number.more)
    if not number.scale or number.bare or closed.covers(start, end):
        return None
    after = text[end : end + 14]
    if _CJK.match(after) and not re.match("的|用于|以上|左右|以内|以下|元|专项|资金|，|经费", after):
        return None
    clause = re.split("[，。；、：:\n]", text[max(0, start - 14) : start])[-1]
    following = re.split("[，。；、：:\n]", after)[0]
    nearest = [(spot.end(), unit, kind) for words, unit, kind in _UNDERSTOOD for spot in words.finditer(clause)]
    for words, unit, kind in _UNDERSTOOD if not nearest else ():
        nearest += [(-spot.start(), unit, kind) for spot in words.finditer(following)]
    if not nearest and start < money_until:
        nearest = [(0, "元", "money")]
    if not nearest and number.scale == "亿":
        nearest = [(0, "元", "money")]  # 突破300亿: hundreds of millions of nothing named are money
    if not nearest:
        return None
    _, unit, kind = max(nearest)
    return _Quantity(start, end, number.low, number.high, unit, kind, number.more)


_UNDERSTOOD = (
    (_MONEY_WORDS, "元", "money"),
    (_PERSON_WORDS, "人", "persons"),
    (_VIEW_WORDS, "次", "times"),
)


def _time_tally(text: str, found: re.Match[str], number: Number) -> _Quantity | None:
    """Days, months and years of age are no claim unless they are summed up or shortened: 压缩至5个工作日."""
    unit = _TALLY_TIME.match(text, found.end())
    if not unit or not _TALLY.search(text[max(0, found.start() - 6) : found.start()]):
        return None
    base = unit[1].removeprefix("个").removeprefix("周")
    return _made(found, number, unit.end(1), base, "hours", not found["digits"])


def _counts(text: str, quantity: _Quantity, previous: _Quantity | None) -> bool:
    """Whether this number with its unit counts something here, judged by what stands around it."""
    start, end = quantity.start, quantity.end
    before = text[max(0, start - 12) : start]
    unit = quantity.unit
    last = before[-1:]
    if quantity.kind in ("money", "share", "measure", "hours", "score") and not quantity.spoken:
        return not (last == "每" and quantity.kind == "measure")
    if last == "每" and not (quantity.one and quantity.kind == "money"):
        return False  # 每10名老人配备: the measure, not a count
    if unit in _RANK_UNIT and _RANK_BEFORE.search(before):
        return False
    if unit == "届":
        return bool(re.search(r"(?:举办|举行|开展|召开|办|共|连续|历经|历时|走过)(?:了|过)?$", before))
    if unit == "期":
        return _is_issue(text, quantity, before)
    if quantity.bare and not quantity.more and not _qualifies_bare(before):
        return False
    if quantity.one:
        return _one_counts(text, quantity, before, previous)
    if unit == "番":
        return bool(re.search("翻了?$", before))
    if quantity.spoken and unit in ("节", "口", "条") and re.match("期间|之家", text[end : end + 2]):
        return False
    if quantity.spoken and unit == "分" and not re.search("[得评满扣加均为打共]$", before):
        return False
    if quantity.spoken and unit == "元" and quantity.high < 10 and re.match("[\u4e00-\u9fff]{1,3}[”’]", text[end : end + 4]):
        return False
    return True


def _is_issue(text: str, quantity: _Quantity, before: str) -> bool:
    """培训班3期 counts; 分三期拨付 and 基地二期 do not."""
    if before.endswith("分") or (quantity.spoken and quantity.high <= 4 and not _COUNTING.search(before)):
        return False
    following = text[quantity.end : quantity.end + 1]
    return not quantity.spoken or bool(_COUNTING.search(before)) or following in "，。；、,;）\n" or following == ""


def _qualifies_bare(before: str) -> bool:
    found = _BEFORE.search(before)
    return bool((found and not _FALSE_BEFORE.search(before)) or _BEFORE_BARE.search(before))


def _one_counts(text: str, quantity: _Quantity, before: str, previous: _Quantity | None) -> bool:
    """一 with a classifier counts only after a verb of counting, after its noun, or in a row of counts."""
    if quantity.kind == "money":
        return bool(re.search(r"[每奖励补助]$", before))
    after = text[quantity.end : quantity.end + 6]
    if text[quantity.end - 1] not in SPOKEN_ONE and quantity.unit not in ("倍", "次", "场次"):
        return False
    if _DEMONSTRATIVE.search(before) or _NEGATED.search(before) or _ABSTRACT.match(after):
        return False
    if quantity.unit == "倍":
        return True
    if _STRONG.search(before) or _APART.search(before):
        return True
    if previous and 0 <= quantity.start - previous.end <= 14:
        between = text[previous.end : quantity.start]
        if between[-1:] in ("、", "和", "，") and "。" not in between:
            return True
    return bool(_STOP_AFTER_ONE.match(after)) and bool(_CJK.match(before[-1:])) and before[-1:] not in "之唯是为成如作的"


def _qualified(text: str, quantity: _Quantity, taken: int) -> tuple[int, int, str]:
    """The claim's whole span with its qualifiers, and which way they point."""
    start, end = quantity.start, quantity.end
    approx = "over" if quantity.more else "about" if quantity.vague else "none"
    note = _UNIT_NOTE.match(text, end)
    if note:
        end = note.end()
    after = _AFTER.match(text, end)
    if after and not re.match("学历|职称|处分|学位", text[after.end() : after.end() + 2]):
        approx = after.lastgroup or approx
        end = after.end()
    elif text[end : end + 1] in ("多", "余") and _printed_unit(text, end) and _AFTER_MORE.match(text, end):
        approx, end = "over", end + 1
    before = text[max(taken, start - 12) : start]
    leading = _BEFORE.search(before)
    if leading and not _FALSE_BEFORE.search(before):
        approx = leading.lastgroup or approx
        return start - (len(before) - leading.start()), end, approx
    if quantity.bare and _BEFORE_BARE.search(before):
        return start - 1, end, "over"
    apart = _APART.search(text[max(taken, start - 16) : start])
    if apart and approx == "none" and _GAP_VERB.match(apart["gap"]):
        approx = "under" if apart["under"] else "over"
    return start, end, approx


def _printed_unit(text: str, end: int) -> bool:
    return any(text.endswith(unit, 0, end) for unit in _WANTS_MORE)
