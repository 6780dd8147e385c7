"""Pages of a letter: its sheets with the evidence beside them, its text with live checks, its files."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qingdan.core import access, clock, figures, small_counts
from qingdan.core.figures import Agreement
from qingdan.core.form_pages import form_page
from qingdan.core.gate import page, public
from qingdan.core.permits import Refused
from qingdan.core.records import Step, record_context
from qingdan.directory.pages.frame import actor_of
from qingdan.directory.permits import is_audit_admin, is_auditor, is_bureau, signed_in
from qingdan.documents.fonts import FontsMissing
from qingdan.replies import acts, forms, protection, queries
from qingdan.replies.differences import why
from qingdan.replies.lifecycle import LETTER
from qingdan.replies.models import DifferenceNote, LetterState, ReplyLetter
from qingdan.replies.output import KINDS, file_bytes
from qingdan.replies.paper import seal_sm3
from qingdan.replies.permits import may_check, may_edit, sees_drafts, sees_issued
from qingdan.replies.proposal_pages import find, list_of_proposals
from qingdan.replies.rendering import agreements, problems_to_submit, rendered
from qingdan.replies.sheets import lay_out
from qingdan.replies.style import findings
from qingdan.replies.text import CitedFigure, ProblemReport


@dataclass(frozen=True)
class Entry:
    """One figure of the letter on its page: as printed, and whether today's records still say so.

    `covers` hides small cells: True for everybody but the bureau and auditors.
    """

    figure: CitedFigure
    agreement: Agreement | None
    page: int
    openable: bool
    url: str
    covers: bool
    note: DifferenceNote | None = None

    @property
    def differs(self) -> bool:
        return self.agreement is not None and not self.agreement.agrees

    @property
    def agrees(self) -> bool:
        return self.agreement is not None and self.agreement.agrees

    @property
    def gone(self) -> bool:
        """The figure is no longer declared; what was frozen stands."""
        return self.agreement is not None and self.agreement.now is None

    @property
    def then(self) -> str:
        """The value as frozen."""
        value = self.figure.value if self.agreement is None else self.agreement.reading.value
        return self._words(value)

    @property
    def now(self) -> str:
        """Today's value; a dash when the figure is no longer declared."""
        return (
            "—" if self.agreement is None or self.agreement.now is None else self._words(self.agreement.now)
        )

    def _words(self, value: Decimal) -> str:
        return protection.in_words(value, self.figure.unit, covers=self.covers)

    @property
    def definition(self) -> list[tuple[str, str]]:
        """The definition in its parts: what counts, what does not, …"""
        return protection.definition_parts(self.figure.definition)


def visible_letter(request: HttpRequest, pk: int) -> ReplyLetter:
    """The letter with its figures, if this person may see it; 404 otherwise."""
    letter: ReplyLetter = access.get_visible_or_404(ReplyLetter, request.user, pk=pk)
    return queries.with_figures(ReplyLetter.objects.all()).get(pk=letter.pk)


def crumbs_of_letter(request: HttpRequest, letter: ReplyLetter) -> list[tuple[Any, str]]:
    """The way down to a page of the letter: the list, the proposal, the letter."""
    return [
        list_of_proposals(request.user),
        (str(letter.proposal), letter.proposal.get_absolute_url()),
        (_("Letter"), letter.get_absolute_url()),
    ]


@public
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_letter(request, pk)
    officer, insider = bool(sees_drafts(request.user)), bool(sees_issued(request.user))
    filled = rendered(found) if insider else protection.for_public(rendered(found))
    remarks = findings(filled) if officer else []
    laid = lay_out(found, filled, remarks)
    held = agreements(found, clock.today()) if found.is_issued else {}
    inside = bool(signed_in(request.user))
    notes = {one.position: next(iter(one.notes.all()), None) for one in found.figures.all()}
    entries = [
        Entry(
            figure,
            held.get(figure.position),
            laid.pages.get(figure.position, 1),
            _openable(figure, held.get(figure.position), insider),
            f"?figure={figure.position}#f{figure.position}",
            covers=not insider,
            note=notes.get(figure.position),
        )
        for figure in filled.figures
        if insider or protection.is_public(figure.key)
    ]
    chosen = _chosen(request, entries)
    only = request.GET.get("only") == "differ"
    context = record_context(
        found,
        request.user,
        title=found.number or _now("Draft of the reply"),
        crumbs=crumbs_of_letter(request, found)[:-1],
        history=officer,
        frame="workbench.html" if inside else "public.html",
        letter=found,
        laid=laid,
        entries=[entry for entry in entries if entry.differs] if only else entries,
        by_position={entry.figure.position: entry for entry in entries},
        differing={entry.figure.position for entry in entries if entry.differs},
        counts={
            "all": len(entries),
            "differ": sum(entry.differs for entry in entries),
            "agree": sum(entry.agrees for entry in entries),
        },
        only=only,
        chosen=chosen,
        previous=_beside(entries, chosen, -1),
        following=_beside(entries, chosen, 1),
        reading=_reading(found, chosen),
        today=clock.today(),
        problems=[] if found.is_issued or not officer else problems_to_submit(found),
        comments=found.comments.all() if officer else [],
        may_comment=officer and not found.is_issued and found.state != LetterState.WITHDRAWN,
        revised=officer and found.revision > 1,
        may_edit=officer and found.is_open and bool(may_edit(request.user, found)),
        officer=officer,
        insider=insider,
        why=why(chosen.agreement.reading, clock.today(), request.user)
        if chosen and chosen.differs and chosen.agreement and insider
        else None,
        reads_journal=bool((is_auditor | is_audit_admin)(request.user)),
        small=small_counts.SMALL,
        left_out=len(filled.figures) - len(entries),
        covered=filled is not rendered(found),
        checks=found.checks.all() if insider else [],
        seal_holds=insider and found.is_issued and seal_sm3(found, rendered(found)) == found.sealed_sm3,
    )
    context["steps"] = sorted((_as_shown(step) for step in context["steps"]), key=_takes_back)
    return render(request, "replies/letter.html", context)


def _as_shown(step: Step) -> Step:
    """Problems stand above the sheets already, and what takes the letter back is never the proposed step."""
    if isinstance(step.reason, ProblemReport):
        step = replace(step, reason=_("Put right first what is listed above."))
    return replace(step, primary=step.primary and not _takes_back(step))


def _takes_back(step: Step) -> bool:
    """Giving a draft up or back: such steps stand last."""
    return step.verb in ("withdraw", "return")


def _openable(figure: CitedFigure, held: Agreement | None, insider: bool) -> bool:
    """Whether the figure's own page, with its records, is there for this reader: not behind a covered number."""
    try:
        is_public = figures.get(figure.key).public
    except figures.UnknownFigure:
        return False
    values = [figure.value] if held is None else [held.reading.value, held.now or Decimal(0)]
    return insider or (is_public and not any(small_counts.is_small(one, figure.unit) for one in values))


def _chosen(request: HttpRequest, entries: list[Entry]) -> Entry | None:
    """The figure in the address, else the first that differs, else the first."""
    asked = request.GET.get("figure", "")
    if asked.isascii() and asked.isdigit():
        named = next((entry for entry in entries if entry.figure.position == int(asked[:4])), None)
        if named:
            return named
    return next((entry for entry in entries if entry.differs), entries[0] if entries else None)


def _beside(entries: list[Entry], chosen: Entry | None, step: int) -> Entry | None:
    if chosen is None:
        return None
    at = entries.index(chosen) + step
    return entries[at] if 0 <= at < len(entries) else None


def _reading(letter: ReplyLetter, chosen: Entry | None) -> Any:
    if chosen is None or not letter.is_issued:
        return None
    return next(
        figure.reading for figure in letter.figures.all() if figure.position == chosen.figure.position
    )


@public
def letter_file(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The letter as PDF, Word or data. A draft with problems has no files yet."""
    if kind not in KINDS:
        raise Http404
    found = visible_letter(request, pk)
    if not found.is_issued:
        report = ProblemReport(problems_to_submit(found))
        if report:
            raise Refused(report)
    layout = request.GET.get("layout", "").upper()
    if layout not in ("", "FILE", "LETTER"):
        raise BadRequest(_now("The layout is file or letter."))
    filled = rendered(found)
    if not sees_issued(request.user):
        filled = protection.for_public(filled)
    try:
        content = file_bytes(found, filled, kind, layout=layout)
    except FontsMissing as error:
        return HttpResponse(str(error), status=503, content_type="text/plain; charset=utf-8")
    name = f"{found.number or _now('draft')}.{kind}"
    disposition = content_disposition_header(kind == "docx", name)
    return HttpResponse(
        content, content_type=KINDS[kind], headers={"Content-Disposition": disposition or "inline"}
    )


# ── drafting ────────────────────────────────────────────────────────────────


@page(is_bureau)
def letter_new(request: HttpRequest, session: str, number: str) -> HttpResponse:
    """Begin a draft and go to its text."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    proposal = find(request, session, number)
    agency = actor_of(request).agency or proposal.lead
    if agency is None:
        raise Refused(_("Name the lead agency first."))
    opening = "您提出的{{proposal}}由我局承办。经认真办理，现答复如下：\n"
    points = "".join(
        f"{mark}、关于{point.heading.removeprefix('关于')}\n"
        for mark, point in zip("一二三四五六七八九", proposal.points.all(), strict=False)
    )
    made = acts.draft(proposal, actor=actor_of(request), agency=agency, source=opening + points)
    return redirect("letter-edit", made.pk)


@page(is_bureau)
def letter_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a corrected version of an issued letter."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    made = acts.correct(visible_letter(request, pk), actor=actor_of(request))
    messages.info(
        request, _now("A new version with the same text, read as of today. The issued letter stays as it is.")
    )
    return redirect("letter-edit", made.pk)


@page(is_bureau)
def letter_office_check(request: HttpRequest, pk: int) -> HttpResponse:
    """The office's check before the signature: passed, or back to the drafter with the remarks."""
    found = visible_letter(request, pk)
    if found.state != LetterState.SUBMITTED:
        raise Refused(
            _now("Not possible now: the record is “%(state)s”.") % {"state": found.get_state_display()}
        )
    may_check.require(request.user, found)

    form = forms.OfficeCheckForm(request.POST or None)
    return form_page(
        request,
        form,
        lambda: acts.check(found, actor=actor_of(request), **form.cleaned_data),
        title=_("Office check"),
        back=found.get_absolute_url(),
        done=_("The check is recorded. Passed, another officer signs; else the drafter has it back."),
        lead=found.title,
        submit=_("Record the check"),
        crumbs=crumbs_of_letter(request, found),
    )


@page(is_bureau)
def letter_explain(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    """Say why a figure that differs from today's records is not corrected."""
    found = visible_letter(request, pk)
    figure = next((one for one in found.figures.all() if one.position == position), None)
    if figure is None:
        raise Http404
    form = forms.DifferenceForm(request.POST or None)
    return form_page(
        request,
        form,
        lambda: acts.explain_difference(figure, actor=actor_of(request), **form.cleaned_data),
        title=_("Why it is not corrected"),
        back=f"{found.get_absolute_url()}?figure={position}",
        done=_("Recorded; it stands on the letter's page now."),
        lead=f"{figure.reading.name}：{figure.printed}",
        submit=_("Record"),
        crumbs=crumbs_of_letter(request, found),
    )


@page(is_bureau)
def letter_issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Date and number, then the issue; all that keeps it back is told at once."""
    found = visible_letter(request, pk)
    if found.state != LetterState.SIGNED:
        raise Refused(
            _now("Not possible now: the record is “%(state)s”.") % {"state": found.get_state_display()}
        )

    form = forms.IssueForm(request.POST or None, initial={"dated_on": found.dated_on or clock.today()})
    form.fields["dated_on"].disabled = found.dated_on is not None  # it was signed with this date
    return form_page(
        request,
        form,
        lambda: acts.issue(found, actor=actor_of(request), **form.cleaned_data),
        title=LETTER["issue"].label,
        back=found.get_absolute_url(),
        done=_("The letter is issued; its number stands above it."),
        lead=found.title,
        warns=LETTER["issue"].warns,
        submit=LETTER["issue"].label,
        crumbs=crumbs_of_letter(request, found),
    )


@page(is_bureau)
def letter_feedback(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_letter(request, pk)
    form = forms.FeedbackForm(request.POST or None)
    return form_page(
        request,
        form,
        lambda: acts.record_feedback(found, actor=actor_of(request), **form.cleaned_data),
        title=_("Record feedback"),
        back=found.proposal.get_absolute_url(),
        done=_("The feedback is recorded."),
        lead=found.number,
        warns=_("If the proposers are not satisfied, the proposal goes back into handling."),
        crumbs=crumbs_of_letter(request, found)[:-1],
    )


@page(is_bureau)
def letter_promise(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_letter(request, pk)
    form = forms.PromiseForm(request.POST or None)
    return form_page(
        request,
        form,
        lambda: acts.promise(found, actor=actor_of(request), **form.cleaned_data),
        title=_("Keep a promise in view"),
        back=found.get_absolute_url(),
        to=found.proposal.get_absolute_url(),
        done=_("The promise is kept in view; the workbench reminds of its day."),
        lead=found.number or found.title,
        crumbs=crumbs_of_letter(request, found),
    )
