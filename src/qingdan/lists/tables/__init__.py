"""Excel tables of the three lists, one module a list."""

from qingdan.lists.tables.items import ITEMS
from qingdan.lists.tables.needs import NEEDS
from qingdan.lists.tables.resources import RESOURCES

__all__ = ["ITEMS", "NEEDS", "RESOURCES"]
