"""The page of work that goes on in the background: how far it is, then what came of it. One may leave and come back."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qingdan.core.gate import page
from qingdan.core.jobs_models import Job
from qingdan.lists.permits.matching import may_match_lists, may_plan

KINDS = {
    "lists.propose": (_("Proposal of matches"), "match-proposals", "match-proposal-new"),
    "lists.plan": (_("Purchase plan"), "planning", "plan-new"),
}


def page_of(made: Any) -> str:
    """Where one is led after starting: the page of the job, or of what was made at once."""
    return reverse("lists-running", args=[made.pk]) if isinstance(made, Job) else str(made.get_absolute_url())


class said:
    """What is said after the form: that it is done, or that it goes on by itself. Chosen when the act has run."""

    def __init__(self, done: Any, form: Any) -> None:
        self.done, self.form = done, form

    def __str__(self) -> str:
        if isinstance(getattr(self.form, "result", None), Job):
            return _now("It goes on in the background; you may leave this page.")
        return str(self.done)


@page(may_match_lists | may_plan)
def running(request: HttpRequest, pk: int) -> HttpResponseBase:
    """How far a proposal or plan is that this person started; when it is done, on to it."""
    job = Job.objects.filter(pk=pk, kind__in=KINDS, arguments__account=request.user.pk).first()
    if job is None:
        raise Http404
    if job.state == Job.State.DONE and isinstance(job.result, dict):
        return redirect(job.result["url"])
    title, back, again = KINDS[job.kind]
    context = {
        "job": job,
        "title": title,
        "crumbs": [(title, reverse(back))],
        "again": reverse(again),
        "failed": job.state == Job.State.FAILED,
        "waiting": job.state == Job.State.WAITING,
    }
    return render(request, "lists/running.html", context)
