import io
import struct
import zipfile
import zlib

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from qingdan.core import files
from qingdan.core.files_models import StoredFile
from qingdan.core.images import ImageError, strip_jpeg, strip_png

SECRET = b"GPS 24.96N 102.74E"


def photo(orientation=6, kind="JPEG"):
    image = Image.new("RGB", (40, 20), "red")
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = SECRET.decode()
    stream = io.BytesIO()
    image.save(stream, kind, exif=exif, comment=SECRET)
    return stream.getvalue()


def office(*names, types=b"<Types/>"):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types)
        for name in names:
            archive.writestr(name, b"<x/>")
    return stream.getvalue()


PDF = b"%PDF-1.7\n1 0 obj\nendobj\ntrailer\n%%EOF\n"
DOCX, XLSX = office("word/document.xml"), office("xl/workbook.xml")


@pytest.fixture(autouse=True)
def _place(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


def put(data, name="a.pdf", **options):
    options = {"actor": "样本", "district": "530111", "owner": "core.sample:1"} | options
    return files.store(SimpleUploadedFile(name, data), **options)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (PDF, "通知.pdf", "pdf"),
        (DOCX, "申报书.DOCX", "docx"),
        (XLSX, "台账.xlsx", "xlsx"),
        (photo(), "活动.jpeg", "jpeg"),
        (photo(kind="PNG"), "活动.png", "png"),
        ("说明".encode(), "说明.txt", "txt"),
        ("编号,名称".encode("gb18030"), "表.csv", "csv"),
    ],
)
def test_allowed_files_are_kept(data, name, kind):
    file = put(data, name)
    assert file.media_type == files.KINDS[kind].media_type
    assert files.is_intact(file)
    assert (file.owner_kind, file.owner_key, file.district) == ("core.sample", "1", "530111")
    assert files.path_of(file.sha256).stat().st_size == file.size


def bomb():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"")
        archive.writestr("word/document.xml", b"0" * 30_000_000)
    return stream.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"", "a.pdf", "empty"),
        (PDF[:20], "a.pdf", "damaged"),
        (PDF, "a.txt", "misnamed"),
        (PDF, "a", "misnamed"),
        (DOCX, "a.xlsx", "misnamed"),
        (b"MZ\x90\x00\x03", "a.pdf", "kind"),
        (b"\x7fELF\x01", "a.txt", "kind"),
        (b"<html><script>", "a.html", "misnamed"),
        (b"<svg/>", "a.png", "misnamed"),
        (office("word/document.xml", "word/vbaProject.bin"), "a.docx", "macros"),
        (office("xl/workbook.xml", types=b"ms-excel.sheet.macroEnabled.main"), "a.xlsx", "macros"),
        (office("other.xml"), "a.docx", "archive"),
        (bomb(), "a.docx", "bomb"),
        (DOCX[:-30], "a.docx", "damaged"),
        (b"PK\x03\x04 nothing", "a.docx", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.doc", "ole"),
        (photo()[:100], "a.jpg", "damaged"),
        (photo(kind="PNG")[:50], "a.png", "damaged"),
        (b"x" * 2048, "a.txt", "size"),
    ],
)
def test_other_files_are_refused_and_leave_nothing(data, name, reason, tmp_path):
    with pytest.raises(files.FileRefused) as refused:
        put(data, name, max_size=1024 if reason == "size" else files.MAX_SIZE)
    assert refused.value.code == reason
    assert refused.value.messages[0]
    assert not StoredFile.objects.exists()
    assert not (tmp_path / "files").exists()


@pytest.mark.django_db
def test_a_place_may_take_less():
    with pytest.raises(files.FileRefused) as refused:
        put(PDF, kinds=files.IMAGES)
    assert refused.value.code == "kind"
    with pytest.raises(ValueError, match="owner"):
        put(PDF, owner="somewhere")


def test_photographs_lose_their_hidden_data():
    for data, strip in ((photo(), strip_jpeg), (photo(kind="PNG"), strip_png)):
        assert SECRET in data
        clean = strip(data + b"trailing " + SECRET)
        assert SECRET not in clean
        assert strip(clean) == clean
        assert Image.open(io.BytesIO(clean)).tobytes() == Image.open(io.BytesIO(data)).tobytes()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photographs_stay_upright(orientation):
    clean = strip_jpeg(photo(orientation))
    exif = Image.open(io.BytesIO(clean)).getexif()
    assert dict(exif) == ({0x0112: orientation} if orientation != 1 else {})


def test_a_progressive_photograph_is_kept_whole():
    stream = io.BytesIO()
    Image.effect_noise((64, 64), 80).convert("RGB").save(stream, "JPEG", progressive=True)
    clean = strip_jpeg(stream.getvalue())
    assert Image.open(io.BytesIO(clean)).tobytes() == Image.open(io.BytesIO(stream.getvalue())).tobytes()


def test_an_image_of_absurd_size_is_refused():
    body = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + body + struct.pack(">I", zlib.crc32(b"IHDR" + body))
    with pytest.raises(ImageError):
        strip_png(b"\x89PNG\r\n\x1a\n" + chunk)


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04", b"%PDF-"]),
)
def test_whatever_comes_in_is_answered(data, start):
    for strip in (strip_jpeg, strip_png):
        try:
            strip(start + data)
        except ImageError:
            pass
    try:
        assert files.examine(start + data, "a.txt") in files.KINDS
    except files.FileRefused:
        pass


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\dir\\表.xlsx", "表.xlsx"),
        ("报告\u202exslx.exe", "报告xslx.exe"),
        (".htaccess", "htaccess"),
        ("con.txt", "_con.txt"),
        ('a<b>:"?.pdf', "a_b____.pdf"),
        ("  很 长 .pdf ", "很 长.pdf"),
        ("", "file"),
        ("𠮷" * 200 + ".pdf", "𠮷" * 116 + ".pdf"),
    ],
)
def test_names_are_cleaned(name, clean):
    assert files.clean_name(name) == clean


@given(st.text(max_size=200))
def test_every_name_becomes_safe(name):
    clean = files.clean_name(name)
    assert 0 < len(clean) <= files.NAME_LENGTH
    assert not set(clean) & set('/\\<>:"|?*\0\n')
    assert clean not in {".", ".."}


@pytest.mark.django_db
def test_only_the_owner_lets_people_in(monkeypatch):
    monkeypatch.setattr(files, "_gates", {})
    file = put(PDF, "通知.pdf")
    with pytest.raises(PermissionDenied):
        files.open_for("样本", file)
    files.register_owner("core.sample", lambda actor, key: actor == "样本" and key == "1")
    with pytest.raises(PermissionDenied):
        files.response_for("示例", file)
    response = files.response_for("样本", file)
    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    response.close()


@pytest.mark.django_db(transaction=True)
def test_the_same_content_is_kept_once_and_goes_with_its_last_record():
    one, two = put(PDF), put(PDF, "b.pdf", owner="core.sample:2")
    path = files.path_of(one.sha256)
    assert path == files.path_of(two.sha256)
    files.discard(one)
    assert path.exists()
    files.discard(two)
    assert not path.exists()


@pytest.mark.django_db
def test_an_altered_file_is_noticed():
    file = put(PDF)
    files.path_of(file.sha256).write_bytes(PDF + b" ")
    assert not files.is_intact(file)
    files.path_of(file.sha256).unlink()
    assert not files.is_intact(file)
    with pytest.raises(ValueError, match="digest"):
        files.path_of("../x")
