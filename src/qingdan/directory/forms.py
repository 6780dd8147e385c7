"""Forms: what a page asks for. They check form, not meaning: that is the acts' part, whose answers come back here."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.models import fields_for_model
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qingdan.core import clock
from qingdan.directory import queries
from qingdan.directory.models import (
    Account,
    Agency,
    AnnualInspection,
    CreditRecord,
    Language,
    OrganisationGrade,
    Place,
    ServiceField,
    Sex,
    SocialOrganisation,
)
from qingdan.directory.permits import is_bureau
from qingdan.directory.roles import Role


class ActForm(forms.Form):
    """A form for one act by one person: choices are limited to what that person may see."""

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        for name, field in self.fields.items():
            if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
                gate = queries.GATES.get(field.queryset.model)
                field.queryset = gate(actor) if gate else field.queryset.none()
                field.label_from_instance = _label  # type: ignore[method-assign,assignment]  # the hook is a method
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 4
            if isinstance(field, forms.DateField):
                field.widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            self.arrange(name, field)

    def arrange(self, name: str, field: forms.Field) -> None:
        """What a single form wants otherwise."""

    @property
    def given(self) -> dict[str, Any]:
        """The values as acts take them, without the mark of the version that was seen."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


def _label(record: Any) -> str:
    if isinstance(record, Place):
        return record.full_name
    return record.display_name + f" ({record.username})" if isinstance(record, Account) else str(record)


def of_model(
    name: str, model: type[models.Model], names: Sequence[str], /, **more: forms.Field
) -> type[ActForm]:
    """A form with the fields of a model, in this order, and perhaps more."""
    given: dict[str, Any] = dict(fields_for_model(model, fields=names))
    return type(name, (ActForm,), {**given, **more, "__module__": __name__})


def _seen() -> forms.Field:
    return forms.CharField(required=False, widget=forms.HiddenInput)


class SignInForm(AuthenticationForm):
    """User name and password; one sentence for whatever is wrong with them."""

    error_messages = {
        "invalid_login": _("User name or password is wrong. Mind upper and lower case."),
        "inactive": _("This account is locked. Ask the system administrator."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("User name")
        self.fields["password"].label = _("Password")


# ── places and agencies ─────────────────────────────────────────────────────

_PLACE = ("name", "short_name", "english_name", "valid_from", "valid_to", "source")
PlaceForm = of_model("PlaceForm", Place, _PLACE, seen=_seen())
NewPlaceForm = of_model("NewPlaceForm", Place, ("code", *_PLACE))
_AGENCY = ("name", "short_name", "kind", "place", "document_prefix", "contact_post", "phone", "address")
AgencyForm = of_model("AgencyForm", Agency, (*_AGENCY, "is_active"), seen=_seen())
NewAgencyForm = of_model("NewAgencyForm", Agency, ("code", *_AGENCY))

# ── organisations ───────────────────────────────────────────────────────────

_ORGANISATION = (
    "name",
    "short_name",
    "org_type",
    "uscc",
    "registration_authority",
    "supervising_unit",
    "legal_representative",
    "established_on",
    "business_scope",
    "place",
    "address",
    "contact_post",
    "phone",
)


def _fields_of_work() -> forms.Field:
    return forms.MultipleChoiceField(
        label=_("Fields of work"),
        choices=ServiceField.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


OrganisationForm = of_model(
    "OrganisationForm",
    SocialOrganisation,
    (*_ORGANISATION, "filing_number"),
    fields=_fields_of_work(),
    is_hub=forms.BooleanField(
        label=_("Hub organisation: runs an incubator or supports others"), required=False
    ),
    seen=_seen(),
)
NewOrganisationForm = of_model(
    "NewOrganisationForm",
    SocialOrganisation,
    (*_ORGANISATION[:3], "registration_kind", "uscc", "filing_number", *_ORGANISATION[4:]),
    fields=_fields_of_work(),
    is_hub=forms.BooleanField(
        label=_("Hub organisation: runs an incubator or supports others"), required=False
    ),
)
ContactForm = of_model("ContactForm", SocialOrganisation, ("address", "contact_post", "phone"), seen=_seen())
RegistrationForm = of_model(
    "RegistrationForm",
    SocialOrganisation,
    ("org_type", "registration_authority"),
    uscc=forms.CharField(label=_("Unified social credit code"), max_length=40),
    established_on=forms.DateField(label=_("Established on")),
)
GradeForm = of_model(
    "GradeForm",
    OrganisationGrade,
    ("level", "valid_to", "document"),
    valid_from=forms.DateField(label=_("Valid from"), initial=clock.today),
)
InspectionForm = of_model(
    "InspectionForm",
    AnnualInspection,
    ("year", "result", "document"),
)
CreditForm = of_model(
    "CreditForm",
    CreditRecord,
    ("kind", "reason", "document"),
    valid_from=forms.DateField(label=_("Valid from"), initial=clock.today),
)


class EndForm(ActForm):
    """The last day of a credit record and why it ends."""

    last_day = forms.DateField(label=_("Last day"), initial=clock.today)
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class StandingForm(ActForm):
    """A change of standing: the registrar's document and why."""

    document = forms.CharField(
        label=_("Document"), max_length=100, help_text=_("The number of the registrar's decision.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class EndingForm(StandingForm):
    """The end of an organisation: the day of the decision as well."""

    on = forms.DateField(label=_("Day of the decision"), initial=clock.today)


# ── people ──────────────────────────────────────────────────────────────────


class PersonForm(ActForm):
    """A person; the number may be left empty, and an unchanged mask keeps the number."""

    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=60)
    resident_id = forms.CharField(
        label=_("Resident number"),
        max_length=40,
        required=False,
        help_text=_("Kept sealed and shown masked. Birth date and sex are taken from it."),
    )
    birth_date = forms.DateField(label=_("Birth date"), required=False)
    sex = forms.ChoiceField(
        label=_("Sex"),
        choices=[(s.value, s.label) for s in (Sex.UNKNOWN, Sex.FEMALE, Sex.MALE)],
        required=False,
    )
    community = forms.ModelChoiceField(label=_("Community"), queryset=Place.objects.all(), required=False)
    seen = _seen()

    def arrange(self, name: str, field: forms.Field) -> None:
        if isinstance(field, forms.ModelChoiceField):
            found = queries.communities(self.actor.district).select_related("parent")
            if not is_bureau(self.actor):
                field.required = True
                found = found.filter(pk__in=[p.pk for p in found if self.actor.covers(p.code)])
            field.queryset = found


# ── accounts and roles ──────────────────────────────────────────────────────


class AccountForm(ActForm):
    username = forms.CharField(label=_("User name"), max_length=60)
    display_name = forms.CharField(label=_("Name shown"), max_length=60)
    password = forms.CharField(
        label=_("First password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters; the owner changes it under “My account”."),
    )
    agency = forms.ModelChoiceField(label=_("Agency"), queryset=Agency.objects.all(), required=False)
    organisation = forms.ModelChoiceField(
        label=_("Social organisation"), queryset=SocialOrganisation.objects.all(), required=False
    )
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)


class PasswordForm(ActForm):
    """A new password; for one's own account also the present one."""

    current = forms.CharField(
        label=_("Present password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    password = forms.CharField(
        label=_("New password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters, not only digits, not like the user name."),
    )

    def __init__(self, *args: Any, own: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not own:
            del self.fields["current"]

    def clean_current(self) -> str:
        text = str(self.cleaned_data["current"])
        if not self.actor.check_password(text):
            raise ValidationError(_("This is not your present password."))
        return text


class LanguageForm(forms.Form):
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)


class GrantForm(ActForm):
    """A role asked for: to whom, which, for which place or organisation, from when to when, on what basis."""

    account = forms.ModelChoiceField(label=_("Account"), queryset=Account.objects.all())
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    place = forms.ModelChoiceField(
        label=pgettext_lazy("role grant", "Place"),
        queryset=Place.objects.all(),
        required=False,
        help_text=_("For street and community officers: how far the role reaches."),
    )
    organisation = forms.ModelChoiceField(
        label=_("Social organisation"),
        queryset=SocialOrganisation.objects.all(),
        required=False,
        help_text=_("For the role “social organisation”: the organisation of the account."),
    )
    agency = forms.ModelChoiceField(label=_("Agency"), queryset=Agency.objects.all(), required=False)
    valid_from = forms.DateField(label=_("Valid from"), initial=clock.today)
    valid_to = forms.DateField(
        label=_("Valid to"), required=False, help_text=_("The last day; empty: until revoked.")
    )
    basis = forms.CharField(
        label=_("Basis"), max_length=160, help_text=_("The appointment or request on which it rests.")
    )

    def arrange(self, name: str, field: forms.Field) -> None:
        if name == "account" and isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
            field.queryset = field.queryset.filter(is_active=True).exclude(pk=self.actor.pk)
        if name == "place" and isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
            field.queryset = field.queryset.exclude(level="DISTRICT").select_related("parent")
