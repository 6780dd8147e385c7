import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as stdnum_uscc

from qingdan.core import identifiers as ids

VALID = ["51530111MJ00000186", "52530111MJ00000183", "53530111MJ00000180"]
CHILD = "530111201001010008"  # order number 000 is never issued


@pytest.mark.parametrize(
    ("code", "kind"),
    list(zip(VALID, ["ASSOCIATION", "SERVICE_INSTITUTION", "FOUNDATION"], strict=True)),
)
def test_a_code_is_read_out(code, kind):
    found = ids.parse_uscc(code)
    assert found.kind is ids.UsccKind[kind]
    assert (found.department, found.area, found.organisation_code) == ("5", "530111", code[8:17])
    assert found.warnings(district="530111") == []
    assert str(found.kind.label)


def test_a_code_is_normalised():
    assert ids.parse_uscc(" ５１５３0111-mj0000 0186\u200b").code == VALID[0]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("15530111MJ00000186", "check_digit"),  # two characters swapped
        ("51530111MJ0000018O", "format"),
        ("51530111IJ00000186", "format"),
        ("5153O111MJ00000186", "format"),
        ("515301MJ1100000186", "format"),  # letters inside the area
        ("530111000001234", "old_number"),
        ("51530111MJ0000018", "length"),
        ("", "length"),
    ],
)
def test_a_wrong_code_says_why(text, reason):
    with pytest.raises(ids.IdentifierError) as refused:
        ids.parse_uscc(text)
    assert refused.value.code == reason


def test_another_area_or_department_only_warns():
    body = "9111000060003734"
    foreign = ids.parse_uscc("91110000600037341L")
    assert foreign.code.startswith(body)
    assert foreign.kind is ids.UsccKind.ELSEWHERE
    assert len(foreign.warnings(district="530111")) == 2
    assert len(foreign.warnings()) == 1


def test_a_wrong_inner_check_digit_only_warns():
    body = "51530111MJ0000019"
    code = body + stdnum_uscc.calc_check_digit(body)
    assert len(ids.parse_uscc(code).warnings(district="530111")) == 1


@given(st.sampled_from(VALID), st.integers(0, 17), st.sampled_from(ids.USCC_ALPHABET))
def test_any_single_wrong_character_is_found(code, place, character):
    changed = code[:place] + character + code[place + 1 :]
    if changed == code:
        assert ids.parse_uscc(changed).code == code
    else:
        with pytest.raises(ids.IdentifierError):
            ids.parse_uscc(changed)


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014", CHILD])
def test_examples_of_the_standard_are_valid(number):
    assert ids.parse_resident_id(number.lower()).number == number


def test_facts_of_an_identity_number():
    child = ids.parse_resident_id(CHILD)
    assert (child.area, child.birth_date, child.sex) == ("530111", dt.date(2010, 1, 1), ids.Sex.FEMALE)
    assert child.age_on(dt.date(2018, 6, 29)) == 8
    assert child.under_14_on(dt.date(2023, 12, 31))
    assert not child.under_14_on(dt.date(2024, 1, 1))
    assert ids.parse_resident_id("440524188001010014").sex is ids.Sex.MALE
    assert CHILD not in f"{child} {child!r}"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("530111201001010009", "check_digit"),
        ("530111201013010008", "birth_date"),
        ("530111201002300008", "birth_date"),
        ("990111201001010008", "area"),
        ("5301112010010100X8", "format"),
        ("530111100101001", "old_number"),
        ("53011120100101", "length"),
        ("", "length"),
    ],
)
def test_a_wrong_identity_number_says_why(text, reason):
    with pytest.raises(ids.IdentifierError) as refused:
        ids.parse_resident_id(text)
    assert refused.value.code == reason


def test_nobody_is_born_in_the_future():
    with pytest.raises(ids.IdentifierError) as refused:
        ids.parse_resident_id(CHILD, today=dt.date(2009, 12, 31))
    assert refused.value.code == "birth_date"
    assert ids.parse_resident_id(CHILD, today=dt.date(2010, 1, 1))


def test_born_on_a_leap_day():
    birth = dt.date(2012, 2, 29)
    assert ids.age_on(birth, dt.date(2026, 2, 28)) == 13
    assert ids.age_on(birth, dt.date(2026, 3, 1)) == 14


@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)), st.integers(0, 120))
def test_age_grows_by_one_each_birthday(birth, years):
    try:
        birthday = birth.replace(year=birth.year + years)
    except ValueError:
        return
    assert ids.age_on(birth, birthday) == years
    assert ids.age_on(birth, birthday - dt.timedelta(days=1)) == years - 1


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("样本", "样本"),
        ("  示例·样本 ", "示例·样本"),
        ("示例•样本", "示例·样本"),
        ("示例 ． 样本", "示例·样本"),
        ("𠮷𬱖", "𠮷𬱖"),  # beyond the BMP
        ("Sample O'Example", "Sample O'Example"),
        ("㐀样", "㐀样"),
    ],
)
def test_names(text, clean):
    assert ids.clean_name(text) == clean


@pytest.mark.parametrize(
    "text", ["", "  ", "·样本", "样本·", "样··本", "样本1", "样本😀", "样" * 51, "-", "<样本>"]
)
def test_wrong_names(text):
    with pytest.raises(ids.IdentifierError):
        ids.clean_name(text)


def test_a_name_is_counted_in_code_points():
    assert ids.clean_name("𠮷" * 50) == "𠮷" * 50


def test_masks():
    assert ids.mask_id(CHILD) == "5301************08"
    assert ids.mask_id("1234") == "****"
    assert ids.mask_phone("13800000000") == "138****0000"
    assert ids.mask_phone("0871-60000012") == "**********12"
    assert ids.mask_phone("119") == "***"
    assert ids.mask_name("样本人") == "样**"
    assert ids.mask_name("示例·样本") == "示*·**"
    assert ids.mask_name("𠮷") == "*"
    assert ids.mask_name("") == ""


@given(st.text(max_size=40))
def test_a_mask_never_shows_more_than_six_characters_of_a_number(text):
    masked = ids.mask_id(text)
    assert len(masked) == len(text)
    assert sum(a == b != "*" for a, b in zip(masked, text, strict=True)) <= 6


@given(st.text(max_size=40))
def test_whatever_comes_in_is_answered(text):
    for parse in (ids.parse_uscc, ids.parse_resident_id, ids.clean_name):
        try:
            parse(text)
        except ids.IdentifierError:
            continue
