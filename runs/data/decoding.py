"""Pillow as strict as it is by itself, whatever other libraries have switched off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PIL import ImageFile


@contextmanager
def decode_strictly() -> Iterator[None]:
    """Pillow refuses a picture that is cut short; some libraries, WeasyPrint among them, switch that off."""
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before
