"""The check of the catalogues finds what it should, in files made for it."""

import pytest

from scripts import catalogues

HEADER = 'msgid ""\nmsgstr ""\n"Language: zh_Hans\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
HEADER += '"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'


@pytest.fixture
def house(tmp_path, monkeypatch):
    monkeypatch.setattr(catalogues, "ROOT", tmp_path)
    monkeypatch.setattr(catalogues, "SOURCE", tmp_path / "src")

    def write(name, text):
        path = tmp_path / "src" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


def po(house, entries, room="lists"):
    return house(f"{room}/locale/zh_Hans/LC_MESSAGES/django.po", HEADER + entries)


def faults():
    return list(catalogues.faults(catalogues.translated(), catalogues.used()))


def test_python_and_templates_name_their_messages(house):
    house(
        "lists/models.py",
        '_("need"); gettext("re" "source"); ngettext("%(n)s item", "%(n)s items", 2); pgettext("time", "May")',
    )
    house(
        "lists/templates/lists/a.html",
        """{% load i18n %}{% translate "Submit" %}{% translate "It's late" %}{% translate "May" context "month" %}
        {% blocktranslate trimmed with n=x %}
           Only {{ n }} left
        {% endblocktranslate %}{% blocktranslate count n=y %}one{% plural %}{{ n }} many{% endblocktranslate %}
        {{ _("Filter")|upper }}""",
    )
    house("lists/tests/test_lists.py", '_("not a message of the product")')
    found = {(key.text, key.context) for key in catalogues.used()}
    assert found == {
        ("need", ""),
        ("resource", ""),
        ("%(n)s item", ""),
        ("May", "time"),
        ("Submit", ""),
        ("It's late", ""),
        ("May", "month"),
        ("Only %(n)s left", ""),
        ("one", ""),
        ("Filter", ""),
    }


def test_a_complete_catalogue_has_no_faults(house):
    house("lists/models.py", '_("need %(n)s")')
    po(house, 'msgid "need %(n)s"\nmsgstr "需求 %(n)s"\n')
    assert faults() == []


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("", "src/lists/models.py:1: “need %(n)s” stands in no catalogue"),
        ('msgid "need %(n)s"\nmsgstr ""\n', "“need %(n)s” has no translation"),
        ('#, fuzzy\nmsgid "need %(n)s"\nmsgstr "需求 %(n)s"\n', "“need %(n)s” is marked fuzzy"),
        (
            'msgid "need %(n)s"\nmsgstr "需求 %(m)s"\n',
            "the translation of “need %(n)s” has other placeholders",
        ),
        ('msgid "need %(n)s"\nmsgstr "需求"\n', "the translation of “need %(n)s” has other placeholders"),
        ('msgctxt "x"\nmsgid "need %(n)s"\nmsgstr "需求 %(n)s"\n', "“need %(n)s” stands in no catalogue"),
    ],
)
def test_each_fault_is_found(house, entry, said):
    house("lists/models.py", '_("need %(n)s")')
    po(house, entry)
    (found,) = faults()
    assert found.endswith(said)


def test_two_rooms_must_say_a_thing_alike(house):
    house("lists/models.py", '_("need")')
    po(house, 'msgid "need"\nmsgstr "需求"\n')
    po(house, 'msgid "need"\nmsgstr "需要"\n', room="calls")
    (found,) = faults()
    assert found.endswith("“need” is translated in two ways")


def test_compiling_does_only_what_changed(house):
    path = po(house, 'msgid "need"\nmsgstr "需求"\n')
    catalogues.compile_all()
    made = path.with_suffix(".mo")
    first = made.stat().st_mtime_ns
    catalogues.compile_all()
    assert made.stat().st_mtime_ns == first
    path.unlink()
    catalogues.compile_all()
    assert not made.exists()
