"""Pages for what did not work: what happened, why, and the way on."""

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext as _

from qingdan.core.permits import Refused
from qingdan.web.shell import Shell


def _page(request: HttpRequest, status: int, heading: str, text: str) -> HttpResponse:
    context = {"heading": heading, "text": text, "status": status, "frame": Shell(request).frame}
    return render(request, "error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 400, _("This address cannot be read"), _("Go back and follow the link once more."))


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A permit said no: its reason is what the person sees."""
    if isinstance(exception, Refused):
        return _page(request, 403, _("Not open to you"), str(exception.reason))
    return _page(
        request,
        403,
        _("Not open to you"),
        _("This page is closed. Sign in with another account if you have one."),
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    said = exception.args[0] if exception.args and isinstance(exception.args[0], str) else ""
    return _page(request, 404, _("There is no such page"), said or _("The address may be old or mistyped."))


def broken(request: HttpRequest) -> HttpResponse:
    """Without database or session: either may be what is broken."""
    return HttpResponseServerError(loader.get_template("500.html").render())


def csrf_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's proof of origin is missing or old, mostly after a long pause."""
    return _page(
        request,
        403,
        _("The form has expired"),
        _("Go back, load the page anew and send it once more. Nothing was changed."),
    )
