"""Proposals and suggestions, who handles them, and the letters that answer them."""

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qingdan.core.bases import DistrictOwned
from qingdan.core.models import Reading
from qingdan.core.search import BigramIndex, Bigrams
from qingdan.directory.models import Agency
from qingdan.replies.class_models import ReplyClass as ReplyClass
from qingdan.replies.class_models import ReplyClassMeaning as ReplyClassMeaning
from qingdan.replies.text.numerals import in_characters


class ProposalKind(models.TextChoices):
    """By whom it was put: members of the consultative conference, or deputies of the people's congress."""

    CPPCC = "CPPCC", _("CPPCC proposal")
    NPC = "NPC", _("deputies' suggestion")


class ProposalState(models.TextChoices):
    RECEIVED = "RECEIVED", _("received")
    ASSIGNED = "ASSIGNED", _("assigned")
    IN_HANDLING = "IN_HANDLING", _("in handling")
    REPLIED = "REPLIED", _("replied")
    FEEDBACK = "FEEDBACK", _("feedback received")
    CLOSED = "CLOSED", _("closed")


class Proposal(DistrictOwned):
    """A proposal (提案) or suggestion (建议) of one session, to be answered by a letter.

    `number` is the printed one, kept as text: 92137 is serial 137 of the second session of the ninth committee.
    """

    kind = models.CharField(_("kind"), max_length=6, choices=ProposalKind.choices)
    assembly = models.CharField(
        _("place of the assembly"), max_length=40, help_text=_("As the letter prints it: 官渡区.")
    )
    term = models.PositiveSmallIntegerField(_("term"))
    session = models.PositiveSmallIntegerField(_("meeting"))
    serial = models.PositiveIntegerField(_("serial number"), null=True, blank=True)
    number = models.CharField(_("number"), max_length=20)
    title = models.CharField(_("title"), max_length=200)
    proposers = models.CharField(_("proposers"), max_length=200)
    cosigners = models.CharField(_("co-signers"), max_length=400, blank=True)
    text = models.TextField(_("text"), blank=True)
    received_on = models.DateField(_("received on"))
    due_on = models.DateField(_("reply due on"))
    due_reason = models.CharField(_("reason of the extension"), max_length=200, blank=True)
    again_due_on = models.DateField(
        _("second reply due on"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Set when the proposers were not satisfied with the reply before."),
    )
    lead = models.ForeignKey(
        Agency,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="led_proposals",
        verbose_name=_("lead handling agency"),
    )
    state = models.CharField(
        _("state"),
        max_length=12,
        choices=ProposalState.choices,
        default=ProposalState.RECEIVED,
        editable=False,
    )
    is_sample = models.BooleanField(_("sample"), default=False)

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ["-term", "-session", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "kind", "term", "session", "number"],
                name="proposal_number_once",
                violation_error_message=_("This session has a proposal of this number already."),
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=models.F("received_on")),
                name="proposal_due_after_received",
                violation_error_message=_("The reply is due after the proposal is received."),
            ),
            models.CheckConstraint(
                condition=Q(term__gte=1, term__lte=99, session__gte=1, session__lte=99),
                name="proposal_term_and_session",
                violation_error_message=_("Term and session are numbers from 1 to 99."),
            ),
        ]
        indexes = [models.Index(fields=["district", "state", "due_on"], name="proposal_by_clock")]

    def __str__(self) -> str:
        return f"{self.meeting}第{self.number}号{self.noun}"

    def get_absolute_url(self) -> str:
        return reverse("proposal", args=[self.session_code, self.number])

    @property
    def noun(self) -> str:
        """What the letter calls it: 提案 or 建议."""
        return "提案" if self.kind == ProposalKind.CPPCC else "建议"

    @property
    def meeting(self) -> str:
        """政协官渡区第九届委员会第二次会议, or 官渡区第…届人民代表大会第…次会议."""
        term, session = in_characters(self.term), in_characters(self.session)
        if self.kind == ProposalKind.CPPCC:
            return f"政协{self.assembly}第{term}届委员会第{session}次会议"
        return f"{self.assembly}第{term}届人民代表大会第{session}次会议"

    @property
    def session_code(self) -> str:
        """The session in an address: cppcc-9-2."""
        return f"{self.kind.lower()}-{self.term}-{self.session}"

    @property
    def clock(self) -> dt.date:
        """By when the next answer is due: the second one, when the proposers were not satisfied with the first."""
        return self.again_due_on or self.due_on

    @property
    def reference(self) -> str:
        """As the first sentence of a letter names it, with its title."""
        return f"{self}《{self.title}》"


class ProposalPoint(DistrictOwned):
    """One point of a proposal; the letter answers them in this order."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="points", verbose_name=_("proposal"))
    order = models.PositiveSmallIntegerField(_("order"))
    heading = models.CharField(_("heading"), max_length=120)
    text = models.TextField(_("text"), blank=True)

    class Meta:
        verbose_name = _("point of a proposal")
        verbose_name_plural = _("points of proposals")
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["district", "proposal", "order"], name="point_order_once")
        ]

    def __str__(self) -> str:
        return self.heading


class AssignmentRole(models.TextChoices):
    LEAD = "LEAD", _("lead handling agency")
    JOINT = "JOINT", _("joint agency")
    SEPARATE = "SEPARATE", _("separately handling agency")


class Assignment(DistrictOwned):
    """Who handles a proposal. A joint agency gives its view to the lead by `due_on`."""

    proposal = models.ForeignKey(
        Proposal, models.CASCADE, related_name="assignments", verbose_name=_("proposal")
    )
    role = models.CharField(_("role"), max_length=8, choices=AssignmentRole.choices)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="assignments", verbose_name=_("agency"))
    assigned_on = models.DateField(_("assigned on"))
    due_on = models.DateField(_("due on"))
    view = models.TextField(_("view given to the lead agency"), blank=True)
    view_on = models.DateField(_("view given on"), null=True, blank=True)
    declined_on = models.DateField(_("declined on"), null=True, blank=True)
    decline_reason = models.CharField(_("why it is not theirs"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "proposal", "agency"],
                name="assignment_agency_once",
                violation_error_message=_("This agency handles the proposal already."),
            ),
            models.UniqueConstraint(
                fields=["district", "proposal"],
                condition=Q(role="LEAD"),
                name="assignment_one_lead",
                violation_error_message=_("A proposal has one lead agency."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.agency}"

    @property
    def is_open(self) -> bool:
        """A joint or separate agency whose view is still awaited."""
        return self.role != AssignmentRole.LEAD and self.view_on is None and self.declined_on is None


class ConsultationRecord(DistrictOwned):
    """A talk with the proposers before the reply (面商)."""

    proposal = models.ForeignKey(
        Proposal, models.CASCADE, related_name="consultations", verbose_name=_("proposal")
    )
    held_on = models.DateField(_("held on"))
    place = models.CharField(_("place"), max_length=120)
    participants = models.CharField(_("those present"), max_length=300)
    notes = models.TextField(_("notes of the talk"), blank=True)

    class Meta:
        verbose_name = _("consultation with the proposers")
        verbose_name_plural = _("consultations with the proposers")
        ordering = ["-held_on"]

    def __str__(self) -> str:
        return f"{self.held_on} {self.place}"


class Layout(models.TextChoices):
    FILE = "FILE", _("file form")
    LETTER = "LETTER", _("letter form")


class Publication(models.TextChoices):
    ACTIVE = "ACTIVE", _("actively published")
    ON_REQUEST = "ON_REQUEST", _("given on request")
    NONE = "NONE", _("not published")


class LetterState(models.TextChoices):
    DRAFT = "DRAFT", _("draft")
    SUBMITTED = "SUBMITTED", _("submitted")
    CHECKED = "CHECKED", _("checked")
    RETURNED = "RETURNED", _("returned to the drafter")
    SIGNED = "SIGNED", _("signed for issue")
    ISSUED = "ISSUED", _("issued")
    WITHDRAWN = "WITHDRAWN", _("withdrawn")


class ReplyLetter(DistrictOwned):
    """A letter that answers a proposal. Until it is issued its figures are read live as of `as_of`.

    At issue every figure is frozen (`LetterFigure`), the text as filled is kept in `body`, and nothing of it
    changes again: a correction is a new version with a new number.
    """

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="letters", verbose_name=_("proposal"))
    version = models.PositiveSmallIntegerField(_("version"))
    layout = models.CharField(_("layout"), max_length=6, choices=Layout.choices, default=Layout.FILE)
    agency = models.ForeignKey(
        Agency, models.PROTECT, related_name="reply_letters", verbose_name=_("replying agency")
    )
    agency_name = models.CharField(_("replying agency as printed"), max_length=80, blank=True, editable=False)
    number_prefix = models.CharField(_("prefix of the number"), max_length=20, blank=True)
    number_year = models.PositiveSmallIntegerField(_("year of the number"), null=True, blank=True)
    number_serial = models.PositiveIntegerField(_("serial of the number"), null=True, blank=True)
    number = models.CharField(_("document number"), max_length=40, blank=True)
    reply_class = models.CharField(_("reply class"), max_length=1, choices=ReplyClass.choices, blank=True)
    publication = models.CharField(
        _("publication"), max_length=10, choices=Publication.choices, default=Publication.ACTIVE
    )
    publication_reason = models.CharField(_("reason for not publishing"), max_length=200, blank=True)
    title = models.CharField(_("title"), max_length=200)
    addressee = models.CharField(_("addressee"), max_length=120)
    source = models.TextField(_("text"), blank=True)
    contact = models.CharField(_("contact line"), max_length=120, blank=True)
    signature = models.CharField(_("signing body"), max_length=80, blank=True)
    copies_to = models.CharField(_("copies to"), max_length=200, blank=True)
    signer = models.CharField(_("signed by"), max_length=60, blank=True)
    dated_on = models.DateField(_("date"), null=True, blank=True)
    as_of = models.DateField(_("figures as of"))
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True, editable=False)
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True, editable=False)
    issued_at = models.DateTimeField(_("issued at"), null=True, blank=True, editable=False)
    state = models.CharField(
        _("state"), max_length=10, choices=LetterState.choices, default=LetterState.DRAFT, editable=False
    )
    drafter_key = models.CharField(_("drafter's key"), max_length=80, editable=False)
    drafter = models.CharField(_("drafter"), max_length=120, editable=False)
    revision = models.PositiveIntegerField(_("revision"), default=1, editable=False)
    edited_at = models.DateTimeField(_("edited at"), null=True, blank=True, editable=False)
    edited_by = models.CharField(_("edited by"), max_length=120, blank=True, editable=False)
    signed_text = models.CharField(_("hash of the text as signed"), max_length=64, blank=True, editable=False)
    body = models.JSONField(_("text as issued"), null=True, blank=True, editable=False)
    fixed = models.JSONField(_("numbers declared to be no figures"), default=list, editable=False)
    show_code = models.BooleanField(_("print the verification code"), default=False)
    show_qr = models.BooleanField(_("print a QR code"), default=False)
    code = models.CharField(_("verification code"), max_length=10, blank=True, editable=False)
    grams = Bigrams(of=("title", "source"))
    qr_url = models.CharField(_("address in the QR code"), max_length=200, blank=True, editable=False)
    sealed_sm3 = models.CharField(_("hash of what was sealed"), max_length=64, blank=True, editable=False)
    sealed_at = models.DateTimeField(_("sealed at"), null=True, blank=True, editable=False)
    sealed_key = models.CharField(
        _("key of the keeper of the seal"), max_length=80, blank=True, editable=False
    )
    sealed_by = models.CharField(_("sealed by"), max_length=120, blank=True, editable=False)
    is_sample = models.BooleanField(_("sample"), default=False)

    class Meta:
        verbose_name = _("reply letter")
        verbose_name_plural = _("reply letters")
        ordering = ["proposal", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["district", "proposal", "version"], name="letter_version_once"),
            models.UniqueConstraint(
                fields=["district", "number_prefix", "number_year", "number_serial"],
                condition=Q(number_serial__isnull=False),
                name="letter_number_once",
                violation_error_message=_("This document number is used already."),
            ),
            models.UniqueConstraint(
                fields=["district", "code"], condition=~Q(code=""), name="letter_code_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="ISSUED")
                | Q(
                    number_serial__isnull=False,
                    dated_on__isnull=False,
                    issued_at__isnull=False,
                    body__isnull=False,
                ),
                name="letter_issued_is_complete",
                violation_error_message=_("An issued letter has a number, a date and its text."),
            ),
            models.CheckConstraint(
                condition=~Q(publication="NONE") | ~Q(publication_reason=""),
                name="letter_unpublished_has_reason",
                violation_error_message=_("Give the reason why the reply is not published."),
            ),
        ]
        indexes = [
            models.Index(fields=["district", "state", "publication"], name="letter_by_state"),
            BigramIndex(fields=["grams"], name="replies_letter_grams"),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.title}（{self.get_state_display()}）"

    def get_absolute_url(self) -> str:
        return reverse("letter", args=[self.pk])

    @property
    def printed_agency(self) -> str:
        """The name in the red head: of an issued letter the one that it was issued under."""
        return self.agency_name or self.agency.name

    @property
    def is_issued(self) -> bool:
        return self.state == LetterState.ISSUED

    @property
    def is_open(self) -> bool:
        """Whether its text may still be edited."""
        return self.state in (LetterState.DRAFT, LetterState.RETURNED)


class LetterRevision(DistrictOwned):
    """The text of a draft as somebody left it. Autosaved rows of one sitting follow into one; saved ones stay."""

    letter = models.ForeignKey(
        ReplyLetter, models.CASCADE, related_name="revisions", verbose_name=_("letter")
    )
    number = models.PositiveIntegerField(_("revision"))
    source = models.TextField(_("text"), blank=True)
    fields = models.JSONField(_("other fields"), default=dict)
    autosaved = models.BooleanField(_("autosaved"), default=False)
    saved_at = models.DateTimeField(_("saved at"))
    saved_key = models.CharField(_("key of the editor"), max_length=80)
    saved_by = models.CharField(_("saved by"), max_length=120)

    class Meta:
        verbose_name = _("revision of a letter")
        verbose_name_plural = _("revisions of letters")
        ordering = ["letter", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["district", "letter", "number"], name="letter_revision_once")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.saved_by}"


class LetterComment(DistrictOwned):
    """A remark on a draft by a colleague, settled by whoever has seen to it."""

    letter = models.ForeignKey(ReplyLetter, models.CASCADE, related_name="comments", verbose_name=_("letter"))
    revision = models.PositiveIntegerField(_("revision"))
    quote = models.CharField(_("words commented on"), max_length=200, blank=True)
    text = models.TextField(_("comment"), max_length=2000)
    made_at = models.DateTimeField(_("made at"))
    made_key = models.CharField(_("key of the author"), max_length=80)
    made_by = models.CharField(_("made by"), max_length=120)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    settled_by = models.CharField(_("settled by"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("comment on a letter")
        verbose_name_plural = _("comments on letters")
        ordering = ["made_at", "pk"]

    def __str__(self) -> str:
        return self.text[:40]


class CheckResult(models.TextChoices):
    PASSED = "PASSED", _("passed")
    FAILED = "FAILED", _("not passed")


class LetterCheck(DistrictOwned):
    """The office's check of a letter before it is signed (合法性、保密审查): who, when, both results, remarks.

    It covers one text, by its hash; a text that changes afterwards is checked again. A check that one of the two
    did not pass sends the letter back, and its row stays.
    """

    letter = models.ForeignKey(ReplyLetter, models.PROTECT, related_name="checks", verbose_name=_("letter"))
    revision = models.PositiveIntegerField(_("revision"))
    text_sm3 = models.CharField(_("hash of the text as checked"), max_length=64)
    legality = models.CharField(_("legality check"), max_length=6, choices=CheckResult.choices)
    secrecy = models.CharField(_("secrecy check"), max_length=6, choices=CheckResult.choices)
    remarks = models.TextField(_("remarks"), max_length=2000, blank=True)
    checked_at = models.DateTimeField(_("checked at"))
    checked_key = models.CharField(_("checker's key"), max_length=80)
    checked_by = models.CharField(_("checked by"), max_length=120)

    class Meta:
        verbose_name = _("office check of a letter")
        verbose_name_plural = _("office checks of letters")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(legality="PASSED", secrecy="PASSED") | ~Q(remarks=""),
                name="letter_check_failed_has_remarks",
                violation_error_message=_("Say what did not pass: the drafter reads it."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.checked_by} {self.checked_at:%Y-%m-%d}"

    @property
    def passed(self) -> bool:
        return self.legality == CheckResult.PASSED and self.secrecy == CheckResult.PASSED


class LetterFigure(DistrictOwned):
    """One figure of an issued letter: what was printed where, and the reading behind it."""

    letter = models.ForeignKey(ReplyLetter, models.PROTECT, related_name="figures", verbose_name=_("letter"))
    position = models.PositiveSmallIntegerField(_("position"))
    printed = models.CharField(_("as printed"), max_length=60)
    approx = models.CharField(
        _("exactness"),
        max_length=6,
        choices=[("none", _("exact")), ("over", _("over")), ("about", _("about")), ("under", _("under"))],
        default="none",
    )
    labels = models.JSONField(_("dimensions in words"), default=list)
    offset = models.PositiveIntegerField(_("offset in the text"))
    reading = models.ForeignKey(Reading, models.PROTECT, related_name="+", verbose_name=_("reading"))

    class Meta:
        verbose_name = _("figure of a letter")
        verbose_name_plural = _("figures of letters")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["district", "letter", "position"], name="letter_figure_once")
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.printed}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise RuntimeError("the figures of an issued letter do not change")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("the figures of an issued letter do not change")


class DifferenceNote(DistrictOwned):
    """Why a figure that differs from later records stands uncorrected. Published with the letter; never changed:
    whoever says otherwise later writes another."""

    figure = models.ForeignKey(
        LetterFigure, models.PROTECT, related_name="notes", verbose_name=_("figure of a letter")
    )
    value = models.DecimalField(_("value on record when it was noted"), max_digits=20, decimal_places=4)
    reason = models.TextField(_("why it is not corrected"), max_length=500)
    noted_at = models.DateTimeField(_("noted at"))
    noted_key = models.CharField(_("key of the author"), max_length=80)
    noted_by = models.CharField(_("noted by"), max_length=120)

    class Meta:
        verbose_name = _("reason for a difference")
        verbose_name_plural = _("reasons for differences")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.reason[:40]


class CommitmentState(models.TextChoices):
    OPEN = "OPEN", _("open")
    KEPT = "KEPT", _("kept")
    DROPPED = "DROPPED", _("dropped")


class Commitment(DistrictOwned):
    """What a letter promised, and until when."""

    letter = models.ForeignKey(
        ReplyLetter, models.PROTECT, related_name="commitments", verbose_name=_("letter")
    )
    text = models.CharField(_("promise"), max_length=300)
    due_on = models.DateField(_("due on"))
    outcome = models.CharField(_("outcome"), max_length=300, blank=True)
    state = models.CharField(
        _("state"),
        max_length=8,
        choices=CommitmentState.choices,
        default=CommitmentState.OPEN,
        editable=False,
    )

    class Meta:
        verbose_name = _("promise of a letter")
        verbose_name_plural = _("promises of letters")
        ordering = ["due_on"]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        return self.letter.proposal.get_absolute_url()


class Satisfaction(models.TextChoices):
    SATISFIED = "SATISFIED", _("satisfied")
    BASICALLY = "BASICALLY", _("basically satisfied")
    DISSATISFIED = "DISSATISFIED", _("not satisfied")


class FeedbackForm(DistrictOwned):
    """What the proposers said to a reply (征询意见表). “Not satisfied” is handled and answered again."""

    letter = models.ForeignKey(ReplyLetter, models.PROTECT, related_name="feedback", verbose_name=_("letter"))
    result = models.CharField(_("satisfaction"), max_length=12, choices=Satisfaction.choices)
    remarks = models.TextField(_("remarks"), blank=True)
    received_on = models.DateField(_("received on"))

    class Meta:
        verbose_name = _("feedback form")
        verbose_name_plural = _("feedback forms")
        ordering = ["-received_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "letter"],
                name="feedback_once",
                violation_error_message=_("The feedback to this letter has been recorded already."),
            )
        ]

    def __str__(self) -> str:
        return self.get_result_display()
