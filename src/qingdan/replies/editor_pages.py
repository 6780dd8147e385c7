"""Writing a letter: by the proposal's points, saved by itself, with figures to insert, comments and comparisons."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qingdan.core import clock, figures
from qingdan.core.form_pages import carry_out
from qingdan.core.gate import page
from qingdan.core.permits import Refused
from qingdan.directory.pages.frame import actor_of
from qingdan.directory.permits import is_bureau
from qingdan.policies.models import NormativeDocument
from qingdan.replies import acts, citing, forms
from qingdan.replies.letter_pages import crumbs_of_letter, visible_letter
from qingdan.replies.models import LetterComment, ReplyLetter
from qingdan.replies.rendering import LiveSources, rendered
from qingdan.replies.style import findings
from qingdan.replies.text import render as render_text
from qingdan.replies.text.compare import compare
from qingdan.replies.text.parts import join, split
from qingdan.replies.text.render import NotFound
from qingdan.replies.tracing import recorded_values

FOUND, FIGURES = 12, 6  # results of a search for something to cite


def posted(request: HttpRequest) -> QueryDict:
    """What was sent, with the parts of the text put together."""
    if "part" not in request.POST:
        return request.POST
    data = request.POST.copy()
    headings, bodies = data.getlist("heading"), data.getlist("part")
    if len(headings) != len(bodies):
        raise BadRequest(_now("Each part of the text has one heading."))
    data["source"] = join(zip(headings, bodies, strict=True))
    return data


def _open_letter(request: HttpRequest, pk: int) -> ReplyLetter:
    found = visible_letter(request, pk)
    if not found.is_open:
        raise Refused(
            _now("The letter is “%(state)s”: only a draft or a returned letter is edited.")
            % {"state": found.get_state_display()}
        )
    return found


@page(is_bureau)
def letter_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The text by its points, or with ?whole=1 in one piece."""
    found = _open_letter(request, pk)
    sent = request.method == "POST"
    form = forms.LetterForm(posted(request)) if sent else forms.LetterForm.of(found)
    if (
        sent
        and form.is_valid()
        and carry_out(form, lambda: acts.edit(found, actor=actor_of(request), **form.cleaned_data))
    ):
        messages.success(request, _now("Saved."))
        return redirect(
            found.get_absolute_url() if "show" in request.POST else reverse("letter-edit", args=[pk])
        )
    whole = "whole" in request.GET or (sent and "part" not in request.POST)
    if sent:
        found.source = posted(request).get("source", "")  # the check is about what was just sent
    check = rendered(found)
    context = {
        "form": form,
        "title": _("Text of the letter"),
        "back": found.get_absolute_url(),
        "crumbs": crumbs_of_letter(request, found),
        "letter": found,
        "check": check,
        "offers": citing.offers(check, found.district, found.as_of),
        "remarks": findings(check),
        "parts": [] if whole else split(found.source),
        "comments": found.comments.all(),
        "revisions": found.revisions.count(),
        **_citable(found, "", found.as_of),
    }
    return render(request, "replies/letter_edit.html", context, status=422 if sent else 200)


@page(is_bureau)
def letter_check(request: HttpRequest, pk: int) -> HttpResponse:
    """What is wrong with a text that is being written; saves nothing."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    found = visible_letter(request, pk)
    data = posted(request)
    form = forms.LetterForm(data)
    form.is_valid()
    as_of = form.cleaned_data.get("as_of") or found.as_of
    check = render_text(data.get("source", ""), LiveSources(found.district, as_of, found.proposal))
    context = {
        "check": check,
        "offers": citing.offers(check, found.district, as_of),
        "remarks": findings(check),
    }
    return render(request, "replies/_check.html", context)


@page(is_bureau)
def letter_autosave(request: HttpRequest, pk: int) -> HttpResponse:
    """Save what is being written. The answer says when, or why not; the words stay in the page either way."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    found = visible_letter(request, pk)
    form = forms.LetterForm(posted(request))
    problem = ""
    if form.is_valid():
        try:
            acts.edit(found, actor=actor_of(request), autosave=True, **form.cleaned_data)
        except Refused as refused:
            problem = str(refused.reason)
    else:
        problem = _now("Not saved yet: ") + " ".join(
            f"{form.fields[name].label}: {errors[0]}"
            for name, errors in form.errors.items()
            if name in form.fields
        )
    context = {"letter": found, "problem": problem, "at": timezone.localtime()}
    return render(request, "replies/_autosave.html", context)


@page(is_bureau)
def letter_cite(request: HttpRequest, pk: int) -> HttpResponse:
    """Figures and documents to cite that hold every word of `q`, each with its value as of the letter's day."""
    found = visible_letter(request, pk)
    as_of = _day(request.GET.get("as_of", "")) or found.as_of
    context = _citable(found, request.GET.get("q", "")[:80], as_of)
    return render(request, "replies/_cite.html", {"letter": found, **context})


def _citable(letter: ReplyLetter, query: str, as_of: dt.date) -> dict[str, Any]:
    words = query.lower().split()

    def fits(*texts: str) -> bool:
        whole = " ".join(texts).lower()
        return all(word in whole for word in words)

    values = [one for one in recorded_values(letter.district, as_of) if fits(one.words, one.key)]
    documents = list(NormativeDocument.objects.filter(district=letter.district).order_by("-number", "title"))
    named = [one for one in documents if fits(one.title, one.number)]
    sources = LiveSources(letter.district, as_of)
    return {
        "figures": [one for one in figures.declared() if fits(str(one.name), one.key)][:FIGURES],
        "values": [(one, citing.citation(one.scope, one.key)) for one in values[:FOUND]],
        "documents": [
            (one, _cited(one, documents, sources), citing.document_citation(one)) for one in named[:FOUND]
        ],
        "more": max(0, len(values) - FOUND) + max(0, len(named) - FOUND),
        "query": query,
    }


def _cited(document: NormativeDocument, documents: list[NormativeDocument], sources: LiveSources) -> str:
    """What the letter will print for it, or why it cannot be cited on the letter's day."""
    if document.number:
        named = [document]
    else:
        named = [one for one in documents if one.title == document.title]
    try:
        return sources.one_of(named, by_number=bool(document.number)).printed
    except NotFound as missing:
        return str(missing)


@page(is_bureau)
def letter_cite_figure(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """The picker of one figure: period, place and dimensions as it declares them, its value, its citation."""
    found = visible_letter(request, pk)
    try:
        figure = figures.get(key)
    except figures.UnknownFigure as error:
        raise Http404(str(error)) from None
    day = _day(request.GET.get("on", "")) or _day(request.GET.get("as_of", "")) or found.as_of
    letters_day = _day(request.GET.get("as_of", "")) or found.as_of
    context = {
        "letter": found,
        "pick": citing.pick(figure, found.district, min(day, clock.today()), request.GET.dict()),
        "letters_day": letters_day,
        "key": key,
    }
    return render(request, "replies/_cite_figure.html", context)


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


# ── versions and comments ───────────────────────────────────────────────────


@page(is_bureau)
def letter_compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Two revisions of a letter, or a letter with an earlier version of it."""
    found = visible_letter(request, pk)
    revisions = list(found.revisions.all())
    versions = [
        one
        for one in ReplyLetter.objects.filter(proposal=found.proposal).order_by("-version")
        if one.pk != found.pk
    ]
    by_number = {one.number: one for one in revisions}
    other = next((one for one in versions if str(one.pk) == request.GET.get("with", "")), None)
    newest = by_number.get(_number(request.GET.get("to", ""))) or next(iter(revisions), None)
    earlier = [one for one in revisions if newest is None or one.number < newest.number]
    older = by_number.get(_number(request.GET.get("from", ""))) or next(iter(earlier), None)
    before = other.source if other else older.source if older else ""
    after = newest.source if newest and not other else found.source
    return render(
        request,
        "replies/compare.html",
        {
            "title": _("Compare"),
            "letter": found,
            "lines": compare(before, after),
            "revisions": revisions,
            "versions": versions,
            "older": None if other else older,
            "newest": None if other else newest,
            "other": other,
            "crumbs": crumbs_of_letter(request, found),
        },
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


@page(is_bureau)
def letter_comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a comment to a draft."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    found = visible_letter(request, pk)
    text, quote = request.POST.get("text", "").strip(), request.POST.get("quote", "").strip()
    if not text:
        raise Refused(_("Write the comment first."))
    acts.comment(found, actor=actor_of(request), text=text, quote=quote)
    return redirect(f"{found.get_absolute_url()}#comments")


@page(is_bureau)
def comment_settle(request: HttpRequest, pk: int, comment: int) -> HttpResponse:
    """Mark a comment as seen to."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    found = visible_letter(request, pk)
    try:
        made = get_object_or_404(LetterComment, letter=found, pk=comment)
    except OverflowError:
        raise Http404 from None
    acts.settle_comment(made, actor=actor_of(request))
    return redirect(f"{found.get_absolute_url()}#comments")
