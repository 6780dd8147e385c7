"""Two officers of one office, and what a notice says."""

from dataclasses import dataclass

D = "530111"
FIELDS = {
    "kind": "NOTICE",
    "agency": "样本区民政局",
    "prefix": "样民通",
    "title": "样本区民政局关于样本事项的通知",
    "addressee": "各街道办事处",
    "body": "现将有关事项通知如下。\n一、总体要求\n按样本办理。\n（一）分工\n各负其责。",
}


@dataclass(frozen=True)
class Officer:
    name: str
    district: str = D
    roles: tuple[str, ...] = ("BUREAU",)

    @property
    def actor_key(self) -> str:
        return f"account:{self.name}"

    @property
    def actor_label(self) -> str:
        return self.name

    def holds(self, *roles: str) -> bool:
        return bool(set(roles) & set(self.roles))


DRAFTER, LEADER = Officer("陈示例"), Officer("李样本")
