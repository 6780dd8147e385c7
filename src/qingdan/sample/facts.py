"""What the reply of 2018 states, carried over as data. Nothing here is synthetic unless it says so."""

import datetime as dt
from dataclasses import dataclass

DISTRICT = "530111"
AS_OF = dt.date(2018, 6, 29)

PROPOSAL = {
    "term": 9,
    "session": 2,
    "number": "92137",
    "title": "关于推进政府购买社会组织公共服务工作的提案",
}

# kind, name, whom it addresses; aims are told in our own words
PROGRAMMES = (
    (
        "IDEA",
        "公益金点子计划",
        "官渡区市民",
        "收集市民的公益点子和社区问题的解决办法，让居民参与自己社区的事。",
    ),
    ("STARTUP", "社会创业计划", "初创期社会组织", "给初创社会组织资金、技术和场地，帮助它们站稳脚跟。"),
    (
        "GOVERNANCE",
        "社区治理计划",
        "成熟的社会组织",
        "就急需解决的治理议题引入成熟社会组织，用专业力量做社区治理。",
    ),
    (
        "TARGETED",
        "定向扶持计划",
        "街道和社区",
        "街道建“三社联动”指导中心，社区建“三社联动”工作站，就近服务居民。",
    ),
)

# (issuing group, number or "", title, issuer code, co-drafter codes)
DOCUMENTS = (
    (
        "BASIC",
        "官办通〔2017〕52号",
        "关于改革社会组织管理制度促进社会组织健康有序发展的实施意见",
        "district-offices",
        (),
    ),
    (
        "BASIC",
        "官办通〔2017〕51号",
        "官渡区关于推进“三社联动”创新基层社会治理的实施意见",
        "district-offices",
        (),
    ),
    ("SUPPORTING", "官政办通〔2016〕40号", "推进政府向社会力量购买服务的实施方案", "government-office", ()),
    (
        "SUPPORTING",
        "官民通〔2017〕46号",
        "昆明市官渡区民政局关于规范社会组织机制建设工作的通知",
        "bureau",
        (),
    ),
    ("SUPPORTING", "官民通〔2017〕142号", "官渡区社会组织孵化基地管理暂行办法", "bureau", ()),
    (
        "ALLOWANCE",
        "官政办通发〔2015〕33号",
        "官渡区社会工作者职业水平证书奖励和社会工作人才岗位津贴实施方案（试行）",
        "government-office",
        (),
    ),
    ("SUPPORT_POLICY", "", "官渡区政府向社会组织购买服务操作规程", "bureau", ("finance",)),
    ("SUPPORT_POLICY", "", "官渡区社工薪酬指导意见", "bureau", ("organisation-department",)),
    ("SUPPORT_POLICY", "", "官渡区社会组织参与社会治理实施意见", "bureau", ()),
    ("SUPPORT_POLICY", "", "官渡区社会组织发展专项资金管理办法", "bureau", ("finance",)),
    ("SUPPORT_POLICY", "", "官渡区社会组织服务项目绩效评估工作实施意见", "bureau", ()),
    (
        "WORKFORCE",
        "",
        "关于官渡区建设职业化、专业化社区工作者队伍的实施意见",
        "bureau",
        ("organisation-department",),
    ),
)

# fund code, name, purpose
FUNDS = (
    ("DEVELOPMENT", "社会组织发展专项资金", "扶持全区各类社会组织"),
    ("INCUBATION", "孵化基地运行管理资金", "孵化基地运行和管理"),
    ("VENTURE", "公益创投资金", "支持社会组织深入社区、学校和家庭服务"),
)
# year, fund, yuan
BUDGET = (
    (2017, "VENTURE", 700_000),
    (2018, "DEVELOPMENT", 1_500_000),
    (2018, "INCUBATION", 900_000),
    (2018, "VENTURE", 500_000),
)


@dataclass(frozen=True)
class Outcome:
    """What the reply says of a 2017 project. `over` marks a count that it gives as “…余” (a lower bound)."""

    title: str
    direct: int = 0
    indirect: int = 0
    covered: int = 0
    covered_over: bool = False
    sessions: int = 0


OUTCOMES = (
    Outcome("儿童照护、陪护服务", direct=410, indirect=1500),
    Outcome("弱势儿童关爱保护", direct=3866, covered=26_000, covered_over=True),
    Outcome("法律援助", direct=102, covered=15_000),
    Outcome("防灾减灾", sessions=13, covered=5_440, covered_over=True),
)

# Counts of activities; "over" ones are lower bounds in the reply, the sample holds the synthetic exact number beside.
EVENTS = (
    ("FESTIVAL", 1),
    ("PUBLICITY", 12),  # “10余场”
    ("SERVICE", 5),
    ("RESOURCE_FAIR", 1),
    ("PARTY", 12),
)
TRAININGS = (("LINKAGE", 5), ("FINANCE", 3), ("GOVERNANCE", 5), ("SUPERVISION", 5))
CHANNELS = 3
CONSULTATIONS = 53  # “50余次”
PARTY_SUPPORTED = 15
COVERED_EXACT = {"弱势儿童关爱保护": 26_317, "防灾减灾": 5_447}  # synthetic exact counts behind “…余”
