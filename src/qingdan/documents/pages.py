"""Pages of official papers: the list, one paper with its seal, its text, its files."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qingdan.core import access, looks
from qingdan.core.columns import Column
from qingdan.core.filters import ChoiceFilter
from qingdan.core.gate import page
from qingdan.core.listing import Button, Listing, register_rows
from qingdan.core.permits import Refused
from qingdan.core.pieces import Fact
from qingdan.core.records import name_verbs, record_context
from qingdan.documents import acts, queries
from qingdan.documents.fonts import FontsMissing, find_fonts
from qingdan.documents.forms import PaperForm
from qingdan.documents.models import OfficialPaper, PaperKind, PaperState
from qingdan.documents.permits import keeps_papers
from qingdan.documents.printing import as_paper, problems, seal_holds
from qingdan.documents.style import check_style

looks.declare(
    PaperState,
    way={"DRAFT": "dash", "CHECKED": 1, "SIGNED": 2, "SEALED": 3},
    done=["ISSUED"],
    off={"WITHDRAWN": "cross"},
)
name_verbs({"paper.edit": _("text edited")})

COLUMNS = (
    Column("number", _("document number"), kind="code", sort=True),
    Column("title", _("title"), kind="title", link=True, fixed=True, sort=True),
    Column("kind", _("kind of paper"), kind="choice"),
    Column("dated_on", _("date"), kind="date", sort=True),
    Column("drafter", _("drafter")),
    Column("state", _("state"), kind="state", sort=True),
)
register_rows(OfficialPaper, COLUMNS)
access.register(OfficialPaper, queries.papers_visible_to, search=("number", "title"))

PAPERS = Listing(
    key="papers",
    title=_("Official papers"),
    records=queries.papers_visible_to,
    columns=COLUMNS,
    search=("number", "title"),
    search_hint=_("Number or title"),
    filters=(
        ChoiceFilter("kind", _("kind of paper"), "kind", PaperKind),
        ChoiceFilter("state", _("state"), "state", PaperState),
    ),
    order=("-pk",),
    buttons=(Button(_("Draft a paper"), "paper-new", may=keeps_papers, primary=True),),
    empty=_("Draft the first paper: a notice, a report, a request, an approval, minutes or a letter."),
)
FILES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def _find(request: HttpRequest, pk: int) -> OfficialPaper:
    found: OfficialPaper = access.get_visible_or_404(OfficialPaper, request.user, pk=pk)
    return found


@page(keeps_papers)
def papers(request: HttpRequest) -> HttpResponseBase:
    return PAPERS.response(request)


@page(keeps_papers)
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    said = problems(found)
    context = record_context(
        found,
        request.user,
        title=found.title,
        crumbs=[(PAPERS.title, reverse("papers"))],
        number=found.number,
        line=[found.get_kind_display(), found.agency, found.get_layout_display()],
        facts=[
            Fact(_("document number"), found.number, "code"),
            Fact(_("main addressee"), found.addressee),
            Fact(_("date"), found.dated_on, "date"),
            Fact(_("drafter"), found.drafter),
            Fact(_("checked by"), found.checker),
            Fact(_("signed by"), found.signer),
            Fact(_("copies to"), found.copies_to),
        ],
        paper=found,
        problems=said,
        remarks=[one for one in check_style(found.body) if one.code != "approximate"],
        imprints=found.imprints.all(),
        seal_holds=seal_holds(found) if found.number and not said else False,
        may_edit=found.state == PaperState.DRAFT,
        printable=bool(found.body.strip()),
        lines=[line for line in found.body.splitlines() if line.strip()],
        attachments=[line for line in found.attachments.splitlines() if line.strip()],
    )
    return render(request, "documents/paper.html", context)


def _form_page(request: HttpRequest, form: PaperForm, **context: Any) -> HttpResponse:
    return render(request, "form.html", {"form": form, **context}, status=422 if form.errors else 200)


@page(keeps_papers)
def paper_new(request: HttpRequest) -> HttpResponse:
    """Begin a paper; the agency of whoever drafts it is proposed."""
    agency = getattr(request.user, "agency", None)
    initial = {
        "agency": getattr(agency, "name", ""),
        "prefix": getattr(agency, "document_prefix", ""),
        "revision": 1,
    }
    form = PaperForm(request.POST) if request.method == "POST" else PaperForm(initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.values()
        values.pop("revision", None)
        try:
            made = acts.draft(actor=request.user, is_sample=settings.DEMO, **values)  # type: ignore[arg-type]  # the gate admits accounts
            return redirect(made.get_absolute_url())
        except Refused as refused:
            form.add_error(None, str(refused.reason))
    return _form_page(
        request,
        form,
        title=_("Draft a paper"),
        back=reverse("papers"),
        crumbs=[(PAPERS.title, reverse("papers"))],
        draft="paper-new",
    )


@page(keeps_papers)
def paper_edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    if found.state != PaperState.DRAFT:
        raise Refused(_("Only a draft is edited: send the paper back first."))
    initial = {name: getattr(found, name) for name in acts.EDITABLE} | {"revision": found.revision}
    form = PaperForm(request.POST) if request.method == "POST" else PaperForm(initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            acts.edit(found, actor=request.user, **form.values())  # type: ignore[arg-type]  # as above
            messages.success(request, _now("Saved."))
            return redirect(found.get_absolute_url())
        except Refused as refused:
            form.add_error(None, str(refused.reason))
    return _form_page(
        request,
        form,
        title=_("Edit the paper"),
        back=found.get_absolute_url(),
        crumbs=[(PAPERS.title, reverse("papers")), (str(found), found.get_absolute_url())],
    )


@page(keeps_papers)
def paper_file(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The paper as PDF or Word, as it stands now; the seal's place only while an imprint stands on it."""
    if kind not in FILES:
        raise Http404
    from qingdan.documents.docx import render_docx  # the libraries of paper are loaded when a paper is made
    from qingdan.documents.pdf import render_pdf

    found = _find(request, pk)
    try:
        laid = as_paper(found)
        content = render_pdf(laid, find_fonts()) if kind == "pdf" else render_docx(laid)
    except FontsMissing as error:
        return HttpResponse(str(error), status=503, content_type="text/plain; charset=utf-8")
    except ValueError as error:
        raise Refused(str(error)) from error
    name = f"{found.number or _now('draft')}.{kind}"
    disposition = content_disposition_header(kind == "docx", name)
    return HttpResponse(
        content, content_type=FILES[kind], headers={"Content-Disposition": disposition or "inline"}
    )
