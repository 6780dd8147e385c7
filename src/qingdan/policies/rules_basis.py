"""Which rule editions rest on a document of the library: rules name their document and clause in words."""

from typing import Any

from django.db.models import Min, Model, Q, QuerySet

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


def _open_to_all(model: type[Model]) -> access.Gate:
    return lambda actor: model._default_manager.all()


def _rows(model: type[Model]) -> reliance.Records:
    return lambda document: _resting(model, document)


def register() -> None:
    """Called once, when the apps are ready."""
    rules: tuple[type[Model], ...] = (ServiceCatalogEntry, NegativeListItem, Threshold)
    for model in rules:
        access.register(model, _open_to_all(model))
    reliance.provide("rules.catalogue", _editions, note=lambda rule: rule.edition)
    for model in rules[1:]:
        reliance.provide(
            f"rules.{model._meta.model_name}",
            _rows(model),
            clause=lambda rule: rule.clause,
            note=lambda rule: rule.clause,
        )
