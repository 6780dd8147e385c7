"""The gate: every page names its permit, and a page that names none is closed.

    @page(is_bureau)
    def letters(request): ...

The permission matrix test walks the table of addresses and reads these permits.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase

from qingdan.core.permits import Permit, Refused, anyone

View = Callable[..., HttpResponseBase]


def page(permit: Permit) -> Callable[[View], View]:
    """Open a view to those whom `permit` admits; strangers are sent to sign in, others are told why not.

    `permit` decides about the kind of page; which records are seen is decided by `queries.visible_to(actor)`.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            answer = permit(request.user, None)
            if answer:
                return view(request, *args, **kwargs)
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            raise Refused(answer.reason)

        guarded.permit = permit  # type: ignore[attr-defined]  # the mark that the gate looks for
        return guarded

    return wrap


public = page(anyone)


class DenyByDefault:
    """Middleware: a view without a permit answers 403, whoever asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if not hasattr(view, "permit") and not view.__module__.startswith(
            ("django.views.i18n", "django.views.static")
        ):
            raise Refused("This address names no permit, so it is closed.")
