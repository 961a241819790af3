"""Codes on paper, read by two readers that others wrote."""

import cv2
import numpy
import zxingcpp
from PIL import Image, ImageOps


def codes(sheet: Image.Image) -> tuple[str, str]:
    """What each of them finds on a sheet whose set pixels are ink."""
    paper = ImageOps.expand(ImageOps.invert(sheet.convert("L")), border=24, fill=255)
    found = zxingcpp.read_barcodes(paper)
    text, _, _ = cv2.QRCodeDetector().detectAndDecode(numpy.asarray(paper))
    return (found[0].text if found else ""), text
