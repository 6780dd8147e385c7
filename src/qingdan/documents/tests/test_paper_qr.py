"""The QR code of a paper: outside the grid, on the last page alone, and saying the address."""

import io
import re
import zipfile

import pdfplumber
import pytest
import segno

from qingdan.documents import qr
from qingdan.documents.docx import render_docx
from qingdan.documents.fonts import find_fonts
from qingdan.documents.paper import Form
from qingdan.documents.pdf import render_pdf
from qingdan.documents.tests.samples import sample_paper

ADDRESS = "https://qingdan.example/verify/7K3MQ9TX2B/"
MM = 72 / 25.4


def test_the_drawing_is_the_codes_own_matrix() -> None:
    matrix = segno.make(ADDRESS, error="m", micro=False).matrix
    drawn = {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1", qr.as_svg(ADDRESS))}
    assert drawn == {(x, y) for y, row in enumerate(matrix) for x, module in enumerate(row) if module}


@pytest.mark.parametrize("form", list(Form))
def test_it_stands_in_the_lower_margin_of_the_last_page(form: Form) -> None:
    with pdfplumber.open(io.BytesIO(render_pdf(sample_paper(form, qr=ADDRESS), find_fonts()))) as pdf:
        pages = [
            [shape for shape in (*page.curves, *page.rects) if shape["top"] > (qr.TOP_MM - 1) * MM]
            for page in pdf.pages
        ]
        assert qr.CAPTION in (pdf.pages[-1].extract_text() or "")
    assert len(pages) > 2
    dark = [shape for shape in pages[-1] if shape["x1"] < (qr.LEFT_MM + qr.SIDE_MM + 1) * MM]
    assert dark
    assert all(shape["bottom"] <= (qr.TOP_MM + qr.SIDE_MM + 0.1) * MM for shape in dark)
    assert not any(shape["x1"] < 80 * MM for page in pages[:-1] for shape in page)


def test_the_grid_does_not_move() -> None:
    def words(code: str) -> list[list[tuple[str, float]]]:
        with pdfplumber.open(io.BytesIO(render_pdf(sample_paper(qr=code), find_fonts()))) as pdf:
            return [
                [
                    (word["text"], round(word["top"], 1))
                    for word in page.crop((0, 0, 595, 262 * MM)).extract_words()
                ]
                for page in pdf.pages
            ]

    assert words(ADDRESS) == words("")


def test_word_has_the_picture_with_its_address() -> None:
    archive = zipfile.ZipFile(io.BytesIO(render_docx(sample_paper(qr=ADDRESS))))
    assert f'descr="{ADDRESS}"' in archive.read("word/document.xml").decode()
    assert any(name.endswith(".png") for name in archive.namelist())
    assert render_docx(sample_paper(qr=ADDRESS)) == render_docx(sample_paper(qr=ADDRESS))
    without = zipfile.ZipFile(io.BytesIO(render_docx(sample_paper())))
    assert not any(name.endswith(".png") for name in without.namelist())
