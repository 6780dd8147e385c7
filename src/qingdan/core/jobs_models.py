"""Jobs and schedules: what runs in the background, how far it is, and when it runs again."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Job(models.Model):
    """One piece of background work, with its progress and outcome for people to see."""

    class State(models.TextChoices):
        WAITING = "WAITING", _("waiting")
        RUNNING = "RUNNING", _("running")
        DONE = "DONE", _("finished")
        FAILED = "FAILED", _("failed")

    kind = models.CharField(_("kind"), max_length=64)
    district = models.CharField(_("district"), max_length=6, blank=True)
    actor = models.CharField(_("actor"), max_length=100, blank=True)
    arguments = models.JSONField(_("arguments"), default=dict, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(_("done so far"), default=0)
    total = models.PositiveIntegerField(_("total"), default=0)
    message = models.CharField(_("message"), max_length=200, blank=True)
    result = models.JSONField(_("result"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    run_after = models.DateTimeField(_("run after"))
    queued = models.DateTimeField(_("queued"), null=True, blank=True)
    worker = models.CharField(_("worker"), max_length=100, blank=True)
    seen = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    created = models.DateTimeField(_("created"), auto_now_add=True)
    started = models.DateTimeField(_("started"), null=True, blank=True)
    finished = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-created", "-pk"]
        indexes = [models.Index(fields=["state", "run_after"], name="job_state_run_after")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["WAITING", "RUNNING", "DONE", "FAILED"]), name="job_state"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def percent(self) -> int | None:
        """0 to 100, None while the total is unknown."""
        return min(self.done * 100 // self.total, 100) if self.total else None


class Schedule(models.Model):
    """When a kind of job is enqueued next; one row a kind, moved on by whichever worker comes first."""

    kind = models.CharField(_("kind"), max_length=64, unique=True)
    next_run = models.DateTimeField(_("next run"))
    last_run = models.DateTimeField(_("last run"), null=True, blank=True)

    class Meta:
        verbose_name = _("schedule")
        verbose_name_plural = _("schedules")
        ordering = ["kind"]

    def __str__(self) -> str:
        return self.kind
