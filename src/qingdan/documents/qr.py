"""QR codes (ISO/IEC 18004) for the foot of a paper: as SVG for the PDF, as PNG for the Word document."""

import io

import segno

SIDE_MM = 12.5
# Under the page number and, in the letter form, under the second red rule; left, where nothing else stands.
LEFT_MM, TOP_MM = 28, 278.5
CAPTION = "扫码核验"


def as_svg(address: str) -> str:
    """One path of dark modules on nothing, a unit a module."""
    matrix = segno.make(address, error="m", micro=False).matrix
    dark = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, module in enumerate(row) if module & 1
    )
    side = len(matrix)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path d="{dark}" fill="#000"/></svg>'
    )


def as_png(address: str) -> bytes:
    buffer = io.BytesIO()
    segno.make(address, error="m", micro=False).save(buffer, kind="png", scale=12, border=0)
    return buffer.getvalue()
