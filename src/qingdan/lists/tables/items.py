"""Purchase items as an Excel table, both ways: proposed for needs that nothing else covers, a row an item."""

import re
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qingdan.core import clock
from qingdan.core.tables import Batch, Column, Kind, Table, kinds, known_values, save_each
from qingdan.directory.models import Agency
from qingdan.lists import queries
from qingdan.lists.acts import items as acts
from qingdan.lists.matching_queries import open_needs
from qingdan.lists.models import Category, Method, SocialNeed, TargetGroup
from qingdan.lists.permits.matching import may_keep_items


def _numbers(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, re.split(r"[、，,;；\s]+", text))))


def _row(row: dict[str, Any]) -> None:
    if row["number"]:
        raise ValidationError(
            {"number": _now("Leave it empty: items on the list are changed on their own page.")}
        )
    if row["starts_on"] and row["ends_on"] and row["ends_on"] < row["starts_on"]:
        raise ValidationError({"ends_on": _now("The last day must not lie before the first.")})


def items_table(actor: Any) -> Table:
    """The purchase list as this actor may fill it."""
    district = actor.district
    agencies = {
        name: agency
        for agency in Agency.objects.filter(district=district, is_active=True).order_by("-pk")
        for name in (agency.name, agency.short_name)
    }

    def check(batch: Batch) -> None:
        wanted = {number for numbers in batch["needs"] for number in numbers}
        there = known_values(SocialNeed.objects.filter(district=district), "number", wanted)
        free = known_values(open_needs(district), "number", wanted)
        for index, (numbers, buyer) in enumerate(batch.rows("needs", "buyer")):
            for number in numbers:
                if number not in there:
                    batch.refuse(
                        index, _now("There is no need %(number)s.") % {"number": number[:32]}, "needs"
                    )
                elif number not in free:
                    words = _now("Need %(number)s is answered, closed or not verified.")
                    batch.refuse(index, words % {"number": number}, "needs")
            if buyer and buyer not in agencies:
                batch.refuse(
                    index, _now("“%(name)s” is no agency of the directory.") % {"name": buyer[:40]}, "buyer"
                )

    def save(batch: Batch, by: Any) -> None:
        def propose(row: dict[str, Any]) -> None:
            del row["number"]
            numbers = row.pop("needs")
            needs = list(SocialNeed.objects.filter(district=district, number__in=numbers))
            acts.make_item(needs=needs, actor=by, **(row | {"buyer": agencies.get(row["buyer"])}))

        save_each(batch, propose)

    return Table(
        "purchase-items",
        _("Purchase list"),
        (
            Column("number", _("number"), Kind.CODE, max_length=32, note=_("Given when the row is taken.")),
            Column(
                "year", _("year"), Kind.INTEGER, required=True, minimum=2000, maximum=clock.today().year + 2
            ),
            Column("title", _("purchase item"), required=True, max_length=120, width=30, example=_EXAMPLE),
            Column("content", _("content and standard"), max_length=5_000, width=50),
            Column("category", _("category"), Kind.CHOICE, required=True, choices=Category.choices),
            Column("target", _("target group"), Kind.CHOICE, required=True, choices=TargetGroup.choices),
            Column("persons", _("persons to be served"), Kind.INTEGER, minimum=1, maximum=10_000_000),
            Column("budget_fen", _("budget (yuan)"), Kind.MONEY, required=True, minimum=1),
            Column(
                "needs",
                _("needs"),
                required=True,
                clean=_numbers,
                empty=(),
                note=_("Numbers of the needs behind it. If several, put “、” or a comma between them."),
            ),
            Column("buyer", _("buyer"), max_length=120, note=_("An agency of the directory, by its name.")),
            Column("method", _("proposed method"), Kind.CHOICE, choices=Method.choices, empty=""),
            Column("starts_on", _("starts on"), Kind.DATE),
            Column("ends_on", _("ends on"), Kind.DATE),
            Column("targets", _("performance targets"), max_length=5_000),
            Column("supplier_conditions", _("conditions for suppliers"), max_length=300),
        ),
        check_row=_row,
        check_batch=check,
        save=save,
        note=_(
            "Every row becomes a proposed item for the needs it names; it is reviewed before money is set aside."
        ),
    )


_EXAMPLE = "（示例，请删去）社区食堂送餐服务"


def item_rows(actor: Any) -> Iterator[tuple[Any, ...]]:
    """The items that the actor may see."""
    found = queries.items(actor).select_related("buyer").prefetch_related("needs").order_by("-year", "number")
    for one in found.iterator(500):
        yield (
            one.number,
            one.year,
            one.title,
            one.content,
            one.category,
            one.target,
            one.persons,
            one.budget_fen,
            "、".join(need.number for need in one.needs.all()),
            one.buyer.name if one.buyer else "",
            one.method,
            one.starts_on,
            one.ends_on,
            one.targets,
            one.supplier_conditions,
        )


ITEMS = kinds.add(
    kinds.Kind("purchase-items", _("Purchase list"), items_table, rows=item_rows, may=may_keep_items)
)
