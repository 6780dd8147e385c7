"""The form of an official paper."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qingdan.documents.models import OfficialPaper
from qingdan.documents.numbers import DocumentNumber


class PaperForm(forms.ModelForm):
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = OfficialPaper
        fields = (
            "kind",
            "title",
            "addressee",
            "body",
            "attachments",
            "contact",
            "copies_to",
            "agency",
            "prefix",
            "layout",
            "urgency",
            "dated_on",
        )
        widgets = {
            "body": forms.Textarea(attrs={"rows": 16, "class": "q-source"}),
            "attachments": forms.Textarea(attrs={"rows": 3}),
            "dated_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts = {
            "body": _("One paragraph a line; a line that begins 一、 （一） 1. （1） is a heading."),
            "attachments": _("One a line, without a number."),
            "prefix": _("As in 官民函〔2018〕51号: 官民函."),
            "dated_on": _("Empty: the day on which it is signed."),
            "copies_to": _("Divided by commas, as printed."),
        }

    def clean_prefix(self) -> str:
        prefix = str(self.cleaned_data["prefix"]).strip()
        try:
            DocumentNumber(prefix, 2000, 1)
        except ValueError:
            raise forms.ValidationError(_("Chinese characters only, as in 官民函.")) from None
        return prefix

    def _post_clean(self) -> None:
        """The acts validate the record; the form only reads what was typed."""

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)
