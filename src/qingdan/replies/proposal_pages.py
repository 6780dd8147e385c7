"""Pages of proposals: the list, one proposal with its clock and letters, and the acts on it."""

import re
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qingdan.core import access, clock, looks
from qingdan.core.columns import Column
from qingdan.core.filters import ChoiceFilter, YearFilter
from qingdan.core.form_pages import form_page
from qingdan.core.gate import page, public
from qingdan.core.listing import Button, Listing, View, register_rows, table
from qingdan.core.markup import dots
from qingdan.core.pieces import Fact
from qingdan.core.records import asks, name_verbs, next_steps, record_context
from qingdan.core.search import excerpt
from qingdan.directory.pages.frame import actor_of
from qingdan.directory.permits import OFFICERS_OF_AGENCIES, handles_proposals, is_bureau
from qingdan.replies import acts, forms, handling, periods, queries
from qingdan.replies.models import (
    Assignment,
    AssignmentRole,
    Commitment,
    CommitmentState,
    FeedbackForm,
    LetterState,
    Proposal,
    ProposalKind,
    ProposalState,
    ReplyLetter,
)
from qingdan.replies.permits import (
    may_receive,
    may_speak_for_agency,
    sees_drafts,
    sees_issued,
)

looks.declare(
    ProposalState,
    wait={"RECEIVED": 0},
    way={"ASSIGNED": 1, "IN_HANDLING": 2, "REPLIED": 3, "FEEDBACK": 3},
    done=["CLOSED"],
)
looks.declare(
    LetterState,
    way={"DRAFT": "dash", "SIGNED": 3},
    wait={"SUBMITTED": 1, "RETURNED": 0, "CHECKED": 2},
    done=["ISSUED"],
    off={"WITHDRAWN": "cross"},
)
looks.declare(CommitmentState, wait={"OPEN": 1}, done=["KEPT"], off={"DROPPED": "cross"})
name_verbs(
    {
        "proposal.extend": _("more time given"),
        "proposal.record_view": _("view of a joint agency recorded"),
        "proposal.put_right": _("registration corrected"),
        "proposal.bring_in": _("one more agency brought in"),
        "proposal.decline": _("an agency said that it is not its own"),
        "proposal.set_classes": _("meaning of the reply classes set"),
        "proposal.consult": _("proposers consulted"),
        "letter.edit": _("text edited"),
        "letter.comment": _("comment made"),
        "letter.settle_comment": _("comment settled"),
        "letter.explain_difference": _("reason given for a difference"),
    }
)

ANSWERED = queries.ANSWERED


def _due(proposal: Any) -> Any:
    return None if proposal.state in ANSWERED else proposal.clock


PROPOSAL_COLUMNS = (
    Column("number", _("number"), kind="code", sort=True),
    Column("title", _("title"), kind="title", link=True, fixed=True, sort=True),
    Column("kind", _("kind"), kind="choice"),
    Column("meeting", _("meeting"), value="meeting", hidden=True),
    Column("lead", _("lead handling agency"), value="lead__short_name"),
    Column("due_on", _("reply due on"), value=_due, kind="due", sort="due_by"),
    Column("state", _("state"), kind="state", sort=True),
    Column("letter_number", _("reply"), kind="code"),
)
LETTER_COLUMNS = (
    Column("number", _("document number"), kind="code", value=lambda letter: letter.number),
    Column("title", _("title"), kind="title", link=True, fixed=True),
    Column("version", _("version"), kind="number"),
    Column("dated_on", _("date"), kind="date", sort=True),
    Column("state", _("state"), kind="state"),
    Column("publication", _("publication"), kind="choice"),
)
_FIGURES = re.compile(r"\{\{.*?\}\}", re.DOTALL)
register_rows(Proposal, PROPOSAL_COLUMNS[:7])
register_rows(ReplyLetter, LETTER_COLUMNS)
access.register(Proposal, queries.proposals_visible_to, search=("number", "title", "proposers"))
access.register(
    ReplyLetter,
    queries.letters_visible_to,
    search=lambda found, text: found.filter(Q(number__icontains=text) | Q(grams__has=text)),
    excerpt=lambda letter, text: excerpt(_FIGURES.sub("…", letter.source), text),
)
access.register(Commitment, queries.commitments_visible_to)


def _feedback_address(proposal: Proposal) -> str:
    answer = proposal.letters.filter(state=LetterState.ISSUED).order_by("-version").first()
    return reverse("letter-feedback", args=[answer.pk]) if answer else proposal.get_absolute_url()


asks(
    Proposal,
    {
        "assign": lambda proposal: reverse("proposal-assign", args=[proposal.session_code, proposal.number]),
        "receive_feedback": _feedback_address,
    },
    gives={"assign", "receive_feedback"},
)
asks(
    ReplyLetter,
    {
        "check": lambda letter: reverse("letter-office-check", args=[letter.pk]),
        "issue": lambda letter: reverse("letter-issue", args=[letter.pk]),
    },
)

PROPOSALS = Listing(
    key="proposals",
    title=_("Proposals and suggestions"),
    records=lambda actor: queries.with_last_number(queries.proposals_visible_to(actor)),
    columns=PROPOSAL_COLUMNS,
    search=("number", "title", "proposers"),
    search_hint=_("Number, title or proposer"),
    filters=(
        ChoiceFilter("kind", _("kind"), "kind", ProposalKind),
        ChoiceFilter("state", _("state"), "state", ProposalState),
        YearFilter("year", _("year received"), "received_on__year"),
    ),
    views=(
        View("open", _("to be answered"), lambda actor: ~Q(state__in=ANSWERED)),
        View("late", _("overdue"), lambda actor: ~Q(state__in=ANSWERED) & Q(due_by__lt=clock.today())),
        View("answered", _("answered"), lambda actor: Q(state__in=ANSWERED)),
    ),
    order=("answered", "owed_by", "-received_on", "number"),
    buttons=(
        Button(_("Year at a glance"), "proposals-year", may=sees_issued),
        Button(_("Import from Excel"), "proposals-import", may=may_receive, icon="upload"),
        Button(_("Register from a file"), "proposal-from-file", may=is_bureau),
        Button(_("Register a proposal"), "proposal-new", may=is_bureau, primary=True),
    ),
    empty=_("Register the first proposal when it is handed over."),
)
REPLIES = Listing(
    key="replies",
    title=_("Replies to proposals"),
    note=_("Every number in a reply opens the records behind it."),
    records=lambda actor: queries.published_letters().select_related("proposal"),
    columns=(
        Column("number", _("document number"), kind="code", sort=True),
        Column("title", _("title"), value="proposal__title", kind="title", link=True, fixed=True),
        Column("proposal", _("number of the proposal"), value="proposal__number", kind="code"),
        Column("kind", _("kind"), value=lambda letter: letter.proposal.get_kind_display()),
        Column("dated_on", _("date"), kind="date", sort=True),
    ),
    search=("number", "title", "proposal__title", "proposal__number"),
    filters=(
        ChoiceFilter("kind", _("kind"), "proposal__kind", ProposalKind),
        YearFilter("year", _("year"), "dated_on__year"),
    ),
    order=("-dated_on", "-number_serial"),
    empty=_("No reply has been published yet."),
    public=True,
)


@page((sees_issued | handles_proposals).because(OFFICERS_OF_AGENCIES))
def proposals(request: HttpRequest) -> HttpResponseBase:
    return PROPOSALS.response(request)


@public
def public_replies(request: HttpRequest) -> HttpResponseBase:
    return REPLIES.response(request)


def find(request: HttpRequest, session: str, number: str) -> Proposal:
    """The proposal at an address such as cppcc-9-2/92137, if this person may see it; 404 otherwise."""
    kind, term, count = [*session.split("-"), "", ""][:3]
    whole = term.isascii() and term.isdigit() and count.isascii() and count.isdigit()
    found: Proposal = access.get_visible_or_404(
        Proposal,
        request.user,
        kind=kind.upper(),
        term=int(term) if whole else 0,
        session=int(count) if whole else 0,
        number=number,
    )
    return found


def list_of_proposals(actor: Any) -> tuple[Any, str]:
    """The list that stands above a proposal: that of the offices, else that of the published replies."""
    if handles_proposals(actor) or sees_issued(actor):
        return PROPOSALS.title, reverse("proposals")
    return REPLIES.title, reverse("public-replies")


@public
def proposal(request: HttpRequest, session: str, number: str) -> HttpResponse:
    found = find(request, session, number)
    actor = request.user
    officer = bool(sees_drafts(actor))
    insider = officer or queries.is_given_to(actor, found)
    letters = queries.letters_visible_to(actor).filter(proposal=found).order_by("-version")
    promises = queries.commitments_visible_to(actor).filter(letter__proposal=found)
    context = record_context(
        found,
        actor,
        title=found.title,
        crumbs=[list_of_proposals(actor)],
        number=found.number,
        line=[found.get_kind_display(), found.meeting, found.lead],
        facts=_facts(found, insider),
        history=officer,
        frame="workbench.html" if actor.is_authenticated else "public.html",
        insider=insider,
        points=found.points.all(),
        handling=_handling(found, actor) if insider else [],
        consultations=found.consultations.all() if officer else [],
        additions=additions(found) if officer else [],
        letters=table(letters, LETTER_COLUMNS, request.GET),
        feedback=FeedbackForm.objects.filter(letter__proposal=found).select_related("letter")
        if officer
        else [],
        class_words=_class_words(found, letters),
        promises=[
            {"promise": one, "steps": next_steps(one, actor)}
            for one in promises.select_related("letter__proposal")
        ],
    )
    return render(request, "replies/proposal.html", context)


def _facts(found: Proposal, insider: bool) -> list[Fact]:
    answered = found.state in ANSWERED
    again = found.again_due_on is not None
    facts = [
        Fact(_("number"), found.number, "code"),
        Fact(_("meeting"), found.meeting),
        Fact(_("serial number"), found.serial),
        Fact(_("received on"), found.received_on, "date"),
        Fact(_("reply due on"), found.due_on, "date" if answered or again else "due"),
        Fact(_("reason of the extension"), found.due_reason),
        Fact(_("second reply due on"), found.again_due_on, "date" if answered else "due"),
    ]
    if insider:
        facts[3:3] = [Fact(_("proposers"), found.proposers), Fact(_("co-signers"), found.cosigners)]
    return facts


def _handling(found: Proposal, actor: Any) -> list[dict[str, Any]]:
    """Each agency with what it said; the address of the form in which this person may say it."""
    rows = []
    for one in found.assignments.select_related("agency"):
        may = (
            found.state not in ANSWERED and one.declined_on is None and bool(may_speak_for_agency(actor, one))
        )
        place = [found.session_code, found.number, one.pk]
        helps = one.role != AssignmentRole.LEAD
        rows.append(
            {
                "one": one,
                "own": one.agency_id == getattr(actor, "agency_id", None),
                "late": one.is_open and one.due_on < clock.today() and found.state not in ANSWERED,
                "view": reverse("proposal-view", args=place) if may and helps else "",
                "decline": reverse("proposal-decline", args=place)
                if may
                and helps
                and one.view_on is None
                and clock.today() <= periods.objection_ends(one.assigned_on)
                else "",
            }
        )
    return rows


def _class_words(found: Proposal, letters: Any) -> str:
    """What the class of the last issued letter means here in its year: A: solved or taken up."""
    last = letters.filter(state=LetterState.ISSUED).exclude(reply_class="").first()
    if last is None:
        return ""
    meaning = queries.class_meanings(found.district, found.received_on.year).filter(
        reply_class=last.reply_class
    )
    words = last.get_reply_class_display()
    return f"{words}：{row.meaning}" if (row := meaning.first()) else words


def additions(found: Proposal) -> list[tuple[Any, str, bool]]:
    """What an officer may add to a proposal: words, address, and whether it is posted."""
    place = [found.session_code, found.number]
    links: list[tuple[Any, str, bool]] = []
    if found.state in (ProposalState.ASSIGNED, ProposalState.IN_HANDLING):
        links.append((_("Draft a reply"), reverse("letter-new", args=place), True))
    if found.state not in ANSWERED:
        links.append(
            (_("Record a talk with the proposers"), reverse("proposal-consultation", args=place), False)
        )
        if found.again_due_on is None:
            links.append((_("Give more time"), reverse("proposal-extend", args=place), False))
        if found.lead_id is not None:
            links.append((_("Bring in another agency"), reverse("proposal-bring-in", args=place), False))
        links.append((_("Correct the registration"), reverse("proposal-correct", args=place), False))
    return links


# ── acts ────────────────────────────────────────────────────────────────────


def _session_now(district: str) -> dict[str, Any]:
    """The meeting of the proposal registered last: the next one is mostly of the same."""
    last = Proposal.objects.filter(district=district).order_by("-received_on", "-pk").first()
    kept = ("kind", "assembly", "term", "session")
    return {name: getattr(last, name) for name in kept} if last else {}


@page(is_bureau)
def proposal_new(request: HttpRequest) -> HttpResponse:
    form = forms.ProposalForm(request.POST or None, initial=_session_now(actor_of(request).district))
    return form_page(
        request,
        form,
        lambda: acts.receive(
            actor=actor_of(request), points=[acts.Point(line) for line in form.headings], **form.given
        ),
        title=_("Register a proposal"),
        back=reverse("proposals"),
        to=lambda made: made.get_absolute_url(),
        done=_("The proposal is registered."),
        crumbs=[(PROPOSALS.title, reverse("proposals"))],
        submit=_("Register"),
        draft="proposal-new",
    )


def _on(request: HttpRequest, session: str, number: str) -> tuple[Proposal, dict[str, Any]]:
    found = find(request, session, number)
    back = found.get_absolute_url()
    return found, {
        "back": back,
        "crumbs": [(PROPOSALS.title, reverse("proposals")), (found.number, back)],
        "lead": found.title,
    }


@page(is_bureau)
def proposal_assign(request: HttpRequest, session: str, number: str) -> HttpResponse:
    found, frame = _on(request, session, number)
    agency = actor_of(request).agency
    form = forms.AssignmentForm(
        request.POST or None, proposal=found, initial={"lead": agency.pk} if agency else {}
    )
    return form_page(
        request,
        form,
        lambda: acts.assign(found, actor=actor_of(request), **form.cleaned_data),
        title=_("Assign"),
        done=_("Assigned; each agency finds it on its workbench."),
        submit=_("Assign"),
        **frame,
    )


@page(is_bureau)
def proposal_consultation(request: HttpRequest, session: str, number: str) -> HttpResponse:
    found, frame = _on(request, session, number)
    form = forms.ConsultationForm(request.POST or None)
    return form_page(
        request,
        form,
        lambda: acts.record_consultation(found, actor=actor_of(request), **form.cleaned_data),
        title=_("Record a talk with the proposers"),
        done=_("The talk is recorded."),
        **frame,
    )


@page(is_bureau)
def proposal_extend(request: HttpRequest, session: str, number: str) -> HttpResponse:
    found, frame = _on(request, session, number)
    proposed = periods.ends_on(periods.months_after(found.due_on, 1))
    form = forms.ExtensionForm(request.POST or None, initial={"due_on": proposed})
    return form_page(
        request,
        form,
        lambda: acts.extend(found, actor=actor_of(request), **form.cleaned_data),
        title=_("Give more time"),
        done=_("The new date is kept, with its reason."),
        **frame,
    )


@page(is_bureau)
def proposal_correct(request: HttpRequest, session: str, number: str) -> HttpResponse:
    """Put right what was registered, and split the text into points."""
    found, frame = _on(request, session, number)
    points = list(found.points.all())
    initial = {name: getattr(found, name) for name in handling.CORRECTABLE}
    initial["points"] = "\n".join(point.heading for point in points)
    form = forms.CorrectionForm(request.POST or None, initial=initial)

    def act() -> Proposal:
        kept = {point.heading: point.text for point in points}
        after = [acts.Point(heading, kept.get(heading, "")) for heading in form.headings]
        return handling.put_right(found, actor=actor_of(request), points=after, **form.given)

    return form_page(
        request,
        form,
        act,
        title=_("Correct the registration"),
        done=_("The registration is corrected; the journal keeps what it said."),
        **frame,
    )


@page(is_bureau)
def proposal_bring_in(request: HttpRequest, session: str, number: str) -> HttpResponse:
    found, frame = _on(request, session, number)
    form = forms.BringInForm(request.POST or None, proposal=found, initial={"role": "JOINT"})
    return form_page(
        request,
        form,
        lambda: handling.bring_in(found, actor=actor_of(request), **form.cleaned_data),
        title=_("Bring in another agency"),
        done=_("Brought in; the agency finds it on its workbench."),
        **frame,
    )


def _assignment(
    request: HttpRequest, session: str, number: str, pk: int
) -> tuple[Assignment, bool, dict[str, Any]]:
    """The assignment, whether its agency is the reader's own, and the frame of the form; 404 when it belongs to another
    proposal, refused when this person may not speak for the agency."""
    found, frame = _on(request, session, number)
    one = found.assignments.select_related("agency").filter(pk=pk).first()
    if one is None or not (sees_drafts(request.user) or queries.is_given_to(request.user, found)):
        raise Http404(_now("There is no such record, or it is not open to you."))
    may_speak_for_agency.require(request.user, one)
    frame["lead"] = dots((found.title, str(one.agency)))
    return one, actor_of(request).agency_id == one.agency_id, frame


@page(handles_proposals)
def proposal_view(request: HttpRequest, session: str, number: str, pk: int) -> HttpResponse:
    """The view of a joint agency: its officer writes it, or the bureau enters what came on paper."""
    one, own, frame = _assignment(request, session, number, pk)
    kind = forms.ViewForm if own else forms.ViewOnPaperForm
    form = kind(request.POST or None, initial={"view": one.view, "on": one.view_on or clock.today()})
    return form_page(
        request,
        form,
        lambda: handling.record_view(one, actor=actor_of(request), **form.cleaned_data),
        title=_("Give the view of your agency") if own else _("Enter a view that came on paper"),
        done=_("The view is kept; the lead agency sees it."),
        draft=f"view-{one.pk}",
        **frame,
    )


@page(handles_proposals)
def proposal_decline(request: HttpRequest, session: str, number: str, pk: int) -> HttpResponse:
    one, own, frame = _assignment(request, session, number, pk)
    form = forms.DeclineForm(request.POST or None)
    return form_page(
        request,
        form,
        lambda: handling.decline(one, actor=actor_of(request), **form.cleaned_data),
        title=_("Not ours to handle"),
        to=reverse("proposals") if own and not sees_drafts(request.user) else "",
        done=_("Kept: the lead agency is told."),
        warns=_("The proposal is then no longer open to your agency."),
        submit=_("Not ours to handle"),
        **frame,
    )
