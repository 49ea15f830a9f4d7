"""Leads, cuffs, spines and nerves: their geometry, and what is refused."""

import re
from dataclasses import replace

import numpy as np
import pytest

from rheobase.anatomy import (
    LEVELS,
    Block,
    Column,
    Fascicle,
    NerveTrunk,
    PlainSolids,
    Solid,
    Spine,
    Strand,
    Tissue,
    sample_trunk,
)
from rheobase.electrode import Contact, Cuff, FarReturn, Interface, Lead, metal_interface, percutaneous_lead, ring_cuff
from rheobase.errors import ParameterError
from rheobase.field import solve_field
from rheobase.io import remembered
from rheobase.montage import Drive, Implanted
from rheobase.pulse import biphasic
from rheobase.tables import row

SALINE = Tissue(name="saline", sigma_transverse_S_per_m=0.2, sigma_axial_S_per_m=0.2)
METAL = Interface(series_ohm_m2=1e-4)


def tank(half_mm=10.0):
    box = Block(low_mm=(-half_mm,) * 3, high_mm=(half_mm,) * 3)
    return PlainSolids(tissues=(SALINE,), stack=(Solid(tissue="saline", shape=box),))


@pytest.mark.parametrize("level", LEVELS)
def test_both_views_of_a_spine_have_the_same_layers(level):
    """Behind the cord, from its middle outwards; without a dura of its own the solids are 0.3 mm nearer outside it."""
    spine = Spine(level=level)
    canal, b, fluid = spine.solids(), spine.cord_half_axes_mm[0], spine.fluid_behind_mm
    behind = np.array([0.0, 0.95 * b, b + 0.5 * fluid, b + fluid + 1.0, b + fluid + 4.0, 23.5])
    points = np.column_stack([-behind, 0 * behind, 0 * behind])
    want = ["grey_matter", "white_matter", "csf", "epidural_fat", "cortical_bone", "muscle"]
    assert [canal.tissues[i].name for i in canal.labels_at(points)] == want
    assert [spine.tissues[i].name for i in spine.labels_at(points)] == want
    assert canal.sheets[0].resistance_ohm_m2 == pytest.approx(0.3e-3 / 0.6)
    assert all(np.array(p.points_mm)[:, 2].max() <= 45.0 for p in canal.nerves.values())


def test_cord_and_grey_matter_are_one_shape_in_both_views():
    spine = Spine(level="t9", offset_mm=1.0)
    canal = spine.solids(roots=False)
    rng = np.random.default_rng(1)
    p = np.column_stack([rng.uniform(-3.3, 3.3, 4000), rng.uniform(-4.2, 4.2, 4000), rng.uniform(-40, 40, 4000)])
    got = np.array([t.name for t in canal.tissues])[canal.labels_at(p)]
    assert (got == np.array([t.name for t in spine.tissues])[spine.core_labels(p)]).all()
    assert set(got) == {"grey_matter", "white_matter", "csf"}


def test_published_ranges_of_the_dorsal_fluid_hold():
    """Holsheimer 1994: C4-C6 1.5-4.0, T11 2.0-6.0, T12 1.5-4.5; Imbelloni 2010: T10 4.1 +- 1.0 mm."""
    for level, low, high in (("c5", 1.5, 4.0), ("t10", 3.1, 5.1), ("t11", 2.0, 6.0), ("t12", 1.5, 4.5)):
        assert low <= Spine(level=level).fluid_behind_mm <= high


@pytest.mark.parametrize(("aside_mm", "offset_mm"), [(0.0, 0.0), (2.0, 0.0), (-3.0, 1.5)])
def test_a_lead_on_the_dura_lies_in_the_fat(aside_mm, offset_mm):
    spine = Spine(level="t10", offset_mm=offset_mm)
    canal = spine.solids()
    names = [t.name for t in canal.tissues]
    x, y, z = spine.epidural_mm(aside_mm, 5.0)
    turn = np.linspace(0, 2 * np.pi, 40)
    rim = np.column_stack([x + 0.65 * np.cos(turn), y + 0.65 * np.sin(turn), z + 0 * turn])
    assert {names[i] for i in canal.labels_at(rim)} == {"epidural_fat"}


def test_roots_run_in_the_sac():
    canal = Spine(level="t9").solids()
    names = [t.name for t in canal.tissues]
    way = np.array(canal.nerve("dorsal_root_left").points_mm)
    assert {names[i] for i in canal.labels_at(way[5:-5])} == {"dorsal_root"}
    assert np.allclose(way * [1, -1, 1], canal.nerve("dorsal_root_right").points_mm)
    assert "dorsal_root_left" not in Spine(level="t9").solids(roots=False).nerves


@pytest.mark.parametrize("name", ["lempka", "holsheimer"])
def test_sets_of_conductivities_differ_where_published_ones_do(name):
    spine = Spine(level="t9", conductivity=name)
    of = {t.name: t.sigma_transverse_S_per_m for t in spine.tissues}
    assert (of["dura"], of["epidural_fat"]) == {"lempka": (0.6, 0.25), "holsheimer": (0.03, 0.04)}[name]
    assert spine.tissue("dorsal_root", like="white_matter").sigma_axial_S_per_m == 0.6


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: Spine(level="t99"), "There is no level 't99'"),
        (lambda: Spine(conductivity="lempke"), "no set of conductivities 'lempke'. Did you mean 'lempka'"),
        (lambda: Spine(level="t9").solids(length_mm=10.0), "length_mm is 10.0 mm; it must be at least 40 mm"),
        (lambda: Spine().dorsal_column(aside_mm=9.0), "at aside_mm 9 mm lies outside the cord"),
        (lambda: Spine().dorsal_column(depth_mm=9.0), "depth_mm 9 at aside_mm 0 mm lies outside the cord"),
        (lambda: Spine().epidural_mm(20.0), "aside_mm is 20 mm; the sac reaches to 7.2 mm"),
        (lambda: Spine().tissue("liver"), "The spine has no tissue 'liver'"),
        (lambda: Spine().solids().nerve("dorsal_colum_left"), "Did you mean 'dorsal_column_left'"),
    ],
)
def test_spine_messages(make, match):
    with pytest.raises(ParameterError, match=match):
        make()


@pytest.mark.parametrize("level", [*(pytest.param(v, marks=pytest.mark.slow) for v in ("t8", "t9")), "t10"])
def test_a_lead_over_cord_and_roots_solves(level):
    """Coarse: potentials along columns and roots, charge, reciprocity, power; the near side is reached better."""
    pytest.importorskip("ngsolve", reason="finite elements need the extra 'fem'")
    spine = Spine(level=level)
    lead = percutaneous_lead("octrode_8mm", middle_mm=spine.epidural_mm(1.5, 4.0), shares={"c5": -1.0, "c4": 1.0})
    field = solve_field(spine, Implanted(electrodes=(lead,)), cell_mm=1.0, order=1)
    assert field.anatomy == spine.solids()
    y = field.admittance_S
    assert np.abs(y - y.T).max() <= 1e-6 * np.abs(y).max()
    assert np.abs(y.sum(axis=0)).max() <= 1e-6 * np.abs(y).max()
    assert sum(field.losses_ohm().values()) == pytest.approx(field.resistance_ohm, rel=1e-3)
    v = {n: field.drive_V_per_A(np.array(p.points_mm)) for n, p in field.anatomy.nerves.items()}
    assert all(np.isfinite(w).all() for w in v.values())
    along = np.array(field.anatomy.nerve("dorsal_column_left").points_mm)[:, 2]
    assert along[np.argmin(v["dorsal_column_left"])] == pytest.approx(0.0, abs=4.0)  # under the cathode, z = 0
    assert along[np.argmax(v["dorsal_column_left"])] == pytest.approx(8.0, abs=4.0)
    assert np.ptp(v["dorsal_column_left"]) > np.ptp(v["dorsal_column_right"])
    assert np.ptp(v["dorsal_root_left"]) > np.ptp(v["dorsal_root_right"]) > 0


def test_perineurium_of_a_human_fascicle_of_half_a_millimetre():
    """29.0 um at 1149 ohm m: 0.033 ohm m2."""
    one = NerveTrunk(name="own", diameter_mm=2.0, fascicles=(Fascicle(x_mm=0.0, y_mm=0.0, diameter_mm=0.5),))
    assert one.solids().sheets[0].resistance_ohm_m2 == pytest.approx(0.033, abs=5e-4)


def test_a_drawn_trunk_becomes_solids():
    trunk = sample_trunk("median_wrist", seed=1)
    nerve = trunk.solids()
    at = np.array([(f.x_mm, f.y_mm, 0.0) for f in trunk.fascicles] + [(0.0, trunk.diameter_mm / 2 + 0.05, 0.0)])
    names = [nerve.tissues[i].name for i in nerve.labels_at(at)]
    assert names == [f"fascicle {i + 1}" for i in range(len(trunk.fascicles))] + ["sleeve"]
    assert trunk.fascicle_at(at[:-1, :2]).tolist() == list(range(len(trunk.fascicles)))


def two(x_mm, y_mm=0.0, trunk_mm=2.0):
    places = ((0.0, 0.0), (x_mm, y_mm))
    fascicles = tuple(Fascicle(x_mm=x, y_mm=y, diameter_mm=0.5) for x, y in places)
    return NerveTrunk(name="own", diameter_mm=trunk_mm, fascicles=fascicles)


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: two(0.7).solids(sleeve_mm=0.0), "sleeve_mm is 0.0 mm"),
        (lambda: two(0.7).solids(sleeve_length_mm=90.0), "sleeve_length_mm is 90.0 mm"),
        (lambda: two(0.75).solids(), "fascicle 2 at .* touches the edge of the nerve"),
        (lambda: two(0.5).solids(), "fascicles 1 and 2 touch"),
    ],
)
def test_nerve_messages(make, match):
    with pytest.raises(ParameterError, match=match):
        make()


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


def test_a_lead_through_bone_is_refused_with_its_place():
    """Turned out of the canal, it runs through the vertebral ring; across a limb's bone a cuff does too."""
    pytest.importorskip("ngsolve", reason="finite elements need the extra 'fem'")
    spine = Spine(level="t9")
    lead = percutaneous_lead("octrode_8mm", middle_mm=spine.epidural_mm(), shares={"c5": 1.0})
    turned = replace(lead, towards_mm=(-0.5, 0.0, 1.0))
    with pytest.raises(ParameterError, match=r"contact 'c1' passes through 'cortical_bone' at \(.*\) mm, \d+ of \d+"):
        solve_field(spine, Implanted(electrodes=(turned, FarReturn(share=-1.0))))
    cuff = replace(ring_cuff(1.0, shares={"middle": 1.0, "distal": -0.5, "proximal": -0.5}), centre_mm=(9.5, 0.0, 0.0))
    with pytest.raises(ParameterError, match=r"The cuff with contact .* passes through"):
        solve_field(spine, Implanted(electrodes=(cuff,)))


@pytest.mark.parametrize("method", ["lead", "finite_elements"])
def test_segments_steer(method):
    """Three segments of one level: current leaves towards the side of the driven one."""
    if method == "finite_elements":
        pytest.importorskip("ngsolve")
    parts = tuple(
        ring(n, 2.0, around_deg=a, span_deg=90.0, share=s, interface=METAL)
        for n, a, s in (("a", 0, 1.0), ("b", 120, 0.0), ("c", 240, 0.0))
    )
    lead = Lead(contacts=parts, diameter_mm=1.4, tip_mm=(0, 0, -2.0), length_mm=30)
    field = solve_field(tank(), Implanted(electrodes=(lead, FarReturn(share=-1.0))), method)
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
    fascicles = (Fascicle(x_mm=-0.7, y_mm=0.0, diameter_mm=1.0), Fascicle(x_mm=0.8, y_mm=0.2, diameter_mm=0.8))
    trunk = NerveTrunk(name="own", diameter_mm=3.4, fascicles=fascicles)
    nerve = trunk.solids(length_mm=24.0, sleeve_mm=0.2, sleeve_length_mm=9.5)
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


def test_how_far_a_resistive_field_in_a_cuff_is_off_is_told_for_its_pulse(monkeypatch, tmp_path):
    """The perineurium is a capacitor to short pulses, so the fascicle sees more of them."""
    pytest.importorskip("ngsolve", reason="finite elements need the extra 'fem'")
    monkeypatch.setenv("RHEOBASE_CACHE_DIR", str(tmp_path))
    trunk = NerveTrunk(name="own", diameter_mm=2.0, fascicles=(Fascicle(x_mm=0.2, y_mm=0.0, diameter_mm=1.2),))
    cuff = ring_cuff(1.0, shares={"middle": 1.0, "distal": -0.5, "proximal": -0.5})
    nerve = trunk.solids(sleeve_mm=cuff.inner_radius_mm - 1.0, sleeve_length_mm=cuff.length_mm)
    montage = Implanted(electrodes=(cuff,))
    short, long = (remembered.resistive_words(nerve, montage, biphasic(width_us=w)) for w in (30.0, 1000.0))
    share = [float(re.findall(r"differs by ([\d.]+) %", said)[0]) for said in (short, long)]
    assert share[0] > 1.2 * share[1] > 1.2
    assert short.startswith(
        "Tissues and membranes count as resistors: for this pulse the potential along the fascicle 1,"
    )
    monkeypatch.setattr(remembered, "solve_spectrum", lambda *_, **__: pytest.fail("solved again"))
    assert remembered.resistive_words(nerve, montage, biphasic(width_us=30.0), over="fascicle 1") == short
    assert "could not be told here: This body has no nerve 'ulnar'" in remembered.resistive_words(
        nerve, montage, biphasic(width_us=30.0), over="ulnar"
    )
