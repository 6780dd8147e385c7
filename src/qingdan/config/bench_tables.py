"""Benchmarks of the tables (Excel), each beside a peer in the same run.

Import: social needs out of a workbook into a temporary database, beside django-import-export in its default
and in its bulk mode. Export: the same rows into a workbook, beside openpyxl's write-only mode. Every side runs
in a process of its own, so that its memory can be told, with a fresh copy of the same database.
"""

import datetime as dt
import gc
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import click

from qingdan.engine.timing import Timing, machine, peak_memory, timed

DISTRICT = "530111"
PLACES = [f"{DISTRICT}{street:03d}{community:03d}" for street in range(1, 11) for community in range(1, 11)]
NAMES = [
    "number",
    "source",
    "place",
    "title",
    "text",
    "category",
    "target",
    "persons",
    "urgency",
    "raised_on",
    "due_on",
]
"""Columns of the workbook, in order."""
PEER_SLICE = 10_000
"""Rows on which the slower peers are timed; their work a row is the same for every row."""

PYTHONS_OWN = (700, 10, 10)
"""When Python looks for garbage unless told otherwise. The house tells it (`core.apps`); a peer runs as it comes."""

PEERS = (
    ("default", ""),
    ("default, garbage looked for as seldom as in this house", "house"),
    ("default, places from a dictionary", "dictionary"),
    ("default, with the model's validation (clean_model_instances)", "validating"),
    ("use_bulk=True", "bulk"),
    ("use_bulk=True, places from a dictionary", "bulk dictionary"),
    (
        "use_bulk=True, without looking for known rows and differences, places from a dictionary",
        "bulk dictionary tuned",
    ),
)
"""The peer on the same file: as it comes, helped (a dictionary instead of its own query a row), and checking more."""


class Measured(NamedTuple):
    """What one side needed: seconds, the most memory it held (MiB, all of the process), and rows dealt with."""

    time: Timing
    memory: float
    rows: int


def bench_import(rows: int = 100_000, repeats: int = 3) -> Iterator[str]:
    """A workbook into the database, beside the peer; and into the list of needs with all that belongs to it."""
    yield f"import: {rows:,} social needs, {len(NAMES)} columns, SQLite; {machine()}"
    with tempfile.TemporaryDirectory(prefix="qingdan-bench-") as name:
        folder = Path(name)
        _side(folder, "prepare")
        _side(folder, "workbooks", rows)
        ours: list[Measured] = []
        peers = []
        for title, mode in PEERS:  # ours between the peers, so that a change of the machine's load meets both
            ours.append(_side(folder, "import", "rows.xlsx"))
            peers.append((title, _side(folder, "peer-import", "slice.xlsx", mode)))
        middle = _middle(ours)
        yield (
            f"ours: {_of(ours)}, {rows / middle.processor:,.0f} rows a second of the processor; "
            f"memory {max(one.memory for one in ours):.0f} MiB, of which the program without rows "
            f"{_side(folder, 'import', 'one.xlsx').memory:.0f}"
        )
        whole = _middle([_side(folder, "list", "list.xlsx") for _ in range(repeats)])
        yield (
            f"ours, as the list of needs takes them, with numbers, deadline and journal: {whole.wall:.2f} s "
            f"(processor {whole.processor:.2f} s)"
        )
        wrong = _side(folder, "import", "wrong.xlsx")
        yield f"ours, 1 % of the rows wrong: {_of([wrong])}, {wrong.rows:,} taken; memory {wrong.memory:.0f} MiB"
        for title, peer in peers:
            scaled = peer.time.scaled(rows / peer.rows)
            part = f"timed on {peer.rows:,} rows and scaled, " if peer.rows < rows else ""
            yield (
                f"django-import-export, {title}: {part}memory {peer.memory:.0f} MiB\n  {middle.against(scaled)}"
            )


def bench_export(rows: int = 100_000, repeats: int = 3) -> Iterator[str]:
    """Rows into a workbook."""
    yield f"export: {rows:,} social needs, {len(NAMES)} columns; {machine()}"
    with tempfile.TemporaryDirectory(prefix="qingdan-bench-") as name:
        folder = Path(name)
        _side(folder, "prepare")
        ours = [_side(folder, "export", rows) for _ in range(repeats)]
        middle = _middle(ours)
        yield f"ours: {_of(ours)}; memory {max(one.memory for one in ours):.0f} MiB"
        for title, mode in (
            ("openpyxl, write-only", "openpyxl"),
            ("XlsxWriter, constant memory", "xlsxwriter"),
        ):
            peer = _side(folder, "peer-export", rows, mode)
            yield f"{title}: memory {peer.memory:.0f} MiB\n  {middle.against(peer.time)}"


BENCHMARKS: dict[str, Callable[[], Iterator[str]]] = {"import": bench_import, "export": bench_export}


def _middle(runs: list[Measured]) -> Timing:
    """The middle of several runs, by the clock and by the processors each."""
    return Timing(*(median(getattr(run.time, name) for run in runs) for name in ("wall", "processor")))


def _of(runs: list[Measured]) -> str:
    walls = sorted(run.time.wall for run in runs)
    processors = sorted(run.time.processor for run in runs)
    if len(runs) == 1:
        return f"{walls[0]:.2f} s (processor {processors[0]:.2f} s)"
    return f"{walls[0]:.2f}–{walls[-1]:.2f} s (processor {processors[0]:.2f}–{processors[-1]:.2f} s)"


def _side(folder: Path, *arguments: Any) -> Measured:
    """Run one side in a process of its own, on a fresh copy of the prepared database."""
    data = folder / "run"
    shutil.rmtree(data, ignore_errors=True)
    if (folder / "base").exists():
        shutil.copytree(folder / "base", data)
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    environment |= {"QINGDAN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "qingdan.config.settings"}
    done = subprocess.run(
        [sys.executable, "-m", __name__, str(folder), *map(str, arguments)],
        env=environment,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise click.ClickException(f"The benchmark's side “{arguments[0]}” stopped: {last}")
    wall, processor, memory, rows = json.loads(done.stdout)
    if arguments[0] == "prepare":
        shutil.copytree(data, folder / "base")
    return Measured(Timing(wall, processor), memory, rows)


# --- inside the process of one side ---------------------------------------------------------------


def prepare() -> int:
    """An empty database with the places of the benchmarks; answers how many."""
    from django.core.management import call_command

    from qingdan.directory.models import Place

    call_command("migrate", verbosity=0, interactive=False)
    Place.objects.create(
        district=DISTRICT, code=DISTRICT, name="示例区", short_name="示例区", level="DISTRICT"
    )
    for code in sorted({place[:9] for place in PLACES} | set(PLACES), key=len):
        Place.objects.create(
            district=DISTRICT,
            code=code,
            name=f"样本{code[6:]}",
            short_name=f"样本{code[6:]}",
            level="STREET" if len(code) == 9 else "COMMUNITY",
            parent=Place.objects.get(code=code[:-3]),
        )
    return Place.objects.count()


def _needs(count: int) -> list[tuple[Any, ...]]:
    """Plainly synthetic needs in the order of `NAMES`, the same at every run."""
    from qingdan.lists.models import Category, NeedSource, TargetGroup

    chance = random.Random(2018)
    matters = [
        "老年食堂",
        "四点半课堂",
        "无障碍坡道",
        "法律咨询",
        "助浴服务",
        "楼道照明",
        "康复训练",
        "就业培训",
    ]
    wishes = ["希望就近开办", "请定期安排", "盼着有人管一管", "建议增加次数", "想了解怎么申请"]
    sources, categories, targets = NeedSource.values, Category.values, TargetGroup.values
    day = dt.date(2018, 1, 1)
    rows: list[tuple[Any, ...]] = []
    for number in range(count):
        matter = chance.choice(matters)
        raised = day + dt.timedelta(days=chance.randrange(365))
        rows.append(
            (
                f"XQ-2018-{number:06d}",
                chance.choice(sources),
                chance.choice(PLACES),
                f"样本需求 {number}：{matter}",
                f"示例社区的居民反映，{chance.choice(wishes)}{matter}，涉及约 {chance.randrange(5, 400)} 户，"
                f"多在{chance.choice('上下前后')}片；上次答复为 {chance.randrange(10, 90)} 天前。",
                chance.choice(categories),
                chance.choice(targets),
                chance.randrange(1, 500) if chance.random() < 0.9 else None,
                chance.randrange(1, 6),
                raised,
                raised + dt.timedelta(days=chance.randrange(10, 90)) if chance.random() < 0.5 else None,
            )
        )
    return rows


def _table() -> Any:
    """The table of the benchmark: social needs with the checks that an import of them has."""
    from qingdan.core.tables import Batch, Column, Kind, Table, insert_columns, known_values
    from qingdan.directory.models import Place
    from qingdan.lists.models import Category, NeedSource, SocialNeed, TargetGroup

    places = dict(Place.objects.filter(district=DISTRICT).values_list("code", "pk"))

    def check(batch: Batch) -> None:
        for index, code in enumerate(batch["place"]):
            if code not in places:
                batch.refuse(index, "There is no such place.", "place")
        known = known_values(SocialNeed.objects.filter(district=DISTRICT), "number", batch["number"])
        for index, number in enumerate(batch["number"] if known else []):
            if number in known:
                batch.refuse(index, "There is a need of this number already.", "number")

    def check_row(row: dict[str, Any]) -> None:
        from django.core.exceptions import ValidationError

        if row["due_on"] is not None and row["due_on"] < row["raised_on"]:
            raise ValidationError({"due_on": "Due before it was raised."})

    def save(batch: Batch, actor: Any) -> None:
        columns = {name: batch[name] for name in NAMES}
        columns["place"] = [places[code] for code in batch["place"]]
        insert_columns(SocialNeed, columns, always={"district": DISTRICT})

    return Table(
        "bench",
        "社会需求",
        [
            Column("number", "编号", Kind.CODE, required=True, unique=True, max_length=32),
            Column("source", "来源", Kind.CHOICE, required=True, choices=NeedSource.choices),
            Column("place", "社区代码", Kind.CODE, required=True, max_length=12),
            Column("title", "需求", required=True, max_length=120),
            Column("text", "说明", max_length=2000),
            Column("category", "类别", Kind.CHOICE, required=True, choices=Category.choices),
            Column("target", "对象", Kind.CHOICE, required=True, choices=TargetGroup.choices),
            Column("persons", "人数", Kind.INTEGER, minimum=0),
            Column("urgency", "紧急程度", Kind.INTEGER, required=True, minimum=1, maximum=5),
            Column("raised_on", "提出日期", Kind.DATE, required=True),
            Column("due_on", "期限", Kind.DATE),
        ],
        key=("number",),
        check_row=check_row,
        row_reads=("raised_on", "due_on"),
        check_batch=check,
        save=save,
    )


def _workbooks(folder: Path, count: int) -> int:
    """The files of the import as a spreadsheet program saves them: shared strings, dates as styled numbers."""
    rows = _needs(count)
    wrong = [list(row) for row in rows]
    for number in range(0, count, 100):
        spoilt = (number // 100) % 4
        wrong[number][(5, 9, 8, 2)[spoilt]] = ("别的", "去年", 9, "530111999999")[spoilt]
    for name, some in (
        ("rows.xlsx", rows),
        ("wrong.xlsx", wrong),
        ("slice.xlsx", rows[:PEER_SLICE]),
        ("one.xlsx", rows[:1]),
    ):
        _xlsxwriter(folder / name, [c.label for c in _table().columns], _labelled(some), {})
    _list_workbook(folder / "list.xlsx", rows)
    return count


def _labelled(rows: Any) -> Iterator[list[Any]]:
    """Rows as people see them: choices by their labels."""
    from qingdan.lists.models import Category, NeedSource, TargetGroup

    labels = [(NAMES.index(name), {value: str(label) for value, label in of.choices})
              for name, of in (("source", NeedSource), ("category", Category), ("target", TargetGroup))]  # fmt: skip
    for row in rows:
        line = list(row)
        for index, known in labels:
            line[index] = known.get(line[index], line[index])
        yield line


def _xlsxwriter(path: Path, heads: list[str], rows: Any, options: dict[str, Any]) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(
        path, {"default_date_format": "yyyy-mm-dd", "strings_to_urls": False, **options}
    )
    sheet = book.add_worksheet("表")
    sheet.write_row(0, 0, heads)
    for number, row in enumerate(rows, start=1):
        sheet.write_row(number, 0, row)
    book.close()


class _Officer:
    """Who imports into the list of needs: somebody of the district."""

    district, actor_key, actor_label = DISTRICT, "bench", "bench"

    def covers(self, code: str) -> bool:
        return code.startswith(DISTRICT)


def _list_workbook(path: Path, rows: list[tuple[Any, ...]]) -> None:
    """The same needs in the columns of the list: places by their names, no numbers."""
    from qingdan.core.tables import export_rows
    from qingdan.directory.models import Place
    from qingdan.lists.tables.needs import needs_table

    table, names = needs_table(_Officer()), dict(Place.objects.values_list("code", "name"))

    def lines() -> Iterator[tuple[Any, ...]]:
        for row in rows:
            given = dict(zip(NAMES, row, strict=True)) | {"number": "", "channel": "VISIT"}
            given |= {"street": names[given["place"][:9]], "community": names[given["place"]]}
            yield tuple(given.get(column.name, column.empty) for column in table.columns)

    export_rows(table, lines(), path)


def _import_list(folder: Path, file: str) -> tuple[int, Timing]:
    from qingdan.core.tables import import_file
    from qingdan.lists.models import SocialNeed
    from qingdan.lists.tables.needs import needs_table

    officer = _Officer()
    table = needs_table(officer)
    run, spent = timed(lambda: import_file(table, folder / file, actor=officer, district=DISTRICT))
    if run.refused or SocialNeed.objects.count() != run.taken:
        raise RuntimeError(f"{run.taken} taken, {run.refused} refused, {SocialNeed.objects.count()} stored")
    return run.taken, spent


def _import(folder: Path, file: str) -> tuple[int, Timing]:
    import numpy  # noqa: F401  (loaded before the clock starts, as the peer's modules are)
    import python_calamine  # noqa: F401  (likewise)

    from qingdan.core.tables import import_file
    from qingdan.lists.models import SocialNeed

    table = _table()
    run, spent = timed(lambda: import_file(table, folder / file, actor="bench", district=DISTRICT))
    if SocialNeed.objects.count() != run.taken:
        raise RuntimeError(f"{run.taken} taken, {SocialNeed.objects.count()} stored")
    return run.taken, spent


def _peer_import(folder: Path, file: str, mode: str) -> tuple[int, Timing]:
    from django.db import connection
    from import_export import fields, resources, widgets
    from import_export.formats.base_formats import XLSX

    from qingdan.directory.models import Place
    from qingdan.lists.models import Category, NeedSource, SocialNeed, TargetGroup

    class Label(widgets.CharWidget):
        """Labels to values; the peer has no such thing of its own."""

        def __init__(self, choices: Any) -> None:
            super().__init__()
            self.values = {str(label): value for value, label in choices}

        def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
            return self.values[value]

    places = dict(Place.objects.filter(district=DISTRICT).values_list("code", "pk"))

    class Code(widgets.CharWidget):
        """Places by their codes, asked once: kinder to the peer than its own query a row."""

        def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
            return places[str(value)]

    kinds: dict[str, Any] = {
        "source": Label(NeedSource.choices),
        "category": Label(Category.choices),
        "target": Label(TargetGroup.choices),
        "place": Code() if "dictionary" in mode else widgets.ForeignKeyWidget(Place, "code"),
        "persons": widgets.IntegerWidget(),
        "urgency": widgets.IntegerWidget(),
        "raised_on": widgets.DateWidget("%Y-%m-%d"),
        "due_on": widgets.DateWidget("%Y-%m-%d"),
    }
    declared = {
        column.name: fields.Field(
            attribute="place_id" if column.name == "place" and "dictionary" in mode else column.name,
            column_name=column.label,
            widget=kinds.get(column.name, widgets.CharWidget()),
        )
        for column in _table().columns
    }
    options: dict[str, Any] = {"model": SocialNeed, "fields": NAMES, "import_id_fields": ["number"]}
    if "bulk" in mode:
        options["use_bulk"] = True
    if "validating" in mode:
        options["clean_model_instances"] = True
    if "tuned" in mode:
        options |= {"force_init_instance": True, "skip_diff": True, "batch_size": 5_000}

    def init_instance(self: Any, row: Any = None) -> Any:
        return SocialNeed(district=DISTRICT)

    def get_queryset(self: Any) -> Any:
        return SocialNeed.objects.filter(district=DISTRICT)  # so that a known number is found by its index

    meta = type("Meta", (), options)
    resource_class = type(
        "Needs",
        (resources.ModelResource,),
        {**declared, "init_instance": init_instance, "get_queryset": get_queryset, "Meta": meta},
    )

    if "house" not in mode:
        gc.set_threshold(*PYTHONS_OWN)

    def work() -> Any:
        dataset = XLSX().create_dataset((folder / file).read_bytes())
        result = resource_class().import_data(dataset, raise_errors=True)
        connection.commit()
        return result

    _result, spent = timed(work)
    return SocialNeed.objects.count(), spent


def _export(folder: Path, count: int) -> tuple[int, Timing]:
    from qingdan.core.tables import export_rows

    table, rows = _table(), _needs(count)
    return timed(lambda: export_rows(table, rows, folder / "out.xlsx"))


def _peer_export(folder: Path, count: int, mode: str) -> tuple[int, Timing]:
    import openpyxl

    rows, heads = _needs(count), [column.label for column in _table().columns]

    def with_openpyxl() -> None:
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("表")
        sheet.append(heads)
        for row in _labelled(rows):
            sheet.append(row)
        book.save(folder / "peer.xlsx")

    def with_xlsxwriter() -> None:
        _xlsxwriter(folder / "peer.xlsx", heads, _labelled(rows), {"constant_memory": True})

    _none, spent = timed(with_openpyxl if mode == "openpyxl" else with_xlsxwriter)
    return count, spent


def main(folder: Path, side: str, *arguments: str) -> None:
    """One side; prints its seconds, its memory in MiB and its rows as one line of JSON."""
    import django
    from django.utils import translation

    django.setup()
    spent = Timing(0.0, 0.0)
    with translation.override("zh-hans"):
        match side, arguments:
            case "prepare", ():
                rows = prepare()
            case "workbooks", (count,):
                rows = _workbooks(folder, int(count))
            case "import", (file,):
                rows, spent = _import(folder, file)
            case "list", (file,):
                rows, spent = _import_list(folder, file)
            case "peer-import", (file, mode):
                rows, spent = _peer_import(folder, file, mode)
            case "export", (count,):
                rows, spent = _export(folder, int(count))
            case "peer-export", (count, mode):
                rows, spent = _peer_export(folder, int(count), mode)
            case _:
                raise SystemExit(f"no such side: {side}")
    click.echo(json.dumps([spent.wall, spent.processor, peak_memory() * 1024, rows]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
