import pickle

import pytest
from django import forms
from django.core.exceptions import FieldError, ImproperlyConfigured, ValidationError
from django.db import connection, models
from django.template import Context, Template
from django.test.utils import isolate_apps
from hypothesis import given
from hypothesis import strategies as st

from qingdan.core import pii
from qingdan.core.identifiers import parse_resident_id

NUMBER = "530111201001010008"
OTHER = "11010519491231002X"


class Bearer(models.Model):
    """A table of the test alone, made and dropped around each test."""

    number = pii.EncryptedTextField(clean_text=lambda text: parse_resident_id(text).number)
    number_index = pii.BlindIndexField(source="number")
    note = pii.EncryptedTextField(blank=True, null=True)

    class Meta:
        app_label = "core_tests"

    def __str__(self) -> str:
        return str(self.pk)


class BearerForm(forms.ModelForm):
    class Meta:
        model = Bearer
        fields = ["number"]


@pytest.fixture
def table(transactional_db):
    with connection.schema_editor() as editor:
        editor.create_model(Bearer)
    yield
    with connection.schema_editor() as editor:
        editor.delete_model(Bearer)


def raw():
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM core_tests_bearer ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


@given(st.text(max_size=200).filter(lambda t: not any("\ud800" <= c <= "\udfff" for c in t)))
def test_sealing_is_undone_by_unsealing(text):
    assert pii.unseal(pii.seal(text, "a"), "a") == text


def test_the_same_text_never_looks_the_same_twice():
    assert pii.seal(NUMBER, "a") != pii.seal(NUMBER, "a")


@given(st.integers(min_value=0), st.integers(1, 255))
def test_any_altered_byte_is_noticed(place, change):
    import base64

    head, body = pii.seal(NUMBER, "a").rsplit(":", 1)
    data = bytearray(base64.b64decode(body))
    data[place % len(data)] ^= change
    with pytest.raises(pii.SealError):
        pii.unseal(f"{head}:{base64.b64encode(bytes(data)).decode()}", "a")


@pytest.mark.parametrize(
    "text", ["", "plain", "sm4:xx", "sm4:00000000:!!", "aes:00000000:AAAA", "sm4:00000000:AAAA"]
)
def test_what_is_no_sealed_value_is_refused(text):
    with pytest.raises(pii.SealError):
        pii.unseal(text, "a")


def test_a_value_does_not_open_in_another_column():
    with pytest.raises(pii.SealError):
        pii.unseal(pii.seal(NUMBER, "a"), "b")


def test_keys_rotate(settings):
    sealed, index = pii.seal(NUMBER, "a"), pii.blind_index(NUMBER, "a")
    old, settings.PII_KEY = settings.PII_KEY, "2" * 64
    with pytest.raises(pii.SealError, match="missing"):
        pii.unseal(sealed, "a")
    settings.PII_OLD_KEYS = [old]
    assert pii.unseal(sealed, "a") == NUMBER
    assert pii.needs_resealing(sealed)
    assert not pii.needs_resealing(pii.seal(NUMBER, "a"))
    assert pii.blind_index(NUMBER, "a") != index
    assert index in pii.blind_indexes(NUMBER, "a")


def test_a_short_key_is_refused(settings):
    settings.PII_KEY = "short"
    with pytest.raises(ImproperlyConfigured):
        pii.seal(NUMBER, "a")


def test_the_index_is_steady_keyed_and_bound_to_its_column():
    assert pii.blind_index(NUMBER, "a") == pii.blind_index(NUMBER, "a")
    assert len({pii.blind_index(NUMBER, "a"), pii.blind_index(NUMBER, "b"), pii.blind_index(OTHER, "a")}) == 3
    assert pii.blind_index("", "a") == ""


def test_the_database_never_sees_the_number(table):
    Bearer.objects.create(number=NUMBER)
    Bearer.objects.bulk_create([Bearer(number=OTHER)])
    assert all(value.startswith("sm4:") and NUMBER not in value for value in raw())
    assert [b.number.reveal() for b in Bearer.objects.order_by("pk")] == [NUMBER, OTHER]
    assert Bearer.objects.values_list("number", flat=True).first().reveal() == NUMBER


def test_a_person_is_found_by_the_index(table, settings):
    one = Bearer.objects.create(number=NUMBER)
    index = Bearer._meta.get_field("number_index")
    assert Bearer.objects.get(**index.lookup(NUMBER)) == one
    assert not Bearer.objects.filter(**index.lookup(OTHER)).exists()
    settings.PII_KEY, settings.PII_OLD_KEYS = "2" * 64, [settings.PII_KEY]
    assert Bearer.objects.get(**index.lookup(NUMBER)) == one


def test_ciphertext_cannot_be_searched(table):
    with pytest.raises(FieldError):
        Bearer.objects.filter(number=NUMBER).exists()
    Bearer.objects.create(number=NUMBER, note=None)
    assert Bearer.objects.filter(note__isnull=True).count() == 1


def test_printing_shows_the_mask_only():
    bearer = Bearer(number=NUMBER)
    assert Template("{{ b.number }}").render(Context({"b": bearer})) == "5301************08"
    assert NUMBER not in repr(bearer.number)
    assert NUMBER.encode() not in pickle.dumps(bearer.number)
    assert pickle.loads(pickle.dumps(bearer.number)).reveal() == NUMBER


def test_an_unchanged_form_keeps_the_number(table):
    bearer = Bearer.objects.create(number=NUMBER)
    form = BearerForm({"number": "5301************08"}, instance=Bearer.objects.get(pk=bearer.pk))
    assert NUMBER not in BearerForm(instance=bearer).as_p()
    assert form.is_valid(), form.errors
    assert form.changed_data == []
    assert BearerForm({"number": OTHER}, instance=bearer).changed_data == ["number"]
    form.save()
    assert Bearer.objects.get(pk=bearer.pk).number.reveal() == NUMBER


def test_a_form_takes_and_checks_a_new_number(table):
    form = BearerForm({"number": OTHER.lower()})
    assert form.is_valid(), form.errors
    assert form.save().number.reveal() == OTHER
    for wrong in ("", "530111201001010009", "1101************2X"):
        assert "number" in BearerForm({"number": wrong}).errors


def test_a_mask_is_never_stored(table):
    with pytest.raises(ValueError, match="masked"):
        Bearer.objects.create(number="1101************2X")
    with pytest.raises(ValidationError):
        Bearer(number="1101************2X").full_clean()


def test_empty_and_missing_texts(table):
    bearer = Bearer.objects.create(number="", note=None)
    bearer.refresh_from_db()
    assert not bearer.number
    assert bearer.number.reveal() == ""
    assert bearer.note is None
    assert bearer.number_index == ""


def test_copying_to_another_column_seals_again(table):
    bearer = Bearer.objects.create(number=NUMBER)
    Bearer.objects.filter(pk=bearer.pk).update(note=Bearer.objects.get(pk=bearer.pk).number)
    assert Bearer.objects.get(pk=bearer.pk).note.reveal() == NUMBER


def test_equality_is_of_the_text():
    assert pii.Sealed("a", plain="x") == pii.Sealed("a", sealed=pii.seal("x", "a"))
    assert pii.Sealed("a", plain="x") != pii.Sealed("a", plain="y")
    assert pii.Sealed("a", plain="x") != "x"


def test_a_fixed_context_survives_migrations():
    assert "context" not in Bearer._meta.get_field("number").deconstruct()[3]
    assert pii.EncryptedTextField(context="old.place").clone().context == "old.place"
    with isolate_apps():

        class Moved(models.Model):
            number = pii.EncryptedTextField(context="old.place")

            class Meta:
                app_label = "core_tests"

            def __str__(self) -> str:
                return str(self.pk)

    assert Moved._meta.get_field("number").deconstruct()[3]["context"] == "old.place"
