"""Tables (Excel) both ways: columns declared once give the template, the dry run, the error workbook,
the resumable import and the export. See docs/tables.md."""

from qingdan.core.tables.checking import Report, dry_run
from qingdan.core.tables.columns import Column, Kind, parse_date
from qingdan.core.tables.declared import Batch, Problem, Table, TableFileError
from qingdan.core.tables.importing import import_file
from qingdan.core.tables.storing import insert_columns, insert_rows, known_values, new_keys, save_each
from qingdan.core.tables.writing import export_rows, write_errors, write_template

__all__ = [
    "Batch",
    "Column",
    "Kind",
    "Problem",
    "Report",
    "Table",
    "TableFileError",
    "dry_run",
    "export_rows",
    "import_file",
    "insert_columns",
    "insert_rows",
    "known_values",
    "new_keys",
    "parse_date",
    "save_each",
    "write_errors",
    "write_template",
]
