"""What the pages of needs ask for. They check form; what a need must be, the acts say."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from qingdan.core import clock
from qingdan.directory.models import Place, PlaceLevel
from qingdan.lists import periods
from qingdan.lists.models import (
    Category,
    NeedChannel,
    NeedReporter,
    NeedSource,
    SocialNeed,
    TargetGroup,
    WantedMode,
)
from qingdan.lists.models.needs import TEXT_LENGTH, TITLE_LENGTH

# What residents read for a category; the lists use the words of `Category`.
CATEGORY_WORDS = {
    Category.ELDERLY: _("Elderly care"),
    Category.CHILDREN: _("Children and youth"),
    Category.DISABILITY: _("Disability"),
    Category.RELIEF: _("Hardship"),
    Category.LEGAL: _("Legal advice"),
    Category.COUNSELLING: _("Someone to talk to"),
    Category.SKILLS: _("Work and skills"),
    Category.CULTURE: _("Culture and sport"),
    Category.DISASTER: _("Safety and disasters"),
    Category.GOVERNANCE: _("Neighbourhood"),
    Category.PARTY: _("Party and volunteers"),
    Category.OTHER: _("Something else"),
}
MOST_PHOTOS = 3
PHOTO_BYTES = 8 * 1024 * 1024


def streets_of(district: str) -> QuerySet[Place]:
    found = Place.objects.filter(district=district, level=PlaceLevel.STREET)
    return found.valid_on(clock.today()).order_by("code")


def communities_of(district: str, street: str) -> QuerySet[Place]:
    found = Place.objects.filter(district=district, level=PlaceLevel.COMMUNITY)
    return found.filter(code__startswith=street or "-").valid_on(clock.today()).order_by("code")


class PhotosInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Up to three pictures; what they are is looked into when they are kept."""

    widget = PhotosInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = [one for one in (data if isinstance(data, list | tuple) else [data]) if one]
        if len(files) > MOST_PHOTOS:
            raise forms.ValidationError(_("At most %(n)d photos.") % {"n": MOST_PHOTOS})
        return [super(PhotosField, self).clean(one, initial) for one in files]


class ReportForm(forms.Form):
    """The public form, on a phone, in a minute."""

    category = forms.ChoiceField(
        label=_("1. What is it about?"),
        help_text=_("Choose the nearest; the community checks it."),
        choices=list(CATEGORY_WORDS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what it is about.")},
    )
    street = forms.ChoiceField(
        label=_("Street"),
        error_messages={"required": _("Choose the street."), "invalid_choice": _("Choose the street.")},
    )
    community = forms.CharField(label=_("Community"), required=False)
    text = forms.CharField(
        label=_("3. What is needed?"),
        help_text=_("Who, when, and how people manage now. Please write no names and no identity numbers."),
        required=False,  # the act says how much is needed
        widget=forms.Textarea(attrs={"rows": 4}),
        strip=True,
    )
    photos = PhotosField(
        label=_("4. Photos"),
        help_text=_("At most 3, without faces. The place in the picture's data is removed."),
        required=False,
        widget=PhotosInput(attrs={"accept": "image/jpeg,image/png"}),
    )
    phone = forms.CharField(
        label=_("5. Mobile number"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel", "class": "q-short"}),
    )
    consent = forms.BooleanField(
        label=_("I agree that the street and the community read this, to deal with it."),
        required=False,  # but for a number or a photo: see `clean`
    )
    website = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"})
    )

    def __init__(self, *args: Any, district: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.district = district
        streets = [("", _("Please choose"))] + [(one.code, one.local_name) for one in streets_of(district)]
        self.fields["street"].choices = streets  # type: ignore[attr-defined]  # a choice field
        self.fields["phone"].help_text = ngettext(
            "Only so that the community can ask back. Not published, erased %(n)d month after the end.",
            "Only so that the community can ask back. Not published, erased %(n)d months after the end.",
            months := periods.length(periods.ERASE, district=district),
        ) % {"n": months}
        self.place: Place | None = None
        street = str(self["street"].value() or "")
        self.communities = list(communities_of(district, street)) if street else []
        self.chosen = str(self["community"].value() or "")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if (given.get("phone") or given.get("photos")) and not given.get("consent"):
            self.add_error("consent", _("A number or a photo is kept only with your consent: tick here."))
        street = given.get("street", "")
        if not street:
            return given
        if not self.chosen:
            self.add_error("community", _("Choose the community, or “I am not sure”."))
            return given
        code = street if self.chosen == "unsure" else self.chosen
        self.place = Place.objects.filter(district=self.district, code=code).valid_on(clock.today()).first()
        if self.place is None or not code.startswith(street):
            self.add_error("community", _("This community does not belong to the street: choose again."))
        return given

    @property
    def is_trap_shut(self) -> bool:
        """A field that no person sees was filled in: a program did it."""
        return bool(self.data.get("website"))


class RegisterForm(forms.Form):
    """A need registered by an officer, for a resident or for a place or unit."""

    source = forms.ChoiceField(label=_("Source"), choices=NeedSource.choices, initial=NeedSource.RESIDENT)
    channel = forms.ChoiceField(
        label=_("How it came"),
        choices=[one for one in NeedChannel.choices if one[0] not in (NeedChannel.WEB, NeedChannel.SYSTEM)],
        initial=NeedChannel.VISIT,
    )
    place = forms.ModelChoiceField(label=_("Place"), queryset=Place.objects.none())
    category = forms.ChoiceField(label=_("Category"), choices=[("", "—"), *Category.choices])
    target = forms.ChoiceField(
        label=_("Target group"), choices=TargetGroup.choices, initial=TargetGroup.RESIDENTS
    )
    title = forms.CharField(
        label=_("Name of the need"), max_length=TITLE_LENGTH, help_text=_("One line, without names.")
    )
    text = forms.CharField(
        label=_("Description"),
        help_text=_(
            "It will be published: who needs it, when, how people manage now. No names, no numbers of persons."
        ),
        widget=forms.Textarea(attrs={"rows": 5}),
        required=True,
    )
    persons = forms.IntegerField(
        label=_("Persons expected"), min_value=1, max_value=1_000_000, required=False
    )
    urgency = forms.TypedChoiceField(
        label=_("Urgency"),
        choices=[(5, _("5 most urgent")), (4, "4"), (3, "3"), (2, "2"), (1, _("1 can wait"))],
        coerce=int,
        initial=3,
    )
    wanted = forms.ChoiceField(
        label=_("Wanted way"), choices=[("", _("not said")), *WantedMode.choices], required=False
    )
    valid_until = forms.DateField(
        label=_("Valid until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "q-short"}),
    )
    supporters_on_paper = forms.IntegerField(
        label=_("Supporters on a paper list"), min_value=0, max_value=1_000_000, required=False
    )
    name = forms.CharField(
        label=_("Resident's name"),
        max_length=50,
        required=False,
        help_text=_("Kept apart, with consent only; not published."),
    )
    phone = forms.CharField(label=_("Resident's mobile number"), max_length=40, required=False)
    consent = forms.ChoiceField(
        label=_("Consent of the resident"),
        choices=[
            ("", _("no personal details taken")),
            (NeedReporter.Consent.SPOKEN, _("given by word of mouth")),
            (NeedReporter.Consent.WRITTEN, _("given in writing")),
        ],
        required=False,
        help_text=_("To keep name and number for dealing with this need."),
    )
    verified = forms.BooleanField(label=_("I have checked it: straight on to the street"), required=False)

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].queryset = places_of(actor)  # type: ignore[attr-defined]  # a choice field has it
        self.fields["place"].label_from_instance = lambda place: place.local_full_name  # type: ignore[attr-defined]  # the hook is a method
        # What says the same appears while typing, as on the public page.
        self.fields["text"].widget.attrs |= {
            "hx-post": reverse("need-alike"),
            "hx-trigger": "input changed delay:700ms",
            "hx-include": "closest form",
            "hx-target": "#alike",
            "hx-swap": "innerHTML",
        }
        if len(own := list(places_of(actor)[:2])) == 1:
            self.fields["place"].initial = own[0].pk

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if (given.get("name") or given.get("phone")) and given.get("source") != NeedSource.RESIDENT:
            self.add_error("name", _("Only a need of a resident has a resident's name or number."))
        return given


def places_of(actor: Any) -> QuerySet[Place]:
    """Streets and communities for which an officer registers needs."""
    found = Place.objects.filter(district=actor.district).exclude(level=PlaceLevel.DISTRICT)
    codes = tuple(actor.place_codes)
    mine = Place.objects.none()
    for code in codes:
        mine = mine | found.filter(code__startswith=code)
    return mine.valid_on(clock.today()).select_related("parent").order_by("code")


class ReviseForm(forms.ModelForm):
    """The publishable summary of a need."""

    class Meta:
        model = SocialNeed
        fields = [
            "title",
            "text",
            "category",
            "target",
            "persons",
            "urgency",
            "wanted",
            "valid_until",
            "is_personal",
        ]
        widgets = {
            "text": forms.Textarea(attrs={"rows": 6}),
            "valid_until": forms.DateInput(attrs={"type": "date", "class": "q-short"}, format="%Y-%m-%d"),
        }

    reason = forms.CharField(label=_("Why it is changed"), required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].max_length = TEXT_LENGTH  # type: ignore[attr-defined]  # a text field has it
        self.fields["is_personal"].help_text = _(
            "Such a need is not published until it is revised. What was published of it is withheld at once, in "
            "published editions too."
        )


class MergeForm(forms.Form):
    """Into which need another one goes."""

    number = forms.CharField(label=_("Number of the need that stays"), max_length=40)
    reason = forms.CharField(
        label=_("Why they are the same"), widget=forms.Textarea(attrs={"rows": 3}), max_length=500
    )


class TrackForm(forms.Form):
    number = forms.CharField(
        label=_("Number"),
        max_length=40,
        help_text=_("It stands on your receipt, such as XQ-530111001-2018-0211."),
    )
