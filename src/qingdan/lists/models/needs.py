"""Social needs (社会需求): the publishable summary, and what is kept apart from it."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingdan.core.bases import DistrictOwned
from qingdan.core.identifiers import mask_name, mask_phone
from qingdan.core.pii import BlindIndexField, EncryptedTextField
from qingdan.core.search import BigramIndex, Bigrams
from qingdan.lists.masking import mask_numbers
from qingdan.lists.models.words import Category, TargetGroup

TITLE_LENGTH = 120
TEXT_LENGTH = 2_000


class NeedSource(models.TextChoices):
    STREET = "STREET", _("street")
    COMMUNITY = "COMMUNITY", _("community")
    RESIDENT = "RESIDENT", _("resident")
    RESIDENT_UNIT = "RESIDENT_UNIT", _("local unit")


class NeedChannel(models.TextChoices):
    """How the need reached the house (采集渠道)."""

    WEB = "WEB", _("public page")
    VISIT = "VISIT", _("visit")
    MEETING = "MEETING", _("residents' meeting")
    SURVEY = "SURVEY", _("questionnaire")
    HOTLINE = "HOTLINE", _("hotline")
    WECHAT = "WECHAT", _("WeChat")
    GRID = "GRID", _("grid worker")
    SYSTEM = "SYSTEM", _("another system")


class WantedMode(models.TextChoices):
    """In which way it might be met; tried in this order, so that only what is left is bought."""

    SELF = "SELF", _("residents themselves")
    VOLUNTEER = "VOLUNTEER", _("volunteers")
    RESOURCE = "RESOURCE", _("existing resources")
    PURCHASE = "PURCHASE", _("purchase")


class NeedState(models.TextChoices):
    DRAFT = "DRAFT", _("draft")
    SUBMITTED = "SUBMITTED", _("waiting for the community")
    COMMUNITY_VERIFIED = "COMMUNITY_VERIFIED", _("waiting for the street")
    STREET_VERIFIED = "STREET_VERIFIED", _("verified")
    PUBLISHED = "PUBLISHED", _("published")
    MATCHED = "MATCHED", _("matched")
    IN_SERVICE = "IN_SERVICE", _("in service")
    DONE = "DONE", _("done")
    RATED = "RATED", _("rated")
    ARCHIVED = "ARCHIVED", _("archived")
    MERGED = "MERGED", _("merged")
    RETURNED = "RETURNED", _("returned for more details")
    REJECTED = "REJECTED", _("not taken up")
    EXPIRED = "EXPIRED", _("lapsed")


class SocialNeed(DistrictOwned):
    """What a street, a community, residents or a local unit need. The text is the publishable one: no persons.

    Who reported it stands in `NeedReporter`, which only the community and the street of the place see.
    `supporters` counts persons once over this need and those merged into it; see `acts.needs.recount`.
    """

    # Every index below begins with it but that of the place.
    district = models.CharField(_("district"), max_length=6)
    number = models.CharField(_("number"), max_length=32)
    source = models.CharField(_("source"), max_length=16, choices=NeedSource)
    channel = models.CharField(_("channel"), max_length=10, choices=NeedChannel, default=NeedChannel.WEB)
    place = models.ForeignKey(
        "directory.Place", on_delete=models.PROTECT, related_name="needs", verbose_name=_("place")
    )
    title = models.CharField(_("need"), max_length=TITLE_LENGTH)
    text = models.TextField(_("description"), blank=True, max_length=TEXT_LENGTH)
    category = models.CharField(_("category"), max_length=16, choices=Category)
    target = models.CharField(_("target group"), max_length=20, choices=TargetGroup)
    persons = models.PositiveIntegerField(_("persons expected"), null=True, blank=True)
    urgency = models.PositiveSmallIntegerField(_("urgency"), default=3)
    wanted = models.CharField(_("wanted way"), max_length=10, choices=WantedMode, blank=True)
    supporters = models.PositiveIntegerField(_("supporters"), default=0)
    supporters_on_paper = models.PositiveIntegerField(_("supporters on paper lists"), default=0)
    raised_on = models.DateField(_("raised on"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=NeedState, default=NeedState.DRAFT)
    due_on = models.DateField(_("due"), null=True, blank=True)
    is_personal = models.BooleanField(_("the text names or points to a person"), default=False)
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="merged_needs",
        verbose_name=_("merged into"),
        db_index=False,  # few are merged: see the index of these alone
    )
    rating = models.PositiveSmallIntegerField(_("rating (1 to 5)"), null=True, blank=True)
    filed_by = models.CharField(_("filed by"), max_length=80, blank=True)  # an actor's key
    grams = Bigrams(of=("number", "title", "text"))

    class Meta:
        verbose_name = _("social need")
        verbose_name_plural = _("social needs")
        ordering = ["-raised_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["district", "number"], name="lists_need_number_is_unique"),
            models.CheckConstraint(condition=Q(urgency__gte=1, urgency__lte=5), name="lists_urgency_1_to_5"),
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__gte=1, rating__lte=5), name="lists_rating_1_to_5"
            ),
            models.CheckConstraint(
                condition=Q(state="MERGED", merged_into__isnull=False)
                | (~Q(state="MERGED") & Q(merged_into__isnull=True)),
                name="lists_merged_need_names_another",
            ),
        ]
        indexes = [
            models.Index(fields=["district", "state", "-raised_on"], name="lists_need_by_state"),
            models.Index(fields=["district", "state", "due_on"], name="lists_need_by_deadline"),
            models.Index(
                fields=["merged_into"], name="lists_need_merged", condition=Q(merged_into__isnull=False)
            ),
            BigramIndex(fields=["grams"], name="lists_need_grams"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def masked_text(self) -> str:
        """The text for those who need not see a number that the resident wrote into it."""
        return mask_numbers(self.text) if self.is_personal else self.text

    def get_absolute_url(self) -> str:
        return reverse("need", args=[self.number])


class NeedReporter(DistrictOwned):
    """Who reported a need: personal data, apart from the publishable summary and erased when no longer needed.

    `words` keeps what the person wrote when the summary says it otherwise. A name or a telephone number is kept
    only with consent (Personal Information Protection Law, articles 13 and 19).
    """

    class Consent(models.TextChoices):
        NONE = "", _("no personal details taken")
        TICKED = "TICKED", _("given on the page")
        SPOKEN = "SPOKEN", _("given by word of mouth")
        WRITTEN = "WRITTEN", _("given in writing")

    need = models.OneToOneField(
        SocialNeed, on_delete=models.CASCADE, related_name="reporter", verbose_name=_("need")
    )
    name = EncryptedTextField(_("reporter's name"), blank=True, default="", mask=mask_name)
    phone = EncryptedTextField(_("mobile number"), blank=True, default="", mask=mask_phone)
    phone_index = BlindIndexField(source="phone")
    words = EncryptedTextField(_("words of the reporter"), blank=True, default="", mask=mask_name)
    consent = models.CharField(_("consent"), max_length=8, choices=Consent, blank=True)
    consented_on = models.DateField(_("consented on"), null=True, blank=True)
    account = models.ForeignKey(
        "directory.Account",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="reported_needs",
        verbose_name=_("account"),
    )
    erase_on = models.DateField(_("to be erased on"), null=True, blank=True)

    class Meta:
        verbose_name = _("reporter of a need")
        verbose_name_plural = _("reporters of needs")
        constraints = [
            models.CheckConstraint(
                condition=Q(phone_index="") | ~Q(consent=""), name="lists_phone_only_with_consent"
            )
        ]

    def __str__(self) -> str:
        return f"{self.need_id}"


class NeedSupport(DistrictOwned):
    """One person behind a need, the reporter among them. `supporter` is a keyed digest, never a name."""

    need = models.ForeignKey(
        SocialNeed, on_delete=models.CASCADE, related_name="supports", verbose_name=_("need")
    )
    supporter = models.CharField(_("digest of the person"), max_length=64)
    place = models.ForeignKey(
        "directory.Place",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("community"),
    )
    supported_on = models.DateField(_("supported on"))

    class Meta:
        verbose_name = _("support of a need")
        verbose_name_plural = _("supports of needs")
        constraints = [
            models.UniqueConstraint(fields=["need", "supporter"], name="lists_person_supports_a_need_once")
        ]

    def __str__(self) -> str:
        return f"{self.need_id} {self.supported_on}"


class NeedMerge(DistrictOwned):
    """A need merged into another (并案): what is needed to part them again, until `undo_until`."""

    need = models.ForeignKey(
        SocialNeed, on_delete=models.CASCADE, related_name="merges", verbose_name=_("need")
    )
    survivor = models.ForeignKey(
        SocialNeed, on_delete=models.CASCADE, related_name="received", verbose_name=_("merged into")
    )
    state_before = models.CharField(_("state before"), max_length=20, choices=NeedState)
    due_before = models.DateField(_("due before"), null=True, blank=True)
    merged_on = models.DateField(_("merged on"))
    undo_until = models.DateField(_("can be parted until"))
    reason = models.TextField(_("reason"))
    undone_on = models.DateField(_("parted on"), null=True, blank=True)

    class Meta:
        verbose_name = _("merging of needs")
        verbose_name_plural = _("mergings of needs")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["need"], condition=Q(undone_on__isnull=True), name="lists_need_merged_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.need_id} → {self.survivor_id}"


class Verdict(models.TextChoices):
    OPEN = "OPEN", _("possibly the same")
    SAME = "SAME", _("the same")
    DIFFERENT = "DIFFERENT", _("not the same")


class NeedPair(DistrictOwned):
    """Two needs that may say the same thing, with the reasons; an officer's verdict is kept."""

    first = models.ForeignKey(SocialNeed, on_delete=models.CASCADE, related_name="+", verbose_name=_("need"))
    second = models.ForeignKey(SocialNeed, on_delete=models.CASCADE, related_name="+", verbose_name=_("need"))
    points = models.PositiveSmallIntegerField(_("points of 100"))
    because = models.JSONField(_("reasons"), default=list)
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict, default=Verdict.OPEN)
    decided_by = models.CharField(_("decided by"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("pair of like needs")
        verbose_name_plural = _("pairs of like needs")
        ordering = ["-points", "first", "second"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="lists_need_pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="lists_need_pair_in_order"),
        ]
        indexes = [models.Index(fields=["district", "verdict"], name="lists_need_pair_verdict")]

    def __str__(self) -> str:
        return f"{self.first_id} / {self.second_id}"


class Notice(DistrictOwned):
    """What a signed-in resident is told about a need that they reported."""

    account = models.ForeignKey(
        "directory.Account", on_delete=models.CASCADE, related_name="need_notices", verbose_name=_("account")
    )
    need = models.ForeignKey(
        SocialNeed, on_delete=models.CASCADE, related_name="notices", verbose_name=_("need")
    )
    state = models.CharField(_("state"), max_length=20, choices=NeedState)
    reason = models.TextField(_("reason"), blank=True)
    at = models.DateTimeField(_("time"))
    seen_at = models.DateTimeField(_("seen at"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice about a need")
        verbose_name_plural = _("notices about needs")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["account", "seen_at"], name="lists_notice_unseen")]

    def __str__(self) -> str:
        return f"{self.need_id} {self.state}"


class ReportingSystem(DistrictOwned):
    """Another system that may file needs (Open311). Only the digest of its token is kept."""

    name = models.CharField(_("system"), max_length=80)
    token_hash = models.CharField(_("digest of the token"), max_length=64, unique=True)
    is_active = models.BooleanField(_("may file"), default=True)
    made_on = models.DateField(_("made on"))

    class Meta:
        verbose_name = _("reporting system")
        verbose_name_plural = _("reporting systems")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["district", "name"], name="lists_reporting_system_name")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def actor_key(self) -> str:
        return f"reporting-system:{self.pk}"

    @property
    def actor_label(self) -> str:
        return self.name
