import pytest

from qingdan.core.permits import No, Refused, Yes, anyone, nobody, permit


@permit("Only an adult may.")
def is_adult(actor, obj):
    return actor["age"] >= 18


@permit("Only the author may.")
def is_author(actor, obj):
    return actor["name"] == obj["author"]


ADULT_AUTHOR = {"age": 30, "name": "a"}
CHILD_AUTHOR = {"age": 12, "name": "a"}
ADULT_STRANGER = {"age": 30, "name": "b"}
LETTER = {"author": "a"}


def test_a_refusal_carries_its_reason():
    assert is_adult(CHILD_AUTHOR) == No("Only an adult may.")
    assert is_adult(ADULT_AUTHOR) == Yes()


def test_and_gives_the_first_reason_that_fails():
    both = is_adult & is_author
    assert both(ADULT_AUTHOR, LETTER)
    assert both(CHILD_AUTHOR, LETTER).reason == "Only an adult may."
    assert both(ADULT_STRANGER, LETTER).reason == "Only the author may."


def test_or_needs_one_of_them():
    either = is_adult | is_author
    assert either(CHILD_AUTHOR, LETTER)
    assert either(ADULT_STRANGER, LETTER)
    assert not either({"age": 3, "name": "c"}, LETTER)


def test_not_turns_the_answer_and_can_say_why():
    stranger = (~is_author).because("The author may not sign.")
    assert stranger(ADULT_STRANGER, LETTER)
    assert stranger(ADULT_AUTHOR, LETTER).reason == "The author may not sign."


def test_require_raises_the_reason():
    with pytest.raises(Refused, match="Only an adult may"):
        is_adult.require(CHILD_AUTHOR)


def test_names_read_aloud():
    assert ((is_adult & ~is_author) | nobody).name == "((is_adult & ~is_author) | nobody)"
    assert anyone(None)
    assert not nobody(None)
