"""The wording of a document: versions, and in each the text of every clause."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from qingdan.core.bases import DistrictOwned
from qingdan.core.search import BigramIndex, Bigrams
from qingdan.policies.models.documents import NormativeDocument


class Version(DistrictOwned):
    """One wording of the whole document. Frozen when it leaves the drafters' hands; law from `effective_on`."""

    document = models.ForeignKey(
        NormativeDocument,
        on_delete=models.CASCADE,
        related_name="versions",
        verbose_name=_("policy document"),
    )
    number = models.PositiveSmallIntegerField(_("version"))
    label = models.CharField(_("name of the version"), max_length=80, blank=True)
    made_on = models.DateField(_("made on"))
    frozen_on = models.DateField(_("frozen on"), null=True, blank=True)
    effective_on = models.DateField(_("effective from"), null=True, blank=True)

    class Meta:
        verbose_name = _("wording")
        verbose_name_plural = _("wordings")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "document", "number"], name="policies_version_number_once"
            ),
            models.UniqueConstraint(
                fields=["district", "document"],
                condition=Q(frozen_on__isnull=True),
                name="policies_one_open_version",
            ),
            models.CheckConstraint(
                condition=Q(effective_on__isnull=True) | Q(frozen_on__isnull=False),
                name="policies_effective_wording_is_frozen",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}" + (f" · {self.label}" if self.label else "")

    @property
    def is_open(self) -> bool:
        return self.frozen_on is None


class Level(models.TextChoices):
    """How deep a clause stands; the order is that of nesting."""

    PREAMBLE = "PREAMBLE", _("preamble")
    CHAPTER = "CHAPTER", _("chapter")
    ARTICLE = "ARTICLE", _("article")
    ITEM = "ITEM", _("item of an article")


class Clause(DistrictOwned):
    """A clause as others cite it: its key and address stay, whatever number or wording it is given later."""

    document = models.ForeignKey(
        NormativeDocument,
        on_delete=models.CASCADE,
        related_name="clauses",
        verbose_name=_("policy document"),
    )
    key = models.SlugField(_("key of the clause"), max_length=20)

    class Meta:
        verbose_name = _("clause")
        verbose_name_plural = _("clauses")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["district", "document", "key"], name="policies_clause_key_once")
        ]

    def __str__(self) -> str:
        return f"{self.document} {self.key}"

    def get_absolute_url(self) -> str:
        return reverse("policy-clause", args=[self.document_id, self.key])


class ClauseText(DistrictOwned):
    """What a clause says in one version: its number there, heading and text."""

    version = models.ForeignKey(
        Version, on_delete=models.CASCADE, related_name="texts", verbose_name=_("wording")
    )
    clause = models.ForeignKey(
        Clause, on_delete=models.CASCADE, related_name="texts", verbose_name=_("clause")
    )
    order = models.PositiveSmallIntegerField(_("order"))
    level = models.CharField(_("level"), max_length=8, choices=Level, default=Level.ARTICLE)
    number = models.CharField(_("number of the clause"), max_length=20, blank=True)
    parent_number = models.CharField(_("number of the clause above"), max_length=20, blank=True)
    heading = models.CharField(_("heading"), max_length=120, blank=True)
    text = models.TextField(_("text"), blank=True)
    grams = Bigrams(of=("number", "heading", "text"))

    class Meta:
        verbose_name = _("text of a clause")
        verbose_name_plural = _("texts of clauses")
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "version", "order"], name="policies_clause_order_once"
            ),
            models.UniqueConstraint(
                fields=["district", "version", "clause"], name="policies_clause_once_a_version"
            ),
            models.CheckConstraint(condition=~Q(heading="", text=""), name="policies_clause_says_something"),
        ]
        indexes = [BigramIndex(fields=["grams"], name="policies_clause_grams")]

    def __str__(self) -> str:
        words = self.heading or Truncator(self.text).chars(20)
        return f"{self.full_number} {words}".strip()

    @property
    def full_number(self) -> str:
        """As a sentence cites it: 第三条（二）."""
        return f"{self.parent_number}{self.number}"
