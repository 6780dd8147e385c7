"""The yearly clean-up list."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from qingdan.core import access, clock, looks
from qingdan.core.columns import Column
from qingdan.core.filters import ChoiceFilter
from qingdan.core.form_pages import form_page
from qingdan.core.gate import page, public
from qingdan.core.listing import Listing, View
from qingdan.core.looks import Look
from qingdan.core.permits import Refused
from qingdan.directory.pages.frame import actor_of
from qingdan.policies import acts, forms, queries
from qingdan.policies.models import CleanUpItem, Verdict
from qingdan.policies.pages.crumbs import crumbs
from qingdan.policies.permits import may_keep

looks.declare(Verdict, done=["KEEP"], way={"AMEND": 2}, stop=["REPEAL"], off={"LAPSE": "cross"})
access.register(CleanUpItem, queries.clean_up_items)


def _verdict(item: Any) -> tuple[Look, Any]:
    if not item.verdict:
        return Look("wait", "0"), _("to be decided")
    return looks.look_of(Verdict, item.verdict), item.get_verdict_display()


def _document_url(item: Any) -> str:
    return str(item.document.get_absolute_url())


DECIDE = Column(
    "decide",
    _("decide"),
    value=lambda item: _now("Decide otherwise…") if item.verdict else _now("Decide…"),
    link=True,
    export=False,
)


def _listing(year: int, keeps: bool) -> Listing:
    return Listing(
        key="policies-clean-up",
        title=_now("Clean-up list of %(year)s") % {"year": year},
        note=_("Every document in force is looked at once a year"),
        records=lambda actor: (
            queries.clean_up_items(actor).filter(year=year).select_related("document", "document__issuer")
        ),
        columns=(
            Column("number", _("document number"), value="document__number", kind="code"),
            Column(
                "title", _("title"), value="document__title", kind="title", link=_document_url, fixed=True
            ),
            Column("valid_until", _("valid until"), value="document__valid_until", kind="date", sort=True),
            Column("verdict", _("verdict"), value=_verdict, kind="state"),
            Column("reason", _("reason")),
            Column("decided_on", _("decided on"), kind="date", sort=True),
            *((DECIDE,) if keeps else ()),
        ),
        search=("document__title", "document__number"),
        filters=(ChoiceFilter("verdict", _("verdict"), "verdict", Verdict),),
        views=(View("open", _("to be decided"), lambda actor: Q(verdict="")),),
        order=("document__issued_on", "pk"),
        template="policies/clean_up.html",
        empty=_("The list of this year is not open to you, or has not been opened yet."),
    )


@public
def clean_up(request: HttpRequest, year: int) -> HttpResponseBase:
    keeps = bool(may_keep(request.user, None))
    return _listing(year, keeps).response(request, year=year, may_open=keeps and year <= clock.today().year)


@page(may_keep)
def clean_up_now(request: HttpRequest) -> HttpResponseBase:
    """To the list of the present year."""
    return redirect("policies-clean-up", clock.today().year)


@page(may_keep)
@require_POST
def open_list(request: HttpRequest, year: int) -> HttpResponseBase:
    try:
        made = acts.open_clean_up(actor=actor_of(request), year=year)
    except Refused as no:
        messages.error(request, str(no.reason))
    else:
        words = ngettext(
            "%(n)d document was put on the list.", "%(n)d documents were put on the list.", len(made)
        )
        messages.success(request, words % {"n": len(made)})
    return redirect("policies-clean-up", year)


@page(may_keep)
def decide(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    item = queries.clean_up_items(request.user).filter(year=year, pk=pk).select_related("document").first()
    if item is None:
        raise Http404(_now("There is no such record, or it is not open to you."))
    form = forms.VerdictForm(
        request.POST or None,
        actor=request.user,
        document=item.document,
        initial={"verdict": item.verdict, "reason": item.reason},
    )
    back = reverse("policies-clean-up", args=[year])
    return form_page(
        request,
        form,
        lambda: acts.decide_clean_up(item, actor=actor_of(request), **form.given),
        title=item.document.citation,
        lead=_("The verdict is kept with its reason; amending or repealing is a step of its own."),
        back=back,
        done=_("The verdict is kept."),
        crumbs=crumbs((_now("Clean-up list of %(year)s") % {"year": year}, back)),
    )
