"""Numbers about policy documents."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from qingdan.core.figures import Count, Definition, Dimension, Figure, Scope, declare
from qingdan.policies.models import DocumentGroup, NormativeDocument


def _groups(district: str) -> list[tuple[str, object]]:
    return list(DocumentGroup.choices)


GROUP = Dimension("group", _("document group"), "group", _groups)


def _issued(scope: Scope) -> QuerySet[NormativeDocument]:
    return NormativeDocument.objects.filter(district=scope.district).issued_by(scope.as_of)


def _drafting(scope: Scope) -> QuerySet[NormativeDocument]:
    return NormativeDocument.objects.filter(district=scope.district).drafting_on(scope.as_of)


declare(
    Figure(
        key="policies.issued",
        name=_("policy documents issued"),
        unit="个",
        records=_issued,
        measure=Count(),
        dimensions=(GROUP,),
        definition=Definition(
            counts=_("Policy documents with a number that had been issued and were still valid on the day."),
            excludes=_("Drafts, internal plans and minutes; documents expired or repealed by then."),
            identity=_("One document is counted once, under its group, however often it is cited."),
            moment=_("From the day of issue until the day it ends."),
        ),
    )
)

declare(
    Figure(
        key="policies.drafting",
        name=_("policy documents being drafted"),
        unit="个",
        records=_drafting,
        measure=Count(),
        dimensions=(GROUP,),
        definition=Definition(
            counts=_("Policy documents whose drafting had begun and that were not yet issued on the day."),
            excludes=_("Drafts given up by then."),
            identity=_("A draft named in two places is one document."),
            moment=_("From the day drafting begins until the day of issue."),
        ),
    )
)
