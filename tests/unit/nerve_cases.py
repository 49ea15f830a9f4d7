"""Small fibres and fields that the nerve tests share."""

import numpy as np

from rheobase.nerve import stimulus_from_segments, uniform_fibre


def point_potential(fibre, distance_mm=1.0, offset=0.0, sigma_S_per_m=0.3, node=None):
    """Potential of 1 mA from a point source beside the middle node, moved along by a share of an internode."""
    at = fibre.nodes // 2 if node is None else node
    length = fibre.kinds.length_um[fibre.sequence[min(at, fibre.sequence.size - 1)]]
    r_mm = np.hypot(distance_mm, (fibre.arc_um - fibre.node_arc_um[at] - offset * length) / 1000)
    return 1 / (4 * np.pi * sigma_S_per_m * r_mm[None] * 1e-3)


def mrg(diameter_um=10.0, nodes=21, **options):
    return uniform_fibre("mrg_interpolated", diameter_um=diameter_um, nodes=nodes, **options)


def pulse(width_ms=0.1, dt_ms=0.005, tail_ms=3.0, value=-1.0):
    return stimulus_from_segments([(width_ms, value)], tail_ms=tail_ms, dt_ms=dt_ms)


CATHODIC = pulse()
