"""The three lists (三个清单): social needs, resources, purchase items, and their published editions."""

from qingdan.lists.models.editions import ListEdition, ListKind
from qingdan.lists.models.items import PurchaseItem
from qingdan.lists.models.needs import NeedSource, NeedState, SocialNeed
from qingdan.lists.models.resources import OwnerKind, Resource, ResourceKind
from qingdan.lists.models.words import Category, TargetGroup

__all__ = [
    "Category",
    "ListEdition",
    "ListKind",
    "NeedSource",
    "NeedState",
    "OwnerKind",
    "PurchaseItem",
    "Resource",
    "ResourceKind",
    "SocialNeed",
    "TargetGroup",
]
