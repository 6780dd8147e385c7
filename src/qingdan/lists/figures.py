"""Numbers about the three lists."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from qingdan.core.figures import Count, Definition, Dimension, Distinct, Figure, Scope, declare
from qingdan.lists.matching_queries import unmet_on
from qingdan.lists.models import Category, ListEdition, NeedSource, NeedState, SocialNeed, TargetGroup


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


def _needs(scope: Scope) -> QuerySet[Any]:
    return SocialNeed.objects.filter(district=scope.district, raised_on__lte=scope.as_of).exclude(
        state=NeedState.DRAFT
    )


declare(
    Figure(
        key="lists.needs",
        name=_("needs taken up"),
        unit="条",
        records=_needs,
        measure=Count(),
        dimensions=(
            Dimension("category", _("category"), "category", lambda district: list(Category.choices)),
            Dimension("source", _("source"), "source", lambda district: list(NeedSource.choices)),
            Dimension("state", _("state today"), "state", lambda district: list(NeedState.choices)),
        ),
        year_path="raised_on__year",
        place_path="place__code",
        definition=Definition(
            counts=_(
                "Needs that were submitted, whatever became of them: merged, returned, refused and lapsed ones as "
                "well."
            ),
            excludes=_("Drafts."),
            identity=_("Every number counts once; a need merged into another keeps its own."),
            moment=_("From the day it was raised."),
            year=_("The year in which it was raised."),
            adding=_("Needs are not added to supporters."),
        ),
    )
)


def _unmet(scope: Scope) -> QuerySet[Any]:
    return unmet_on(scope.district, scope.as_of)


def _targets(district: str) -> list[tuple[str, Any]]:
    return list(TargetGroup.choices)


def _categories(district: str) -> list[tuple[str, Any]]:
    return list(Category.choices)


declare(
    Figure(
        key="lists.unmet",
        name=_("unmet needs"),
        unit="条",
        records=_unmet,
        measure=Count(),
        year_path="raised_on__year",
        place_path="place__code",
        dimensions=(
            Dimension("target", _("target group"), "target", _targets),
            Dimension("category", _("category"), "category", _categories),
        ),
        definition=Definition(
            counts=_(
                "Verified needs for which self-help, volunteers and existing resources were all tried, "
                "and none of them covers the need."
            ),
            excludes=_("Needs with an order that stands, and needs rejected, returned or merged."),
            identity=_("A need is counted once, whatever was tried for it and however often."),
            moment=_("From the day of the last of the three findings until a resource is ordered."),
            year=_("The year in which the need was raised."),
        ),
        public=False,
    )
)
