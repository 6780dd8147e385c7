"""Matches of needs and resources (点单—派单—接单—评单), whole-list proposals, and what was tried in vain."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingdan.core.bases import DistrictOwned
from qingdan.lists.models.needs import SocialNeed
from qingdan.lists.models.resources import Resource


class MatchState(models.TextChoices):
    """From suggestion to rating. Order 点单, dispatch 派单, take 接单, rate 评单."""

    SUGGESTED = "SUGGESTED", _("suggested")
    REFUSED = "REFUSED", _("not suitable")
    ORDERED = "ORDERED", _("ordered")
    DISPATCHED = "DISPATCHED", _("dispatched")
    TAKEN = "TAKEN", _("taken by the owner")
    DECLINED = "DECLINED", _("declined by the owner")
    SERVED = "SERVED", _("served")
    RATED = "RATED", _("rated")
    CANCELLED = "CANCELLED", _("cancelled")


LIVE = (MatchState.ORDERED, MatchState.DISPATCHED, MatchState.TAKEN, MatchState.SERVED, MatchState.RATED)
"""States in which a match answers its need: capacity is promised or given."""
HOLDING = (MatchState.ORDERED, MatchState.DISPATCHED, MatchState.TAKEN)


class Match(DistrictOwned):
    """A need and a resource brought together, with the score of that day and what people decided about it."""

    need = models.ForeignKey(
        SocialNeed, on_delete=models.PROTECT, related_name="matches", verbose_name=_("need")
    )
    resource = models.ForeignKey(
        Resource, on_delete=models.PROTECT, related_name="matches", verbose_name=_("resource")
    )
    persons = models.PositiveIntegerField(_("persons"))
    score = models.DecimalField(_("score"), max_digits=4, decimal_places=1, null=True, blank=True)
    parts = models.JSONField(_("parts of the score"), default=list, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=MatchState, default=MatchState.SUGGESTED)
    why_not = models.CharField(_("reason"), max_length=300, blank=True)
    ordered_on = models.DateField(_("ordered on"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    served = models.PositiveIntegerField(_("persons served"), null=True, blank=True)
    rating = models.PositiveSmallIntegerField(_("mark given"), null=True, blank=True)
    rating_text = models.CharField(_("comment on the service"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "need", "resource"],
                condition=~Q(state__in=["DECLINED", "CANCELLED"]),
                name="lists_one_match_a_pair",
            ),
            models.CheckConstraint(condition=Q(persons__gt=0), name="lists_match_for_somebody"),
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__gte=1, rating__lte=5),
                name="lists_match_rating_1_to_5",
            ),
        ]
        indexes = [models.Index(fields=["district", "state"], name="lists_match_by_state")]

    def __str__(self) -> str:
        return f"{self.need} ← {self.resource}"

    def get_absolute_url(self) -> str:
        return reverse("match", args=[self.pk])


class ProposalState(models.TextChoices):
    OPEN = "OPEN", _("open to changes")
    ADOPTED = "ADOPTED", _("adopted")
    DISCARDED = "DISCARDED", _("discarded")


class MatchProposal(DistrictOwned):
    """Which resource for which need, over a whole list and within capacities, until somebody adopts it."""

    made_on = models.DateField(_("proposed on"))
    made_by = models.CharField(_("made by"), max_length=80)
    state = models.CharField(_("state"), max_length=12, choices=ProposalState, default=ProposalState.OPEN)
    least = models.PositiveSmallIntegerField(_("least score"), default=50)
    value = models.FloatField(_("value reached"), default=0)
    bound = models.FloatField(_("bound that no plan passes"), default=0)
    ticket = models.CharField(_("mark of the job that made it"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("proposal of matches")
        verbose_name_plural = _("proposals of matches")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return str(_("Proposal of %(day)s")) % {"day": self.made_on.isoformat()}

    def get_absolute_url(self) -> str:
        return reverse("match-proposal", args=[self.pk])


class LeftOut(models.TextChoices):
    """Why a need got nothing; the codes of `engine.assignment`."""

    NO_SUGGESTION = "no-suggestion", _("no suitable resource")
    TOO_BIG = "too-big", _("more persons than any suitable resource can take")
    CROWDED_OUT = "crowded-out", _("suitable resources are given to needs that fit better")
    BY_HAND = "by-hand", _("taken out by hand")


class ProposalLine(DistrictOwned):
    """One need of a proposal: its resource, or why it got none."""

    proposal = models.ForeignKey(
        MatchProposal, on_delete=models.CASCADE, related_name="lines", verbose_name=_("proposal of matches")
    )
    need = models.ForeignKey(SocialNeed, on_delete=models.PROTECT, related_name="+", verbose_name=_("need"))
    resource = models.ForeignKey(
        Resource,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("resource"),
    )
    persons = models.PositiveIntegerField(_("persons"))
    score = models.DecimalField(_("score"), max_digits=4, decimal_places=1, null=True, blank=True)
    parts = models.JSONField(_("parts of the score"), default=list, blank=True)
    left_out = models.CharField(_("why left out"), max_length=16, choices=LeftOut, blank=True)
    others = models.JSONField(_("other suggestions"), default=list, blank=True)
    by_hand = models.BooleanField(_("changed by hand"), default=False)

    class Meta:
        verbose_name = _("line of a proposal")
        verbose_name_plural = _("lines of a proposal")
        ordering = ["proposal", "need"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "proposal", "need"], name="lists_need_once_a_proposal"
            ),
            models.CheckConstraint(
                condition=Q(resource__isnull=False, left_out="")
                | (Q(resource__isnull=True) & ~Q(left_out="")),
                name="lists_line_has_resource_or_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.need} ← {self.resource or self.get_left_out_display()}"


class Way(models.TextChoices):
    """Ways to answer a need without buying, in the order in which they are tried."""

    SELF = "SELF", _("self-help")
    VOLUNTEER = "VOLUNTEER", _("volunteer help")
    RESOURCE = "RESOURCE", _("resources on the list")


class CoverFinding(DistrictOwned):
    """Whether one way can cover a need, and why not. A need is unmet when all three were tried and none covers it."""

    need = models.ForeignKey(
        SocialNeed, on_delete=models.CASCADE, related_name="findings", verbose_name=_("need")
    )
    way = models.CharField(_("way"), max_length=12, choices=Way)
    covers = models.BooleanField(_("covers the need"), default=False)
    note = models.CharField(_("what was found"), max_length=200)
    found_on = models.DateField(_("found on"))
    found_by = models.CharField(_("found by"), max_length=80)

    class Meta:
        verbose_name = _("finding on covering a need")
        verbose_name_plural = _("findings on covering needs")
        ordering = ["need", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["district", "need", "way"], name="lists_one_finding_a_way")
        ]

    def __str__(self) -> str:
        return f"{self.need}: {self.get_way_display()}"

    def as_words(self) -> Any:
        return _("%(way)s: %(note)s") % {"way": self.get_way_display(), "note": self.note}
