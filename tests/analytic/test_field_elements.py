"""Finite elements against closed forms: plates, coaxial cylinders, point sources in a box, and convergence."""

import numpy as np
import pytest

from rheobase.anatomy import (
    Block,
    Column,
    Labels,
    PlainSolids,
    Sheet,
    Solid,
    Tissue,
    image_body,
    mesh_body,
)
from rheobase.electrode import Contact, FarReturn, Interface, Lead, MeshContact
from rheobase.field import limb_reference, solve_field
from rheobase.montage import Implanted

pytest.importorskip("ngsolve", reason="finite elements need the extra 'fem'")

METAL = Interface(series_ohm_m2=1e-4)
REFERENCE = (limb_reference().anatomy, limb_reference().montage)
LINES = ((33, 0.0), (30, 0.0), (25, 0.0), (20, 0.5), (15, 1.0), (25, 2.0))  # in muscle: mm from the axis, rad
SALINE = Tissue(name="saline", sigma_transverse_S_per_m=0.2, sigma_axial_S_per_m=0.2)


def pair(share=1.0):
    return Implanted(
        electrodes=(
            MeshContact(name="a", share=share, interface=METAL),
            MeshContact(name="b", share=-share, interface=METAL),
        )
    )


def bar(along_axis, sheets=(), sides=(2.0, 3.0)):
    """Voxels of two tissues in a row between two plates, along one axis; its resistance is a sum."""
    values = np.array([9, 1, 1, 1, 2, 2, 9])
    values[-1] = 8
    shape = [2, 3, 2]
    shape[along_axis] = len(values)
    image = np.moveaxis(np.broadcast_to(values, (*np.delete(shape, along_axis), len(values))), -1, along_axis)
    tissues = {
        1: Tissue(name="muscle", sigma_transverse_S_per_m=0.1, sigma_axial_S_per_m=0.4),
        2: Tissue(name="fat", sigma_transverse_S_per_m=0.03, sigma_axial_S_per_m=0.03),
    }
    return image_body(image, np.diag([1.0, 1.5, 2.0, 1.0]), Labels(tissues=tissues, contacts={9: "a", 8: "b"}),
                      membranes=sheets)  # fmt: skip


@pytest.mark.parametrize("axis", [0, 2])
@pytest.mark.parametrize("resistance", [None, 0.02])
def test_plates_are_exact(axis, resistance):
    """One-dimensional flow: tissue by tissue, with its sheet and both contacts; muscle conducts better along z."""
    sheets = () if resistance is None else (Sheet(name="skin", encloses=("fat",), resistance_ohm_m2=resistance),)
    field = solve_field(bar(axis, sheets), pair())
    size = np.array([1.0, 1.5, 2.0])
    area = np.prod(np.delete(size * [2, 3, 2], axis)) * 1e-6
    step = 1e-3 * size[axis]
    want = (3 * step / (0.4 if axis == 2 else 0.1) + 2 * step / 0.03 + 2e-4 + (resistance or 0.0)) / area
    assert field.resistance_ohm == pytest.approx(want, rel=1e-9)
    losses = field.losses_ohm()
    assert sum(losses.values()) == pytest.approx(want, rel=1e-9)
    assert losses["fat"] == pytest.approx(2 * step / 0.03 / area, rel=1e-9)
    assert losses.get("skin", 0.0) == pytest.approx((resistance or 0.0) / area, rel=1e-9)
    middle = np.array([[0.5, 1.5, 1.0]])
    middle[0, axis] = 2.2 * size[axis]
    current = field.current_A_per_m2_per_A(middle)[0]
    assert current[axis] == pytest.approx(1.0 / area, rel=1e-9)
    assert np.abs(np.delete(current, axis)).max() < 1e-6 / area


def ring_mesh(n):
    """A coaxial quarter-ring of hexahedra, r = 1 to 4 mm, with metal inside and outside: nested under refinement."""
    r = np.concatenate([[0.9], 1.0 * 4.0 ** np.linspace(0, 1, 3 * n + 1), [4.1]])
    t, z = np.linspace(0, np.pi / 2, 4 * n + 1), np.array([0.0, 1.0])
    grid = np.stack(np.meshgrid(r, t, z, indexing="ij"), axis=-1)
    nodes = np.stack([grid[..., 0] * np.cos(grid[..., 1]), grid[..., 0] * np.sin(grid[..., 1]), grid[..., 2]], axis=-1)
    number = np.arange(nodes[..., 0].size).reshape(nodes.shape[:3])
    at = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)]
    count = np.array(number.shape) - 1
    cells = np.stack([number[i : i + count[0], j : j + count[1], k : k + count[2]].ravel() for i, j, k in at], axis=1)
    values = np.ones(count, dtype=int)
    values[0], values[-1] = 2, 3
    return mesh_body(nodes.reshape(-1, 3), cells, values.ravel(),
                     Labels(tissues={1: SALINE}, contacts={2: "a", 3: "b"}))  # fmt: skip


def test_first_order_elements_converge_with_the_square_of_their_size():
    """The solution ln r between coaxial contacts: potential and resistance, on nested meshes."""
    z = METAL.contact_impedance_ohm_m2
    want = np.log(4.0) / (np.pi / 2 * 0.2 * 1e-3) + z / (np.pi / 2 * 1e-6) + z / (np.pi / 2 * 4e-6)
    r = np.array([1.5, 2.0, 3.0])
    points = np.column_stack([r * np.cos(0.6), r * np.sin(0.6), 0 * r + 0.5])
    errors = []
    for n in (1, 2, 4):
        field = solve_field(ring_mesh(n), pair(), order=1)
        v = np.diff(field.drive_V_per_A(points))
        true = -np.diff(np.log(r)) / (np.pi / 2 * 0.2 * 1e-3)
        errors.append((abs(field.resistance_ohm / want - 1), np.abs(v / true - 1).max()))
    rates = np.log2(np.array(errors)[:-1] / np.array(errors)[1:])
    assert rates[:, 0] == pytest.approx(2.0, abs=0.15)
    assert rates[-1, 1] == pytest.approx(2.0, abs=0.6)  # at points that lie anywhere within their cells


def coaxial(order, cell_mm=1.0, length=10.0, radius=20.0):
    tank = PlainSolids(
        tissues=(SALINE,),
        stack=(
            Solid(tissue="saline", shape=Column(half_axes_mm=(radius, radius), along_mm=(-length / 2, length / 2))),
        ),
    )
    wire = Contact(name="wire", along_mm=length / 2, length_mm=length, share=1.0, interface=METAL)
    lead = Lead(contacts=(wire,), diameter_mm=2.0, tip_mm=(0, 0, -length / 2), length_mm=length)
    far = FarReturn(share=-1.0, on="round")
    return solve_field(tank, Implanted(electrodes=(lead, far)), cell_mm=cell_mm, order=order)


def test_line_source_by_order():
    """A wire in a tank: ln r, by curved elements of first to third order on one mesh."""
    r = np.array([2.0, 4.0, 8.0, 16.0])
    points = np.column_stack([r, 0 * r, 0 * r + 1.0])
    want = np.log(16.0 / r) / (2 * np.pi * 0.2 * 10e-3)
    errors = []
    for order in (1, 2, 3):
        v = coaxial(order).drive_V_per_A(points)
        errors.append(np.abs(v - v[-1] - want).max() / want.max())
    assert errors[1] < errors[0] / 10
    assert errors[2] < errors[1] / 2
    assert errors[2] < 5e-4


def images_V_per_A(points, place, size, sigma, reach=6):
    """A point source in a grounded box by mirror images of alternating sign; the outermost count half."""
    out = np.zeros(len(points))
    for index in np.ndindex(*(2 * reach + 1,) * 3):
        n = np.array(index) - reach
        at = n * size + np.where(n % 2, -1, 1) * place
        weight = 0.5 ** np.sum(np.abs(n) == reach) * (-1.0) ** np.abs(n).sum()
        out += weight / (4 * np.pi * sigma * 1e-3 * np.linalg.norm(points - at, axis=1))
    return out


@pytest.fixture(scope="module")
def boxed():
    """A thin lead in a grounded box of saline, 40 mm wide: a small ring in its middle, and an idle one."""
    tank = PlainSolids(
        tissues=(SALINE,), stack=(Solid(tissue="saline", shape=Block(low_mm=(-20,) * 3, high_mm=(20,) * 3)),)
    )
    rings = tuple(
        Contact(name=n, along_mm=a, length_mm=1.0, share=s, interface=METAL)
        for n, a, s in (("c1", 4, 1.0), ("c2", 10, 0.0))
    )
    lead = Lead(contacts=rings, diameter_mm=0.6, tip_mm=(0, 0, -4), length_mm=40)
    return solve_field(tank, Implanted(electrodes=(lead, FarReturn(share=-1.0))), method="finite_elements")


def test_point_source_in_a_grounded_box(boxed):
    """Ten radii away a ring is a point; the box acts by its mirror images."""
    points = np.array([[6.0, 0, 0], [0, 9.0, 2.0], [8.0, 3.0, -5.0], [-4.0, 6.0, -8.0]])
    wall = boxed.drive_V_per_A(np.array([[19.999, 0.0, 0.0]]))[0]
    want = images_V_per_A(points, np.zeros(3), 40.0, 0.2)
    assert boxed.drive_V_per_A(points) - wall == pytest.approx(want, rel=0.02)


def test_reciprocity_and_charge(boxed):
    """What one contact raises at another equals the reverse, and what enters leaves."""
    y = boxed.admittance_S
    assert np.abs(y - y.T).max() <= 1e-6 * np.abs(y).max()
    assert np.abs(y.sum(axis=0)).max() <= 1e-6 * np.abs(y).max()
    mean = boxed.density("c1").mean_A_per_m2_per_mA
    assert mean == pytest.approx(1e-3 / (np.pi * 0.6e-3 * 1e-3), rel=0.02)  # faces of the mesh are a little small
    assert boxed.density("c2").mean_A_per_m2_per_mA == pytest.approx(0.0, abs=1e-5 * mean)
    assert sum(boxed.losses_ohm().values()) == pytest.approx(boxed.resistance_ohm, rel=1e-4)


def test_field_strength_is_the_slope(boxed):
    p, h = np.array([[6.0, 1.0, 2.0]]), 0.02
    got = boxed.strength_V_per_m_per_A(p)[0]
    for i in range(3):
        d = np.eye(3)[i] * h
        v = boxed.drive_V_per_A(np.vstack([p - d, p + d]))
        assert got[i] == pytest.approx(-(v[1] - v[0]) / (2 * h * 1e-3), rel=0.02, abs=1e-3 * np.abs(got).max())


def test_the_reference_limb_by_tetrahedra():
    """Pads on a limb, default mesh: potential and resistance within 0.5 %, second difference within 3 %."""
    r, finest = limb_reference(), solve_field(*REFERENCE, method="cylinder", cell_mm=0.5)
    field = solve_field(*REFERENCE, method="finite_elements")
    ours = field.drive_V_per_A(r.points_mm)
    assert np.linalg.norm(ours - r.complete_V_per_A) < 0.005 * np.linalg.norm(r.complete_V_per_A)
    assert field.resistance_ohm == pytest.approx(1352.6, rel=0.005)  # the limit to which finer references tend
    z = np.arange(-140.0, 141.0, 5.0)
    bends = [
        np.diff([f.drive_V_per_A(np.column_stack([q * np.cos(t) + 0 * z, q * np.sin(t) + 0 * z, z])) for q, t in LINES])
        for f in (field, finest)
    ]
    bends = [np.diff(b, axis=1) for b in bends]
    assert np.linalg.norm(bends[0] - bends[1]) < 0.03 * np.linalg.norm(bends[1])
    y = field.admittance_S
    assert np.abs(y - y.T).max() <= 1e-6 * np.abs(y).max()
    assert np.abs(y.sum(axis=0)).max() <= 1e-6 * np.abs(y).max()
