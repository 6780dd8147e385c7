"""The three lists (三个清单): social needs, resources, purchase items, and their published editions."""

from qingdan.lists.models.editions import ListEdition, ListKind
from qingdan.lists.models.items import ItemState, Method, PurchaseItem
from qingdan.lists.models.matches import (
    HOLDING,
    LIVE,
    CoverFinding,
    LeftOut,
    Match,
    MatchProposal,
    MatchState,
    ProposalLine,
    ProposalState,
    Way,
)
from qingdan.lists.models.needs import NeedSource, NeedState, SocialNeed
from qingdan.lists.models.plans import PlanState, PurchasePlan
from qingdan.lists.models.resources import (
    OwnerKind,
    Reservation,
    Resource,
    ResourceKind,
    ResourceState,
    ResourceWindow,
    Weekday,
    window_words,
)
from qingdan.lists.models.words import Category, TargetGroup

__all__ = [
    "HOLDING",
    "LIVE",
    "Category",
    "CoverFinding",
    "ItemState",
    "LeftOut",
    "ListEdition",
    "ListKind",
    "Match",
    "MatchProposal",
    "MatchState",
    "Method",
    "NeedSource",
    "NeedState",
    "OwnerKind",
    "PlanState",
    "ProposalLine",
    "ProposalState",
    "PurchaseItem",
    "PurchasePlan",
    "Reservation",
    "Resource",
    "ResourceKind",
    "ResourceState",
    "ResourceWindow",
    "SocialNeed",
    "TargetGroup",
    "Way",
    "Weekday",
    "window_words",
]
