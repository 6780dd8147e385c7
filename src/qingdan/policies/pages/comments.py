"""The page on which the public reads a draft, comments on it, and finds the answers."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qingdan.core import clock, throttle
from qingdan.core.actor import SystemActor
from qingdan.core.form_pages import carry_out, form_page
from qingdan.core.gate import page, public
from qingdan.core.permits import Refused
from qingdan.directory.pages.frame import actor_of
from qingdan.policies import acts, forms, queries
from qingdan.policies.models import Comment, CommentPeriod
from qingdan.policies.pages.crumbs import crumbs
from qingdan.policies.permits import may_keep

ACT = "policy-comment"
# Comments on one draft from one address in an hour: a whole office may share an address, a program writes more.
MOST_AN_HOUR = 20


def _period(request: HttpRequest, pk: int) -> CommentPeriod:
    found = (
        queries.comment_periods(request.user)
        .filter(document_id=pk)
        .select_related("document", "version")
        .first()
    )
    if found is None:
        raise Http404(_now("There is no such record, or it is not open to you."))
    return found


def _who(request: HttpRequest, district: str) -> Any:
    """Whoever is signed in, else the public: no name is asked and none is kept."""
    return request.user if request.user.is_authenticated else SystemActor("public", district)


def _comment(request: HttpRequest, period: CommentPeriod, given: dict[str, Any]) -> Comment:
    """Keep the comment; of one address only so many an hour for a draft. What is refused does not count."""
    sender = f"address:{throttle.address_of(request)}:{period.document_id}"
    if throttle.count(sender, ACT) >= MOST_AN_HOUR:
        raise Refused(
            _now("From your network %(n)d comments on this draft came in the last hour. Go on in an hour.")
            % {"n": MOST_AN_HOUR}
        )
    made = acts.comment(period, actor=_who(request, period.district), **given)
    throttle.note(sender, ACT)
    return made


@public
def comments(request: HttpRequest, pk: int) -> HttpResponse:
    """The newest period of a draft: its wording, the form while it is open, the comments with their answers.

    What comes after the last day is refused with the words still in the form.
    """
    period = _period(request, pk)
    sent = request.method == "POST"
    form = forms.CommentForm(request.POST or None, actor=request.user, period=period)
    if sent and form.is_valid() and carry_out(form, lambda: _comment(request, period, form.given)):
        messages.success(request, _now("Thank you. Your comment is kept; it appears here with its answer."))
        return redirect(
            f"{period.get_absolute_url()}#main"
        )  # the browser would go on to the form it was sent from
    context = _context(request, period)
    context["form"] = form if sent or period.is_open_on(clock.today()) else None
    return render(request, "policies/comments.html", context, status=422 if sent else 200)


def _context(request: HttpRequest, period: CommentPeriod) -> dict[str, Any]:
    inside = queries.is_inside(request.user)
    texts = list(period.version.texts.select_related("clause"))
    numbers = {text.clause_id: str(text) for text in texts}
    all_of_it = period.comments.count()
    shown = queries.comments(request.user).filter(period=period)
    return {
        "period": period,
        "document": period.document,
        "texts": [(text, period.document_id, False) for text in texts],
        "comments": [(one, numbers.get(one.clause_id or 0, "")) for one in shown],
        "received": all_of_it,
        "answered": period.comments.exclude(outcome="").count(),
        "inside": inside,
        "keeps": bool(may_keep(request.user, period.document)),
        "crumbs": crumbs(),
        "page": reverse("policy", args=[period.document_id])
        if queries.documents(request.user).filter(pk=period.document_id).exists()
        else "",
    }


@page(may_keep)
def answer(request: HttpRequest, pk: int, comment: int) -> HttpResponse:
    period = _period(request, pk)
    one = Comment.objects.filter(period=period, pk=comment).first()
    if one is None:
        raise Http404(_now("There is no such record, or it is not open to you."))
    form = forms.AnswerForm(
        request.POST or None,
        actor=request.user,
        document=period.document,
        initial={"outcome": one.outcome, "answer": one.answer},
    )
    back = period.get_absolute_url()
    return form_page(
        request,
        form,
        lambda: acts.answer_comment(one, actor=actor_of(request), **form.given),
        title=_("Answer the comment"),
        lead=one.text,
        back=back,
        done=_("The answer is kept and can be read by everybody."),
        crumbs=crumbs((period.document.title, back)),
        draft=f"answer-{one.pk}",
    )
