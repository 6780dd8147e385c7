"""Photographs without their hidden data: place, device and time are taken out, pixels stay untouched.

JPEG segments and PNG chunks that carry metadata are dropped and everything behind the image is cut off.
Of the EXIF data only the orientation is kept, so that photographs do not lie on their side.
"""

import struct

MAX_PIXELS = 100_000_000


class ImageError(ValueError):
    """Bytes that are no whole image of the kind, or one of absurd size."""


def strip_jpeg(data: bytes) -> bytes:
    """Only what is needed to show the image; raises ImageError."""
    if not data.startswith(b"\xff\xd8"):
        raise ImageError("no JPEG")
    out = [b"\xff\xd8"]
    position, orientation, seen_frame = 2, 1, False
    try:
        while True:
            if data[position] != 0xFF:
                raise ImageError("damaged JPEG")
            while data[position + 1] == 0xFF:  # fill bytes
                position += 1
            marker = data[position + 1]
            if marker == 0xD9:
                break
            (length,) = struct.unpack_from(">H", data, position + 2)
            segment = data[position : position + 2 + length]
            if length < 2 or len(segment) < 2 + length:
                raise ImageError("damaged JPEG")
            position += 2 + length
            if marker == 0xE1 and segment[4:10] == b"Exif\0\0":
                orientation = _orientation(segment[10:])
            kept = not (0xE0 <= marker <= 0xEF or marker == 0xFE)
            kept = kept or marker in {0xE0, 0xEE}
            kept = kept or (marker == 0xE2 and segment[4:16] == b"ICC_PROFILE\0")
            if kept:
                out.append(segment)
            if marker in {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}:
                height, width = struct.unpack_from(">HH", segment, 5)
                _check_size(width, height)
                seen_frame = True
            if marker == 0xDA:
                end = _scan_end(data, position)
                out.append(data[position:end])
                position = end
    except (IndexError, struct.error):
        raise ImageError("damaged JPEG") from None
    if not seen_frame:
        raise ImageError("damaged JPEG")
    if orientation != 1:
        out.insert(1, _exif(orientation))
    return b"".join(out) + b"\xff\xd9"


def _scan_end(data: bytes, position: int) -> int:
    """Where the compressed pixels end: the next marker that is neither stuffing nor a restart."""
    while True:
        position = data.find(b"\xff", position)
        if position < 0 or position + 1 >= len(data):
            raise ImageError("damaged JPEG")
        following = data[position + 1]
        if following == 0 or 0xD0 <= following <= 0xD7:
            position += 2
        elif following == 0xFF:
            position += 1
        else:
            return position


def _orientation(tiff: bytes) -> int:
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, start)
        for i in range(min(count, 200)):
            tag, _kind, _number, value = struct.unpack_from(order + "HHIH", tiff, start + 2 + i * 12)
            if tag == 0x0112:
                return value if 1 <= value <= 8 else 1
    except struct.error:
        pass
    return 1


def _exif(orientation: int) -> bytes:
    tiff = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)
    body = b"Exif\0\0" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = frozenset(
    [
        b"IHDR",
        b"PLTE",
        b"IDAT",
        b"IEND",
        b"tRNS",
        b"gAMA",
        b"cHRM",
        b"sRGB",
        b"iCCP",
        b"sBIT",
        b"pHYs",
        b"bKGD",
    ]
)


def strip_png(data: bytes) -> bytes:
    """Only what is needed to show the image; raises ImageError."""
    if not data.startswith(_PNG):
        raise ImageError("no PNG")
    out, position, first = [_PNG], len(_PNG), True
    while True:
        if position + 12 > len(data):
            raise ImageError("damaged PNG")
        (length,) = struct.unpack_from(">I", data, position)
        kind = data[position + 4 : position + 8]
        end = position + 12 + length
        if end > len(data) or (first and (kind != b"IHDR" or length != 13)):
            raise ImageError("damaged PNG")
        if first:
            _check_size(*struct.unpack_from(">II", data, position + 8))
            first = False
        if kind in _PNG_KEPT:
            out.append(data[position:end])
        position = end
        if kind == b"IEND":
            return b"".join(out)


def _check_size(width: int, height: int) -> None:
    if not width or not height or width * height > MAX_PIXELS:
        raise ImageError("image of absurd size")
