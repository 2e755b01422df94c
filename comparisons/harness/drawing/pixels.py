"""Pictures made of pixels, as addresses that hold the whole picture (`data:image/png…`).

A chart of ten thousand rectangles weighs a hundred times as much as the same picture in PNG.
Colours are half transparent where a picture stands on the page, light or dark.
"""

import base64
import struct
import zlib

import numpy as np

from comparisons.harness.drawing import palette

GAP = 1  # pixels between the pictures of a grid
POSITIVE, NEGATIVE = palette.COLORS["numpy"], palette.COLORS["keras-tensorflow"]
GREY = (128, 136, 144)
BANDS = 12


def address(pixels: np.ndarray) -> str:
    """The picture as PNG: (height, width, channels), uint8, grey or colour and then opacity.

    Up to 256 colours are listed once, and a pixel is its colour's number.
    """
    height, width, channels = pixels.shape
    # A colour as one number, which sorts eight times as fast as a row of channels.
    colours, numbers = np.unique(
        np.ascontiguousarray(pixels).view(f"u{channels}"), return_inverse=True
    )
    colours = colours.view("uint8").reshape(-1, channels)
    kind, lists = {2: 4, 4: 6}[channels], ()
    if len(colours) <= 256:
        kind, pixels = 3, numbers.reshape(height, width, 1).astype("uint8")
        shown = np.broadcast_to(colours[:, :-1], (len(colours), 3))
        lists = (b"PLTE", shown.tobytes()), (b"tRNS", colours[:, -1].tobytes())
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)),
        *lists,
        (b"IDAT", min(_packed(pixels, 0), _packed(pixels, 1), key=len)),
        (b"IEND", b""),
    )
    content = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
    return "data:image/png;base64," + base64.b64encode(content).decode()


def _packed(pixels: np.ndarray, differences: int) -> bytes:
    """The pixels, or how each differs from the one to its left; a row begins by saying which."""
    if differences:
        pixels = np.diff(pixels, axis=1, prepend=np.zeros_like(pixels[:, :1]))
    rows = np.pad(pixels.reshape(len(pixels), -1), ((0, 0), (1, 0)), constant_values=0)
    rows[:, 0] = differences
    return zlib.compress(rows.tobytes(), 9)


def grid(pictures: np.ndarray, columns: int, below: int = 0) -> np.ndarray:
    """Pictures (n, height, width[, 3]) in rows of `columns`, `below` empty pixels under each.

    Numbers from 0 on are black to white. Where some are negative, they are orange, and positive
    ones blue, the stronger the larger. Three channels are red, green and blue.
    """
    pictures = np.asarray(pictures)
    if pictures.ndim == 3:
        pictures = pictures.reshape(*pictures.shape[:3], 1)
    strength = 255 * np.abs(pictures) / (np.abs(pictures).max(initial=0) or 1)
    opaque = np.full((*pictures.shape[:3], 1), 255)
    if pictures.min(initial=0) < 0:
        strength, opaque = np.where(pictures > 0, _rgb(POSITIVE), _rgb(NEGATIVE)), strength
    pictures = np.round(np.concatenate([strength, opaque], axis=-1))
    n, height, width, channels = pictures.shape
    rows, tall, wide = -(-n // columns), height + GAP + below, width + GAP
    sheet = np.zeros((rows, tall, columns, wide, channels))
    for place, picture in enumerate(pictures):
        sheet[place // columns, :height, place % columns, :width] = picture
    return sheet.reshape(rows * tall, columns * wide, channels).astype("uint8")


def classes(values: np.ndarray) -> np.ndarray:
    """Classes as tints of their colours: whole numbers, or the share of class 1 from 0 to 1."""
    colours = np.stack([_rgb(colour) for colour in palette.CATEGORIES])
    if values.dtype.kind == "f":
        share = np.clip(values, 0, 1)[..., None]
        colour = np.where(share < 0.5, colours[0], colours[1])
        return _transparent(colour, 20 + 200 * np.abs(share - 0.5))
    return _transparent(colours[values.astype(int) % len(colours)], 80)


def bands(values: np.ndarray) -> np.ndarray:
    """A surface as contour bands of equal area, the deeper the darker."""
    edges = np.quantile(values, np.linspace(0, 1, BANDS + 1)[1:-1])
    band = np.digitize(values, edges)
    return _transparent(np.broadcast_to(GREY, (*values.shape, 3)), 12 * (BANDS - band)[..., None])


def tints(values: np.ndarray) -> np.ndarray:
    """Numbers from -1 to 1 as tints, the stronger the larger: blue, and orange below 0."""
    colour = np.where(values[..., None] < 0, _rgb(NEGATIVE), _rgb(POSITIVE))
    return _transparent(colour, 255 * np.abs(values)[..., None])


def _rgb(colour: str) -> np.ndarray:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])


def _transparent(colour: np.ndarray, alpha) -> np.ndarray:
    alpha = np.broadcast_to(alpha, (*colour.shape[:-1], 1))
    return np.round(np.concatenate([colour, alpha], axis=-1)).astype("uint8")
