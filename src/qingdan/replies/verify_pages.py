"""Verify a paper: enter its number and code, and see whether it is genuine and what its figures rest on."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qingdan.core import clock
from qingdan.core.gate import public
from qingdan.core.small_counts import SMALL
from qingdan.replies import protection, verification
from qingdan.replies.models import LetterState, Publication, ReplyLetter
from qingdan.replies.rendering import digest, frozen

UNKNOWN = _("No issued letter bears this number and this code. Compare both with the paper.")


class VerifyForm(forms.Form):
    number = forms.CharField(
        label=_("document number"), max_length=60, help_text=_("As printed: 官民函〔2018〕51号.")
    )
    code = forms.CharField(
        label=_("verification code"),
        max_length=20,
        help_text=_("Ten letters and digits from the paper."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


@public
def verify(request: HttpRequest) -> HttpResponse:
    """The form; a right pair leads on to the letter's page."""
    form = VerifyForm(request.POST) if request.method == "POST" else VerifyForm()
    if request.method == "POST" and not verification.may_try(request):
        return _too_many(request)
    if request.method == "POST" and form.is_valid():
        letter = verification.find_letter(form.cleaned_data["code"], form.cleaned_data["number"])
        if letter is not None:
            return redirect("verified-letter", letter.code)
        verification.note_wrong(request)
        form.add_error(None, UNKNOWN)
    return _form(request, form, status=422 if form.errors else 200)


@public
def verified(request: HttpRequest, code: str) -> HttpResponse:
    """What is on record of the paper with this code."""
    if not verification.may_try(request):
        return _too_many(request)
    letter = verification.find_letter(code)
    if letter is None:
        verification.note_wrong(request)
        form = VerifyForm({"number": "", "code": code})
        form.full_clean()
        form.errors.clear()
        form.add_error(None, UNKNOWN)
        return _form(request, form, status=404)
    is_open = letter.publication == Publication.ACTIVE
    shown = protection.shown_figures(letter, clock.today()) if is_open else []
    later = (
        ReplyLetter.objects.filter(
            proposal=letter.proposal, state=LetterState.ISSUED, version__gt=letter.version
        )
        .order_by("-version")
        .first()
    )
    context = {
        "title": _now("Verified: %(number)s") % {"number": letter.number},
        "letter": letter,
        "is_open": is_open,
        "shown": shown,
        "left_out": len(letter.figures.all()) - len(shown) if is_open else 0,
        "differing": sum(not one.agreement.agrees for one in shown),
        "later": later,
        "spelt": verification.spelt(letter.code),
        "text_sm3": digest(frozen(letter)),
        "today": clock.today(),
        "small": SMALL,
    }
    return render(request, "replies/verified.html", context)


def _form(request: HttpRequest, form: forms.Form, status: int) -> HttpResponse:
    context = {
        "form": form,
        "title": _("Verify a letter"),
        "lead": _("Whoever holds a reply on paper can see here whether it is genuine."),
        "submit": _("Verify"),
    }
    return render(request, "form.html", context, status=status)


def _too_many(request: HttpRequest) -> HttpResponse:
    form = VerifyForm({})
    form.full_clean()
    form.errors.clear()
    form.add_error(
        None,
        _now("Too many wrong codes from here: try again in %(n)s minutes.") % {"n": verification.MINUTES},
    )
    return _form(request, form, status=429)
