"""Register a proposal from its file: the text is read, a person confirms what was found. Only the text is kept."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qingdan.core import clock
from qingdan.core.form_pages import carry_out
from qingdan.core.gate import page
from qingdan.directory.pages.frame import actor_of
from qingdan.directory.permits import is_bureau
from qingdan.replies import acts
from qingdan.replies.check_pages import read_upload
from qingdan.replies.forms import LONGEST_TEXT, ProposalForm
from qingdan.replies.intake import read_proposal
from qingdan.replies.models import Proposal
from qingdan.replies.proposal_pages import PROPOSALS

MAX_PAGES = 60


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("file of the proposal"),
        help_text=_(
            "PDF, Word or text, at most 5 MB and 60 pages. Nothing is registered before you confirm it."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.docx,.txt"}),
    )


class IntakeForm(ProposalForm):
    text = forms.CharField(
        label=_("text"),
        required=False,
        strip=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 14}),
    )


@page(is_bureau)
def proposal_from_file(request: HttpRequest) -> HttpResponse:
    """First the file, then the form filled from it; the form is sent to this same address."""
    if request.method != "POST":
        return _page(request, FileForm())
    if "file" not in request.FILES and "title" in request.POST:
        return _register(request)
    form = FileForm(request.POST, request.FILES)
    if form.is_valid():
        upload: Any = form.cleaned_data["file"]
        assert isinstance(upload, UploadedFile)
        try:
            read = read_proposal(read_upload(upload, max_pages=MAX_PAGES))
        except ValidationError as refused:
            form.add_error("file", refused)
        else:
            initial = {"received_on": clock.today(), **read.values}
            found = IntakeForm(initial=initial)
            missing = [str(found.fields[name].label) for name in read.missing(_LOOKED_FOR)]
            return _page(request, found, missing=missing, name=upload.name)
    return _page(request, form)


_LOOKED_FOR = ["kind", "assembly", "term", "session", "number", "title", "proposers"]


def _register(request: HttpRequest) -> HttpResponse:
    form = IntakeForm(request.POST)

    def act() -> Proposal:
        points = [acts.Point(line) for line in form.headings]
        return acts.receive(actor=actor_of(request), points=points, **form.given)

    if form.is_valid() and carry_out(form, act):
        messages.success(request, _now("The proposal is registered."))
        return redirect(form.result)  # type: ignore[attr-defined]  # set by `carry_out`
    return _page(request, form)


def _page(
    request: HttpRequest, form: forms.Form, *, missing: list[str] | None = None, name: str | None = ""
) -> HttpResponse:
    choosing = isinstance(form, FileForm)
    if choosing:
        lead = _now("The text of the file is read and the form filled from it; you check and confirm.")
    elif missing:
        lead = _now(
            "Read from %(name)s. Not found, please fill in: %(missing)s. Check the rest against the paper."
        ) % {
            "name": name,
            "missing": "、".join(missing),
        }
    elif name:
        lead = _now("Read from %(name)s. Check every field against the paper before you register it.") % {
            "name": name
        }
    else:
        lead = ""
    context = {
        "form": form,
        "title": _("Register a proposal from its file"),
        "lead": lead,
        "back": reverse("proposal-from-file") if not choosing else reverse("proposals"),
        "crumbs": [(PROPOSALS.title, reverse("proposals"))],
        "submit": _now("Read the file") if choosing else _now("Register"),
    }
    return render(request, "form.html", context, status=422 if form.errors else 200)
