"""Pixels to PNG and back to nothing else: the shortest file that every reader knows."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray


def png_bytes(pixels: NDArray[np.uint8]) -> bytes:
    r"""Pixels (height, width, 4) of red, green, blue and opacity as a PNG file; the same pixels give the same bytes.

    Examples
    --------
    >>> png_bytes(np.zeros((2, 3, 4), dtype=np.uint8))[:8]
    b'\x89PNG\r\n\x1a\n'
    """
    height, width = pixels.shape[:2]
    # each row minus the one above it: smooth shading shrinks to a fraction
    above = np.zeros_like(pixels)
    above[1:] = pixels[:-1]
    change = (pixels - above).reshape(height, -1)
    lines = np.concatenate([np.full((height, 1), 2, dtype=np.uint8), change], axis=1)
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    parts = (b"IHDR", head), (b"IDAT", zlib.compress(lines.tobytes(), 9)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in parts)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
