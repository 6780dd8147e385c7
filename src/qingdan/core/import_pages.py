"""One way to take records from Excel on pages: template, upload, check, import, error workbook, export.

    ORGANISATIONS = ImportPage(tables.ORGANISATIONS, back="organisations", lead=_("One organisation a row. …"))

    urlpatterns = [*ORGANISATIONS.urls("organisations/import/"), …]

gives `organisations-import`, `-template`, `-export`, `-checked` and `-errors`, open to whom the kind admits. A file is
checked first and nothing is written. Up to 2,000 rows are dealt with in the request; a bigger file becomes a job
(`core.tables.background`) whose page shows how far it is and may be left and found again. Uploads are kept by
`core.files` under the person's own key for a week: check, import and error workbook read the same bytes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from qingdan.core import files
from qingdan.core.files_models import StoredFile
from qingdan.core.gate import page
from qingdan.core.jobs_models import Job
from qingdan.core.records import name_verbs
from qingdan.core.sheets import EXPORTED, download, take_out
from qingdan.core.tables import Problem, Table, TableFileError, dry_run, write_errors, write_template
from qingdan.core.tables import background as work
from qingdan.core.tables.kinds import Kind
from qingdan.core.tables.models import ImportRun
from qingdan.core.tables.reading import open_source
from qingdan.core.tables.writing import note_of

MAX_BYTES = 20 * 1024 * 1024
SHOWN = 20  # problems on the page; the error workbook has all of them
RECENT = 5
_ALL = 10**9

name_verbs({EXPORTED: _("table taken out")})


@dataclass(frozen=True)
class ImportPage:
    """The pages of one kind; `back` is the list they belong to."""

    kind: Kind
    back: str
    title: Any = ""
    lead: Any = ""

    def urls(self, prefix: str) -> list[URLPattern]:
        name = self.kind.name
        views: list[tuple[str, str, Callable[..., HttpResponseBase]]] = [
            ("", "import", self.upload),
            ("template/", "template", self.template),
            ("<int:pk>/", "checked", self.checked),
            ("<int:pk>/errors/", "errors", self.errors),
        ]
        if self.kind.rows is not None:
            views.insert(2, ("export/", "export", self.export))
        gate = page(self.kind.may)
        return [path(f"{prefix}{end}", gate(view), name=f"{name}-{what}") for end, what, view in views]

    # ── views ───────────────────────────────────────────────────────────────

    def upload(self, request: HttpRequest) -> HttpResponseBase:
        """Choose a workbook. What cannot be read as this table at all is said here and not kept."""
        if request.method != "POST":
            return self._page(request)
        table = self._table(request)
        sent = request.FILES.get("file")
        if not isinstance(sent, UploadedFile):
            return self._page(request, complaint=_now("Choose a file first."))
        try:
            upload = files.store(
                sent,
                actor=request.user,
                district=request.user.district,  # type: ignore[union-attr]  # the gate lets accounts in
                owner=work.owner_of(self.kind, request.user),
                kinds={"xlsx", "csv", "txt"},
                max_size=MAX_BYTES,
            )
        except ValidationError as no:
            return self._page(request, complaint=" ".join(no.messages))
        try:
            rows = open_source(table, files.path_of(upload.sha256)).count
        except TableFileError as fault:
            files.discard(upload)
            return self._page(request, complaint=str(fault))
        if rows > work.BIG:
            work.start(work.CHECK, self.kind, upload, account=request.user)
        return redirect(f"{self.kind.name}-checked", pk=upload.pk)

    def template(self, request: HttpRequest) -> HttpResponseBase:
        table = self._table(request)
        return download(table, pgettext("file name", "template"), lambda out: write_template(table, out))

    def export(self, request: HttpRequest) -> HttpResponseBase:
        """What is there, in the columns of the import."""
        table, rows = self._table(request), self.kind.rows
        assert rows is not None
        return download(table, "", lambda out: take_out(table, rows(request.user), out, actor=request.user))

    def checked(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """What would come of the file; how far it is; what came of it. Sent, it is imported."""
        upload = self._upload(request, pk)
        run, job = self._run(upload), work.job_of(upload)
        if request.method == "POST":
            if run is None or run.state != ImportRun.State.DONE:
                try:
                    self._take(request, upload, job)
                except TableFileError as fault:
                    return self._page(request, upload=upload, complaint=str(fault))
            return redirect(f"{self.kind.name}-checked", pk=pk)
        if run is not None and run.state == ImportRun.State.DONE:
            problems = [Problem(one.row, one.column, one.reason) for one in run.problems.all()[:SHOWN]]
            before = run if run.changed < upload.created else None
            return self._page(request, upload=upload, run=run, before=before, problems=problems)
        if job is not None and job.state in (Job.State.WAITING, Job.State.RUNNING):
            return self._page(request, upload=upload, job=job, stopped=run)
        if job is not None and job.state == Job.State.FAILED:
            return self._page(request, upload=upload, complaint=job.error, stopped=run, again=True)
        if run is not None:
            return self._page(request, upload=upload, stopped=run, again=True)
        try:
            report = work.report_of(job) if job else dry_run(self._table(request), self._file(upload))
        except TableFileError as fault:
            return self._page(request, upload=upload, complaint=str(fault))
        return self._page(request, upload=upload, report=report, problems=report.problems[:SHOWN])

    def errors(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The refused rows to correct, the reason at each cell: of the import if it ran, else of the check."""
        upload, table = self._upload(request, pk), self._table(request)
        run, file = self._run(upload), self._file(upload)
        if run is not None:
            problems = [Problem(*row) for row in run.problems.values_list("row", "column", "reason")]
        else:
            problems = dry_run(table, file, shown=_ALL).problems
        return download(
            table, pgettext("file name", "errors"), lambda out: write_errors(table, file, problems, out)
        )

    # ── parts ───────────────────────────────────────────────────────────────

    def _table(self, request: HttpRequest) -> Table:
        return self.kind.table(request.user)

    def _uploads(self, request: HttpRequest) -> Any:
        return StoredFile.objects.filter(owner=work.owner_of(self.kind, request.user)).order_by("-pk")

    def _upload(self, request: HttpRequest, pk: int) -> StoredFile:
        found: StoredFile | None = self._uploads(request).filter(pk=pk).first()
        if found is None:
            raise Http404(_now("This upload is no longer kept; send the file again."))
        return found

    def _file(self, upload: StoredFile) -> Any:
        return files.path_of(upload.sha256)

    def _run(self, upload: StoredFile) -> ImportRun | None:
        return ImportRun.objects.filter(
            district=upload.district, table=self.kind.name, file_hash=upload.sha256, repeat=0
        ).first()

    def _take(self, request: HttpRequest, upload: StoredFile, job: Job | None) -> None:
        """Here and now when the file is small; a file that was checked by a job is taken by one."""
        if job is None:
            work.take(self.kind, upload, actor=request.user)
        elif job.state not in (Job.State.WAITING, Job.State.RUNNING):
            work.start(work.TAKE, self.kind, upload, account=request.user)

    def _page(
        self,
        request: HttpRequest,
        *,
        complaint: str = "",
        upload: StoredFile | None = None,
        problems: list[Problem] | None = None,
        **more: Any,
    ) -> HttpResponseBase:
        table, name = self._table(request), self.kind.name
        back = reverse(self.back)
        crumbs = [(_now("Back to the list"), back)]
        if upload is not None:
            crumbs.append((_now("Import from Excel"), reverse(f"{name}-import")))
        context = {
            "title": self.title or _now("Import from Excel: %(table)s") % {"table": self.kind.label},
            "lead": self.lead or table.note,
            "crumbs": crumbs,
            "back": back,
            "columns": [(column.label, note_of(column)) for column in table.columns],
            "here": reverse(f"{name}-import"),
            "template_url": reverse(f"{name}-template"),
            "export_url": reverse(f"{name}-export") if self.kind.rows is not None else "",
            "errors_url": reverse(f"{name}-errors", args=[upload.pk]) if upload else "",
            "upload": upload,
            "uploads": [
                (one, reverse(f"{name}-checked", args=[one.pk])) for one in self._uploads(request)[:RECENT]
            ]
            if upload is None
            else [],
            "complaint": complaint,
            "problems": [
                {"row": p.row, "column": table[p.column].label if p.column else "", "reason": p.reason}
                for p in problems or []
            ],
            **more,
        }
        part = request.headers.get("HX-Target") == "import"
        return render(
            request,
            "import_state.html" if part else "import.html",
            context,
            status=422 if complaint and not part else 200,
        )
