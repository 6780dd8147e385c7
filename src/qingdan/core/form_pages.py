"""Pages that carry out an act: with a form, where what the act objects to comes back at the field it concerns, and
for a button that asks for nothing (`button_page`).

form = forms.RepealForm(request.POST or None, …)
return form_page(request, form, lambda: acts.repeal(found, actor=actor, **form.cleaned_data),
                 title=_("Repeal"), back=found.get_absolute_url(), done=_("It is repealed."))
"""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect, render

from qingdan.core.permits import Refused


def carry_out(form: forms.Form, act: Callable[..., Any]) -> bool:
    """Do what a valid form asks; what the act objects to appears at the field it concerns. False when it objected."""
    try:
        form.result = act()  # type: ignore[attr-defined]  # what the act made, for the page that called
    except Refused as no:
        form.add_error(None, str(no.reason))
        return False
    except ValidationError as fault:
        if not hasattr(fault, "error_dict"):
            form.add_error(None, fault)
            return False
        for name, errors in fault.error_dict.items():
            form.add_error(name if name != NON_FIELD_ERRORS and name in form.fields else None, errors)
        return False
    return True


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


def button_page(
    request: HttpRequest, act: Callable[[], Any], *, done: Callable[[Any], Any], back: str
) -> HttpResponseBase:
    """Carry out an act that asks for nothing and go `back`; says `done` of what it answered, or why it refused."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        made = act()
    except Refused as no:
        messages.error(request, str(no.reason))
    else:
        messages.success(request, str(done(made)))
    return redirect(back)
