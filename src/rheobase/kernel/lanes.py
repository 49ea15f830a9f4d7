"""Choose lanes out of many flat arrays at once, so that no work is done for the others."""

from __future__ import annotations

from rheobase.kernel.vector import compiled


@compiled
def take_lanes(sources, lanes, outs):
    """Copy lanes of every array in one pass; a lane may be taken twice.

    Parameters
    ----------
    sources : tuple of arrays of one kind
        Flat, (block, row; lane), sixteen lanes to a block; any number of rows, none included.
    lanes : (n,) int64
        Lanes to take, a multiple of sixteen.
    outs : tuple of arrays
        Filled, flat, (n / 16, row; lane).
    """
    for a in range(len(sources)):
        source, out = sources[a], outs[a]
        rows = out.size // lanes.size
        for block in range(lanes.size // 16):
            of = lanes[block * 16 : block * 16 + 16]
            begin = block * rows * 16
            for row in range(rows):
                for i in range(16):
                    out[begin + row * 16 + i] = source[((of[i] // 16) * rows + row) * 16 + of[i] % 16]
