"""Search by character bigrams: what is found must stand in the text, on whichever database the tests run."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import isolate_apps
from hypothesis import given
from hypothesis import strategies as st

from qingdan.core.search import BigramIndex, Bigrams, bigrams, bigrams_of, excerpt, words
from qingdan.core.tables import storing
from qingdan.core.tables.storing import insert_rows

pytestmark = pytest.mark.django_db

TEXTS = {
    "purchase": "关于推进政府购买社会组织公共服务工作的提案（2018）",
    "house": "社区治理；会员组织章程",
    "rare": "䶮村𬱖塘社区服务站由𠮷某看护，字用𲎰与〇",
    "latin": "ＧＢ／Ｔ 9704-2012 Party building, café",
    "one": "乙",
}


@pytest.fixture
def library(db: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A table with the index, made as a migration would."""
    # SQLite wants foreign keys unchecked for changes of the schema, and cannot do that within the test's transaction.
    monkeypatch.setattr(connection, "disable_constraint_checking", lambda: True)
    with isolate_apps("qingdan.core"):

        class Paper(models.Model):
            name = models.CharField(max_length=20)
            text = models.TextField()
            grams = Bigrams(of=("text",))

            class Meta:
                app_label = "core"
                indexes = [BigramIndex(fields=["grams"], name="core_paper_grams")]

            def __str__(self) -> str:
                return self.name

        with connection.schema_editor(atomic=False) as editor:
            editor.create_model(Paper)
        Paper.objects.bulk_create(Paper(name=name, text=text) for name, text in TEXTS.items())
        yield Paper


def found(library: Any, text: str) -> set[str]:
    return set(library.objects.filter(grams__has=text).values_list("name", flat=True))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("社区", {"house", "rare"}),  # two characters, at the beginning and within
        ("组织", {"purchase", "house"}),
        ("社会组织", {"purchase"}),  # all of its pairs but one stand in “house”, yet not side by side
        ("会组", {"purchase"}),
        ("提案", {"purchase"}),
        ("2018", {"purchase"}),
        ("18", {"purchase"}),
        ("𬱖塘", {"rare"}),
        ("𠮷", {"rare"}),
        ("䶮村", {"rare"}),
        ("𲎰", {"rare"}),
        ("〇", {"rare"}),
        ("乙", {"one"}),
        ("站", {"rare"}),
        ("织", {"purchase", "house"}),
        ("案", {"purchase"}),
        ("gb", {"latin"}),
        ("GB/T 9704", {"latin"}),
        ("ｐａｒｔｙ", {"latin"}),
        ("Café", {"latin"}),
        ("社区 章程", {"house"}),
        ("社区，章程", {"house"}),
        ("理会", set()),  # a full stop stands between
        ("购买乙", set()),
        ("工作的提案书", set()),
    ],
)
def test_a_text_is_found_exactly_where_it_stands(library: Any, text: str, names: set[str]) -> None:
    assert found(library, text) == names


@pytest.mark.parametrize("text", ["", "，。", "'\" * (", "   ", "%", "\\"])
def test_punctuation_alone_finds_nothing(library: Any, text: str) -> None:
    assert found(library, text) == set()


@pytest.mark.parametrize(
    "text", ["购买'", '"购买"', "购买*", "(购买", "购买:*", "购买 & !", "购买%", "购买\\"]
)
def test_signs_of_the_query_languages_are_no_commands(library: Any, text: str) -> None:
    assert found(library, text) == {"purchase"}


def test_the_index_follows_changes(library: Any) -> None:
    paper = library.objects.get(name="one")
    paper.text = "养老服务"
    paper.save()
    assert found(library, "养老") == {"one"}
    assert found(library, "乙") == set()
    library.objects.filter(name="purchase").delete()
    assert found(library, "购买") == set()


def test_lookups_join_and_negate(library: Any) -> None:
    either = models.Q(grams__has="购买") | models.Q(grams__has="章程")
    assert set(library.objects.filter(either).values_list("name", flat=True)) == {"purchase", "house"}
    assert library.objects.exclude(grams__has="社区").count() == 3
    assert library.objects.exclude(grams__has="，").count() == 5


def test_the_index_is_used(library: Any) -> None:
    query = library.objects.filter(grams__has="社会组织")
    if connection.vendor == "sqlite":
        assert "MATCH" in str(query.query)
    else:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
        assert "core_paper_grams" in query.explain()


def test_an_index_is_added_to_and_taken_from_a_table_with_records(library: Any) -> None:
    index = library._meta.indexes[0]
    with connection.schema_editor(atomic=False) as editor:
        editor.remove_index(library, index)
    library.objects.create(name="later", text="后来的章程")
    with connection.schema_editor(atomic=False) as editor:
        editor.add_index(library, index)
    assert found(library, "章程") == {"house", "later"}
    library.objects.filter(name="later").update(name="renamed")
    assert found(library, "后来") == {"renamed"}


def test_a_table_made_anew_keeps_its_index(library: Any) -> None:
    """SQLite makes a table anew to alter it; the index and its triggers must come along."""
    old, new = library._meta.get_field("name"), models.CharField(max_length=200, null=True)
    new.set_attributes_from_name("name")
    new.model = library
    with connection.schema_editor(atomic=False) as editor:
        editor.alter_field(library, old, new)
    assert found(library, "章程") == {"house"}
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO core_paper (name, text, grams) VALUES ('raw', 'x', '生字 字')")
    assert found(library, "生字") == {"raw"}


@given(st.text(max_size=40))
def test_a_text_finds_itself_by_each_of_its_words(text: str) -> None:
    column = bigrams(text)
    for word in words(text):
        pairs = " ".join(word[at : at + 2] for at in range(len(word) - 1)) or word
        assert pairs in column


def test_the_column_is_readable() -> None:
    assert bigrams("社会组织，2018") == "社会 会组 组织 织 20 01 18 8"


# Signs that join with others, fold to several, count as blanks or stand alone; and whatever else there is.
_SIGNS = st.sampled_from("社会组ＡａßǅﬁΣ㈱½é́が゙가가각𠮷😀\u200b\u0378\ue000 ，\n0１")


@given(st.lists(st.text(st.one_of(_SIGNS, st.characters()), max_size=12), max_size=8))
def test_many_texts_at_once_give_the_same_as_one_by_one(texts: list[str]) -> None:
    assert bigrams_of(texts) == [bigrams(text) for text in texts]


def test_rows_inserted_at_once_are_found_too(library):
    insert_rows(library, ["name", "text"], [("line", "上门助浴服务"), ("other", "送餐")])
    assert found(library, "助浴") == {"line"}


def test_many_rows_are_indexed_together_and_later_ones_as_ever(library, monkeypatch):
    monkeypatch.setattr(storing, "_MANY", 2)
    insert_rows(library, ["name", "text"], [("line", "上门助浴服务"), ("other", "送餐")])
    library.objects.create(name="later", text="助浴车")
    assert found(library, "助浴") == {"line", "later"}
    library.objects.filter(name="line").delete()
    assert found(library, "助浴") == {"later"}
    free = library.objects.order_by("-pk").first().pk + 100
    library.objects.create(pk=free, name="last", text="量血压")
    insert_rows(library, ["id", "name", "text"], [(free - 2, "a", "助浴椅"), (free + 1, "b", "送餐")])
    assert found(library, "助浴") == {"later", "a"}  # a key below the last is indexed as well


def test_a_failed_insert_leaves_the_index_as_it_was(library, monkeypatch):
    monkeypatch.setattr(storing, "_MANY", 2)
    there = library.objects.order_by("-pk").first().pk
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(library, ["id", "name", "text"], [(there + 1, "a", "助浴"), (there + 1, "b", "助浴")])
    library.objects.create(name="later", text="助浴车")
    assert found(library, "助浴") == {"later"}


@pytest.mark.parametrize(
    ("text", "asked", "shown"),
    [
        ("楼道里的感应灯坏了，夜里看不见台阶", "感应灯", "…里的感应灯坏了，夜…"),
        ("灯坏了", "灯", "灯坏了"),
        ("第一行\n第二行", "第二", "…行 第二行"),
        ("没有", "别的", ""),
        ("ＧＢ 9704", "，", ""),
    ],
)
def test_an_excerpt_shows_the_word_with_its_neighbours(text, asked, shown):
    assert excerpt(text, asked, before=2, after=4) == shown
