"""The plain twin of `rheobase.kernel.lanes`, and its oracle."""

from __future__ import annotations


def take_lanes(sources, lanes, outs):
    """See `rheobase.kernel.lanes.take_lanes`.

    Parameters
    ----------
    sources, lanes, outs
        See there.
    """
    for source, out in zip(sources, outs, strict=True):
        if out.size:
            rows = out.size // lanes.size
            chosen = source.reshape(-1, rows, 16)[lanes // 16, :, lanes % 16]  # (lane, row)
            out.reshape(-1, rows, 16)[:] = chosen.reshape(-1, 16, rows).transpose(0, 2, 1)
