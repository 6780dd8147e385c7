"""Which rule editions rest on a document of the library: rules name their document and clause in words."""

from typing import Any

from django.db.models import Min, Q, QuerySet

from qingdan.core import access
from qingdan.policies import reliance
from qingdan.policies.models import NegativeListItem, NormativeDocument, ServiceCatalogEntry, Threshold


def _names(document: NormativeDocument) -> Q:
    """A rule names a document by its title, by its number, or by both."""
    named = Q(document=document.title) | Q(document__contains=f"《{document.title}》")
    return named | Q(document__contains=document.number) if document.number else named


def _resting(model: type[Any], document: NormativeDocument) -> QuerySet[Any]:
    return model._default_manager.filter(_names(document), district=document.district)


def _editions(document: NormativeDocument) -> QuerySet[ServiceCatalogEntry]:
    """The first entry of each edition stands for all of them."""
    first = _resting(ServiceCatalogEntry, document).values("edition").annotate(pk=Min("id")).order_by()
    return ServiceCatalogEntry.objects.filter(pk__in=first.values("pk")).order_by("edition")


def register() -> None:
    """Called once, when the apps are ready."""
    for model in (ServiceCatalogEntry, NegativeListItem, Threshold):
        access.register(model, lambda actor, model=model: model._default_manager.all())
    reliance.provide("rules.catalogue", _editions, note=lambda rule: rule.edition)
    for model in (NegativeListItem, Threshold):
        reliance.provide(
            f"rules.{model._meta.model_name}",
            lambda document, model=model: _resting(model, document),
            clause=lambda rule: rule.clause,
            note=lambda rule: rule.clause,
        )
