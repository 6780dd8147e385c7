"""The journal as a list, for those who audit."""

import json

from django.apps import apps
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from qingdan.core import records
from qingdan.core.gate import page
from qingdan.core.listing import Column, Listing, PeriodFilter
from qingdan.core.models import JournalEntry
from qingdan.directory.models import Account
from qingdan.directory.permits import is_audit_admin, is_auditor


def _entries(actor: Account) -> QuerySet[JournalEntry]:
    return JournalEntry.objects.filter(district=actor.district)


def _kind(entry: JournalEntry) -> str:
    """The kind of record in the reader's words; the bare label where this version no longer knows it."""
    try:
        return str(apps.get_model(entry.subject_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return entry.subject_type


def _what(entry: JournalEntry) -> str:
    return records.verb_label(entry.verb)


def _details(entry: JournalEntry) -> str:
    said = json.dumps(entry.data, ensure_ascii=False) if entry.data else ""
    return " ".join(part for part in (entry.reason, said) if part)


JOURNAL = Listing(
    key="journal",
    title=_("Journal"),
    note=_("Every change of state, in one chain; nothing in it can be altered"),
    records=_entries,
    columns=(
        Column("sequence", _("Number"), kind="number", sort=True, fixed=True),
        Column("at", _("Time"), kind="moment", sort=True),
        Column("actor_label", _("Who"), sort=True),
        Column("what", _("Act"), value=_what),
        Column("subject_label", _("Record"), kind="title", sub=_kind),
        Column("after", _("State"), value=records.state_label),
        Column("details", _("Reason and details"), value=_details, kind="title"),
        Column("verb", _("Verb"), kind="code", hidden=True),
        Column("hash", _("Hash"), kind="code", hidden=True),
    ),
    search=("subject_label", "actor_label", "verb", "reason"),
    search_hint=_("Record, person, verb, reason"),
    filters=(PeriodFilter("period", _("Time"), "at", moments=True),),
    order=("-sequence",),
)


@page(
    (is_audit_admin | is_auditor).because(_("The journal is open to auditors and the audit administrator."))
)
def journal(request: HttpRequest) -> HttpResponseBase:
    return JOURNAL.response(request)
