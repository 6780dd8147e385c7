"""Official papers with their seals, and the register of document numbers."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingdan.core.bases import DistrictOwned


class NumberSequence(DistrictOwned):
    """The numbers of one prefix in one year. Its row is locked while a number is taken."""

    prefix = models.CharField(_("prefix"), max_length=20)
    year = models.PositiveSmallIntegerField(_("year"))
    last = models.PositiveIntegerField(_("last serial used"), default=0)

    class Meta:
        verbose_name = _("sequence of document numbers")
        verbose_name_plural = _("sequences of document numbers")
        constraints = [
            models.UniqueConstraint(fields=["district", "prefix", "year"], name="number_sequence_once")
        ]

    def __str__(self) -> str:
        return f"{self.prefix}〔{self.year}〕{self.last}"


class TakenNumber(DistrictOwned):
    """A number that is used, and by what."""

    sequence = models.ForeignKey(
        NumberSequence, models.PROTECT, related_name="taken", verbose_name=_("sequence of document numbers")
    )
    serial = models.PositiveIntegerField(_("serial"))
    subject = models.CharField(_("document"), max_length=200)
    taken_at = models.DateTimeField(_("taken at"), auto_now_add=True)

    class Meta:
        verbose_name = _("used document number")
        verbose_name_plural = _("used document numbers")
        ordering = ["sequence", "serial"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "sequence", "serial"],
                name="number_taken_once",
                violation_error_message=_("This document number is used already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.sequence.prefix}〔{self.sequence.year}〕{self.serial}号"


class PaperKind(models.TextChoices):
    """Six of the fifteen kinds of 中办发〔2012〕14号, article 8: those a district bureau writes every week."""

    NOTICE = "NOTICE", _("notice")
    REPORT = "REPORT", _("report")
    REQUEST = "REQUEST", _("request for instructions")
    APPROVAL = "APPROVAL", _("approval")
    MINUTES = "MINUTES", _("minutes")
    LETTER = "LETTER", _("official letter")


class PaperLayout(models.TextChoices):
    FILE = "FILE", _("file form")
    LETTER = "LETTER", _("letter form")


class PaperState(models.TextChoices):
    DRAFT = "DRAFT", _("draft")
    CHECKED = "CHECKED", _("checked")
    SIGNED = "SIGNED", _("signed for issue")
    SEALED = "SEALED", _("sealed")
    ISSUED = "ISSUED", _("issued")
    WITHDRAWN = "WITHDRAWN", _("withdrawn")


UPWARD = (PaperKind.REPORT, PaperKind.REQUEST)
"""Kinds that go to a higher body: they print who signed (clause 7.2.6)."""


class OfficialPaper(DistrictOwned):
    """A notice, report, request, approval, minutes or letter, from its draft to its issue.

    The issuing agency is kept in words, as the paper prints it; agencies live on a floor above. The number is
    taken when the seal is set, so that the seal covers it, and stays with the paper.
    """

    kind = models.CharField(_("kind of paper"), max_length=8, choices=PaperKind.choices)
    layout = models.CharField(
        _("layout"), max_length=6, choices=PaperLayout.choices, default=PaperLayout.FILE
    )
    agency = models.CharField(_("issuing agency"), max_length=80)
    prefix = models.CharField(_("prefix of the number"), max_length=12)
    year = models.PositiveSmallIntegerField(_("year of the number"), null=True, blank=True, editable=False)
    serial = models.PositiveIntegerField(_("serial of the number"), null=True, blank=True, editable=False)
    number = models.CharField(_("document number"), max_length=40, blank=True, editable=False)
    title = models.CharField(_("title"), max_length=200)
    addressee = models.CharField(_("main addressee"), max_length=200, blank=True)
    body = models.TextField(_("text"), blank=True)
    attachments = models.TextField(_("attachments"), blank=True)
    contact = models.CharField(_("contact line"), max_length=120, blank=True)
    copies_to = models.CharField(_("copies to"), max_length=200, blank=True)
    urgency = models.CharField(_("urgency"), max_length=10, blank=True)
    dated_on = models.DateField(_("date"), null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=PaperState.choices, default=PaperState.DRAFT, editable=False
    )
    revision = models.PositiveIntegerField(_("revision"), default=1, editable=False)
    drafter_key = models.CharField(_("drafter's key"), max_length=80, editable=False)
    drafter = models.CharField(_("drafter"), max_length=120, editable=False)
    checker = models.CharField(_("checked by"), max_length=120, blank=True, editable=False)
    signer_key = models.CharField(_("signer's key"), max_length=80, blank=True, editable=False)
    signer = models.CharField(_("signed by"), max_length=60, blank=True, editable=False)
    signed_sm3 = models.CharField(_("hash of what was signed"), max_length=64, blank=True, editable=False)
    issued_at = models.DateTimeField(_("issued at"), null=True, blank=True, editable=False)
    is_sample = models.BooleanField(_("sample data"), default=False, editable=False)

    class Meta:
        verbose_name = _("official paper")
        verbose_name_plural = _("official papers")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "prefix", "year", "serial"],
                condition=Q(serial__isnull=False),
                name="paper_number_once",
                violation_error_message=_("This document number is used already."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("SEALED", "ISSUED"))
                | Q(serial__isnull=False, dated_on__isnull=False) & ~Q(number="") & ~Q(signer=""),
                name="paper_sealed_is_complete",
                violation_error_message=_("A sealed paper has a number, a date and a signer."),
            ),
        ]
        indexes = [models.Index(fields=["district", "state"], name="paper_by_state")]

    def __str__(self) -> str:
        return self.number or f"{self.title}（{self.get_state_display()}）"

    def get_absolute_url(self) -> str:
        return reverse("paper", args=[self.pk])

    @property
    def goes_up(self) -> bool:
        return self.kind in UPWARD


class SealImprint(DistrictOwned):
    """The seal set on a paper: who, when, and on which content (SM3 of everything printed)."""

    paper = models.ForeignKey(
        OfficialPaper, models.PROTECT, related_name="imprints", verbose_name=_("official paper")
    )
    content_sm3 = models.CharField(_("hash of the content"), max_length=64)
    sealed_at = models.DateTimeField(_("sealed at"))
    sealed_key = models.CharField(_("key of the keeper of the seal"), max_length=80)
    sealed_by = models.CharField(_("sealed by"), max_length=120)
    void_at = models.DateTimeField(_("void since"), null=True, blank=True)
    void_reason = models.CharField(_("why it is void"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("seal imprint")
        verbose_name_plural = _("seal imprints")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "paper"], condition=Q(void_at__isnull=True), name="imprint_one_standing"
            )
        ]

    def __str__(self) -> str:
        return f"{self.sealed_by} {self.sealed_at:%Y-%m-%d}"
