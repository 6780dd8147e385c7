"""Forms of proposals and letters."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qingdan.core import clock
from qingdan.directory.models import Agency, AgencyKind
from qingdan.replies.models import (
    CheckResult,
    Layout,
    Proposal,
    ProposalKind,
    Publication,
    ReplyClass,
    ReplyLetter,
    Satisfaction,
)


def _day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class ProposalForm(forms.Form):
    kind = forms.ChoiceField(label=_("kind"), choices=ProposalKind.choices)
    assembly = forms.CharField(
        label=_("place of the assembly"), max_length=40, help_text=_("As the letter prints it: 官渡区.")
    )
    term = forms.IntegerField(label=_("term"), min_value=1, max_value=99)
    session = forms.IntegerField(label=_("meeting"), min_value=1, max_value=99)
    number = forms.RegexField(
        r"^[0-9A-Za-z-]{1,20}$",
        label=_("number"),
        help_text=_("As printed on the proposal."),
        error_messages={"invalid": _("Digits, letters and hyphens only, as printed: 92137.")},
    )
    title = forms.CharField(label=_("title"), max_length=200)
    proposers = forms.CharField(label=_("proposers"), max_length=200)
    cosigners = forms.CharField(label=_("co-signers"), max_length=400, required=False)
    received_on = _day(_("received on"))
    points = forms.CharField(
        label=_("points"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("One a line; the letter answers them in this order."),
    )


class AssignmentForm(forms.Form):
    lead = forms.ModelChoiceField(label=_("lead handling agency"), queryset=Agency.objects.none())
    joint = forms.ModelMultipleChoiceField(
        label=_("joint agencies"),
        queryset=Agency.objects.none(),
        required=False,
        help_text=_("They give their view to the lead agency within a month."),
    )

    def __init__(self, *args: Any, proposal: Proposal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agencies = Agency.objects.filter(district=proposal.district, is_active=True)
        self.fields["lead"].queryset = agencies.filter(kind=AgencyKind.BUREAU)  # type: ignore[attr-defined]
        self.fields["joint"].queryset = agencies  # type: ignore[attr-defined]


class ConsultationForm(forms.Form):
    held_on = _day(_("held on"))
    place = forms.CharField(label=_("place"), max_length=120)
    participants = forms.CharField(label=_("those present"), max_length=300)
    notes = forms.CharField(
        label=_("notes of the talk"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )


class LetterForm(forms.Form):
    """What a drafter writes. The source's own problems are told beside it, not as form errors."""

    title = forms.CharField(label=_("title"), max_length=200)
    addressee = forms.CharField(label=_("addressee"), max_length=120)
    source = forms.CharField(
        label=_("text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 26, "class": "q-source", "spellcheck": "false"}),
    )
    contact = forms.CharField(label=_("contact line"), max_length=120, required=False)
    signature = forms.CharField(label=_("signing body"), max_length=80, required=False)
    copies_to = forms.CharField(label=_("copies to"), max_length=200, required=False)
    as_of = _day(_("figures as of"), help_text=_("Every figure is read as known at the end of this day."))
    dated_on = _day(_("date"), required=False)
    layout = forms.ChoiceField(label=_("layout"), choices=Layout.choices)
    reply_class = forms.ChoiceField(
        label=_("reply class"), required=False, choices=[("", "—"), *ReplyClass.choices]
    )
    publication = forms.ChoiceField(label=_("publication"), choices=Publication.choices)
    publication_reason = forms.CharField(label=_("reason for not publishing"), max_length=200, required=False)
    show_code = forms.BooleanField(
        label=_("print the verification code"),
        required=False,
        help_text=_("A note under the date: whoever holds the paper can verify it on the site."),
    )
    show_qr = forms.BooleanField(
        label=_("print a QR code"),
        required=False,
        help_text=_("At the foot of the last page, in the margin: it leads to the verification page."),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def of(cls, letter: ReplyLetter) -> "LetterForm":
        return cls(initial={name: getattr(letter, name) for name in cls.base_fields})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("publication") == Publication.NONE and not data.get("publication_reason"):
            self.add_error("publication_reason", _("Give the reason why the reply is not published."))
        return data


class OfficeCheckForm(forms.Form):
    """The check before the signature: two results, and what the drafter should know."""

    legality = forms.ChoiceField(
        label=_("legality check"),
        choices=CheckResult.choices,
        widget=forms.RadioSelect,
        help_text=_("Within the bureau's powers, in line with law and policy, documents cited are in force."),
    )
    secrecy = forms.ChoiceField(
        label=_("secrecy check"),
        choices=CheckResult.choices,
        widget=forms.RadioSelect,
        help_text=_("No state secret, work secret or personal data; it may be published as it is marked."),
    )
    remarks = forms.CharField(
        label=_("remarks"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Needed when one of the two did not pass: the letter then goes back with them."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if CheckResult.FAILED in (data.get("legality"), data.get("secrecy")) and not data.get("remarks"):
            self.add_error("remarks", _("Say what did not pass: the drafter reads it."))
        return data


class DifferenceForm(forms.Form):
    reason = forms.CharField(
        label=_("why it is not corrected"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Shown on the letter's page, to the public as well. Name no person."),
    )


class IssueForm(forms.Form):
    dated_on = _day(_("date"), help_text=_("The date that the letter bears."))
    serial = forms.IntegerField(
        label=_("serial of the number"),
        required=False,
        min_value=1,
        max_value=99999,
        help_text=_("Leave it empty to take the next free number."),
    )


class FeedbackForm(forms.Form):
    result = forms.ChoiceField(
        label=_("satisfaction"), choices=Satisfaction.choices, widget=forms.RadioSelect
    )
    received_on = _day(_("received on"))
    remarks = forms.CharField(label=_("remarks"), required=False, widget=forms.Textarea(attrs={"rows": 4}))

    def clean_received_on(self) -> Any:
        day = self.cleaned_data["received_on"]
        if day > clock.today():
            raise forms.ValidationError(_("This day is still to come."))
        return day


class ExtensionForm(forms.Form):
    due_on = _day(_("reply due on"))
    reason = forms.CharField(label=_("reason of the extension"), max_length=200)


class PromiseForm(forms.Form):
    text = forms.CharField(label=_("promise"), max_length=300)
    due_on = _day(_("due on"))
