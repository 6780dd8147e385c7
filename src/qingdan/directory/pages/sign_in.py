"""Signing in and out, one's own account, and the panel of sample accounts of a demo installation."""

from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from qingdan.core import throttle
from qingdan.core.gate import page, public
from qingdan.directory import acts
from qingdan.directory.forms import LanguageForm, PasswordForm, SignInForm
from qingdan.directory.models import Account, GrantState, RoleGrant
from qingdan.directory.pages.frame import actor_of, form_page
from qingdan.directory.permits import signed_in
from qingdan.directory.roles import Role

BACKEND = "django.contrib.auth.backends.ModelBackend"
MINUTES = round(settings.AXES_COOLOFF_TIME * 60)


@public
@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """User name and password. After five failures the pair of name and address waits a quarter of an hour."""
    if request.user.is_authenticated:
        return redirect(_onward(request))
    form = SignInForm(request, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _page(request, form)
    if form.is_valid():
        account = form.get_user()
        login(request, account)
        acts.note_sign_in(account=account)
        return _greeted(request, account)
    username = request.POST.get("username", "")
    locked = getattr(request, "axes_locked_out", False)
    acts.note_failed_sign_in(username=username, address=throttle.address_of(request), locked=bool(locked))
    if locked:
        return locked_out(request)
    return _page(request, form, left=_tries_left(request, username), status=422)


def _tries_left(request: HttpRequest, username: str) -> int | None:
    """How many tries remain before the lock, None where no lock is kept."""
    if not settings.AXES_ENABLED:
        return None
    failures = AxesProxyHandler.get_failures(request, {"username": username})
    return max(0, int(settings.AXES_FAILURE_LIMIT) - int(failures))


def locked_out(request: HttpRequest, response: Any = None, credentials: Any = None) -> HttpResponse:
    """What django-axes answers while the lock lasts: in words, with the way out."""
    return _page(request, SignInForm(request), locked=True, status=429)


def _page(
    request: HttpRequest,
    form: SignInForm,
    *,
    left: int | None = None,
    locked: bool = False,
    status: int = 200,
) -> HttpResponse:
    tries = ""
    if left:
        tries = ngettext(
            "%(n)d try left; then this name waits %(minutes)d minutes.",
            "%(n)d tries left; then this name waits %(minutes)d minutes.",
            left,
        ) % {"n": left, "minutes": MINUTES}
    context = {
        "form": form,
        "next": request.POST.get("next") or request.GET.get("next", ""),
        "tries": tries,
        "locked": locked,
        "minutes": MINUTES,
        "samples": sample_accounts() if settings.DEMO else [],
    }
    return render(request, "directory/sign_in.html", context, status=status)


def _onward(request: HttpRequest) -> str:
    """Where to after signing in: the page that was asked for, if it is one of this site."""
    asked = request.POST.get("next") or request.GET.get("next", "")
    if asked and url_has_allowed_host_and_scheme(asked, {request.get_host()}, request.is_secure()):
        return str(asked)
    return reverse(settings.LOGIN_REDIRECT_URL)


def _greeted(request: HttpRequest, account: Account) -> HttpResponse:
    """Go on, in the account's language unless this browser has chosen another."""
    response = redirect(_onward(request))
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        _set_language(response, account.language)
    return response


def _set_language(response: HttpResponse, language: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 86400, samesite="Lax", secure=settings.HTTPS
    )


@page(signed_in)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if isinstance(request.user, Account):
        acts.note_sign_out(account=request.user)
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


# ── samples ─────────────────────────────────────────────────────────────────


def sample_accounts() -> list[dict[str, Any]]:
    """The sample accounts that may sign in, with their roles in words, in the order of the roles."""
    order = {role: n for n, role in enumerate(Role.values)}
    found: dict[int, dict[str, Any]] = {}
    grants = RoleGrant.objects.filter(
        account__is_sample=True, account__is_active=True, state=GrantState.GRANTED
    ).select_related("account", "place__parent", "organisation", "agency")
    for grant in sorted(grants, key=lambda grant: (order[grant.role], grant.account.username)):
        row = found.setdefault(
            grant.account_id, {"account": grant.account, "roles": [], "reach": grant.reach}
        )
        row["roles"].append(grant.get_role_display())
    return list(found.values())


@public
@require_POST
def sample_sign_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign in as a sample person with one click. Exists in a demo installation only, for sample accounts only."""
    if not settings.DEMO:
        raise Http404(_now("This installation has no sample accounts."))
    account = Account.objects.filter(pk=pk, is_sample=True, is_active=True).first()
    if account is None:
        raise Http404(_now("There is no such sample account."))
    login(request, account, backend=BACKEND)
    acts.note_sign_in(account=account)
    return _greeted(request, account)


# ── one's own account ───────────────────────────────────────────────────────


@page(signed_in)
def my_account(request: HttpRequest) -> HttpResponse:
    """Who one is here, which roles one holds and until when, password and language."""
    account = actor_of(request)
    if request.method == "POST":
        form = LanguageForm(request.POST)
        if form.is_valid():
            acts.set_language(actor=account, language=form.cleaned_data["language"])
            response = redirect("my-account")
            _set_language(response, form.cleaned_data["language"])
            messages.success(request, _now("The language is kept for your account."))
            return response
    else:
        form = LanguageForm(initial={"language": account.language})
    grants = RoleGrant.objects.filter(account=account).select_related(
        "place__parent", "organisation", "agency"
    )
    return render(request, "directory/my_account.html", {"account": account, "grants": grants, "form": form})


@page(signed_in)
@sensitive_post_parameters("current", "password")
def my_password(request: HttpRequest) -> HttpResponse:
    account = actor_of(request)
    form = PasswordForm(request.POST or None, actor=account)

    def act() -> None:
        acts.set_password(actor=account, account=account, password=form.cleaned_data["password"])
        update_session_auth_hash(request, account)

    back = reverse("my-account")
    return form_page(
        request,
        form,
        act,
        title=_("Change password"),
        back=back,
        done=_("The new password holds from now on."),
        crumbs=[(_("My account"), back)],
    )
