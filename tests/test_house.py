"""What imports cannot see: the house kept by its models, states, addresses, templates and files."""

import ast
import importlib
import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.urls import URLPattern, URLResolver, get_resolver

from qingdan.core import lifecycle, records
from tests.house import ROOT, SOURCE, floors, modules, project_files, stands_on, templates, written

ROOM_MODELS = [model for model in apps.get_models() if model.__module__.startswith("qingdan.")]

# A field called `state` that is no noun's lifecycle: a job's progress, which nobody decides.
NOT_A_LIFECYCLE = {
    "src/qingdan/core/tables/importing.py": "the run of an import",
    "src/qingdan/core/jobs.py": "a background job",
}


# ── models ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("model", ROOM_MODELS, ids=lambda model: model._meta.label)
def test_foreign_keys_point_down_the_house(model):
    for field in (*model._meta.local_fields, *model._meta.local_many_to_many):
        target = field.related_model
        if target and target.__module__.startswith("qingdan."):
            room, below = model._meta.app_label, target._meta.app_label
            assert stands_on(room, below), f"{field} points from {room} up or across to {below}"


def reverse_names() -> dict[str, list[tuple[str, str]]]:
    """Name that a higher room lent to a model below → (room of that model, room that lent it)."""
    found: dict[str, list[tuple[str, str]]] = {}
    for model in ROOM_MODELS:
        for relation in model._meta.related_objects:
            lender = relation.related_model._meta.app_label
            if lender in floors() and lender != model._meta.app_label:
                for name in {relation.name, relation.get_accessor_name()}:
                    found.setdefault(name, []).append((model._meta.app_label, lender))
    return found


def names_that_are_fields_below(room: str) -> set[str]:
    """Look-ups that a room may write anyway: fields of the models it can see."""
    return {
        field.name
        for model in ROOM_MODELS
        if stands_on(room, model._meta.app_label)
        for field in model._meta.get_fields()
        if not isinstance(field, ForeignObjectRel) or stands_on(room, field.related_model._meta.app_label)
    }


def lookups(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """The first step of every look-up in queries, and accessors whose manager is used."""
    queries = {
        "filter",
        "exclude",
        "get",
        "annotate",
        "aggregate",
        "order_by",
        "values",
        "values_list",
        "only",
    }
    queries |= {
        "select_related",
        "prefetch_related",
        "distinct",
        "Q",
        "F",
        "Count",
        "Sum",
        "OuterRef",
        "Prefetch",
    }
    managers = {"all", "filter", "exclude", "exists", "count", "order_by", "aggregate", "values_list"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in queries:
                words = [
                    a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)
                ]
                words += [keyword.arg for keyword in node.keywords if keyword.arg]
                yield from ((word.lstrip("-").split("__")[0], node) for word in words)
        if (
            isinstance(node, ast.Attribute)
            and node.attr in managers
            and isinstance(node.value, ast.Attribute)
        ):
            yield node.value.attr, node


def test_no_room_follows_a_name_that_a_higher_room_lent_it():
    lent = reverse_names()
    wrong = []
    for module in modules():
        if module.room not in floors():
            continue
        known = names_that_are_fields_below(module.room)
        for name, node in lookups(module.tree):
            for owner, lender in lent.get(name, []):
                if name not in known and stands_on(module.room, owner) and not stands_on(module.room, lender):
                    wrong.append(f"{module.at(node)} uses “{name}”, which {lender} lends to {owner}")
    assert wrong == []


def test_every_room_is_a_floor_of_the_house():
    rooms = {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    assert rooms - set(floors()) == set()


def test_no_module_is_longer_than_a_person_reads():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in written()
        if (lines := path.read_text(encoding="utf-8").count("\n")) > 600
    }
    assert long == {}


# ── lifecycles ──────────────────────────────────────────────────────────────


def state_fields() -> set[str]:
    return {"state", *(one.field_name for _label, one in lifecycles())}


def sets_a_state(node: ast.AST, fields: set[str]) -> bool:
    """An assignment, `setattr` or `update` of a state; building a new record with one is not meant."""
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AugAssign | ast.AnnAssign):
        targets = [node.target]
    for target in targets:
        for part in ast.walk(target):
            if isinstance(part, ast.Attribute) and part.attr in fields and isinstance(part.ctx, ast.Store):
                return True
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in {"update", "aupdate"}:
            return any(keyword.arg in fields for keyword in node.keywords)
        if name == "setattr" and len(node.args) == 3 and isinstance(node.args[1], ast.Constant):
            return node.args[1].value in fields
        if name == "bulk_update":
            return any(isinstance(part, ast.Constant) and part.value in fields for part in ast.walk(node))
    return False


def test_a_state_changes_only_through_a_move():
    fields = state_fields()
    wrong = [
        module.at(node)
        for module in modules()
        if module.path != SOURCE / "core" / "lifecycle.py"
        and str(module.path.relative_to(ROOT)) not in NOT_A_LIFECYCLE
        for node in ast.walk(module.tree)
        if sets_a_state(node, fields)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "code",
    [
        "letter.state = SENT",
        "a, letter.state = 1, SENT",
        "Letter.objects.filter(pk=1).update(state=SENT)",
        "setattr(letter, 'state', SENT)",
        "Letter.objects.bulk_update(letters, ['state'])",
    ],
)
def test_the_scan_sees_each_way_around_a_move(code):
    assert any(sets_a_state(node, {"state"}) for node in ast.walk(ast.parse(code)))


def test_the_scan_leaves_creation_and_reading_alone():
    code = "Letter(state=DRAFT); Letter.objects.create(state=DRAFT); x = letter.state; letter.stated = 1"
    assert not any(sets_a_state(node, {"state"}) for node in ast.walk(ast.parse(code)))


def declared() -> list[lifecycle.Lifecycle]:
    return [
        one
        for path in SOURCE.glob("*/lifecycle.py")
        for one in vars(importlib.import_module(f"qingdan.{path.parent.name}.lifecycle")).values()
        if isinstance(one, lifecycle.Lifecycle)
    ]


def lifecycles() -> list[tuple[str, lifecycle.Lifecycle]]:
    """Those of the rooms with their models; tests elsewhere may have registered some of their own."""
    known = declared()
    return [(label, one) for label, one in lifecycle.registered() if one in known]


def test_every_declared_lifecycle_is_registered_for_its_model():
    assert declared()
    assert [one.name for one in declared() if one not in [known for _label, known in lifecycles()]] == []


def called_moves() -> set[tuple[str, str]]:
    """(room, verb) of every `X.move(record, "verb", …)` in the code."""
    found = set()
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "move":
                verbs = [a.value for a in node.args[1:2] if isinstance(a, ast.Constant)]
                verbs += [
                    k.value.value
                    for k in node.keywords
                    if k.arg == "verb" and isinstance(k.value, ast.Constant)
                ]
                found.update((module.room, verb) for verb in verbs)
    return found


def test_every_declared_move_is_called_by_an_act():
    called = called_moves()
    idle = [
        f"{label}: {move.verb}"
        for label, one in lifecycles()
        for move in one
        if (label.split(".")[0], move.verb) not in called
    ]
    assert idle == []


def test_every_state_can_be_reached():
    for label, one in lifecycles():
        first = str(apps.get_model(label)._meta.get_field(one.field_name).default)
        reached = {first} if first in one.states.values else {one.states.values[0]}
        for _ in one.states:
            reached |= {move.target for move in one if reached & set(move.sources)}
        assert set(one.states.values) - reached == set(), f"{label} has states that no move leads to"


def test_every_lifecycle_field_has_the_states_as_its_choices():
    for label, one in lifecycles():
        field = apps.get_model(label)._meta.get_field(one.field_name)
        assert isinstance(field, models.CharField)
        assert [value for value, _name in field.choices] == one.states.values, label


# ── addresses and templates ─────────────────────────────────────────────────


def addresses(resolver: URLResolver | None = None, before: str = "/") -> Iterator[tuple[str, URLPattern]]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry, before + str(entry.pattern))
        else:
            yield before + str(entry.pattern), entry


def test_every_address_names_its_permit():
    bare = [
        address
        for address, entry in addresses()
        if not hasattr(entry.callback, "permit")
        and not entry.callback.__module__.startswith("django.views.i18n")
    ]
    assert bare == []


# Moves whose effect knows a detail that no form asks for, and why.
ASKED_NOWHERE = {
    (
        "documents.officialpaper",
        "seal",
    ): "a number given by hand comes with an import; on the page the next free one is taken",
}


def test_a_move_with_details_is_asked_for_in_a_form():
    """The general address refuses such moves, so without a form nobody could do them."""
    importlib.import_module("qingdan.config.urls")
    bare = {
        (label, move.verb)
        for label, one in lifecycles()
        for move in one
        if move.details and move.verb not in records.asked(apps.get_model(label))
    }
    assert bare == set(ASKED_NOWHERE)


def test_every_form_of_a_move_belongs_to_a_move():
    importlib.import_module("qingdan.config.urls")
    for label, one in lifecycles():
        assert records.asked(apps.get_model(label)) <= {move.verb for move in one}


INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>|<style\b|\sstyle=|\son[a-z]+=[\"']|javascript:",
    re.IGNORECASE,
)


@pytest.mark.parametrize("path", list(templates()), ids=lambda path: str(path.relative_to(SOURCE)))
def test_templates_hold_no_script_and_no_style(path):
    text = re.sub(
        r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL
    )
    assert [found[0].strip() for found in INLINE.finditer(text)] == []


def comments(about: str) -> Iterator[tuple[str, str]]:
    """(place, comment) of every comment in a Python file that holds these words."""
    for path in written():
        if about in (text := path.read_text(encoding="utf-8")):
            for token in tokenize.generate_tokens(io.StringIO(text).readline):
                if token.type == tokenize.COMMENT and about in token.string:
                    yield f"{path.relative_to(ROOT)}:{token.start[0]}", token.string


def test_every_doubt_of_the_type_checker_is_answered():
    """`# type: ignore[…]` says which fault, and behind it why it is none."""
    answered = re.compile(r"# type: ignore\[[\w, -]+\]  # \S")
    assert [place for place, said in comments("type: ignore") if not answered.match(said)] == []


def test_every_rule_of_style_that_is_set_aside_is_answered():
    """`# noqa: …  (…)` says which rule, and in brackets why it does not hold here."""
    answered = re.compile(r"# noqa: [A-Z]+\d+(, [A-Z]+\d+)*  \(\S.*\)")
    assert [place for place, said in comments("noqa") if not answered.fullmatch(said)] == []


# ── files ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_readme_names_both_commands(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "make run" in text
    assert "make test" in text


def test_the_dictionary_and_the_terms_say_what_the_models_say():
    """In a process of its own: tests elsewhere may have declared models of theirs."""
    script = [sys.executable, str(ROOT / "scripts" / "dictionary.py"), "check"]
    done = subprocess.run(script, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_nothing_outside_the_project_is_read():
    outside = re.compile(
        rb"\.\./" + rb"shared|" + re.escape(f"{ROOT.parent}/".encode()) + rb"|https?://[^ \"]+/simple/"
    )
    wrong = [str(path.relative_to(ROOT)) for path in project_files() if outside.search(path.read_bytes())]
    assert wrong == []


def test_the_npm_lock_names_no_registry():
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text(encoding="utf-8")
