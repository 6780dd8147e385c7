"""Numbers about the three lists."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from qingdan.core.figures import Definition, Distinct, Figure, Scope, declare
from qingdan.lists.models import ListEdition


def _published(scope: Scope) -> QuerySet[Any]:
    return ListEdition.objects.standing(scope.as_of).filter(
        district=scope.district, published_on__lte=scope.as_of
    )


declare(
    Figure(
        key="lists.kinds",
        name=_("lists kept"),
        unit="个",
        records=_published,
        measure=Distinct("kind"),
        year_path="year",
        definition=Definition(
            counts=_("Kinds of lists (needs, resources, purchase items) of which an edition was published."),
            identity=_("Several editions of one list are one list."),
            moment=_("From the publication of the first edition."),
            year=_("The year of the edition."),
        ),
    )
)
