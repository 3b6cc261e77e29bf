"""The sheet that pictures are drawn on, and its colours.

Colours are told apart by people with any kind of colour vision (Okabe and Ito's palette), and nothing is said
by colour alone: every state has a shape, every bar its number.
"""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

WIDTH = 800
"""Pixels; a phone shows the picture at half of it, so that letters of 30 are read like those of 15."""
PAPER, PANEL, LINE = "#1b1f27", "#262c37", "#3a4250"
INK, FAINT = "#f4f6f9", "#b6bfcc"
ORANGE, SKY, GREEN, YELLOW, BLUE, RED, PURPLE = (
    "#e69f00",
    "#56b4e9",
    "#00b487",
    "#f0e442",
    "#3d8fd1",
    "#e8743b",
    "#cc79a7",
)
EDGE = 28


def sheet(height: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """An empty sheet."""
    image = Image.new("RGB", (WIDTH, height), PAPER)
    return image, ImageDraw.Draw(image)


def png(image: Image.Image) -> bytes:
    """The picture as a file; few colours, so that it is small and soon written."""
    written = io.BytesIO()
    image.quantize(64, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(written, "PNG")
    return written.getvalue()
