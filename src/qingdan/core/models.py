"""Tables of the house itself: the journal and frozen readings."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from qingdan.core.bases import DistrictOwned
from qingdan.core.calendar_models import Holiday
from qingdan.core.files_models import StoredFile
from qingdan.core.jobs_models import Job, Schedule
from qingdan.core.tables.models import ImportProblem, ImportRun, TableExport
from qingdan.core.throttle_models import SenderMark

__all__ = [
    "Holiday",
    "ImportProblem",
    "ImportRun",
    "Job",
    "JournalEntry",
    "JournalHead",
    "Reading",
    "Schedule",
    "SenderMark",
    "StoredFile",
    "TableExport",
]


class AppendOnly(models.QuerySet[Any]):
    """Refuses in Python what the database's triggers refuse anyway, with a clearer message."""

    def update(self, **kwargs: Any) -> int:
        raise RuntimeError("the journal is append-only")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise RuntimeError("the journal is append-only")


class JournalEntry(DistrictOwned):
    """One change of state: who did what to which record, when and why."""

    sequence = models.PositiveBigIntegerField(_("number in the chain"))
    at = models.DateTimeField(_("time"))
    actor_key = models.CharField(_("actor's key"), max_length=80)
    actor_label = models.CharField(_("actor"), max_length=120)
    verb = models.CharField(_("act"), max_length=60)
    subject_type = models.CharField(_("kind of record"), max_length=80)
    subject_id = models.CharField(_("record's key"), max_length=40)
    subject_label = models.CharField(_("record"), max_length=200)
    before = models.CharField(_("state before"), max_length=40, blank=True)
    after = models.CharField(_("state after"), max_length=40, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    data = models.JSONField(_("details"), default=dict)
    previous_hash = models.CharField(_("hash of the entry before"), max_length=64)
    hash = models.CharField(_("hash"), max_length=64)

    objects = AppendOnly.as_manager()

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal")
        constraints = [
            models.UniqueConstraint(fields=["district", "sequence"], name="journal_one_entry_per_number")
        ]
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="journal_by_subject")]

    def __str__(self) -> str:
        return f"{self.sequence} {self.verb} {self.subject_label}"

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("the journal is append-only")


class JournalHead(models.Model):
    """The end of a district's chain; its row lock puts the district's entries in order."""

    district = models.CharField(_("district"), max_length=6, primary_key=True)
    sequence = models.PositiveBigIntegerField(_("number in the chain"))
    hash = models.CharField(_("hash"), max_length=64)

    class Meta:
        verbose_name = _("head of the journal")
        verbose_name_plural = _("heads of the journal")

    def __str__(self) -> str:
        return f"{self.district}: {self.sequence}"


class Reading(DistrictOwned):
    """A figure as it was read once: value, definition, parameters and the records behind it, frozen.

    Letters, reports and editions cite readings. A reading never changes; whether it still agrees with the
    records is a question (`figures.agreement`), not a field.
    """

    figure = models.CharField(_("figure"), max_length=80)
    name = models.CharField(_("name"), max_length=120)
    unit = models.CharField(_("unit"), max_length=12)
    definition = models.TextField(_("definition"))
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=12, blank=True)
    by = models.JSONField(_("dimensions"), default=dict)
    as_of = models.DateField(_("as of"))
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=2)
    part = models.PositiveIntegerField(_("of a rate: how many"), null=True, blank=True)
    whole = models.PositiveIntegerField(_("of a rate: of how many"), null=True, blank=True)
    record_type = models.CharField(_("kind of record"), max_length=80)
    record_ids = models.JSONField(_("records"), default=list)
    records = models.PositiveIntegerField(_("number of records"))
    read_at = models.DateTimeField(_("read at"))
    read_by = models.CharField(_("read by"), max_length=120)

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")

    def __str__(self) -> str:
        return f"{self.name} {self.value.normalize():f}{self.unit}"
