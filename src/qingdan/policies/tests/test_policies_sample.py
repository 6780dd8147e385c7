"""The sample's documents carry the counts of the reply, and each has its wording."""

import datetime as dt

import pytest

from qingdan.core import figures
from qingdan.core.figures import Scope
from qingdan.policies.models import Comment, NormativeDocument, Stage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample")]
D, AS_OF = "530111", dt.date(2018, 6, 29)


def test_the_counts_of_the_reply() -> None:
    issued = figures.get("policies.issued").split_by(Scope(D, AS_OF), "group")
    drafting = figures.get("policies.drafting").split_by(Scope(D, AS_OF), "group")
    assert (issued["BASIC"], issued["SUPPORTING"], issued["ALLOWANCE"]) == (2, 3, 1)
    assert (drafting["SUPPORT_POLICY"], drafting["WORKFORCE"]) == (5, 1)


def test_every_document_has_a_wording_marked_as_a_sample() -> None:
    documents = NormativeDocument.objects.filter(district=D)
    assert documents
    for document in documents:
        assert document.current is not None
        assert "样本" in document.current.texts.first().text, document


def test_one_draft_is_before_the_public_with_answers_and_open_comments() -> None:
    asked = NormativeDocument.objects.get(stage=Stage.COMMENT)
    comments = Comment.objects.filter(period__document=asked)
    assert (comments.exclude(outcome="").count(), comments.filter(outcome="").count()) == (3, 2)
    assert NormativeDocument.objects.filter(stage=Stage.ESCALATED).count() == 2
