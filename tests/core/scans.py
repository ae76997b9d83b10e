"""Files of the PDF kind, page by page."""

import io

from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

TEXT, SCAN, BLANK, BOTH = "text", "scan", "blank", "both"


def make_pdf(*pages):
    stream = io.BytesIO()
    canvas = Canvas(stream)
    picture = ImageReader(Image.new("RGB", (20, 20), "grey"))
    for page in pages:
        if page in (TEXT, BOTH):
            canvas.drawString(100, 700, "Atelier Test")
        if page in (SCAN, BOTH):
            canvas.drawImage(picture, 100, 500)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()
