"""The forms behind the steps of a document's life, and the acts that change no stage."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qingdan.core import access
from qingdan.core.form_pages import form_page
from qingdan.core.gate import page
from qingdan.directory.pages.frame import actor_of
from qingdan.policies import acts, forms
from qingdan.policies.lifecycle import POLICY
from qingdan.policies.models import IN_FORCE, NormativeDocument, Stage
from qingdan.policies.pages.crumbs import crumbs, crumbs_of
from qingdan.policies.permits import may_keep


@dataclass(frozen=True)
class Step:
    """An act on a document with its form; `label` for acts that are no moves, `stages` when they are possible."""

    form: type[forms.PolicyForm]
    act: Callable[..., Any]
    label: Any = ""
    lead: Any = ""
    stages: tuple[str, ...] = ()

    def words(self, verb: str) -> Any:
        return self.label or POLICY[verb].label


STEPS = {
    "start": Step(forms.StartForm, acts.start),
    "consult": Step(
        forms.ConsultForm,
        acts.consult,
        lead=_("Everybody can then read the draft and comment on it; the wording is fixed meanwhile."),
    ),
    "close_comments": Step(
        forms.CloseCommentsForm,
        acts.close_comments,
        lead=_("The answers and what you write here stay readable for everybody."),
    ),
    "submit_review": Step(forms.SubmitReviewForm, acts.submit_review),
    "pass_review": Step(forms.PassForm, acts.pass_review),
    "return_review": Step(forms.ReturnForm, acts.return_review),
    "escalate": Step(
        forms.EscalateForm,
        acts.escalate,
        lead=_("Left empty, the matter goes to the city's civil affairs bureau."),
    ),
    "issue": Step(
        forms.IssueForm,
        acts.issue,
        lead=_("It takes a document number and becomes public; its wording is fixed."),
    ),
    "file": Step(forms.FileForm, acts.file),
    "amend": Step(forms.AmendForm, acts.amend),
    "repeal": Step(forms.RepealForm, acts.repeal, lead=_("What rests on it must be examined again.")),
    # acts that change no stage
    "edit": Step(
        forms.DocumentForm,
        acts.edit,
        _("Change the details"),
        stages=(Stage.PLANNED, Stage.DRAFTING, Stage.ESCALATED, Stage.DELIBERATION),
    ),
    "waive_comment": Step(
        forms.WaiveForm,
        acts.waive_comment,
        _("Do not ask the public"),
        lead=_("Only where secrecy or an urgency named by law forbids it."),
        stages=(Stage.DRAFTING,),
    ),
    "decide": Step(
        forms.DecideForm, acts.decide, _("Record the collective decision"), stages=(Stage.DELIBERATION,)
    ),
    "extend_validity": Step(
        forms.ExtendForm, acts.extend_validity, _("Extend its validity"), stages=IN_FORCE
    ),
    "record_filing": Step(forms.FileForm, acts.file, _("Record the filing"), stages=IN_FORCE),
    "drop_amendment": Step(
        forms.WaiveForm, acts.drop_amendment, _("Throw the draft amendment away"), stages=IN_FORCE
    ),
}


def step_forms() -> dict[str, Callable[[NormativeDocument], str]]:
    """The addresses of the forms behind the moves."""

    def form_of(verb: str) -> Callable[[NormativeDocument], str]:
        return lambda document: reverse("policy-step", args=[document.pk, verb])

    return {verb: form_of(verb) for verb, step in STEPS.items() if not step.stages}


def further_steps(document: NormativeDocument, actor: Any) -> list[dict[str, Any]]:
    """Acts that change no stage and are possible now."""
    if not may_keep(actor, document):
        return []
    return [
        {"label": step.label, "url": reverse("policy-step", args=[document.pk, verb])}
        for verb, step in STEPS.items()
        if document.stage in step.stages and not _is_idle(verb, document)
    ]


def _is_idle(verb: str, document: NormativeDocument) -> bool:
    if verb == "record_filing":
        return document.filed_on is not None
    if verb == "waive_comment":
        return bool(document.comment_waiver)
    if verb == "drop_amendment":
        return not document.versions.filter(frozen_on__isnull=True).exists()
    return False


@page(may_keep)
def step(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """The form of one step; what the act objects to stands on it."""
    found = access.get_visible_or_404(NormativeDocument, request.user, pk=pk)
    if verb not in STEPS:
        raise Http404(_now("There is no such act."))
    one = STEPS[verb]
    form = one.form(request.POST or None, actor=request.user, document=found, initial=_initial(verb, found))
    words = one.words(verb)
    return form_page(
        request,
        form,
        lambda: one.act(found, actor=request.user, **form.given),
        title=words,
        lead=one.lead,
        warns=POLICY[verb].warns if not one.stages and verb != "issue" else "",
        back=found.get_absolute_url(),
        done=_now("Done: %(words)s.") % {"words": words},
        crumbs=crumbs_of(found),
        submit=words,
    )


def _initial(verb: str, found: NormativeDocument) -> dict[str, Any]:
    if verb != "edit":
        return {}
    return {
        "title": found.title,
        "group": found.group,
        "subject": found.subject,
        "issuer": found.issuer_id,
        "co_drafters": list(found.co_drafters.values_list("pk", flat=True)),
    }


@page(may_keep)
def plan(request: HttpRequest) -> HttpResponse:
    form = forms.DocumentForm(request.POST or None, actor=request.user)
    back = reverse("policies")
    return form_page(
        request,
        form,
        lambda: acts.plan(actor=actor_of(request), **form.given),
        title=_("Plan a document"),
        back=back,
        to=lambda made: made.get_absolute_url(),
        done=_("The document is planned. Enter its wording when drafting begins."),
        crumbs=crumbs(),
    )


@page(may_keep)
def take_over(request: HttpRequest) -> HttpResponse:
    form = forms.TakeOverForm(request.POST or None, actor=request.user)
    back = reverse("policies")
    return form_page(
        request,
        form,
        lambda: acts.take_over(actor=actor_of(request), **form.given),
        title=_("Enter an issued document"),
        lead=_(
            "For documents that were issued on paper before; new ones are planned, drafted and issued here."
        ),
        back=back,
        to=lambda made: made.get_absolute_url(),
        done=_("The document is in the library."),
        crumbs=crumbs(),
    )
