"""Forms of resources, items, proposals and plans."""

import datetime as dt
import re
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import fields_for_model
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from qingdan.core import clock, markup
from qingdan.core.money import MAX_FEN, YuanFormField
from qingdan.directory.models import Agency, Place, SocialOrganisation
from qingdan.engine.planning import PlanningError, Weights
from qingdan.funds.models import BudgetLine
from qingdan.lists.lifecycle.items import free_of
from qingdan.lists.models import Category, PurchaseItem, PurchasePlan, Resource, ResourceWindow, SocialNeed
from qingdan.policies import rules


def _finish(form: forms.Form) -> None:
    """Labels begin as labels do, days are chosen from a calendar."""
    for field in form.fields.values():
        field.label = capfirst(field.label)
        if isinstance(field, forms.DateField):
            field.widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class WindowGiven(NamedTuple):
    """A time window as stated; `places` are the persons who can be there at once, None when that is not said."""

    weekday: int
    starts: dt.time
    ends: dt.time
    places: int | None = None


class WindowsField(forms.CharField):
    """Time windows, one line each: 周一、周三 16:30-18:30 40人 (or Mon, Wed 16:30-18:30 40)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 3}), **kwargs)

    def clean(self, value: Any) -> list[WindowGiven]:
        text = super().clean(value) or ""
        try:
            return read_windows(text)
        except ValueError as wrong:
            raise ValidationError(str(wrong)) from wrong


_DAYS = {**{f"周{c}": n for n, c in enumerate("一二三四五六日", 1)}, "周天": 7}
_DAYS |= {f"星期{c}": n for n, c in enumerate("一二三四五六日", 1)}
_DAYS |= {word: n for n, word in enumerate("mon tue wed thu fri sat sun".split(), 1)}  # noqa: SIM905  (reads as a week)


_PLACES = re.compile(r"\s+[×x]?\s*(\d{1,6})\s*(?:人|名|persons?)?$")


def read_windows(text: str) -> list[WindowGiven]:
    """Windows out of lines such as “周一至周五 16:30-18:30 40人”. Raises ValueError naming a line not understood."""
    found: dict[tuple[int, dt.time], tuple[dt.time, int | None]] = {}
    for line in text.replace("；", "\n").replace(";", "\n").splitlines():
        line = line.strip()
        if not line:
            continue
        words = line.replace("—", "-").replace("–", "-").replace("：", ":")
        stated = _PLACES.search(words)
        places = int(stated[1]) if stated else None
        words = words[: stated.start()] if stated else words
        head, _space, hours = words.rpartition(" ")
        try:
            days = _days(head)
            starts, ends = (dt.time.fromisoformat(part.strip().zfill(5)) for part in hours.split("-"))
        except (ValueError, KeyError):
            days = []
        if not days or ends <= starts or places == 0:
            raise ValueError(
                str(_("“%(line)s” is not understood; write for example: 周一、周三 16:30-18:30 40人"))
                % {"line": line[:40]}
            )
        found.update({(day, starts): (ends, places) for day in days})
    return [WindowGiven(day, starts, *rest) for (day, starts), rest in sorted(found.items())]


def _days(text: str) -> list[int]:
    days: list[int] = []
    for part in text.replace("、", ",").replace("，", ",").split(","):
        first, _dash, last = part.strip().lower().replace("至", "-").replace("到", "-").partition("-")
        begin = _day(first)
        end = _day(last) if last else begin
        days += range(begin, end + 1) if begin <= end else [*range(begin, 8), *range(1, end + 1)]
    return days


def _day(word: str) -> int:
    word = word.strip()
    return _DAYS[word] if word in _DAYS else _DAYS[word[:3]]


def windows_text(windows: list[ResourceWindow]) -> str:
    """Windows as the field reads them, one line for the days of the same hours."""
    hours: dict[tuple[dt.time, dt.time, int | None], list[str]] = {}
    for window in windows:
        key = window.starts, window.ends, window.places
        hours.setdefault(key, []).append(f"周{'一二三四五六日'[window.weekday - 1]}")
    return "\n".join(
        f"{'、'.join(days)} {starts:%H:%M}-{ends:%H:%M}" + (f" {places}人" if places else "")
        for (starts, ends, places), days in hours.items()
    )


class ResourceForm(forms.Form):
    """What is stated of a resource."""

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [
            *(
                "title",
                "kind",
                "text",
                "category",
                "target",
                "owner_kind",
                "owner_name",
                "organisation",
                "area",
            ),
            *("capacity", "terms", "cost_note", "contact_post", "valid_from", "valid_until"),
        ]
        self.fields.update(fields_for_model(Resource, fields=names))
        self.fields["kind"].label = _("kind of resource")
        self.fields["cost_fen"] = YuanFormField(
            label=_("cost per person (yuan)"), min_fen=0, max_fen=MAX_FEN, initial=0
        )
        self.fields["windows"] = WindowsField(
            label=_("time windows"),
            required=False,
            help_text=_("One line each, for example: 周一至周五 16:30-18:30"),
        )
        self.order_fields([*names[:11], "cost_fen", "cost_note", "windows", *names[12:]])
        places = Place.objects.filter(district=actor.district).valid_on(clock.today()).order_by("code")
        # an organisation answers for no place and may serve any; officers enter for their own
        of_organisation = not actor.place_codes and actor.organisation_id is not None
        if not actor.holds("BUREAU") and not of_organisation:
            places = places.filter(code__in=_within(places, actor.place_codes))
        self.fields["area"].queryset = places  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["area"].label_from_instance = lambda place: place.local_full_name  # type: ignore[attr-defined]  # the hook is a method
        organisations = SocialOrganisation.objects.filter(district=actor.district).order_by("name")
        if of_organisation:
            organisations = organisations.filter(pk=actor.organisation_id)
            self.fields["organisation"].required = True
            self.fields["organisation"].initial = actor.organisation_id
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]  # a choice field has it
        _finish(self)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        _ends_after_it_begins(self, data, "valid_from", "valid_until")
        return data


def _ends_after_it_begins(form: forms.Form, data: dict[str, Any], first: str, last: str) -> None:
    if data.get(first) and data.get(last) and data[last] < data[first]:
        form.add_error(last, _("The last day must not lie before the first."))


def _within(places: Any, codes: tuple[str, ...]) -> list[str]:
    return [code for code in places.values_list("code", flat=True) if code.startswith(codes)] if codes else []


class ItemForm(forms.Form):
    """What is stated of a purchase item. Its needs are chosen on the page before; here they can be taken out.

    `resources` are those that it may build on, `needs` those behind it; None where they are settled.
    """

    def __init__(
        self, *args: Any, actor: Any, year: int, resources: Any = None, needs: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        names = ["title", "category", "target", "content", "persons", "method", "starts_on", "ends_on"]
        names += ["targets", "supplier_conditions", "entry", "buyer", "line", "why_allowed", "why_apart"]
        self.fields.update(fields_for_model(PurchaseItem, fields=names))
        self.fields["budget_fen"] = YuanFormField(label=_("budget (yuan)"), min_fen=100, max_fen=MAX_FEN)
        self.order_fields([*names[:5], "entry", "budget_fen", "line", "buyer", *names[5:]])
        day = rules.day_of(year, clock.today())
        self.fields["entry"].queryset = rules.entries_on(actor.district, day).filter(level__gte=2)  # type: ignore[attr-defined]  # a choice field has it
        self.fields["buyer"].queryset = Agency.objects.filter(district=actor.district).order_by("pk")  # type: ignore[attr-defined]  # a choice field has it
        self.fields["line"].queryset = _lines(actor, year)  # type: ignore[attr-defined]  # a choice field has it
        for name in ("content", "targets"):
            self.fields[name].widget.attrs["rows"] = 4
        if needs is not None:
            self.fields["needs"] = _ticks(needs, _("needs behind it"), _need_label)
        if resources is not None:
            self.fields["resources"] = _ticks(
                resources, _("resources it builds on"), _resource_label, required=False
            )
            self.fields["resources"].help_text = _(
                "On the list already and near to these needs: what the bought service can use."
            )
        _finish(self)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        _ends_after_it_begins(self, data, "starts_on", "ends_on")
        return data


def _ticks(records: Any, label: Any, words: Any, *, required: bool = True) -> Any:
    """A box to tick for each of some records."""
    field: Any = forms.ModelMultipleChoiceField(
        records, label=label, required=required, widget=forms.CheckboxSelectMultiple
    )
    field.label_from_instance = words
    return field


def _need_label(need: SocialNeed) -> str:
    return markup.dots((need.number, need.title, need.place.local_full_name))


def _resource_label(resource: Resource) -> str:
    return markup.dots((resource.number, resource.title, resource.owner_name, resource.area.local_full_name))


def _lines(actor: Any, year: int) -> Any:
    return BudgetLine.objects.filter(
        district=actor.district, year=year, confirmed_at__isnull=False, withdrawn_at__isnull=True
    ).select_related("fund")


class ProposalForm(forms.Form):
    """For which needs, and from which score on."""

    street = forms.ChoiceField(label=_("street"), required=False)
    category = forms.ChoiceField(label=_("category"), required=False)
    least = forms.IntegerField(
        label=_("least score"),
        min_value=1,
        max_value=100,
        initial=50,
        help_text=_("Suggestions below so many points of 100 are left out."),
    )

    def __init__(self, *args: Any, streets: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["street"].choices = [("", _("all streets")), *streets]  # type: ignore[attr-defined]  # a choice field has it
        self.fields["category"].choices = [("", _("all categories")), *Category.choices]  # type: ignore[attr-defined]  # a choice field has it
        _finish(self)


def _line_label(line: BudgetLine) -> str:
    return str(_("%(line)s: %(free)s yuan free")) % {"line": line, "free": f"{free_of(line) // 100:,}"}


class PlanForm(forms.Form):
    """Name, money and weights of a plan."""

    name = forms.CharField(label=_("name of the plan"), max_length=60)
    focus = forms.CharField(label=_("what it looks at first"), max_length=80, required=False)
    lines = forms.ModelMultipleChoiceField(
        BudgetLine.objects.none(), label=_("budget lines"), widget=forms.CheckboxSelectMultiple
    )
    budget_fen = YuanFormField(label=_("to be spent at most (yuan)"), min_fen=100, max_fen=MAX_FEN)
    urgency = forms.IntegerField(label=_("weight of urgency"), min_value=0, max_value=10, initial=5)
    persons = forms.IntegerField(label=_("weight of persons concerned"), min_value=0, max_value=10, initial=3)
    support = forms.IntegerField(label=_("weight of supporters"), min_value=0, max_value=10, initial=2)
    streets = forms.IntegerField(
        label=_("fairness among streets"),
        min_value=0,
        max_value=10,
        initial=4,
        help_text=_("0: no matter. 10: streets where few needs are met come first."),
    )
    groups = forms.IntegerField(label=_("fairness among target groups"), min_value=0, max_value=10, initial=2)

    def __init__(self, *args: Any, actor: Any, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["lines"]
        field.queryset = _lines(actor, year)
        field.label_from_instance = _line_label
        _finish(self)
        self.plans = PurchasePlan.objects.filter(district=actor.district, year=year)

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"]).strip()
        if self.plans.filter(name=name).exists():
            raise ValidationError(_("There is a plan of this name already: choose another."))
        return name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        try:
            self.weights = Weights(
                **{
                    name: data.get(name) or 0
                    for name in ("urgency", "persons", "support", "streets", "groups")
                }
            )
        except PlanningError as error:
            raise ValidationError(_("Give at least one of the weights more than 0.")) from error
        return data


__all__ = [
    "ItemForm",
    "PlanForm",
    "ProposalForm",
    "ResourceForm",
    "read_windows",
    "windows_text",
]
