"""Forms of proposals and letters."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qingdan.core import clock
from qingdan.directory.models import Agency
from qingdan.replies.handling import ClassMeaning
from qingdan.replies.models import (
    AssignmentRole,
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


LONGEST_TEXT = 100_000  # as much as is read from a file
LONGEST_POINT = 120
POINTS_HELP = _("One a line; the letter answers them in this order.")


class CorrectionForm(forms.Form):
    """What may be put right after the registration."""

    serial = forms.IntegerField(
        label=_("serial number"),
        required=False,
        min_value=1,
        max_value=99999,
        help_text=_("Within its meeting, if the number does not say it: 137 of 92137."),
    )
    title = forms.CharField(label=_("title"), max_length=200)
    proposers = forms.CharField(label=_("proposers"), max_length=200)
    cosigners = forms.CharField(label=_("co-signers"), max_length=400, required=False)
    text = forms.CharField(
        label=_("text"), required=False, widget=forms.Textarea(attrs={"rows": 8}), max_length=LONGEST_TEXT
    )
    points = forms.CharField(
        label=_("points"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=POINTS_HELP,
    )

    @property
    def headings(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["points"].splitlines() if line.strip()]

    @property
    def given(self) -> dict[str, Any]:
        """The values as acts take them, without the points."""
        return {name: value for name, value in self.cleaned_data.items() if name != "points"}

    def clean_points(self) -> str:
        text: str = self.cleaned_data["points"]
        if any(len(line.strip()) > LONGEST_POINT for line in text.splitlines()):
            raise forms.ValidationError(
                _("A point is a heading of at most %(n)d characters.") % {"n": LONGEST_POINT}
            )
        return text


class ProposalForm(CorrectionForm):
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
    received_on = _day(_("received on"), help_text=_("The reply is due three months later."))

    field_order = ("kind", "assembly", "term", "session", "number", "serial", "received_on")


NO_AGENCY = _(
    "There is no such agency at work in this district; enter it in the directory of agencies first."
)


class AssignmentForm(forms.Form):
    lead = forms.ModelChoiceField(
        label=_("lead handling agency"),
        queryset=Agency.objects.none(),
        error_messages={"invalid_choice": NO_AGENCY},
    )
    joint = forms.ModelMultipleChoiceField(
        label=_("joint agencies"),
        queryset=Agency.objects.none(),
        required=False,
        help_text=_("They give their view to the lead agency within a month."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": NO_AGENCY, "invalid_pk_value": NO_AGENCY},
    )
    separate = forms.ModelMultipleChoiceField(
        label=_("separately handling agencies"),
        queryset=Agency.objects.none(),
        required=False,
        help_text=_("Each answers its own part."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": NO_AGENCY, "invalid_pk_value": NO_AGENCY},
    )
    view_due_on = _day(
        _("views due on"), required=False, help_text=_("A working day; left empty: a month from today.")
    )

    def __init__(self, *args: Any, proposal: Proposal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agencies = Agency.objects.filter(district=proposal.district, is_active=True)
        for name in ("lead", "joint", "separate"):
            self.fields[name].queryset = agencies  # type: ignore[attr-defined]  # a choice field has it

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        lead = data.get("lead")
        joint, separate = list(data.get("joint") or ()), list(data.get("separate") or ())
        if lead in joint or lead in separate:
            self.add_error("lead", _("The lead agency cannot handle the proposal jointly or separately too."))
        if set(joint) & set(separate):
            self.add_error("separate", _("An agency handles the proposal jointly or separately, not both."))
        return data


class BringInForm(forms.Form):
    agency = forms.ModelChoiceField(
        label=_("agency"), queryset=Agency.objects.none(), error_messages={"invalid_choice": NO_AGENCY}
    )
    role = forms.ChoiceField(
        label=_("role"),
        choices=[one for one in AssignmentRole.choices if one[0] != AssignmentRole.LEAD],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, proposal: Proposal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        having = proposal.assignments.filter(declined_on__isnull=True).values("agency")
        free = Agency.objects.filter(district=proposal.district, is_active=True).exclude(pk__in=having)
        self.fields["agency"].queryset = free  # type: ignore[attr-defined]  # a choice field has it


class ViewForm(forms.Form):
    view = forms.CharField(
        label=_("view of the agency"),
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=10_000,
        help_text=_("The lead agency answers the proposers with it."),
    )


class ViewOnPaperForm(ViewForm):
    """For the bureau, when a view comes on paper."""

    on = _day(_("view given on"))


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label=_("reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is kept with the record and shown to those concerned."),
    )


class ClassesForm(forms.Form):
    """The classes of one year, a meaning each; a class without meaning is not used."""

    year = forms.IntegerField(label=_("from the year"), min_value=1949, max_value=2100)
    basis = forms.CharField(label=_("document it rests on"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for letter, label in ReplyClass.choices:
            self.fields[f"meaning_{letter}"] = forms.CharField(label=label, max_length=120, required=False)
            self.fields[f"taken_up_{letter}"] = forms.BooleanField(
                label=_("%(name)s counts as taken up") % {"name": label}, required=False
            )

    @property
    def given(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "year": data["year"],
            "basis": data["basis"],
            "meanings": {
                letter: ClassMeaning(data[f"meaning_{letter}"], data[f"taken_up_{letter}"])
                for letter in ReplyClass.values
            },
        }


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
