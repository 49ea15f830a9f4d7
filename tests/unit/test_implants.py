"""Leads, cuffs, spines and nerves: their geometry, and what is refused."""

import numpy as np
import pytest

from rheobase.anatomy import Block, Column, FascicularNerve, PlainSolids, Solid, SpinalCanal, Strand, Tissue
from rheobase.anatomy.spinal_canal import LEVELS
from rheobase.electrode import Contact, Cuff, FarReturn, Interface, Lead, metal_interface, percutaneous_lead, ring_cuff
from rheobase.errors import ParameterError
from rheobase.field import solve_field
from rheobase.montage import Drive, Implanted
from rheobase.tables import row

SALINE = Tissue(name="saline", sigma_transverse_S_per_m=0.2, sigma_axial_S_per_m=0.2)
METAL = Interface(series_ohm_m2=1e-4)


def tank(half_mm=10.0):
    box = Block(low_mm=(-half_mm,) * 3, high_mm=(half_mm,) * 3)
    return PlainSolids(tissues=(SALINE,), stack=(Solid(tissue="saline", shape=box),))


@pytest.mark.parametrize("level", LEVELS)
def test_every_level_has_its_layers_in_order(level):
    canal = SpinalCanal(level=level)
    b = canal.cord_half_axes_mm[1]
    names = [t.name for t in canal.tissues]
    y = np.array([0.95 * b, b + 0.5 * canal.csf_mm, b + canal.csf_mm + 1.0, b + canal.csf_mm + 4.0, 23.5])
    found = canal.labels_at(np.column_stack([0 * y, y, 0 * y]))
    assert [names[i] for i in found] == ["white matter", "csf", "epidural fat", "bone", "surround"]
    assert names[int(canal.labels_at(np.array([[0.0, 0.0, 0.0]]))[0])] == "grey matter"
    assert canal.sheets[0].resistance_ohm_m2 == pytest.approx(0.3e-3 / 0.6)


def test_published_ranges_of_the_dorsal_fluid_hold():
    """Holsheimer 1994: C4-C6 1.5-4.0, T11 2.0-6.0, T12 1.5-4.5; Imbelloni 2010: T10 4.1 +- 1.0 mm."""
    for level, low, high in (("C5", 1.5, 4.0), ("T10", 3.1, 5.1), ("T11", 2.0, 6.0), ("T12", 1.5, 4.5)):
        assert low <= SpinalCanal(level=level).csf_mm <= high


@pytest.mark.parametrize("lateral_mm", [0.0, 2.0, -3.0])
def test_a_lead_on_the_dura_lies_in_the_fat(lateral_mm):
    canal = SpinalCanal(level="T10")
    names = [t.name for t in canal.tissues]
    x, y, z = canal.epidural_mm(lateral_mm, 5.0)
    turn = np.linspace(0, 2 * np.pi, 40)
    rim = np.column_stack([x + 0.65 * np.cos(turn), y + 0.65 * np.sin(turn), z + 0 * turn])
    assert {names[i] for i in canal.labels_at(rim)} == {"epidural fat"}


def test_roots_run_in_the_sac():
    canal = SpinalCanal(level="T9")
    names = [t.name for t in canal.tissues]
    end, entry = (np.array(p) for p in canal.nerve("left dorsal root").points_mm)
    way = entry + np.linspace(0.1, 0.95, 20)[:, None] * (end - entry)
    assert {names[i] for i in canal.labels_at(way)} == {"dorsal root"}
    assert canal.nerve("right dorsal root").points_mm[0][0] == -end[0]


@pytest.mark.parametrize(
    ("kwargs", "match"),
    [
        ({"level": "T99"}, "unknown level 'T99'"),
        ({"conductivity": "lempke"}, "Did you mean 'lempka'"),
        ({"dorsal_csf_mm": 0.1}, r"dorsal_csf_mm is 0.1 mm; it must be 0.5 to 12 mm"),
        ({"length_mm": 10.0}, "length_mm is 10.0 mm"),
    ],
)
def test_spine_messages(kwargs, match):
    with pytest.raises(ParameterError, match=match):
        SpinalCanal(**kwargs)


def test_spine_places_off_the_cord():
    with pytest.raises(ParameterError, match="lies outside the cord"):
        SpinalCanal().dorsal_column(lateral_mm=9.0)
    with pytest.raises(ParameterError, match="the sac reaches to"):
        SpinalCanal().epidural_mm(20.0)
    with pytest.raises(ParameterError, match=r"has no nerve 'dorsal colum'\. Did you mean 'dorsal column'"):
        SpinalCanal().nerve("dorsal colum")


def test_fascicles_fill_what_the_table_says():
    nerve = FascicularNerve()
    c = np.array(nerve.circles_mm)
    assert np.pi / 4 * (c[:, 2] ** 2).sum() == pytest.approx(row("nerve_trunk.median_wrist")["fascicles_area_mm2"])
    apart = np.linalg.norm(c[:, None, :2] - c[:, :2], axis=-1) - (c[:, None, 2] + c[:, 2]) / 2
    assert apart[~np.eye(len(c), dtype=bool)].min() > 0.06
    assert (np.hypot(c[:, 0], c[:, 1]) + c[:, 2] / 2).max() < nerve.radius_mm - 0.06


def test_perineurium_of_a_human_fascicle_of_half_a_millimetre():
    """29.0 um at 1149 ohm m: 0.033 ohm m2."""
    nerve = FascicularNerve(own_mm=((0.0, 0.0, 0.5),))
    assert nerve.sheets[0].resistance_ohm_m2 == pytest.approx(0.033, abs=5e-4)


@pytest.mark.parametrize(
    ("kwargs", "match"),
    [
        ({"trunk": "median"}, "unknown trunk 'median'. Did you mean 'median_wrist'"),
        ({"sleeve_mm": 0.0}, "sleeve_mm is 0.0 mm"),
        ({"sleeve_length_mm": 90.0}, "sleeve_length_mm is 90.0 mm"),
        ({"own_mm": ((1.6, 0.0, 0.5),)}, "fascicle 1 at .* leaves the nerve"),
        ({"own_mm": ((0.3, 0.0, 0.5), (0.0, 0.0, 0.5))}, "fascicles 1 and 2 touch"),
    ],
)
def test_nerve_messages(kwargs, match):
    with pytest.raises(ParameterError, match=match):
        FascicularNerve(**kwargs)


def test_the_lead_is_where_it_should_be():
    lead = percutaneous_lead("octrode_8mm", middle_mm=(1.0, 7.0, 4.0))
    assert lead.point_mm(lead.contacts[0].along_mm) == pytest.approx((1.0, 7.0, 32.0))
    assert lead.point_mm(lead.contacts[7].along_mm) == pytest.approx((1.0, 7.0, -24.0))
    cut = percutaneous_lead("octrode_4mm", middle_mm=(0, 0, 0), segments=3)
    assert [c.name for c in cut.contacts[:4]] == ["c1a", "c1b", "c1c", "c2a"]
    assert cut.contacts[0].span_deg == 90.0
    capsule = row("implants.capsule")
    extra = metal_interface(encapsulated=True).series_ohm_m2 - metal_interface().series_ohm_m2
    assert extra == pytest.approx(1e-3 * capsule["thickness_mm"] / capsule["sigma_S_per_m"])


def ring(name="c", along=2.0, **kwargs):
    return Contact(name=name, along_mm=along, length_mm=1.0, **kwargs)


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: percutaneous_lead("octrode", middle_mm=(0, 0, 0)), "unknown lead 'octrode'. Did you mean"),
        (lambda: percutaneous_lead(middle_mm=(0, 0, 0), segments=0), "segments is 0"),
        (lambda: percutaneous_lead(middle_mm=(0, 0, 0), shares={"c9": 1.0}), "no contact 'c9'"),
        (lambda: ring_cuff(-1.0), "nerve_radius_mm is -1.0 mm"),
        (lambda: ring(span_deg=400.0), "span_deg is 400.0 deg"),
        (lambda: Contact(name="c", along_mm=1, length_mm=0), "length_mm is 0 mm"),
        (lambda: Lead(contacts=(ring(along=0.2),), diameter_mm=1, tip_mm=(0, 0, 0)), "reaches from -0.3 to 0.7 mm"),
        (lambda: Lead(contacts=(ring(), ring("d", 2.5)), diameter_mm=1, tip_mm=(0, 0, 0)), "'c' and 'd' overlap"),
        (lambda: Lead(contacts=(ring(), ring("c", 5)), diameter_mm=1, tip_mm=(0, 0, 0)), "two contacts are named 'c'"),
        (lambda: Lead(contacts=(), diameter_mm=0, tip_mm=(0, 0, 0)), "diameter_mm is 0 mm"),
        (lambda: Lead(contacts=(), diameter_mm=1, tip_mm=(0, 0, 0), towards_mm=(0, 0, 0)), "towards_mm has no length"),
        (lambda: Cuff(contacts=(), inner_radius_mm=1, wall_mm=0, length_mm=5), "wall_mm is 0 mm"),
        (lambda: FarReturn(on="rond"), "unknown faces 'rond'. Did you mean 'round'"),
        (lambda: Drive(names=("a", "b"), shares=(1.0, -0.5)), r"all of them to 0.5"),
        (lambda: Drive(names=("a", "a"), shares=(1.0, -1.0)), "2 contacts are named 'a'"),
        (lambda: Drive(names=("a",), shares=(1.0,)), "give at least 2 of each"),
        (lambda: Drive(names=("a", "b"), shares=(1.0, -1.0)).index("c"), "no contact 'c' here"),
        (lambda: Column(half_axes_mm=(0, 1), along_mm=(0, 1)), r"half_axes_mm is \(0, 1\) mm"),
        (lambda: Strand(start_mm=(0, 0, 0), end_mm=(0, 0, 0), radius_mm=1), "Strand: length"),
        (lambda: PlainSolids(tissues=(), stack=tank().stack), "A solid is of 'saline'"),
    ],
)
def test_messages(make, match):
    with pytest.raises(ParameterError, match=match):
        make()


def test_solver_messages():
    pytest.importorskip("ngsolve")
    lead = Lead(contacts=(ring(share=1.0),), diameter_mm=1.0, tip_mm=(0, 0, 0))
    both = Implanted(electrodes=(lead, FarReturn(share=-1.0)))
    with pytest.raises(ParameterError, match="method 'grid' cannot hold it"):
        solve_field(tank(), both, "grid")
    with pytest.raises(ParameterError, match="order is 7"):
        solve_field(tank(), both, order=7)
    with pytest.raises(ParameterError, match="cell_mm is 0 mm"):
        solve_field(tank(), both, cell_mm=0)
    with pytest.raises(ParameterError, match="complete electrodes only"):
        solve_field(tank(), both, contact="uniform")
    away = Lead(contacts=(ring(share=1.0),), diameter_mm=1.0, tip_mm=(50, 0, 0))
    with pytest.raises(ParameterError, match="Contact 'c' touches no tissue: no current can leave it"):
        solve_field(tank(), Implanted(electrodes=(away, FarReturn(share=-1.0))))


def test_segments_steer():
    """Three segments of one level: current leaves towards the side of the driven one."""
    pytest.importorskip("ngsolve")
    parts = tuple(
        ring(n, 2.0, around_deg=a, span_deg=90.0, share=s, interface=METAL)
        for n, a, s in (("a", 0, 1.0), ("b", 120, 0.0), ("c", 240, 0.0))
    )
    lead = Lead(contacts=parts, diameter_mm=1.4, tip_mm=(0, 0, -2.0), length_mm=30)
    field = solve_field(tank(), Implanted(electrodes=(lead, FarReturn(share=-1.0))))
    front, back = field.drive_V_per_A(np.array([[1.5, 0, 0], [-1.5, 0, 0]]))
    wall = field.drive_V_per_A(np.array([[9.999, 0, 0]]))[0]
    assert front - wall > 1.5 * (back - wall) > 0
    y = field.admittance_S
    assert y[0, 1] == pytest.approx(y[0, 2], rel=0.02)  # mirror images
    d = field.density("a")
    assert d.mean_A_per_m2_per_mA == pytest.approx(1e-3 / (0.7e-3 * np.pi / 2 * 1e-3), rel=0.01)
    assert d.around_mm[[0, -1]] == pytest.approx([-0.527, 0.527], abs=0.001)
    with pytest.raises(ParameterError, match="inside an electrode"):
        field.drive_V_per_A(np.array([[0.0, 0.0, 1.0]]))


def test_a_tripolar_cuff_keeps_its_current():
    """Two fascicles behind their perineurium: power adds up, current balances, and little leaves the cuff."""
    pytest.importorskip("ngsolve")
    nerve = FascicularNerve(
        own_mm=((-0.7, 0.0, 1.0), (0.8, 0.2, 0.8)), length_mm=24.0, sleeve_mm=0.2, sleeve_length_mm=9.5
    )
    places = (("distal", -3.0, -0.5), ("middle", 0.0, 1.0), ("proximal", 3.0, -0.5))
    rings = tuple(
        Contact(name=n, along_mm=z, length_mm=0.5, share=s, interface=Interface(series_ohm_m2=1e-5))
        for n, z, s in places
    )
    cuff = Cuff(contacts=rings, inner_radius_mm=nerve.radius_mm + 0.2, wall_mm=0.5, length_mm=9.5)
    field = solve_field(nerve, Implanted(electrodes=(cuff,)), cell_mm=0.5)
    losses = field.losses_ohm()
    assert sum(losses.values()) == pytest.approx(field.resistance_ohm, rel=1e-4)
    assert losses["perineurium 1"] > losses["fascicle 1"]
    assert losses["muscle"] < 1e-3 * field.resistance_ohm
    axis = field.drive_V_per_A(np.array([[-0.7, 0, z] for z in (-9.0, -3.0, 0.0, 3.0, 9.0)]))
    assert axis[2] > axis[1] > axis[0] > 0
    assert axis[[1, 0]] == pytest.approx(axis[[3, 4]], rel=0.02)
    y = field.admittance_S
    assert np.abs(y.sum(axis=0)).max() <= 1e-6 * np.abs(y).max()


def test_the_outermost_solid_bounds_the_mesh():
    from types import SimpleNamespace

    from rheobase.field._solid_mesh import _largest_mm

    odd = SimpleNamespace(solids=(SimpleNamespace(shape="ball"),))
    with pytest.raises(ParameterError, match="outermost solid is a str; make it a Block or a Column"):
        _largest_mm(odd)
