"""A page with a form that carries out an act."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from qingdan.core.permits import Refused


def carry_out(form: forms.Form, act: Callable[[], Any]) -> bool:
    """Do what a valid form asks; what the act objects to stands on the form. False when it objected."""
    try:
        form.result = act()  # type: ignore[attr-defined]  # what the act made, for the page that called
    except Refused as no:
        form.add_error(None, str(no.reason))
        return False
    return True


def who(request: HttpRequest) -> Any:
    """Who acts: the account behind a page that only accounts open."""
    return request.user


def form_page(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[], Any],
    *,
    title: Any,
    back: str,
    done: Any,
    to: Callable[[Any], str] | None = None,
    **context: Any,
) -> HttpResponse:
    """Show a form; when it comes back valid, carry out the act, say `done` and go on to `to`, else `back`."""
    sent = request.method == "POST"
    if sent and form.is_valid() and carry_out(form, act):
        messages.success(request, str(done))
        return redirect(to(form.result) if to else back)  # type: ignore[attr-defined]  # set by `carry_out`
    shown = {"form": form, "title": title, "back": back, **context}
    return render(request, "form.html", shown, status=422 if sent else 200)
