"""Import runs: how far a file has been taken, so that a stopped import goes on where it stood. And who took
which table out."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportRun(models.Model):
    """One import of one file, known by its digest; its counts change together with the rows it saved."""

    class State(models.TextChoices):
        RUNNING = "RUNNING", _("running")
        DONE = "DONE", _("finished")

    district = models.CharField(_("district"), max_length=6)
    table = models.CharField(_("table"), max_length=64)
    file_hash = models.CharField(_("file digest (SHA-256)"), max_length=64)
    repeat = models.PositiveIntegerField(
        _("repeat"), default=0, help_text=_("Counts how often the same file was imported on purpose.")
    )
    file_name = models.CharField(_("file name"), max_length=255)
    actor = models.CharField(_("actor"), max_length=100)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.RUNNING)
    batch_size = models.PositiveIntegerField(_("rows in a batch"))
    next_row = models.PositiveIntegerField(_("next row"), default=0)
    rows = models.PositiveIntegerField(_("rows read"), default=0)
    taken = models.PositiveIntegerField(_("rows taken"), default=0)
    refused = models.PositiveIntegerField(_("rows refused"), default=0)
    notes = models.JSONField(_("notes"), default=list, blank=True)
    started = models.DateTimeField(_("started"), auto_now_add=True)
    changed = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("import run")
        verbose_name_plural = _("import runs")
        ordering = ["-started", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "table", "file_hash", "repeat"], name="import_run_once_a_file"
            ),
            models.CheckConstraint(
                condition=models.Q(rows=models.F("taken") + models.F("refused")), name="import_run_adds_up"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.file_name}"


class ImportProblem(models.Model):
    """Why one row of a run was refused; a row may have several."""

    run = models.ForeignKey(
        ImportRun, verbose_name=_("import run"), on_delete=models.CASCADE, related_name="problems"
    )
    row = models.PositiveIntegerField(_("row"))
    column = models.CharField(_("column"), max_length=64, blank=True)
    reason = models.TextField(_("reason"))

    class Meta:
        verbose_name = _("import problem")
        verbose_name_plural = _("import problems")
        ordering = ["run", "row", "pk"]
        indexes = [models.Index(fields=["run", "row"], name="import_problem_row")]

    def __str__(self) -> str:
        return f"{self.row}: {self.reason}"


class TableExport(models.Model):
    """A table that somebody took out as a workbook: the journal says who and when, this how much of what."""

    district = models.CharField(_("district"), max_length=6)
    table = models.CharField(_("table"), max_length=64)
    title = models.CharField(_("title"), max_length=120)
    rows = models.PositiveIntegerField(_("rows taken out"))
    actor = models.CharField(_("actor"), max_length=100)
    taken = models.DateTimeField(_("taken out"), auto_now_add=True)

    class Meta:
        verbose_name = _("export of a table")
        verbose_name_plural = _("exports of tables")
        ordering = ["-taken", "-pk"]

    def __str__(self) -> str:
        return self.title
