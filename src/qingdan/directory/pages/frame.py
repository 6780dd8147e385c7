"""What the pages of this room share: who asks, and in which frame; the form page is the house's."""

from django.http import HttpRequest

from qingdan.core.form_pages import form_page
from qingdan.core.permits import Refused
from qingdan.directory.models import Account
from qingdan.directory.permits import SIGN_IN_FIRST

__all__ = ["actor_of", "form_page", "frame_of"]


def actor_of(request: HttpRequest) -> Account:
    """Who asks, for pages whose permit has seen to it that somebody is signed in."""
    if isinstance(request.user, Account):
        return request.user
    raise Refused(SIGN_IN_FIRST)


def frame_of(request: HttpRequest) -> str:
    """The workbench for those who signed in, the public frame for others."""
    return "workbench.html" if request.user.is_authenticated else "public.html"
