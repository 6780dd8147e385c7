"""One way to make an import page: template, upload, dry run, import, error workbook.

    ORGANISATIONS = ImportPage(
        table=lambda actor: organisations_table(actor.district), title=_("Import organisations"), back="organisations",
        rows=lambda actor: …,   # the present records, in the order of the columns, for the export
    )

    @page(may_keep_directory)
    def organisations_import(request):
        return ORGANISATIONS.response(request)

The upload is kept in the data directory under the person's own key until a week has passed: the dry run, the
import and the error workbook read the same bytes. Good rows are taken, bad ones come back in a workbook.
"""

import contextlib
import io
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import pgettext

from qingdan.core import clock
from qingdan.core.sheets import XLSX
from qingdan.core.tables import (
    Problem,
    Table,
    TableFileError,
    dry_run,
    export_rows,
    import_file,
    write_errors,
    write_template,
)
from qingdan.core.tables.importing import file_hash
from qingdan.core.tables.models import ImportProblem

MAX_BYTES = 20 * 1024 * 1024
SHOWN = 20  # problems on the page; the error workbook has all of them
KEPT_SECONDS = 7 * 86400
_ALL = 10**9
_TOKEN = re.compile(r"[0-9a-f]{64}\.(xlsx|csv|txt)")


@dataclass(frozen=True)
class ImportPage:
    """`table` is asked for each person, so that choices and checks may depend on the district."""

    table: Callable[[Any], Table]
    title: Any
    back: str
    lead: Any = ""
    rows: Callable[[Any], Iterable[tuple[Any, ...]]] | None = None

    def response(self, request: HttpRequest) -> HttpResponseBase:
        actor, table = request.user, self.table(request.user)
        if "template" in request.GET:
            return _workbook(pgettext("file name", "template"), table, lambda out: write_template(table, out))
        if "export" in request.GET and self.rows is not None:
            rows = self.rows(actor)
            return _workbook("", table, lambda out: export_rows(table, rows, out))
        if token := request.GET.get("errors", ""):
            return self._errors(actor, table, token)
        if request.method != "POST":
            return self._page(request, table)
        try:
            if token := request.POST.get("token", ""):
                return self._import(request, table, token)
            return self._try(request, table)
        except TableFileError as error:
            return self._page(request, table, complaint=str(error))

    def _page(
        self, request: HttpRequest, table: Table, *, complaint: str = "", **more: Any
    ) -> HttpResponseBase:
        context = {
            "title": self.title,
            "lead": self.lead,
            "crumbs": [(_now("Back to the list"), reverse(self.back))],
            "back": reverse(self.back),
            "columns": table.columns,
            "exports": self.rows is not None,
            "complaint": complaint,
            **more,
        }
        return render(request, "import.html", context, status=422 if complaint else 200)

    def _try(self, request: HttpRequest, table: Table) -> HttpResponseBase:
        """The dry run: nothing is written but the upload itself."""
        upload = request.FILES.get("file")
        if not isinstance(upload, UploadedFile):
            return self._page(request, table, complaint=_now("Choose a file first."))
        if (upload.size or 0) > MAX_BYTES:
            return self._page(
                request, table, complaint=_now("The file is larger than 20 MB; divide it into several.")
            )
        path = _keep(request.user, table, upload)
        report = dry_run(table, path, shown=SHOWN)
        return self._page(
            request,
            table,
            report=report,
            problems=_readable(table, report.problems),
            more=report.refused > SHOWN,
            token=_token_of(path),
            file_name=upload.name,
        )

    def _import(self, request: HttpRequest, table: Table, token: str) -> HttpResponseBase:
        actor: Any = request.user
        path = _kept(actor, table, token)
        name = request.POST.get("name", "")[:200]
        run = import_file(table, path, actor=actor, district=actor.district, file_name=name)
        problems = _of_run(table, actor, path)[:SHOWN]
        return self._page(
            request,
            table,
            run=run,
            problems=_readable(table, problems),
            more=run.refused > SHOWN,
            token=token,
        )

    def _errors(self, actor: Any, table: Table, token: str) -> HttpResponseBase:
        """The refused rows to correct: of the import if it ran, else of the dry run."""
        path = _kept(actor, table, token)
        problems = _of_run(table, actor, path) or dry_run(table, path, shown=_ALL).problems
        return _workbook(
            pgettext("file name", "errors"), table, lambda out: write_errors(table, path, problems, out)
        )


def _workbook(what: str, table: Table, write: Callable[[io.BytesIO], Any]) -> FileResponse:
    out = io.BytesIO()
    write(out)
    out.seek(0)
    name = "-".join(part for part in (str(table.label), what, f"{clock.today():%Y%m%d}") if part)
    return FileResponse(out, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


def _of_run(table: Table, actor: Any, path: Path) -> list[Problem]:
    """Why rows of this file were refused when it was imported; empty if it was not."""
    found = ImportProblem._default_manager.filter(
        run__district=actor.district, run__table=table.name, run__file_hash=file_hash(path)
    )
    return [Problem(*row) for row in found.values_list("row", "column", "reason")]


def _readable(table: Table, problems: list[Problem]) -> list[dict[str, Any]]:
    return [
        {"row": p.row, "column": table[p.column].label if p.column else "", "reason": p.reason}
        for p in problems
    ]


# ── uploads ─────────────────────────────────────────────────────────────────


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "imports"


def _keep(actor: Any, table: Table, upload: UploadedFile) -> Path:
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _sweep(folder)
    kind = Path(upload.name or "").suffix.lower().lstrip(".")
    if kind not in {"xlsx", "csv", "txt"}:
        raise TableFileError(_now("Send an Excel workbook (.xlsx) or a CSV file."))
    fresh = folder / f"{actor.pk}-{table.name}.part"
    with fresh.open("wb") as file:
        for chunk in upload.chunks():
            file.write(chunk)
    fresh.chmod(0o600)
    return fresh.replace(folder / f"{actor.pk}-{table.name}-{file_hash(fresh)}.{kind}")


def _token_of(path: Path) -> str:
    return path.name.rpartition("-")[2]


def _kept(actor: Any, table: Table, token: str) -> Path:
    path = _folder() / f"{actor.pk}-{table.name}-{token}"
    if not _TOKEN.fullmatch(token) or not path.exists():
        raise Http404(_now("This upload is no longer kept; send the file again."))
    return path


def _sweep(folder: Path) -> None:
    """Uploads may hold personal data: none stays longer than a week."""
    for path in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > KEPT_SECONDS:
                path.unlink()
