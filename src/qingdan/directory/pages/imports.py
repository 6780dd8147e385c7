"""Imports from Excel."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from qingdan.core.gate import page
from qingdan.core.import_pages import ImportPage
from qingdan.directory.permits import may_keep_directory
from qingdan.directory.tables import organisation_rows, organisations_table

ORGANISATIONS = ImportPage(
    table=lambda actor: organisations_table(actor.district),
    title=_("Import organisations"),
    lead=_("One organisation a row. Known ones are changed to what the row says, new ones are entered."),
    back="organisations",
    rows=organisation_rows,
)


@page(may_keep_directory)
def organisations_import(request: HttpRequest) -> HttpResponseBase:
    return ORGANISATIONS.response(request)
