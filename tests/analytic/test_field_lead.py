"""The grid around a lead against closed forms: cylinders within one another, shells, points in a box, convergence."""

from dataclasses import replace

import numpy as np
import pytest

from rheobase.anatomy import Block, Column, PlainSolids, Solid, Strand, Tissue
from rheobase.electrode import Contact, FarReturn, Interface, Lead, percutaneous_lead
from rheobase.field import solve_field
from rheobase.montage import Implanted

SIGMA, LONG, WIDE = 0.2, 10.0, 20.0
METAL, NEARLY_METAL = Interface(series_ohm_m2=1e-4), Interface(series_ohm_m2=1e-6)
SALINE = Tissue(name="saline", sigma_transverse_S_per_m=SIGMA, sigma_axial_S_per_m=SIGMA)
SCAR = Tissue(name="scar", sigma_transverse_S_per_m=0.05, sigma_axial_S_per_m=0.05)
WHITE = Tissue(name="white", sigma_transverse_S_per_m=0.1, sigma_axial_S_per_m=0.5)


def wire_in_a_tank(off_mm=0.0, cell_mm=None, stack=(), tissues=(SALINE,), metal=METAL):
    """A wire 2 mm thick from end to end of a column: the current flows across only."""
    column = Solid(tissue="saline", shape=Column(half_axes_mm=(WIDE, WIDE), along_mm=(-LONG / 2, LONG / 2)))
    wire = Contact(name="wire", along_mm=LONG / 2, length_mm=LONG, share=1.0, interface=metal)
    lead = Lead(contacts=(wire,), diameter_mm=2.0, tip_mm=(off_mm, 0, -LONG / 2), length_mm=LONG)
    far = FarReturn(share=-1.0, on="round", interface=metal)
    body = PlainSolids(tissues=tissues, stack=(column, *stack))
    return solve_field(body, Implanted(electrodes=(lead, far)), "lead", cell_mm=cell_mm)


def contacts_ohm(length_mm=LONG):
    return sum(1e-4 / (2 * np.pi * r * 1e-3 * length_mm * 1e-3) for r in (1.0, WIDE))


def test_line_source_converges_with_the_square_of_the_cells():
    want = np.log(WIDE) / (2 * np.pi * SIGMA * LONG * 1e-3) + contacts_ohm()
    r = np.array([2.0, 4.0, 8.0, 16.0])
    points = np.column_stack([r * np.cos(0.7), r * np.sin(0.7), 0 * r + 1.0])
    lines = np.log(16.0 / r) / (2 * np.pi * SIGMA * LONG * 1e-3)
    errors = []
    for cell in (0.06, 0.03, 0.015):
        field = wire_in_a_tank(cell_mm=cell)
        v = field.drive_V_per_A(points)
        errors.append((abs(field.resistance_ohm / want - 1), np.abs(v - v[-1] - lines).max() / lines.max()))
    rates = np.log2(np.array(errors)[:-1] / np.array(errors)[1:])
    assert rates[:, 0] == pytest.approx(2.0, abs=0.1)
    assert rates[-1, 1] == pytest.approx(2.0, abs=0.7)  # at points that lie anywhere within their cells
    assert max(errors[1]) < 2e-3


def test_a_wire_off_the_axis_of_its_tank():
    """The grid is bent to the wall; by conformal map the resistance is an inverse hyperbolic cosine."""
    off = 8.0
    turned = np.arccosh((WIDE**2 + 1.0 - off**2) / (2 * WIDE))
    want = turned / (2 * np.pi * SIGMA * LONG * 1e-3)
    errors = []
    for cell in (0.06, 0.03, 0.015):
        found = wire_in_a_tank(off, cell, metal=NEARLY_METAL).resistance_ohm - contacts_ohm() / 100
        errors.append(abs(found / want - 1))
    assert errors[1] < 1e-3
    assert np.log2(errors[0] / errors[2]) / 2 == pytest.approx(2.0, abs=0.2)


def test_a_shell_of_scar_adds_its_logarithm():
    scar = Solid(tissue="scar", shape=Column(half_axes_mm=(1.6, 1.6), along_mm=(-LONG / 2, LONG / 2)))
    field = wire_in_a_tank(stack=(scar,), tissues=(SALINE, SCAR))
    per = 2 * np.pi * LONG * 1e-3
    scar_ohm, saline_ohm = np.log(1.6) / (0.05 * per), np.log(WIDE / 1.6) / (SIGMA * per)
    assert field.resistance_ohm == pytest.approx(scar_ohm + saline_ohm + contacts_ohm(), rel=1e-3)
    losses = field.losses_ohm()
    assert losses["scar"] == pytest.approx(scar_ohm, rel=2e-3)
    assert losses["contacts"] == pytest.approx(contacts_ohm(), rel=1e-6)
    assert sum(losses.values()) == pytest.approx(field.resistance_ohm, rel=1e-9)
    current = field.current_A_per_m2_per_A(np.array([[1.3, 0, 0], [0, 5.0, 1.0]]))
    assert np.linalg.norm(current, axis=1) == pytest.approx(1e3 / (per * np.array([1.3, 5.0])), rel=5e-3)


def test_layers_square_to_a_wire_conduct_side_by_side():
    half = Solid(tissue="scar", shape=Block(low_mm=(-WIDE, -WIDE, 1.0), high_mm=(WIDE, WIDE, LONG)))
    field = wire_in_a_tank(stack=(half,), tissues=(SALINE, SCAR))
    z = contacts_ohm(1.0)
    g = sum(n / (np.log(WIDE) / (2 * np.pi * s * 1e-3) + z) for n, s in ((6.0, SIGMA), (4.0, 0.05)))
    assert 1 / field.resistance_ohm == pytest.approx(g, rel=2e-3)


def images_V_per_A(points, place, sizes, weight, reach=6):
    """A point source in a grounded box by mirror images of alternating sign; the outermost count half."""
    out = np.zeros(len(points))
    for index in np.ndindex(*(2 * reach + 1,) * 3):
        n = np.array(index) - reach
        at = n * sizes + np.where(n % 2, -1, 1) * place
        share = 0.5 ** np.sum(np.abs(n) == reach) * (-1.0) ** np.abs(n).sum()
        out += share * weight / (4 * np.pi * np.linalg.norm(points - at, axis=1))
    return out


def boxed(tissue=SALINE, towards=(0.0, 0.0, 1.0), at=(0.0, 0.0, 0.0), half=20.0, **given):
    """A thin lead in a grounded box: a small ring at a place, and an idle one."""
    box = Solid(tissue=tissue.name, shape=Block(low_mm=(-half,) * 3, high_mm=(half,) * 3))
    rings = tuple(
        Contact(name=n, along_mm=a, length_mm=1.0, share=s, interface=METAL)
        for n, a, s in (("c1", 4, 1.0), ("c2", 10, 0.0))
    )
    tip = tuple(np.array(at) - 4.0 * np.array(towards))
    lead = Lead(contacts=rings, diameter_mm=0.6, tip_mm=tip, towards_mm=towards, length_mm=60)
    body = PlainSolids(tissues=(tissue,), stack=(box,))
    return solve_field(body, Implanted(electrodes=(lead, FarReturn(share=-1.0))), **given)


@pytest.mark.parametrize("at", [(0.0, 0.0, 0.0), (5.0, -3.0, 2.0)])
@pytest.mark.parametrize("towards", [(0.0, 0.0, 1.0), (0.0, -1.0, 0.0)])
def test_point_source_in_a_grounded_box(at, towards):
    """Ten radii away a ring is a point; the box acts by its mirror images, wherever the lead is and points."""
    field = boxed(at=at, towards=towards)
    assert field.method == "lead"
    points = np.array([[6.0, 0, 0], [0, 5.0, 6.0], [8.0, 3.0, -5.0], [-4.0, 6.0, -8.0]])
    wall = field.drive_V_per_A(np.array([[20.0, 7.0, 7.0]]))[0]
    want = images_V_per_A(points, np.array(at), np.full(3, 40.0), 1e3 / SIGMA)
    assert field.drive_V_per_A(points) - wall == pytest.approx(want, rel=0.02)


def test_a_lead_across_the_fibres_of_its_tissue():
    """Space stretched by the root of the conductivity makes white matter isotropic, and the box oblong."""
    field = boxed(WHITE, towards=(1.0, 0.0, 0.0))
    points = np.array([[0.0, 6.0, 0.0], [-4.0, 4.0, 6.0], [3.0, 5.0, -8.0]])
    wall = field.drive_V_per_A(np.array([[7.0, 20.0, 7.0]]))[0]
    root = np.sqrt([0.1, 0.1, 0.5])
    want = images_V_per_A(points / root, np.zeros(3), 40.0 / root, 1e3 / np.prod(root))
    assert field.drive_V_per_A(points) - wall == pytest.approx(want, rel=0.04)


def test_field_strength_is_the_slope():
    field, h = boxed(at=(5.0, -3.0, 2.0)), 0.02
    for p in np.array([[9.0, 1.0, 2.0], [5.5, -3.0, -6.0], [16.0, 14.0, 1.0]]):
        got = field.strength_V_per_m_per_A(p[None])[0]
        for i, d in enumerate(np.eye(3) * h):
            v = field.drive_V_per_A(np.array([p - d, p + d]))
            assert got[i] == pytest.approx(-(v[1] - v[0]) / (2 * h * 1e-3), rel=1e-3, abs=1e-3 * np.abs(got).max())


def test_reciprocity_and_charge_in_any_body():
    """Segments, no return, fibres across: which contact is found from the others does not matter."""
    fibres = Solid(tissue="white", shape=Strand(start_mm=(-15, 4, -4), end_mm=(15, 4, 4), radius_mm=2.0))
    box = Solid(tissue="saline", shape=Block(low_mm=(-20,) * 3, high_mm=(20,) * 3))
    body = PlainSolids(tissues=(SALINE, WHITE), stack=(box, fibres))
    lead = percutaneous_lead("octrode_7mm", middle_mm=(0, 0, -17), shares={"c4a": 1.0, "c4b": -1.0}, segments=3)
    lead = replace(lead, contacts=tuple(c for c in lead.contacts if c.name.startswith("c4")))
    found = []
    for order in ((0, 1, 2), (2, 0, 1)):
        turned = replace(lead, contacts=tuple(lead.contacts[i] for i in order))
        field = solve_field(body, Implanted(electrodes=(turned,)), "lead", cell_mm=0.06)
        back = np.argsort(order)
        found.append(field.admittance_S[np.ix_(back, back)])
    size = np.abs(found[0]).max()
    assert np.abs(found[0] - found[0].T).max() <= 1e-12 * size
    assert np.abs(found[0].sum(axis=0)).max() <= 1e-9 * size
    assert np.abs(found[0] - found[1]).max() <= 1e-6 * size
    assert sum(field.losses_ohm().values()) == pytest.approx(field.resistance_ohm, rel=1e-9)


def test_beside_finite_elements():
    """The same ring in the same box by cubic tetrahedra: potential near and far, resistance, current density."""
    pytest.importorskip("ngsolve", reason="finite elements need the extra 'fem'")
    box = Solid(tissue="saline", shape=Block(low_mm=(-20,) * 3, high_mm=(20,) * 3))
    body = PlainSolids(tissues=(SALINE,), stack=(box,))
    ring = Contact(name="ring", along_mm=7.0, length_mm=3.0, share=1.0)
    lead = Lead(contacts=(ring,), diameter_mm=1.3, tip_mm=(0, 0, -7), length_mm=60)
    montage = Implanted(electrodes=(lead, FarReturn(share=-1.0)))
    ours, theirs = solve_field(body, montage), solve_field(body, montage, "finite_elements", cell_mm=0.5, order=3)
    assert (ours.method, theirs.method) == ("lead", "finite_elements")
    points = np.array([[1.5, 0, 0], [3, 1, 1], [-2, 4, 5], [5, -6, -6], [-7, 2, 12], [0.3, 0.2, -9]])
    a, b = (f.drive_V_per_A(points) for f in (ours, theirs))
    assert np.linalg.norm(a - b) < 0.01 * np.linalg.norm(b)
    assert ours.resistance_ohm == pytest.approx(theirs.resistance_ohm, rel=0.005)
    a, b = (f.current_A_per_m2_per_A(points) for f in (ours, theirs))
    assert np.linalg.norm(a - b) < 0.03 * np.linalg.norm(b)
