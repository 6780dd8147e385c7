"""Forms of this room: they check form, not meaning; what the acts object to comes back at the field it concerns."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from qingdan.core import access, clock
from qingdan.directory import queries as directory
from qingdan.directory.models import Agency, AgencyKind
from qingdan.policies import periods, queries
from qingdan.policies.acts.comments import LONGEST
from qingdan.policies.models import (
    CommenterKind,
    CommentPeriod,
    DocumentGroup,
    NormativeDocument,
    Outcome,
    RelationKind,
    Verdict,
)

# What is really offered depends on the person: see `PolicyForm.offered`.
_AGENCIES = Agency.objects.none()
_DOCUMENTS = NormativeDocument.objects.none()


def _text(label: Any, rows: int = 4, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **more)


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, **{"required": False, **more})


def _reason() -> forms.CharField:
    return _text(
        _("reason"),
        help_text=_("It is kept with the record and shown to those concerned."),
        max_length=1000,
    )


def _citation(one: NormativeDocument) -> str:
    return one.citation


class PolicyForm(forms.Form):
    """A form about one document by one person; what is offered to choose is what that person sees."""

    def __init__(
        self, *args: Any, actor: Any, document: NormativeDocument | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.document = actor, document
        for name, field in self.fields.items():
            if isinstance(field, forms.DateField):
                field.widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = self.offered(name)
                if field.queryset.model is NormativeDocument:
                    field.label_from_instance = _citation  # type: ignore[method-assign,assignment]  # the hook is a method
            if isinstance(field, forms.ModelMultipleChoiceField):
                field.widget.attrs["size"] = 6
            elif isinstance(field, forms.ModelChoiceField) and not field.required:
                field.empty_label = "—"

    def offered(self, name: str) -> QuerySet[Any]:
        """What a choice among records offers."""
        if name in ("by", "target"):
            others = queries.documents(self.actor)
            if self.document is not None:
                others = others.exclude(pk=self.document.pk)
            return others.filter(issued_on__isnull=False) if name == "by" else others
        agencies = directory.agencies(self.actor).filter(is_active=True)
        return agencies.filter(kind=AgencyKind.CITY) if name == "escalated_to" else agencies

    @property
    def given(self) -> dict[str, Any]:
        """The values as acts take them."""
        return dict(self.cleaned_data)


class DocumentForm(PolicyForm):
    title = forms.CharField(label=_("title"), max_length=200)
    group = forms.ChoiceField(label=_("document group"), choices=DocumentGroup.choices)
    subject = forms.CharField(label=_("subject"), max_length=200, required=False)
    issuer = forms.ModelChoiceField(_AGENCIES, label=_("issuing agency"), required=False)
    co_drafters = forms.ModelMultipleChoiceField(_AGENCIES, label=_("co-drafting agencies"), required=False)


class TakeOverForm(PolicyForm):
    """A document issued on paper before this system."""

    title = forms.CharField(label=_("title"), max_length=200)
    number = forms.CharField(
        label=_("document number"), max_length=60, help_text=_("As printed: 官民通〔2017〕46号.")
    )
    group = forms.ChoiceField(label=_("document group"), choices=DocumentGroup.choices)
    subject = forms.CharField(label=_("subject"), max_length=200, required=False)
    issuer = forms.ModelChoiceField(_AGENCIES, label=_("issuing agency"))
    co_drafters = forms.ModelMultipleChoiceField(_AGENCIES, label=_("co-drafting agencies"), required=False)
    issued_on = _day(_("issued on"), required=True)
    in_force_on = _day(_("in force from"))
    valid_until = _day(_("valid until"), help_text=_("Left empty: five years, two for documents on trial."))
    text = _text(_("text"), rows=12, required=False)


class StartForm(PolicyForm):
    on = _day(_("drafting begun on"))


class ImportForm(PolicyForm):
    file = forms.FileField(
        label=_("File with the wording"),
        required=False,
        help_text=_(
            ".docx or .txt. Chapters, articles (第三条), sections (一、) and items （二） become clauses."
        ),
    )
    text = _text(_("or the text itself"), rows=12, required=False)
    label = forms.CharField(label=_("name of the version"), max_length=80, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if bool(data.get("file")) == bool((data.get("text") or "").strip()):
            raise forms.ValidationError(_("Give a file or the text, one of the two."))
        return data


class ClauseForm(PolicyForm):
    number = forms.CharField(label=_("number of the clause"), max_length=20, required=False)
    heading = forms.CharField(label=_("heading"), max_length=120, required=False)
    text = _text(_("text"), rows=10, required=False)


class ConsultForm(PolicyForm):
    opens_on = _day(_("open from"), required=True)
    closes_on = _day(_("open until"), required=True)
    note = _text(_("why, and what is asked"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        first = clock.today()
        kwargs["initial"] = {
            "opens_on": first,
            "closes_on": periods.earliest_close(first),
            **(kwargs.get("initial") or {}),
        }
        super().__init__(*args, **kwargs)


class CloseCommentsForm(PolicyForm):
    summary = _text(_("what became of the comments"), required=False)


class WaiveForm(PolicyForm):
    reason = _reason()


class SubmitReviewForm(PolicyForm):
    reviewer = forms.ModelChoiceField(
        _AGENCIES,
        label=_("reviewing agency"),
        required=False,
        help_text=_("Left empty: the district's legal office."),
    )
    working_days = forms.IntegerField(
        label=_("working days for the answer"),
        min_value=periods.REVIEW_WORKING_DAYS_AT_LEAST,
        max_value=periods.REVIEW_WORKING_DAYS,
        initial=periods.REVIEW_WORKING_DAYS,
    )


class PassForm(PolicyForm):
    on = _day(_("reviewed on"))
    opinion = _text(_("opinion"), required=False)


class ReturnForm(PolicyForm):
    on = _day(_("reviewed on"))
    reason = _reason()


class EscalateForm(ReturnForm):
    escalated_to = forms.ModelChoiceField(_AGENCIES, label=_("passed to"), required=False)


class DecideForm(PolicyForm):
    decided_by = forms.CharField(
        label=_("decided by"), max_length=120, help_text=_("The meeting, such as 局长办公会第8次会议.")
    )
    on = _day(_("decided on"))


class IssueForm(PolicyForm):
    number = forms.CharField(
        label=_("document number"),
        max_length=60,
        required=False,
        help_text=_(
            "Left empty: the next number of the issuing agency. Else as the office gave it: 官民通〔2018〕46号."
        ),
    )
    on = _day(_("issued on"))
    in_force_on = _day(_("in force from"))
    valid_until = _day(_("valid until"), help_text=_("Left empty: five years, two for documents on trial."))


class FileForm(PolicyForm):
    on = _day(_("filed on"))
    filed_with = forms.CharField(label=_("filed with"), max_length=120, required=False)


class AmendForm(PolicyForm):
    on = _day(_("effective from"))
    by = forms.ModelChoiceField(_DOCUMENTS, label=_("amending document"), required=False)
    valid_until = _day(_("valid until"), help_text=_("Left empty: as before."))


class RepealForm(PolicyForm):
    on = _day(_("ended on"))
    by = forms.ModelChoiceField(_DOCUMENTS, label=_("repealing document"), required=False)
    reason = _reason()


class ExtendForm(PolicyForm):
    valid_until = _day(_("valid until"), required=True)
    reason = _reason()


class RelationForm(PolicyForm):
    kind = forms.ChoiceField(label=_("relation"), choices=RelationKind.choices)
    target = forms.ModelChoiceField(_DOCUMENTS, label=_("other document"), required=False)
    cited = forms.CharField(label=_("document kept elsewhere"), max_length=200, required=False)


class RelyForm(PolicyForm):
    """Which record of which room rests on the document, and on which clause of it."""

    kind = forms.ChoiceField(label=_("kind of record"))
    record = forms.CharField(
        label=_("number or name of the record"),
        max_length=100,
        help_text=_("As much of it as names one only."),
    )
    clause = forms.ChoiceField(label=_("which clause"), required=False)
    note = forms.CharField(
        label=_("in what respect"),
        max_length=200,
        required=False,
        help_text=_("Such as: the amount, the period."),
    )
    since = _day(_("since"), help_text=_("Left empty: today."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        assert self.document is not None  # the page has found it
        rows = list(queries.texts_now(self.document).select_related("clause"))
        self.rows = {str(row.clause_id): row.clause for row in rows}
        self.doors = {
            door.model._meta.label_lower: door
            for door in access.doors()
            if door.search and door.model._meta.app_label not in NOT_RESTING
        }
        kinds = sorted((str(door.model._meta.verbose_name), key) for key, door in self.doors.items())
        self.fields["kind"].choices = [(key, words) for words, key in kinds]  # type: ignore[attr-defined]  # a choice field has it
        self.fields["clause"].choices = [  # type: ignore[attr-defined]  # a choice field has it
            ("", _("the whole document")),
            *((str(row.clause_id), str(row)) for row in rows),
        ]

    def clean_clause(self) -> Any:
        return self.rows.get(self.cleaned_data["clause"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        door, text = self.doors.get(data.get("kind", "")), data.get("record", "")
        if door is None or not text:
            return data
        found = list(access.matching(door, self.actor, text)[: MOST_NAMED + 1])
        exact = [one for one in found if text in {str(one), str(getattr(one, "number", ""))}]
        if len(found) == 1 or len(exact) == 1:
            data["record"] = (exact or found)[0]
        elif not found:
            self.add_error(
                "record", _("No such record is open to you: write its number or a part of its name.")
            )
        else:
            names = "；".join(str(one) for one in found[:MOST_NAMED])
            more = "…" if len(found) > MOST_NAMED else ""
            self.add_error(
                "record",
                _("Several are called so: %(names)s. Write more of the one.") % {"names": names + more},
            )
        return data

    @property
    def given(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "kind"}


# Persons, accounts and the documents themselves rest on no document.
NOT_RESTING = ("directory", "policies", "documents")
MOST_NAMED = 5


class CommentForm(PolicyForm):
    """For anybody; no name, no number."""

    kind = forms.ChoiceField(label=_("I write as"), choices=CommenterKind.choices)
    clause = forms.ChoiceField(label=_("which clause"), required=False)
    text = _text(
        _("comment"),
        rows=5,
        max_length=LONGEST,
        help_text=_("Please leave out names, telephone numbers and other personal details."),
    )

    def __init__(self, *args: Any, period: CommentPeriod, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = {str(row.clause_id): row.clause for row in period.version.texts.select_related("clause")}
        names = [(str(row.clause_id), str(row)) for row in period.version.texts.all()]
        self.fields["clause"].choices = [("", _("the whole draft")), *names]  # type: ignore[attr-defined]  # a choice field has it

    def clean_clause(self) -> Any:
        return self.rows.get(self.cleaned_data["clause"])


class AnswerForm(PolicyForm):
    outcome = forms.ChoiceField(label=_("outcome"), choices=Outcome.choices, widget=forms.RadioSelect)
    answer = _text(_("answer with its reason"), max_length=LONGEST, help_text=_("Everybody can read it."))


class VerdictForm(PolicyForm):
    verdict = forms.ChoiceField(label=_("verdict"), choices=Verdict.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("reason"), max_length=300)
