"""Writing: a text read in, one clause, relations to other documents."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from qingdan.core import access
from qingdan.core.form_pages import form_page
from qingdan.core.gate import page
from qingdan.core.permits import Refused
from qingdan.directory.pages.frame import actor_of
from qingdan.policies import acts, forms, queries
from qingdan.policies.models import NormativeDocument, Relation, Reliance
from qingdan.policies.pages.crumbs import crumbs_of
from qingdan.policies.permits import may_keep


@page(may_keep)
def import_wording(request: HttpRequest, pk: int) -> HttpResponse:
    found = access.get_visible_or_404(NormativeDocument, request.user, pk=pk)
    form = forms.ImportForm(request.POST or None, request.FILES or None, actor=request.user, document=found)

    def act() -> object:
        data = form.cleaned_data
        text = acts.read_upload(data["file"]) if data["file"] else data["text"]
        return acts.import_wording(found, actor=actor_of(request), text=text, label=data["label"])

    return form_page(
        request,
        form,
        act,
        title=_("Enter the wording"),
        lead=_(
            "This becomes the draft of an amendment; what is in force stays as it is until you let it take effect."
        )
        if found.binds
        else _("A wording that is still open is replaced; clauses keep their addresses."),
        back=found.get_absolute_url(),
        to=lambda version: f"{found.get_absolute_url()}?version={version.number}",
        done=_("The wording is read in. Look through its clauses."),
        crumbs=crumbs_of(found),
        draft=f"policy-{found.pk}",
    )


@page(may_keep)
def write_clause(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    found = access.get_visible_or_404(NormativeDocument, request.user, pk=pk)
    version = found.versions.filter(frozen_on__isnull=True).first() or found.current
    text = version.texts.select_related("clause").filter(clause__key=key).first() if version else None
    if text is None:
        raise Http404(_now("There is no such record, or it is not open to you."))
    form = forms.ClauseForm(
        request.POST or None,
        actor=request.user,
        document=found,
        initial={"number": text.number, "heading": text.heading, "text": text.text},
    )
    return form_page(
        request,
        form,
        lambda: acts.write_clause(found, actor=actor_of(request), key=key, **form.given),
        title=_now("Write %(clause)s") % {"clause": text.full_number or key},
        lead=_(
            "The wording shown is fixed: what you write becomes a new wording, and this one stays readable."
        )
        if not version.is_open
        else "",
        back=found.get_absolute_url(),
        to=lambda row: f"{found.get_absolute_url()}?version={row.version.number}#c-{key}",
        done=_("The clause is written."),
        crumbs=crumbs_of(found),
        draft=f"clause-{found.pk}-{key}",
    )


@page(may_keep)
def relate(request: HttpRequest, pk: int) -> HttpResponse:
    found = access.get_visible_or_404(NormativeDocument, request.user, pk=pk)
    form = forms.RelationForm(request.POST or None, actor=request.user, document=found)
    return form_page(
        request,
        form,
        lambda: acts.relate(found, actor=actor_of(request), **form.given),
        title=_("Enter a relation"),
        lead=_(
            "Read it as a sentence: this document rests on, puts into practice, amends or repeals the other."
        ),
        back=found.get_absolute_url(),
        done=_("The relation is entered."),
        crumbs=crumbs_of(found),
    )


@page(may_keep)
@require_POST
def unrelate(request: HttpRequest, pk: int, relation: int) -> HttpResponseBase:
    found = access.get_visible_or_404(NormativeDocument, request.user, pk=pk)
    row = get_object_or_404(Relation, pk=relation, source=found)
    return _ended(request, found, acts.unrelate, row, _now("The relation is taken back."))


def _ended(
    request: HttpRequest, found: NormativeDocument, act: Callable[..., Any], row: Any, done: str
) -> HttpResponseBase:
    """End a row of the document's page with the reason that was sent; back to the page, which says what came of it."""
    try:
        act(row, actor=actor_of(request), reason=request.POST.get("reason", "")[:300])
    except Refused as no:
        messages.error(request, str(no.reason))
    else:
        messages.success(request, done)
    return redirect(found)


@page(may_keep)
def rely(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that a scheme, a fund, a programme or another record rests on the document or a clause of it."""
    found = access.get_visible_or_404(NormativeDocument, request.user, pk=pk)
    chosen = queries.texts_now(found).filter(clause__key=request.GET.get("clause", "")).first()
    initial = {"clause": str(chosen.clause_id)} if chosen else {}
    form = forms.RelyForm(request.POST or None, actor=request.user, document=found, initial=initial)
    return form_page(
        request,
        form,
        lambda: acts.rely(actor=actor_of(request), on=found, **form.given),
        title=_("Enter what rests on it"),
        lead=_("It is listed for new examination when the document or the clause ends."),
        back=found.get_absolute_url(),
        done=_("What rests on it is entered."),
        crumbs=crumbs_of(found),
    )


@page(may_keep)
@require_POST
def stop_relying(request: HttpRequest, pk: int, reliance: int) -> HttpResponseBase:
    """A record was examined again: it has another basis now, or is over."""
    found = access.get_visible_or_404(NormativeDocument, request.user, pk=pk)
    row = get_object_or_404(Reliance, pk=reliance, document=found)
    return _ended(request, found, acts.stop_relying, row, _now("It no longer rests on this document."))
