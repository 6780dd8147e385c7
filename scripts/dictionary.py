"""The data dictionary and the glossary, made from the models: every table, column, term in both languages.

.venv/bin/python scripts/dictionary.py write     docs/data-dictionary.md and docs/terms.md
.venv/bin/python scripts/dictionary.py check     fail when they do not say what the models say
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import django
from django.apps import apps
from django.db import models
from django.utils import translation

ROOT = Path(__file__).resolve().parent.parent


def both(text: object) -> tuple[str, str]:
    """A lazy message in English and in Chinese."""
    with translation.override("en"):
        english = str(text)
    with translation.override("zh-hans"):
        return english, str(text)


def rooms() -> Iterator[tuple[str, list[type[models.Model]]]]:
    for config in apps.get_app_configs():
        if config.name.startswith("qingdan."):
            found = sorted(config.get_models(), key=lambda model: model.__name__)
            if found:
                yield config.label, found


def kind(field: models.Field) -> str:
    if isinstance(field, models.ForeignKey | models.OneToOneField | models.ManyToManyField):
        return f"{field.__class__.__name__} → {field.related_model._meta.label}"
    size = getattr(field, "max_length", None)
    name = field.__class__.__name__
    return f"{name}({size})" if size else name


def escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def dictionary() -> str:
    lines = [
        "# Data dictionary",
        "",
        "Made from the models by `scripts/dictionary.py`; do not edit. Tables are named `<room>_<model>`.",
    ]
    for label, found in rooms():
        lines += ["", f"## {label}"]
        for model in found:
            english, chinese = both(model._meta.verbose_name)
            doc = (model.__doc__ or "").strip().split("\n\n")[0].replace("\n", " ")
            lines += ["", f"### {model.__name__}: {english} {chinese}", ""]
            if doc and not doc.startswith(f"{model.__name__}("):
                lines += [" ".join(doc.split()), ""]
            lines += ["| column | type | null | English | 中文 |", "|---|---|---|---|---|"]
            for field in [*model._meta.concrete_fields, *model._meta.many_to_many]:
                name_en, name_zh = both(field.verbose_name)
                lines.append(
                    f"| `{field.name}` | {kind(field)} | {'yes' if field.null else ''} "
                    f"| {escaped(name_en)} | {escaped(name_zh)} |"
                )
                if field.choices:
                    values = [f"`{value}` {both(text)[1]}" for value, text in field.flatchoices]
                    lines.append(f"| | | | | {escaped('；'.join(values))} |")
            for constraint in model._meta.constraints:
                lines.append(f"| *{constraint.name}* | {constraint.__class__.__name__} | | | |")
    return "\n".join(lines) + "\n"


def terms() -> str:
    from qingdan.core import figures  # which stands on models, and they on the settings

    lines = [
        "# Terms",
        "",
        "The words of the field as the project uses them, Chinese and English, made from the models and figures by",
        "`scripts/dictionary.py`; do not edit.",
        "",
        "| 中文 | English | in the code |",
        "|---|---|---|",
    ]
    rows = set()
    for _label, found in rooms():
        for model in found:
            english, chinese = both(model._meta.verbose_name)
            rows.add((chinese, english, f"`{model._meta.label}`"))
            for field in model._meta.concrete_fields:
                if field.choices:
                    for value, text in field.flatchoices:
                        english, chinese = both(text)
                        if chinese != english:
                            rows.add((chinese, english, f"`{model.__name__}.{field.name}={value}`"))
    for figure in figures.declared():
        english, chinese = both(figure.name)
        rows.add((f"{chinese}（{figure.unit}）", english, f"figure `{figure.key}`"))
    lines += [f"| {escaped(zh)} | {escaped(en)} | {where} |" for zh, en, where in sorted(rows)]
    return "\n".join(lines) + "\n"


def main(verb: str) -> int:
    stale = []
    for name, text in (("data-dictionary.md", dictionary()), ("terms.md", terms())):
        path = ROOT / "docs" / name
        if verb == "write":
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(f"docs/{name}")
    if stale:
        print(
            f"{', '.join(stale)}: not what the models say; run scripts/dictionary.py write", file=sys.stderr
        )
    return 1 if stale else 0


if __name__ == "__main__":
    if sys.argv[1:] not in (["write"], ["check"]):
        sys.exit("usage: dictionary.py write|check")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qingdan.config.settings_test")
    django.setup()
    sys.exit(main(sys.argv[1]))
