"""The field in fat and muscle under a pad."""

from __future__ import annotations

import numpy as np

from rheobase.anatomy import Forearm
from rheobase.tables import row
from rheobase.validation._bench import PAD_MM, under_pads
from rheobase.validation._rows import Comparison, Progress, RowDict, near

_HALF_MM = 0.05


def _run(tell: Progress) -> list[RowDict]:
    published, limb = row("published.field_under_pad"), Forearm()
    plane = under_pads(limb)
    rows = []
    for depth, radial, axial in zip(
        published["depth_mm"], published["radial_V_per_m"], published["axial_V_per_m"], strict=True
    ):
        r = limb.radius_mm - depth
        across = plane.at_V_per_A(np.array([r - _HALF_MM, r + _HALF_MM]), np.full(2, PAD_MM))
        z = np.arange(-100.0, 100.1, 0.5)
        along = np.asarray(plane.shares) @ plane.at_V_per_A(np.full(z.size, r), z)
        ours = float(np.diff(np.asarray(plane.shares) @ across)[0] / (2 * _HALF_MM))
        where = f"{depth:g} mm deep"
        rows.append(near(f"radial field under the pad, {where}", published, radial, ours, unit="V/m per mA"))
        steepest = float(np.abs(np.gradient(along, z)).max())
        rows.append(near(f"largest axial field, {where}", published, axial, steepest, unit="V/m per mA"))
    return rows


COMPARISON = Comparison(name="pad_field", about="field under the centre of a pad, by depth", run=_run)
