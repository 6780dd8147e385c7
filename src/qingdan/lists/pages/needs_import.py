"""Needs from Excel: a template, a check that writes nothing, the import, and the rows to correct."""

import io
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qingdan.core import clock, files
from qingdan.core.files_models import StoredFile
from qingdan.core.gate import page
from qingdan.core.sheets import XLSX
from qingdan.core.tables import Problem, TableFileError, dry_run, import_file, write_errors, write_template
from qingdan.core.tables.importing import file_hash
from qingdan.core.tables.models import ImportRun
from qingdan.lists import likeness
from qingdan.lists.permits.needs import may_import
from qingdan.lists.tables.needs import needs_table

MOST_BYTES = 10 * 1024 * 1024
MOST_PROBLEMS = 20_000


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("Workbook"), help_text=_(".xlsx, at most 10 MB; for longer lists: qingdan import needs")
    )


def _district(request: HttpRequest) -> str:
    return str(getattr(request.user, "district", ""))


@page(may_import)
def upload(request: HttpRequest) -> HttpResponse:
    """Choose a workbook; it is checked first and nothing is written."""
    sent = request.method == "POST"
    form = UploadForm(request.POST if sent else None, request.FILES if sent else None)
    if sent and form.is_valid():
        try:
            stored = files.store(
                form.cleaned_data["file"],
                actor=request.user,
                district=_district(request),
                owner=f"lists.needimport:{request.user.pk}",
                kinds={"xlsx"},
                max_size=MOST_BYTES,
            )
        except ValidationError as no:
            form.add_error("file", no)
        else:
            return redirect("needs-checked", pk=stored.pk)
    context = {"form": form, "crumbs": [(_("Social needs list"), reverse("needs"))]}
    return render(request, "lists/import.html", context, status=422 if sent else 200)


def _own_file(request: HttpRequest, pk: int) -> StoredFile:
    stored = StoredFile.objects.filter(pk=pk, owner=f"lists.needimport:{request.user.pk}").first()
    if stored is None:
        raise Http404
    return stored


@page(may_import)
def checked(request: HttpRequest, pk: int) -> HttpResponse:
    """What would come of the import; sent, what came of it."""
    stored = _own_file(request, pk)
    path = files.path_of(stored.sha256)
    table = needs_table(request.user)
    context: dict[str, Any] = {
        "file": stored,
        "crumbs": [(_("Social needs list"), reverse("needs")), (_("Import"), reverse("needs-import"))],
        "table": table,
    }
    run = ImportRun.objects.filter(
        district=_district(request),
        table=table.name,
        file_hash=file_hash(path),
        state=ImportRun.State.DONE,
    ).first()
    try:
        if request.method == "POST" and run is None:
            run = import_file(
                table, path, actor=request.user, district=_district(request), file_name=stored.name
            )
            likeness.suggest_all(_district(request))
            return redirect("needs-checked", pk=stored.pk)
        if run is not None:
            problems = [Problem(one.row, one.column, one.reason) for one in run.problems.all()[:100]]
            context |= {"run": run, "outcome": run, "problems": _shown(table, problems)}
        else:
            report = dry_run(table, path)
            context |= {"outcome": report, "problems": _shown(table, report.problems)}
    except TableFileError as fault:
        context["fault"] = str(fault)
        return render(request, "lists/import_checked.html", context, status=422)
    return render(request, "lists/import_checked.html", context)


def _shown(table: Any, problems: list[Problem]) -> list[tuple[int, str, str]]:
    labels = {column.name: str(column.label) for column in table.columns}
    return [(one.row, labels.get(one.column, _now("row")), one.reason) for one in problems]


@page(may_import)
def errors(request: HttpRequest, pk: int) -> FileResponse:
    """The refused rows as a workbook, the reason at each cell: correct it and send only this one."""
    stored = _own_file(request, pk)
    path = files.path_of(stored.sha256)
    table = needs_table(request.user)
    run = ImportRun.objects.filter(
        district=_district(request),
        table=table.name,
        file_hash=file_hash(path),
        state=ImportRun.State.DONE,
    ).first()
    problems = (
        [Problem(one.row, one.column, one.reason) for one in run.problems.all()]
        if run
        else dry_run(table, path, shown=MOST_PROBLEMS).problems
    )
    out = io.BytesIO()
    write_errors(table, path, problems, out)
    return _workbook(out, f"{table.label}-{_now('to correct')}")


@page(may_import)
def template(request: HttpRequest) -> FileResponse:
    """An empty workbook with the columns, their choices and an example."""
    out = io.BytesIO()
    table = needs_table(request.user)
    write_template(table, out)
    return _workbook(out, f"{table.label}-{_now('template')}")


def _workbook(out: io.BytesIO, name: str) -> FileResponse:
    out.seek(0)
    return FileResponse(
        out, as_attachment=True, filename=f"{name}-{clock.today():%Y%m%d}.xlsx", content_type=XLSX
    )
