"""Cells that a border cuts: a plane square to nothing, and a bone off the axis, against what is known of them."""

import numpy as np
import pytest
from grid_cases import TwoTissues

from rheobase.field import _cut_cells, limb_reference, solve_field
from rheobase.field._body_grid import BodyGrid, cell_shapes, node_volumes_m3
from rheobase.field._gradients import conjugate_gradients
from rheobase.field._hexahedra import apply, stencil, tissue_tensors, unit_cube_tensors
from rheobase.field._separable import separable
from rheobase.validation._off_axis import OffAxisLimb

REF = limb_reference()
PLANES = [{}, {"normal": (1.0, 0.0, 0.3)}, {"normal": (0.1, 0.05, 1.0), "off_mm": 1.0}]


def plane_error(part: TwoTissues, cells: int) -> float:
    """Error of the potential at the nodes, those of the surface given; relative, root mean square over the volume."""
    theta = np.linspace(-np.pi, np.pi, 4 * cells, endpoint=False)
    grid = BodyGrid(part, (np.linspace(0, 1, cells + 1),), theta, np.linspace(*part.ends_mm, 2 * cells + 1))
    radii = grid.radii_mm()
    shape = cell_shapes(grid, radii)
    tensors = unit_cube_tensors(shape, tissue_tensors(grid, shape))
    operator, near = stencil(tensors), separable(tensors, grid.d_theta_rad, grid.d_z_mm * 1e-3, 1.0)
    t, z = np.meshgrid(grid.theta_rad, grid.z_mm, indexing="ij")
    at = np.stack([radii * np.cos(t), radii * np.sin(t), np.broadcast_to(z, radii.shape)], axis=-1)
    want = part.potential(at)
    free = np.ones(grid.shape)
    free[-1] = free[:, :, 0] = free[:, :, -1] = 0.0
    held = want * (1.0 - free)
    v, _ = conjugate_gradients(
        lambda u: free * apply(operator, u), lambda r: free * near.solve(r), -free * apply(operator, held),
        tolerance=1e-9,
    )  # fmt: skip
    volume = node_volumes_m3(shape)
    return float(np.sqrt(np.sum((v + held - want) ** 2 * volume) / np.sum(want**2 * volume)))


@pytest.mark.parametrize("plane", PLANES, ids=["oblique", "steep", "nearly across"])
def test_an_oblique_border_converges_at_first_order_and_far_better_than_with_plain_means(plane, monkeypatch):
    """A cell's mean conductivity, of whatever kind, is wrong by a share of the cell: the order is 1."""
    part = TwoTissues(**plane)
    errors = [plane_error(part, n) for n in (6, 12)]
    assert np.log2(errors[0] / errors[1]) > 1.0
    assert errors[1] < 6e-3
    monkeypatch.setattr(_cut_cells, "_normal", lambda shape, cells, slope: np.zeros((3, cells.size)))
    assert plane_error(part, 12) > 2.0 * errors[1]


def test_normals_of_an_oblique_border():
    part = TwoTissues()
    grid = BodyGrid(
        part, (np.linspace(0, 1, 13),), np.linspace(-np.pi, np.pi, 48, endpoint=False), np.linspace(-40.0, 40.0, 25)
    )
    cut = _cut_cells._look_into(grid)
    crossed = (cut.labels != cut.labels[0]).any(axis=0)
    t = grid.middle_theta_rad[np.unravel_index(cut.cells, (12, 48, 24))[1]]
    r, a, z = cut.normal
    found = np.stack([np.cos(t) * r - np.sin(t) * a, np.sin(t) * r + np.cos(t) * a, z], axis=1)[crossed]
    off_deg = np.rad2deg(np.arccos(np.clip(found @ np.array(part.normal) / np.linalg.norm(part.normal), -1, 1)))
    assert np.median(off_deg) < 5.0
    assert np.percentile(off_deg, 90) < 12.0


def test_a_bone_off_the_axis_converges_faster_than_first_order():
    """Bone and marrow of the reference limb painted into the core; by plain means the order was 1.2."""
    part = OffAxisLimb(stack=REF.anatomy.layers, shift_mm=6.0)
    points = REF.points_mm + np.array([6.0, 0.0, 0.0])
    want = REF.complete_V_per_A
    errors = [
        np.linalg.norm(solve_field(part, REF.montage, cell_mm=c).drive_V_per_A(points) - want) / np.linalg.norm(want)
        for c in (1.6, 0.8)
    ]
    assert np.log2(errors[0] / errors[1]) > 1.5
    assert errors[1] < 4.5e-3
