"""The three lists (三个清单): social needs, resources, purchase items, and their published editions."""

from qingdan.lists.models.editions import ListEdition, ListKind
from qingdan.lists.models.items import PurchaseItem
from qingdan.lists.models.needs import (
    FilingMark,
    NeedChannel,
    NeedMerge,
    NeedPair,
    NeedReporter,
    NeedSource,
    NeedState,
    NeedSupport,
    Notice,
    ReportingSystem,
    SocialNeed,
    Verdict,
    WantedMode,
)
from qingdan.lists.models.resources import OwnerKind, Resource, ResourceKind
from qingdan.lists.models.words import Category, TargetGroup

__all__ = [
    "Category",
    "FilingMark",
    "ListEdition",
    "ListKind",
    "NeedChannel",
    "NeedMerge",
    "NeedPair",
    "NeedReporter",
    "NeedSource",
    "NeedState",
    "NeedSupport",
    "Notice",
    "OwnerKind",
    "PurchaseItem",
    "ReportingSystem",
    "Resource",
    "ResourceKind",
    "SocialNeed",
    "TargetGroup",
    "Verdict",
    "WantedMode",
]
