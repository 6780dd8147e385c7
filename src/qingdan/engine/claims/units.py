"""Units of quantity: how they are printed, what base unit they stand for, and when they are not units.

A classifier is also the first character of ordinary words (支 of 支部, 条 of 条例), so each carries
the continuations that make it one of those.
"""

import re

BASE: dict[str, tuple[str, str]] = {}
"""Printed unit → (base unit, kind). Kinds: money, persons, times, count, share, measure, hours, score."""


def _declare(kind: str, units: str) -> None:
    for entry in units.split():
        printed, _, base = entry.partition("=")
        BASE[printed] = (base or printed, kind)


_declare("money", "元 块钱=元 元钱=元 圆=元 美元 港元 欧元 日元 角 元人民币=元")
_declare("persons", "人 名 位 口 户 对 人次 人（次）=人次 人(次)=人次 户次 个人=人")
_declare("times", "场 场次 场（次）=场次 场(次)=场次 次 届 期 轮 批 批次 节 课时 学时 趟 遍 回 起 例 宗 堂 节次 件次 家次")
_declare("count", "个 家 项 件 支 条 篇 站 所 处 间 座 栋 幢 套 台 辆 份 册 本 张 只 把 床 顶 桌 盆 棵 株 袋 箱")
_declare("count", "包 瓶 封 单 票 类 大类=类 种 组 队 班 门 幅 块 片 面 枚 笔 席 部 集 首 则 款 副 架 艘 页 字 盏 根 头")
_declare("count", "桶 车 支队伍=支 万步=步 幕 盒 罐 双 尾 羽 孔 眼 口井=口 所学校=所 个次 人份 人份=份 部次 组次 期次")
_declare("measure", "平方米 平米=平方米 ㎡=平方米 m²=平方米 平方公里 平方千米=平方公里 公里 千米=公里 km=公里 米 亩 公顷 立方米")
_declare("measure", "吨 公斤 千克=公斤 kg=公斤 斤 千瓦时 千瓦 度电=千瓦时 立方 升 吨标准煤 里")
_declare("hours", "小时 个小时=小时 分钟 工时 课程时")
_declare("score", "分 分值=分")
_declare("share", "% ‰ 个百分点=百分点 百分点 成 倍 番")
del BASE["里"], BASE["支队伍"], BASE["所学校"], BASE["口井"], BASE["人份"]

UNIT = re.compile("|".join(sorted(map(re.escape, BASE), key=len, reverse=True)))

_NOT_AFTER = {
    "人": "员 才 民币 大代表 大常 社局 社部门 均可支配 均收入 口 民政府 民法院 民检察 民团体 民群众 民路 民医院",
    "名": "称 录 誉 字 单(?![亲身位数]) 额 次",
    "位": "于 置 数 列 居 移 次",
    "口": "径 头 罩 腔 碑 号 岸 粮 述 令 味",
    "户": "籍 外 口 主 数 型 均 次",
    "对": "于 象 口 接 应 策 外 照 比 此 全 新修 一 1 话 标 本 社会 群众 申报 其 该 我 各 不 违 存 立 手 抗 方 面 待",
    "家": "庭 长 属 访 教 乡 务 政 园 具 电 风 训 之 人 国 族 常",
    "个": "月 工作日 自然日 季度 年度 星期 礼拜 方面 层面 环节 阶段 维度 角度 步骤 年头 学期 周期 昼夜 世纪 钟头 体户 性化 交易日",
    "场": "地 所(?!有) 馆 景 合 域 外 内",
    "次": "数 日 年 生 性 月 要 序 第",
    "届": "时 满 期",
    "期": "间 限 满 盼 待 望 货 刊 内",
    "轮": "换 椅 流 岗 车 胎 渡",
    "批": "准 复 示 评 量 发 改",
    "节": "点 能 约 日 目 假 省 奏 水 俭 期间 前 后 庆",
    "起": "草 来 点 步 到 诉 止 见 重 初 伏 因 用 义 跑 航 始 飞 至 施 执 实",
    "例": "如 会 外 行 证",
    "堂": "食 屋",
    "项": "目(?!标) 下",
    "件": "数 套",
    "支": "部 持 队(?!伍) 出 付 撑 行 援 委 教 边 农 柱 流 书 配 点 线",
    "条": "例 件 款 文 线(?![索路]) 块 约 理 幅",
    "篇": "幅 章",
    "站": "点 式 台 长 位 立 在 起 前 上 岗",
    "所": "有 在 属 谓 需 以 长 得 能 见 述 致 学",
    "处": "理 置 于 罚 室 长 级 在 事 境 分 方 暑",
    "间": "接 断 隔 距 谍",
    "座": "谈 位 右 机",
    "栋": r"\d 楼长",
    "幢": r"\d",
    "套": "路 餐 用 取 餐",
    "台": "账 词 阶 湾 风 商 帐 历",
    "份": "额",
    "本": "科 地 次 级 区 市 年 报 局 街 人 单位 届 部 职 土 着 色 质 身 轮 办 项目 来 村 月 周 季",
    "张": "贴 榜 力 扬 家 某 氏",
    "只": "有 能 是 要 占 需 为 增 做 收",
    "把": "握 关 控 脉 手 老 群 党 服 社 工 好 这",
    "床": "位 上",
    "单": "位 元 独 一 亲 身 纯 项 车 人 价 次 向 列",
    "类": "别 似 型 推",
    "种": "植 子 类 族 养 地",
    "组": "织 成 长 建 团 员 合 稿 装 内 阁",
    "队": "伍 员 长 列 友",
    "班": "子 级 车 次 组 长 主 房",
    "门": "口 诊 户 槛 牌 峡 市 禁 前 类 卫",
    "块": "状 地",
    "片": "区 面 段 警 长 刻",
    "面": "积 向 临 对 试 前 貌 谈 上 广 授 世",
    "笔": "者 试 记 录",
    "部": "门 分 署 队 委 级 长 属 令 落 位 颁",
    "集": "中 体 合 团 镇 聚 成 会 市 资 约",
    "首": "先 次 届 批 个 位 创 府 都 席 问 家 要",
    "则": "为 是 由 按",
    "款": "项 式 待 第",
    "副": "主 局 书 区 市 科 处 食 高 会 院 理 组 所 站",
    "页": "面 码",
    "字": "号 样 第 幕 体 典 方针 诀",
    "头": "部 衔 等 版",
    "车": "辆 站 位 间 道 库 主",
    "双": "拥 向 方 随 创 碳 减",
    "包": "括 含 装 容 干 村 户",
    "封": "闭 控 面",
    "票": "价 据 房",
    "分": "之 别 类 布 局 公司 管 会 为 工 中心 院 区 级 析 享 散 步 支 发 配 解 批 期 层 段 档 包 点 队 组 行 项 校",
    "元": "旦 素 月 宵 化 宇宙 朝 老 代 首",
    "圆": "满 桌 形 梦",
    "角": "度 落 色 逐",
    "度电": "价",
    "米": "线 粒 面 粉 兰 粮 字",
    "升": "级 值 学 旗 至 到 为 温 格 降 腾",
    "斤": "斤",
    "成": "员 为 立 果 本 功 长 熟 效 年 人 交 分 就 绩 品 套 群 份 都 活 型 因 荫 不变 都 了 灾 家 事 名 片",
    "回": "复 访 收 应 报 归 答 头 家 龙",
    "架": "构 设 桥 起",
    "根": "据 本 治 源 基",
    "盒": "马",
    "里": "程",
    "立方": "体",
    "席": "位 地",
    "遍": "布 及",
    "尾": "款 号 矿 气",
    "羽": "毛 绒",
    "眼": "科 前 镜",
    "孔": "子 庙",
    "幕": "后 墙",
}
NOT_A_UNIT = {unit: re.compile("|".join(words.split())) for unit, words in _NOT_AFTER.items()}
"""Unit → what must not follow it, else it begins another word."""

INDIVISIBLE = {"persons", "times", "count"}
"""Kinds counted in whole things: a decimal there without 万 or 亿 is a list number run into a count."""

SPOKEN_ONE = set("场名家位户所座台辆份册套间处人支顶床件次项个对篇部栋幢块张只棵")
"""Classifiers with which 一 may really count (聘请律师一名); with others it is a manner of speaking."""


def unit_at(text: str, at: int) -> re.Match[str] | None:
    """The unit printed at an offset, or None when those characters begin another word."""
    found = UNIT.match(text, at)
    while found:
        stop = NOT_A_UNIT.get(found[0])
        if not stop or not stop.match(text, found.end()):
            return found
        if len(found[0]) == 1:
            return None
        found = UNIT.match(text, at, found.end() - 1)
    return None


def same_measure(one: str, other: str) -> bool:
    """Whether two base units may count the same thing (名 and 人, 场 and 次), so that figures compare."""
    return one == other or any(one in group and other in group for group in _FAMILIES)


_FAMILIES = (
    {"人", "名", "位", "口", "个"},
    {"场", "次", "场次", "期", "节", "届", "堂", "轮", "个"},
    {"家", "个", "所", "处", "座", "间", "支", "站"},
    {"个", "项", "件", "条", "份", "种", "类", "例", "宗", "起", "部", "篇", "则", "单"},
    {"台", "套", "辆", "件", "个"},
    {"栋", "幢", "座"},
    {"人次", "次"},
    {"份", "册", "本", "张"},
)
