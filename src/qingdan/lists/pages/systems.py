"""The page on which the bureau admits other systems to file needs (Open311)."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qingdan.core.gate import page
from qingdan.lists.acts import systems as acts
from qingdan.lists.models import ReportingSystem
from qingdan.lists.permits.needs import may_keep_systems


class SystemForm(forms.Form):
    name = forms.CharField(label=_("Name of the system"), max_length=80)


@page(may_keep_systems)
def systems(request: HttpRequest) -> HttpResponse:
    known = ReportingSystem.objects.filter(district=getattr(request.user, "district", ""))
    form, token, made = SystemForm(), "", None
    if request.method == "POST" and (pk := request.POST.get("shut-out", "")):
        system = known.filter(pk=pk if pk.isdigit() else 0).first()
        if system is not None:
            acts.shut_out(actor=request.user, system=system, reason=_now("shut out on the page"))
            messages.success(request, _now("Its token opens nothing any more."))
        return redirect("reporting-systems")
    status = 200
    if request.method == "POST":
        form = SystemForm(request.POST)
        status = 422
        if form.is_valid():
            try:
                made, token = acts.admit(actor=request.user, name=form.cleaned_data["name"])
                form, status = SystemForm(), 200
            except ValidationError as fault:
                form.add_error("name", " ".join(fault.messages))
    context = {
        "form": form,
        "token": token,
        "made": made,
        "systems": known,
        "endpoint": request.build_absolute_uri(reverse("open311-services", args=["json"])),
        "crumbs": [(_("Social needs list"), reverse("needs"))],
    }
    response = render(request, "lists/systems.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
