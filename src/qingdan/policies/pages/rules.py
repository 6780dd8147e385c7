"""Pages of rule editions: guiding directory, negative list, thresholds."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingdan.core import clock
from qingdan.core.form_pages import form_page
from qingdan.core.gate import page, public
from qingdan.directory.permits import is_bureau, is_finance
from qingdan.policies import rules as acts
from qingdan.policies.models.rules import NegativeListItem, Period, ServiceCatalogEntry, Threshold


def _of(model: Any, district: str) -> Any:
    found = model.objects.filter(district=district) if district else model.objects.all()
    return found


@public
def rules(request: HttpRequest) -> HttpResponseBase:
    """What may be bought, what may not, and from which sums on: by edition, those of today first."""
    district = getattr(request.user, "district", "")
    day = clock.today()
    entries = _of(ServiceCatalogEntry, district).order_by("-edition", "code")
    editions: dict[str, list[ServiceCatalogEntry]] = {}
    for entry in entries:
        editions.setdefault(entry.edition, []).append(entry)
    context = {
        "title": _("Directory, negative list, thresholds"),
        "directory": sorted(
            ((rows[0].is_valid_on(day), rows[0], rows) for rows in editions.values()),
            key=lambda one: not one[0],
        ),
        "negative": sorted(
            ((item.is_valid_on(day), item) for item in _of(NegativeListItem, district)),
            key=lambda one: not one[0],
        ),
        "thresholds": [(line.is_valid_on(day), line) for line in _of(Threshold, district)],
        "periods": [(line.is_valid_on(day), line) for line in _of(Period, district)],
        "may_set": bool((is_bureau | is_finance)(request.user, None)),
    }
    return render(request, "policies/rules.html", context)


class ThresholdForm(forms.Form):
    """The sum, and the document in which it stands."""

    yuan = forms.IntegerField(label=_("amount (yuan)"), min_value=1, max_value=1_000_000_000)
    document = forms.CharField(label=_("document it rests on"), max_length=200)
    confirmed = forms.BooleanField(label=_("confirmed against the published text"), required=False)


@page(is_bureau | is_finance)
def threshold(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Fill in a line that was not found."""
    actor: Any = request.user
    found = get_object_or_404(Threshold, pk=pk, district=actor.district)
    initial = {"document": found.document, "yuan": found.amount_fen and found.amount_fen // 100}
    form = ThresholdForm(request.POST or None, initial=initial)
    return form_page(
        request,
        form,
        lambda: acts.set_threshold(
            threshold=found,
            amount_fen=form.cleaned_data["yuan"] * 100,
            document=form.cleaned_data["document"],
            confirmed=form.cleaned_data["confirmed"],
            actor=actor,
        ),
        title=str(found),
        back=reverse("rules"),
        crumbs=[(_("Directory, negative list, thresholds"), reverse("rules"))],
        done=_("Entered."),
    )
