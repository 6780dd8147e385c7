"""Components of the pages: the trace, a score, the fields of a form, differences with their sign."""

from typing import Any

import pytest
from django import forms
from django.template import engines
from django.utils import translation

from qingdan.core.pieces import ScorePart, TraceStep


def render(source: str, **context: Any) -> str:
    return engines["django"].from_string("{% load qingdan %}" + source).render(context)


def test_the_trace_says_each_state_in_words() -> None:
    html = render(
        "{% trace steps %}",
        steps=[
            TraceStep("Need", "this", "/needs/", ("2017-05-16",), "here"),
            TraceStep("Letter"),
            TraceStep("Figure", "410 → 409", state="bad"),
        ],
    )
    assert html.count("<li") == 3
    for words in ("this record", "still to come", "differs"):
        assert words in html


def test_a_score_shows_points_of_the_maximum_and_the_reason() -> None:
    html = render(
        "{% score parts %}",
        parts=[ScorePart("content", 25, 30, "both say “after school”"), ScorePart("none", 0, 0)],
    )
    assert "25<small>/30</small>" in html
    assert "both say “after school”" in html
    assert 'class="got" width="83"' in html
    assert "style=" not in html


def test_a_form_field_ties_hint_and_error_to_its_control() -> None:
    class Form(forms.Form):
        text = forms.CharField(min_length=8, help_text="Who, when, what now.")
        phone = forms.CharField(required=False)
        kind = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect)
        agree = forms.BooleanField(label="I agree")

    form = Form({"text": "short"})
    form.is_valid()
    html = render("{% error_summary form %}{% for one in form %}{% field one %}{% endfor %}", form=form)
    assert '<a href="#id_text">' in html
    assert 'aria-describedby="id_text_helptext id_text_error"' in html
    assert 'aria-invalid="true"' in html
    assert "optional" in html
    assert "<fieldset" in html
    assert "3 things to correct" in html
    assert "checked" not in html
    both = Form({"text": "long enough"})
    both.is_valid()
    assert "Kind: This field is required." in render("{% error_summary form %}", form=both)
    assert "I agree: This field is required." in render("{% error_summary form %}", form=both)
    only = Form({"text": "long enough", "kind": "a"})
    only.is_valid()
    assert '#id_agree">I agree: This field is required.</a>' in render("{% error_summary form %}", form=only)


@pytest.mark.parametrize(
    ("label", "english", "chinese"),
    [
        ("least score", "Least score: This field is required.", "Least score：请填写这一项。"),
        ("1. What?", "1. What? This field is required.", "1. What? 请填写这一项。"),
        ("关于什么？", "关于什么？This field is required.", "关于什么？请填写这一项。"),
    ],
)
def test_the_error_summary_names_the_field_in_both_languages(label: str, english: str, chinese: str) -> None:
    class Form(forms.Form):
        score = forms.IntegerField(label=label)

    for language, said in (("en", english), ("zh-hans", chinese)):
        with translation.override(language):
            form = Form({})
            form.is_valid()
            html = render("{% error_summary form %}", form=form)
            assert f'<li><a href="#id_score">{said}</a></li>' in html


@pytest.mark.parametrize(("value", "shown"), [(451, "+451"), (-11, "−11"), (0, "0")])
def test_differences_carry_their_sign(value: int, shown: str) -> None:
    assert render("{% signed value %}", value=value) == shown
