"""The body-fitted grid: manufactured solutions, rates, a cylinder off its axis, the direct solver inside."""

from dataclasses import replace

import numpy as np
import pytest
from grid_cases import Block

from rheobase.anatomy import BodyPart
from rheobase.electrode import Interface, Pad
from rheobase.field import PlainLimb, limb_reference, solve_field
from rheobase.field._body_grid import BodyGrid, cell_shapes, node_volumes_m3
from rheobase.field._gradients import conjugate_gradients
from rheobase.field._hexahedra import apply, stencil, tissue_tensors, unit_cube_tensors
from rheobase.field._separable import separable
from rheobase.field.body_fitted import admittance_of, assemble, body_grid, unit_potentials
from rheobase.montage import Montage
from rheobase.validation._off_axis import OffAxisLimb

REF = limb_reference()


def rel_l2(got, want):
    return np.linalg.norm(got - want) / np.linalg.norm(want)


def wave(block: Block):
    """V = exp(p x) cos(q x), with p sigma p = q sigma q and p sigma q = 0: no current springs up inside."""
    sigma = block.sigma_S_per_m
    root = np.linalg.cholesky(np.linalg.inv(sigma))
    first, second = np.array([1.0, 0.5, 0.2]), np.array([0.3, -0.4, 0.9])
    second -= first @ second / (first @ first) * first
    second *= np.linalg.norm(first) / np.linalg.norm(second)
    p, q = root @ first, root @ second
    scale = 25.0 / max(np.linalg.norm(p), np.linalg.norm(q))  # per m
    p, q = scale * p, scale * q
    assert p @ sigma @ p == pytest.approx(q @ sigma @ q)
    assert p @ sigma @ q == pytest.approx(0.0, abs=1e-9)

    def value(x):
        return np.exp(x @ p) * np.cos(x @ q)

    def current(x):
        e = np.exp(x @ p)[..., None]
        slope = e * (np.cos(x @ q)[..., None] * p - np.sin(x @ q)[..., None] * q)
        return slope @ sigma

    return value, current


def nodes_m(grid: BodyGrid, radii_mm):
    t, z = np.meshgrid(grid.theta_rad, grid.z_mm, indexing="ij")
    return np.stack([radii_mm * np.cos(t), radii_mm * np.sin(t), np.broadcast_to(z, radii_mm.shape)], axis=-1) * 1e-3


def corner(faces, n, axes):
    """Share a flux through faces out to their corners; ``axes``: whether each axis is a ring."""
    out = faces / 4
    for axis, ring in enumerate(axes):
        if ring:
            out = out + np.roll(out, 1, axis=axis)
        else:
            pad = [(0, 0), (0, 0)]
            pad[axis] = (0, 1)
            other = [(0, 0), (0, 0)]
            other[axis] = (1, 0)
            out = np.pad(out, pad) + np.pad(out, other)
    assert out.shape == n
    return out


def boundary_load(grid: BodyGrid, current):
    """Current that the exact solution drives through the skin and both cuts, shared out to the nodes."""
    n = grid.shape
    load = np.zeros(n)
    t, z = grid.middle_theta_rad[:, None] + 0 * grid.middle_z_mm, grid.middle_z_mm + 0 * grid.middle_theta_rad[:, None]
    out, h = grid.part.outline_mm, 1e-3
    r = out(t, z) * 1e-3
    by_t, by_z = (out(t + h, z) - out(t - h, z)) / (2 * h) * 1e-3, (out(t, z + h) - out(t, z - h)) / (2 * h)
    e_r, e_t = (np.stack([a, b, 0 * t], -1) for a, b in ((np.cos(t), np.sin(t)), (-np.sin(t), np.cos(t))))
    e_z = np.array([0.0, 0.0, 1.0])
    normal = r[..., None] * e_r - by_t[..., None] * e_t - (r * by_z)[..., None] * e_z
    x = r[..., None] * e_r + (z * 1e-3)[..., None] * e_z
    flux = np.sum(current(x) * normal, axis=-1) * grid.d_theta_rad[:, None] * grid.d_z_mm * 1e-3
    load[-1] += corner(flux, n[1:], (True, False))
    rho = grid.places[0]
    for end, sign in ((0, -1.0), (-1, 1.0)):
        th = grid.middle_theta_rad
        edge = out(th, np.full_like(th, grid.z_mm[end])) * 1e-3
        mid, step = (rho[1:] + rho[:-1])[:, None] / 2 * edge, np.diff(rho)[:, None] * edge
        x = np.stack([mid * np.cos(th), mid * np.sin(th), np.full_like(mid, grid.z_mm[end] * 1e-3)], -1)
        flux = sign * current(x)[..., 2] * mid * step * grid.d_theta_rad
        load[:, :, end] += corner(flux, n[:2], (False, True))
    load[0] = load[0].mean(axis=0)
    return load


def wave_error(block: Block, cells: int) -> float:
    theta = np.linspace(-np.pi, np.pi, 2 * cells, endpoint=False)
    grid = BodyGrid(block, (np.linspace(0, 1, cells + 1),), theta, np.linspace(*block.ends_mm, 2 * cells + 1))
    radii = grid.radii_mm()
    shape = cell_shapes(grid, radii)
    tensors = unit_cube_tensors(shape, tissue_tensors(grid, shape))
    operator, near = stencil(tensors), separable(tensors, grid.d_theta_rad, grid.d_z_mm * 1e-3, 1.0)
    value, current = wave(block)
    load = boundary_load(grid, current)
    load -= load.sum() / load.size
    v, _ = conjugate_gradients(lambda u: apply(operator, u), near.solve, load, tolerance=1e-10)
    want, volume = value(nodes_m(grid, radii)), node_volumes_m3(shape)
    error = v - want
    error -= np.sum(error * volume) / volume.sum()
    want = want - np.sum(want * volume) / volume.sum()
    return float(np.sqrt(np.sum(error**2 * volume) / np.sum(want**2 * volume)))


@pytest.mark.parametrize(
    "block",
    [Block(taper=0.0), Block(), Block(fibre=(0.3, -0.2, 1.0)), Block(axes_mm=(60.0, 30.0), fibre=(1.0, 1.0, 1.0))],
    ids=["ellipse", "tapering", "slanting fibres", "flat, steep fibres"],
)
def test_a_manufactured_solution_converges_at_second_order(block):
    errors = [wave_error(block, n) for n in (6, 12, 24)]
    rates = np.log2(np.array(errors[:-1]) / errors[1:])
    assert errors[-1] < 5e-3
    assert rates[-1] > 1.8


def test_the_direct_solver_is_exact_where_variables_separate():
    """On a round limb of layers, without contacts, the preconditioner is the inverse."""
    grid = body_grid(REF.anatomy, REF.montage, 2.0)
    shape = cell_shapes(grid, grid.radii_mm())
    tensors = unit_cube_tensors(shape, tissue_tensors(grid, shape))
    near = separable(tensors, grid.d_theta_rad, grid.d_z_mm * 1e-3, 1e-9, single=False)
    v = np.random.default_rng(1).normal(size=grid.shape)
    v[0] = v[0].mean(axis=0)
    again = near.solve(apply(stencil(tensors), v))
    assert rel_l2(again - again.mean(), v - v.mean()) < 1e-6


@pytest.mark.parametrize("shift_mm", [0.0, 6.0])
def test_a_cylinder_off_its_axis_has_the_field_of_a_cylinder(shift_mm):
    """Bone off the axis and cut by cells, layers of varying thickness along the rays, no orthogonal cells."""
    part = OffAxisLimb(stack=REF.anatomy.layers, shift_mm=shift_mm)
    f = solve_field(part, REF.montage)
    points = REF.points_mm + np.array([shift_mm, 0.0, 0.0])
    assert rel_l2(f.drive_V_per_A(points), REF.complete_V_per_A) < 5e-3
    assert f.resistance_ohm == pytest.approx(REF.resistance_ohm, rel=0.01)
    assert f.densities[0].mean_A_per_m2_per_mA == pytest.approx(0.4, rel=2e-3)


def test_refinement_of_the_reference_limb():
    """The edge of a pad limits the order to about 1.5, as for every solver with complete electrodes."""
    limit_ohm = 1352.6
    fields = [solve_field(REF.anatomy, REF.montage, method="grid", cell_mm=c) for c in (1.6, 0.8)]
    r = np.array([abs(f.resistance_ohm / limit_ohm - 1) for f in fields])
    v = np.array([rel_l2(f.drive_V_per_A(REF.points_mm), REF.complete_V_per_A) for f in fields])
    assert r[1] < 0.005
    assert v[1] < 0.002
    assert np.log2(r[0] / r[1]) > 1.2
    assert np.log2(v[0] / v[1]) > 1.2


def three_pads(part: BodyPart) -> Montage:
    places = (("a", -60.0, 0.0, 1.0), ("b", 10.0, 170.0, -0.4), ("c", 60.0, -40.0, -0.6))
    pads = (Pad(name=n, width_mm=30, length_mm=30, along_mm=a, around_deg=d, share=s) for n, a, d, s in places)
    return Montage(pads=tuple(pads))


def test_reciprocity_and_charge():
    """Every contact solved for itself: the admittance is symmetric, and what enters leaves."""
    part = OffAxisLimb(stack=REF.anatomy.layers, shift_mm=5.0)
    montage = three_pads(part)
    z = tuple(p.interface.contact_impedance_ohm_m2 for p in montage.pads)
    rows = []
    for order in ([0, 1, 2], [2, 0, 1], [1, 2, 0]):
        made = assemble(body_grid(part, montage, 2.0), tuple(montage.pads[i] for i in order), z)
        units = unit_potentials(made, 1e-10)
        drawn = np.einsum("iab,ab->i", made.contacts.loads_S, units[0, -1])
        own = np.zeros(3)
        own[order] = -drawn
        own[order[0]] += made.contacts.totals_S[0]
        rows.append((order[0], own))
        y = admittance_of(made, units)
        assert np.abs(y.sum(axis=0)).max() < 1e-9 * np.abs(y).max()
    y = np.array([own for _, own in sorted(rows, key=lambda r: r[0])])
    assert np.abs(y - y.T).max() < 1e-6 * np.abs(y).max()
    assert np.abs(y.sum(axis=1)).max() < 1e-6 * np.abs(y).max()


def test_the_current_of_a_pad_passes_every_section():
    """Flux of -sigma dV/dz through sections between the pads, by differences of the potential."""
    limb = PlainLimb(stack=REF.anatomy.layers)
    f = solve_field(limb, REF.montage, method="grid")
    r_edges = np.concatenate(
        [np.linspace(a, b, 25) for a, b in ((0, 6), (6, 10), (10, 34.5), (34.5, 40.5), (40.5, 42))]
    )
    t = np.linspace(-np.pi, np.pi, 180, endpoint=False)
    mid, step = (r_edges[1:] + r_edges[:-1]) / 2, np.diff(r_edges)
    mid, step = mid[step > 0], step[step > 0]
    rr, tt = np.meshgrid(mid, t, indexing="ij")
    sigma = np.array(
        [limb.tissues[i].sigma_axial_S_per_m for i in limb.labels_at(np.stack([mid, 0 * mid, 0 * mid], 1))]
    )

    def potential(z):
        return f.drive_V_per_A(
            np.stack([rr * np.cos(tt), rr * np.sin(tt), np.full_like(rr, z)], -1).reshape(-1, 3)
        ).reshape(rr.shape)

    for z in (-10.0, 0.0, 12.0):
        slope = (potential(z + 0.5) - potential(z - 0.5)) / 1e-3
        current = -np.sum(sigma[:, None] * slope * rr * step[:, None]) * 1e-6 * (2 * np.pi / len(t))
        assert current == pytest.approx(1.0, rel=5e-3)


def test_nearly_ideal_metal_settles():
    metal = Interface(series_ohm_m2=1e-3)
    pads = tuple(
        Pad(name=p.name, width_mm=50, length_mm=50, along_mm=p.along_mm, share=p.share, interface=metal)
        for p in REF.montage.pads
    )
    grid, cylinder = (
        solve_field(REF.anatomy, Montage(pads=pads), method=m, cell_mm=c) for m, c in (("grid", 1.2), ("cylinder", 1.0))
    )
    assert grid.resistance_ohm == pytest.approx(cylinder.resistance_ohm, rel=0.02)


def test_an_airway_does_not_multiply_the_steps():
    """A tube of air in the core, a million times less conductive than muscle."""
    counts = []
    for sigma, helped in ((1 / 9, True), (1e-7, True), (1e-7, False)):
        stack = list(REF.anatomy.layers)
        for i in (0, 1):
            stack[i] = replace(stack[i], sigma_transverse_S_per_m=sigma, sigma_axial_S_per_m=sigma)
        part = OffAxisLimb(stack=tuple(stack), shift_mm=15.0)
        z = tuple(p.interface.contact_impedance_ohm_m2 for p in REF.montage.pads)
        made = assemble(body_grid(part, REF.montage, 1.6), REF.montage.pads, z)
        target = np.zeros(made.grid.shape)
        target[-1] = made.contacts.loads_S[0]
        near = made.precondition if helped else made.near.solve
        _, steps = conjugate_gradients(lambda v, m=made: apply(m.operator, v), near, target, tolerance=1e-9)
        counts.append(steps)
    assert counts[1] < 2 * counts[0]
    assert counts[1] < counts[2]
