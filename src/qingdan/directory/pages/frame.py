"""What the pages of this room share: a form that carries out an act."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from qingdan.core.permits import Refused
from qingdan.directory.forms import carry_out
from qingdan.directory.models import Account
from qingdan.directory.permits import SIGN_IN_FIRST


def actor_of(request: HttpRequest) -> Account:
    """Who asks, for pages whose permit has seen to it that somebody is signed in."""
    if isinstance(request.user, Account):
        return request.user
    raise Refused(SIGN_IN_FIRST)


def frame_of(request: HttpRequest) -> str:
    """The workbench for those who signed in, the public frame for others."""
    return "workbench.html" if request.user.is_authenticated else "public.html"


def form_page(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[], Any],
    *,
    title: Any,
    back: str,
    done: Any,
    to: Callable[[Any], str] | str = "",
    crumbs: Iterable[tuple[Any, str]] = (),
    template: str = "form.html",
    status: int = 422,
    **context: Any,
) -> HttpResponse:
    """Show a form; when it comes back valid, carry out the act, say `done` and go on to `to` (else `back`).

    What the act objects to stands at the field it concerns; the answer then has status 422.
    """
    sent = request.method == "POST"
    if sent and form.is_valid() and carry_out(form, act):
        messages.success(request, str(done))
        return redirect(to(form.result) if callable(to) else to or back)  # type: ignore[attr-defined]  # set by `carry_out`
    shown = {"form": form, "title": title, "back": back, "crumbs": list(crumbs), **context}
    return render(request, template, shown, status=status if sent else 200)
