"""Letters as files: what is read, and the one line that says why a file is not."""

import io
import json
import zipfile

import docx
import pypdf
import pytest
from click.testing import CliRunner
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, FloatObject
from pypdf.generic import NameObject as N

from qingdan.config.claims import claims as command
from qingdan.engine.claims import Unreadable, find_claims, read_document
from qingdan.engine.claims.reading import unwrap

LETTER = "示例区民政局\n2018年安排专项资金150万元。\n共开展活动10余场，服务410人。"


def save(path, content):
    path.write_bytes(content)
    return path


@pytest.fixture
def word(tmp_path):
    document = docx.Document()
    for line in LETTER.split("\n"):
        document.add_paragraph(line)
    document.add_table(1, 2).cell(0, 1).text = "走访82户"
    document.save(tmp_path / "letter.docx")
    return tmp_path / "letter.docx"


def paper(path, *pages):
    """A PDF that needs no font on the machine: its codes are UTF-16, and a character map says so."""
    to_unicode = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap "
        b"1 begincodespacerange <0000> <FFFF> endcodespacerange "
        b"1 beginbfrange <0000> <FFFF> <0000> endbfrange endcmap end end"
    )
    writer = pypdf.PdfWriter()
    text_map = DecodedStreamObject()
    text_map.set_data(to_unicode)
    inner = DictionaryObject(
        {
            N("/Type"): N("/Font"),
            N("/Subtype"): N("/CIDFontType0"),
            N("/BaseFont"): N("/Sample"),
            N("/DW"): FloatObject(1000),
        }
    )
    font = DictionaryObject(
        {
            N("/Type"): N("/Font"),
            N("/Subtype"): N("/Type0"),
            N("/BaseFont"): N("/Sample"),
            N("/Encoding"): N("/Identity-H"),
            N("/DescendantFonts"): ArrayObject([inner]),
            N("/ToUnicode"): writer._add_object(text_map),
        }
    )
    for lines in pages:
        page = writer.add_blank_page(595, 842)
        shown = " ".join(f"<{line.encode('utf-16-be').hex()}> Tj 0 -20 Td" for line in lines)
        content = DecodedStreamObject()
        content.set_data(f"BT /F1 12 Tf 50 800 Td {shown} ET".encode())
        page[N("/Resources")] = DictionaryObject({N("/Font"): DictionaryObject({N("/F1"): font})})
        page[N("/Contents")] = writer._add_object(content)
    writer.write(path)
    return path


@pytest.fixture
def pdf(tmp_path):
    return paper(
        tmp_path / "letter.pdf",
        [
            "示例区民政局为社会组织安排专项资金15",
            "0万元，共开展各类公益服务活动10余场，",
            "直接服务410人。",
            "全年受益居民覆盖各街道各社区，共有26",
        ],
        ["000余人，走访82户。"],
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_text_in_every_encoding_gives_the_same_offsets(tmp_path, encoding):
    document = read_document(save(tmp_path / "letter.txt", LETTER.encode(encoding)))
    assert document.text == LETTER
    found = find_claims(document.text)
    assert [(claim.text, document.paragraph_at(claim.start)) for claim in found] == [
        ("150万元", 2),
        ("10余场", 3),
        ("410人", 3),
    ]


def test_word_with_tables_insertions_and_deletions(word):
    document = docx.Document(word)
    for tag, words in (("w:ins", "新增12家"), ("w:del", "删去99家")):
        change, run, text = OxmlElement(tag), OxmlElement("w:r"), OxmlElement("w:t")
        text.text = words
        run.append(text)
        change.append(run)
        document.paragraphs[0]._p.append(change)
    document.save(word)
    text = read_document(word).text
    assert [claim.text for claim in find_claims(text)] == ["12家", "150万元", "10余场", "410人", "82户"]


def _xml(words):
    return parse_xml(words.replace("<w:p>", f"<w:p {nsdecls('w')}>", 1))


def test_word_with_text_boxes_hidden_text_and_fields(word):
    document = docx.Document(word)
    body = document.element.body
    body.insert(
        0,
        _xml("<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>藏99人</w:t></w:r><w:r><w:t>明33人</w:t></w:r></w:p>"),
    )
    box = "<w:txbxContent><w:p><w:r><w:t>框内6篇</w:t></w:r></w:p></w:txbxContent>"
    body.insert(1, _xml(f"<w:p><w:r><w:t>文中5次</w:t></w:r><w:r><w:pict>{box}</w:pict></w:r></w:p>"))
    body.insert(
        2, _xml("<w:p><w:r><w:instrText>PAGE 12场</w:instrText></w:r><w:r><w:t>第4期</w:t></w:r></w:p>")
    )
    document.save(word)
    text = read_document(word).text
    assert text.startswith("明33人\n文中5次\n框内6篇\n第4期\n示例区民政局\n")
    assert [claim.text for claim in find_claims(text)][:3] == ["33人", "5次", "6篇"]


def test_a_tables_row_is_a_line_and_its_head_gives_the_unit(word):
    document = docx.Document(word)
    table = document.add_table(2, 3)
    for cell, words in zip(
        (cell for row in table.rows for cell in row.cells),
        ("街道", "社会组织（个）", "资金（万元）", "样本街道", "42", "1,120.5"),
        strict=True,
    ):
        cell.text = words
    document.save(word)
    text = read_document(word).text
    assert text.endswith("街道\t社会组织（个）\t资金（万元）\n样本街道\t42\t1,120.5")
    cells = [(c.text, c.value, c.unit, c.subject) for c in find_claims(text)[-2:]]
    assert cells == [("42", 42, "个", "社会组织"), ("1,120.5", 11_205_000, "元", "资金")]


def test_pdf_pages_and_wrapped_lines(pdf):
    steps = []
    document = read_document(pdf, lambda done, total: steps.append((done, total)))
    found = [(claim.text, document.page_at(claim.start)) for claim in find_claims(document.text)]
    assert found == [("150万元", 1), ("10余场", 1), ("410人", 1), ("26000余人", 1), ("82户", 2)]
    assert steps == [(1, 2), (2, 2)]


def test_a_numbered_point_begins_a_paragraph_although_the_line_before_is_full():
    first, second = (
        "一、增加社区夜间托管点，每个街道至少设立两个。",
        "二、支持社会组织承接，列入目录，安排专项资金。",
    )
    assert unwrap(f"{first}\n{second}\n（三）登记需求。")[0] == [first, second, "（三）登记需求。"]
    broken = "按照区委、区政府的部署，分三个步骤办理，其中第"
    assert unwrap(f"{broken}\n一、二两步已经完成，第三步年底完成。")[0] == [
        f"{broken}一、二两步已经完成，第三步年底完成。"
    ]


def test_unwrap_joins_full_lines_and_drops_page_numbers_and_radicals():
    page = (
        "⼀、社会组织为居⺠提供服务共计３８６６人，覆盖人群 26000\n"
        "余人，其余项目正在推进之中，将于年底前完成验收与总结工\n作。\n— 3 —"
    )
    paragraphs, open_end = unwrap(page)
    assert paragraphs == [
        "一、社会组织为居民提供服务共计３８６６人，覆盖人群26000余人，其余项目正在推进之中，将于年底前完成验收与总结工作。"
    ]
    assert not open_end


def _locked_pdf(pdf):
    writer = pypdf.PdfWriter(clone_from=pdf)
    writer.encrypt("secret", algorithm="AES-256")
    return _bytes(writer)


def _scan():
    writer = pypdf.PdfWriter()
    writer.add_blank_page(595, 842)
    return _bytes(writer)


def _bytes(writer):
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _with_macros(word):
    out = io.BytesIO()
    with zipfile.ZipFile(word) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            new.writestr(part, old.read(part))
        new.writestr("word/vbaProject.bin", b"macro")
    return out.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
BAD = {
    "locked.pdf": (lambda word, pdf: _locked_pdf(pdf), "password"),
    "scan.pdf": (lambda word, pdf: _scan(), "OCR"),
    "broken.pdf": (lambda word, pdf: pdf.read_bytes()[:400], "broken"),
    "hello.pdf": (lambda word, pdf: b"hello", "broken"),
    "locked.docx": (lambda word, pdf: OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
    "old.docx": (lambda word, pdf: OLE, "old .doc"),
    "macros.docx": (lambda word, pdf: _with_macros(word), "macros"),
    "cut.docx": (lambda word, pdf: word.read_bytes()[:2000], "broken"),
    "empty.txt": (lambda word, pdf: b"", "empty"),
    "blank.txt": (lambda word, pdf: "\u3000\r\n ".encode(), "empty"),
    "mark.txt": (lambda word, pdf: b"\xef\xbb\xbf\r\n", "empty"),
    "picture.txt": (lambda word, pdf: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "no text"),
    "word.txt": (lambda word, pdf: word.read_bytes(), "looks like .docx"),
    "letter.wps": (lambda word, pdf: b"x", "save it as .docx"),
    "letter.xyz": (lambda word, pdf: b"x", "give a .txt"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_cannot_be_read_gets_one_line_and_a_failure(tmp_path, word, pdf, name):
    make, said = BAD[name]
    path = save(tmp_path / name, make(word, pdf))
    with pytest.raises(Unreadable, match=said):
        read_document(path)
    result = CliRunner().invoke(command, [str(path), "--json"])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert name in result.stderr


def test_a_missing_file_and_a_folder(tmp_path):
    for path in (tmp_path / "none.txt", tmp_path):
        assert CliRunner().invoke(command, [str(path)]).exit_code == 1


def test_json_of_the_command(tmp_path):
    path = save(tmp_path / "letter.txt", (LETTER + "每场30至50人，满意率96.5%。").encode())
    rows = json.loads(CliRunner().invoke(command, [str(path), "--json"]).stdout)["claims"]
    assert [(row["text"], row["value"], row["unit"], row["approx"]) for row in rows] == [
        ("150万元", 1500000, "元", "none"),
        ("10余场", 10, "场", "over"),
        ("410人", 410, "人", "none"),
        ("30至50人", [30, 50], "人", "none"),
        ("96.5%", 96.5, "%", "none"),
    ]
    for row in rows:
        assert path.read_text()[row["start"] :].startswith(row["text"])
        assert row["text"] in row["context"]
    assert rows[0] | {"subject": "专项资金", "year": 2018, "paragraph": 2, "page": None} == rows[0]


def test_table_of_the_command_is_aligned_and_counted(tmp_path):
    from qingdan.engine.claims.command import width

    path = save(tmp_path / "letter.txt", LETTER.encode())
    lines = CliRunner().invoke(command, [str(path)]).stdout.splitlines()
    columns = {
        width(line[: line.index(mark)])
        for line, mark in zip(lines[1:4], ("1,500", "10 场", "410 人"), strict=True)
    }
    assert columns == {width(lines[0][: lines[0].index("数值")])}
    assert lines[-1] == "共 3 个数量 / 3 quantities"
