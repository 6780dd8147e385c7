"""The one address through which a record's state is changed from its page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from qingdan.core import access, markup
from qingdan.core.gate import page
from qingdan.core.permits import Refused
from qingdan.core.records import form_address, perform
from qingdan.directory.permits import signed_in


@page(signed_in)
def move(request: HttpRequest, label: str, pk: str, verb: str) -> HttpResponseBase:
    """Perform a move and return to the record; a refusal is said there in words, and nothing is changed."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    record = access.get_visible_or_404(access.model_called(label), request.user, pk=pk)
    if form := form_address(record, verb):
        messages.info(request, _("This needs more than a reason: fill in the form. Nothing was changed yet."))
        return redirect(form)
    try:
        record, words = perform(label, pk, verb, actor=request.user, reason=request.POST.get("reason", ""))
    except Refused as error:
        messages.error(request, str(error.reason))
    else:
        messages.success(request, _("Done: %(words)s.") % {"words": words})
    return redirect(_back(request) or markup.address_of(record) or "workbench")


def _back(request: HttpRequest) -> str:
    """Where the form said to return to, if that is a page of this site."""
    back = request.POST.get("next", "")
    return back if url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()) else ""
