"""Accounts and roles: made by the system administrator, granted by two security administrators, read by audit."""

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from qingdan.core import access, clock
from qingdan.core.bulk import Bulk
from qingdan.core.gate import page
from qingdan.core.listing import Button, ChoiceFilter, Column, FlagFilter, Listing, View
from qingdan.core.looks import Look
from qingdan.core.permits import Refused
from qingdan.core.pieces import Fact, Waiting
from qingdan.core.records import record_context
from qingdan.directory import acts, queries
from qingdan.directory.forms import AccountForm, GrantForm, PasswordForm
from qingdan.directory.lifecycle import GRANT
from qingdan.directory.models import Account, GrantState, RoleGrant, valid_on
from qingdan.directory.pages.frame import actor_of, form_page
from qingdan.directory.permits import (
    is_sec_admin,
    is_sys_admin,
    may_decide_grants,
    may_lock_accounts,
    may_see_accounts,
)
from qingdan.directory.roles import Role


def _accounts(actor: Any) -> QuerySet[Account]:
    held = RoleGrant.objects.filter(valid_on(clock.today()), state=GrantState.GRANTED).select_related(
        "place__parent"
    )
    return (
        queries.accounts(actor)
        .select_related("agency", "organisation")
        .prefetch_related(Prefetch("grants", held, to_attr="held"))
    )


def _roles(one: Any) -> str:
    return "、".join(
        f"{grant.get_role_display()}（{grant.place.full_name}）"
        if grant.place
        else str(grant.get_role_display())
        for grant in one.held
    )


def _standing(one: Account) -> tuple[Look, Any]:
    return (
        (Look("done", "4"), pgettext_lazy("account", "open"))
        if one.is_active
        else (Look("stop", "cross"), _("locked"))
    )


ACCOUNTS = Listing(
    key="accounts",
    title=_("Accounts and roles"),
    note=_("One account, one person. Roles are granted by two security administrators"),
    records=_accounts,
    columns=(
        Column("username", _("User name"), kind="code", link=True, sort=True, fixed=True),
        Column("display_name", _("Name shown"), kind="title", link=True, sort=True, fixed=True),
        Column("desk", _("Agency or organisation"), value=lambda one: one.agency or one.organisation or ""),
        Column("roles", _("Roles today"), value=_roles),
        Column("standing", _("State"), value=_standing, kind="state"),
        Column("last_login", _("Last signed in"), kind="moment", sort=True),
        Column("made_at", _("Made at"), kind="moment", sort=True, hidden=True),
        Column("is_sample", _("sample"), kind="flag", hidden=True),
    ),
    search=("username", "display_name", "agency__name", "organisation__name"),
    search_hint=_("User name, name or body"),
    filters=(
        ChoiceFilter("role", _("Role"), "grants__role", choices=Role),
        FlagFilter("open", _("May sign in"), "is_active"),
    ),
    views=(
        View("no-role", _("without any role"), lambda actor: ~Q(grants__state=GrantState.GRANTED)),
        View("locked", _("locked"), lambda actor: Q(is_active=False)),
    ),
    order=("username",),
    buttons=(
        Button(_("Grants of roles"), "role-grants", may=may_see_accounts),
        Button(_("Make an account"), "account-new", may=is_sys_admin, icon="plus", primary=True),
        Button(_("Ask for a role"), "role-grant-new", may=is_sec_admin, icon="plus", primary=True),
    ),
)


@page(may_see_accounts)
def accounts(request: HttpRequest) -> HttpResponseBase:
    return ACCOUNTS.response(request)


@page(may_see_accounts)
def account(request: HttpRequest, pk: int) -> HttpResponse:
    return _record(request, access.get_visible_or_404(Account, request.user, pk=pk))


def _record(request: HttpRequest, one: Account, complaint: str = "") -> HttpResponse:
    body = one.agency or one.organisation
    grants = one.grants.select_related("place__parent", "organisation", "agency", "granted_by", "approved_by")
    context = record_context(
        one,
        request.user,
        title=one.display_name,
        number=one.username,
        crumbs=[(_("Accounts and roles"), reverse("accounts"))],
        line=[_("may sign in") if one.is_active else _("locked"), _("sample") if one.is_sample else ""],
        facts=[
            Fact(_("User name"), one.username),
            Fact(_("Agency or organisation"), body, url=body.get_absolute_url() if body else ""),
            Fact(_("Language"), one.get_language_display()),
            Fact(_("Last signed in"), one.last_login, kind="moment"),
            Fact(_("Made at"), one.made_at, kind="moment"),
        ],
        grants=grants,
        may_lock=may_lock_accounts(request.user, one) if is_sys_admin(request.user) else None,
        may_ask=is_sec_admin(request.user),
        complaint=complaint,
    )
    return render(request, "directory/account.html", context, status=422 if complaint else 200)


@page(is_sys_admin)
@sensitive_post_parameters("password")
def account_new(request: HttpRequest) -> HttpResponse:
    form = AccountForm(request.POST or None, actor=actor_of(request))
    back = reverse("accounts")
    return form_page(
        request,
        form,
        lambda: acts.create_account(actor=actor_of(request), **form.given),
        title=_("Make an account"),
        lead=_("The account holds no role until two security administrators grant one."),
        back=back,
        to=lambda made: made.get_absolute_url(),
        done=_("The account is made. It holds no role yet."),
        crumbs=[(_("Accounts and roles"), back)],
    )


@page(is_sys_admin)
@require_POST
def account_lock(request: HttpRequest, pk: int) -> HttpResponse:
    """Lock or unlock, whichever the form asks."""
    one = access.get_visible_or_404(Account, request.user, pk=pk)
    lock = request.POST.get("to") != "open"
    act = acts.lock_account if lock else acts.unlock_account
    try:
        act(actor=actor_of(request), account=one, reason=request.POST.get("reason", "")[:300])
    except Refused as no:
        return _record(request, one, complaint=str(no.reason))
    messages.success(request, str(_("The account is locked.") if lock else _("The account is open again.")))
    return redirect(one)


@page(is_sys_admin)
@sensitive_post_parameters("password")
def account_password(request: HttpRequest, pk: int) -> HttpResponse:
    one = access.get_visible_or_404(Account, request.user, pk=pk)
    form = PasswordForm(request.POST or None, actor=actor_of(request), own=False)
    return form_page(
        request,
        form,
        lambda: acts.set_password(
            actor=actor_of(request), account=one, password=form.cleaned_data["password"]
        ),
        title=_("Set a new password"),
        back=one.get_absolute_url(),
        done=_("The new password holds from now on."),
        crumbs=[(_("Accounts and roles"), reverse("accounts")), (one.display_name, one.get_absolute_url())],
    )


# ── grants ──────────────────────────────────────────────────────────────────


def _grants(actor: Any) -> QuerySet[RoleGrant]:
    return queries.grants(actor).select_related(
        "account", "place__parent", "organisation", "agency", "granted_by", "approved_by"
    )


GRANTS = Listing(
    key="role-grants",
    title=_("Grants of roles"),
    note=_("Asked for by one security administrator, approved by another"),
    records=_grants,
    columns=(
        Column(
            "account",
            _("Account"),
            value="account__display_name",
            kind="title",
            link=True,
            sort=True,
            fixed=True,
            sub="account__username",
        ),
        Column("role", _("Role"), kind="choice", sort=True),
        Column("reach", pgettext_lazy("role grant", "For"), value="reach"),
        Column("state", _("State"), kind="state", sort=True),
        Column("valid_from", _("Valid from"), kind="date", sort=True),
        Column("valid_to", _("Valid to"), kind="date", sort=True),
        Column("granted_by", _("Asked for by"), value=lambda one: one.granted_by or ""),
        Column("approved_by", _("Approved by"), value=lambda one: one.approved_by or ""),
        Column("basis", _("Basis"), hidden=True),
    ),
    search=("account__username", "account__display_name", "basis"),
    filters=(
        ChoiceFilter("role", _("Role"), "role", choices=Role),
        ChoiceFilter("state", _("State"), "state", choices=GrantState),
    ),
    views=(View("waiting", _("to be decided"), lambda actor: Q(state=GrantState.REQUESTED)),),
    order=("-pk",),
    bulk=(Bulk.of_move(GRANT, "approve", to=is_sec_admin), Bulk.of_move(GRANT, "decline", to=is_sec_admin)),
    buttons=(Button(_("Ask for a role"), "role-grant-new", may=is_sec_admin, icon="plus", primary=True),),
)


@page(may_see_accounts)
def role_grants(request: HttpRequest) -> HttpResponseBase:
    return GRANTS.response(request)


@page(may_see_accounts)
def role_grant(request: HttpRequest, pk: int) -> HttpResponse:
    one = access.get_visible_or_404(RoleGrant, request.user, pk=pk)
    who = one.account
    context = record_context(
        one,
        request.user,
        title=f"{who.display_name} · {one.get_role_display()}",
        crumbs=[
            (_("Accounts and roles"), reverse("accounts")),
            (_("Grants of roles"), reverse("role-grants")),
        ],
        line=[one.reach],
        facts=[
            Fact(_("Account"), f"{who.display_name} ({who.username})", url=who.get_absolute_url()),
            Fact(_("Role"), one.get_role_display()),
            Fact(pgettext_lazy("role grant", "For"), one.reach),
            Fact(_("Valid from"), one.valid_from, kind="date"),
            Fact(_("Valid to"), one.valid_to, kind="date"),
            Fact(_("Basis"), one.basis),
            Fact(_("Asked for by"), one.granted_by),
            Fact(_("Approved by"), _("founding appointment") if one.founding else one.approved_by),
        ],
    )
    return render(request, "directory/record.html", context)


@page(is_sec_admin)
def role_grant_new(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("account", "")
    initial = {"account": asked} if asked.isdigit() else {}
    form = GrantForm(request.POST or None, actor=actor_of(request), initial=initial)
    back = reverse("role-grants")
    return form_page(
        request,
        form,
        lambda: acts.request_grant(actor=actor_of(request), **form.given),
        title=_("Ask for a role"),
        lead=_("It is in force once another security administrator has approved it."),
        back=back,
        to=lambda made: made.get_absolute_url(),
        done=_("Asked for. Another security administrator must approve it."),
        crumbs=[(_("Grants of roles"), back)],
        submit=pgettext_lazy("role grant", "Ask"),
    )


def waiting_for(actor: Any) -> list[Waiting]:
    """For the workbench: grants that this security administrator may decide."""
    if not is_sec_admin(actor):
        return []
    asked = _grants(actor).filter(state=GrantState.REQUESTED)
    return [
        Waiting(
            due=None,
            title=f"{one.account.display_name} · {one.get_role_display()}",
            verb=_("Decide"),
            url=one.get_absolute_url(),
            sub=one.basis,
            room=_("Accounts and roles"),
        )
        for one in asked
        if may_decide_grants(actor, one)
    ]
