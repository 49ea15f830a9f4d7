"""What the grid around a lead takes and refuses, what it gives, and that it is kept on disk."""

from dataclasses import replace

import numpy as np
import pytest

from rheobase.anatomy import Block, Column, Forearm, PlainSolids, Sheet, Solid, Strand, Tissue
from rheobase.electrode import Contact, FarReturn, Lead, percutaneous_lead, ring_cuff
from rheobase.errors import ConvergenceError, ParameterError
from rheobase.field import solve_field
from rheobase.field.stored import field_arrays, field_from_arrays
from rheobase.io import cached_field, field_cache
from rheobase.montage import Implanted, pad_pair

TISSUES = tuple(
    Tissue(name=n, sigma_transverse_S_per_m=s, sigma_axial_S_per_m=s)
    for n, s in (("grey", 0.2), ("scar", 0.05), ("cortical_bone", 0.02))
)
BOX = Solid(tissue="grey", shape=Block(low_mm=(-15,) * 3, high_mm=(15,) * 3))
SHELL = Solid(tissue="scar", shape=Column(half_axes_mm=(1.2, 1.2), along_mm=(-6, 15)))
LAYER = Solid(tissue="scar", shape=Block(low_mm=(-15, -15, 4), high_mm=(15, 15, 8)))
LEAD = Lead(
    contacts=(
        Contact(name="a", along_mm=3.0, length_mm=2.0, share=1.0),
        Contact(name="b", along_mm=7.0, length_mm=2.0),
    ),
    diameter_mm=1.4,
    tip_mm=(0, 0, -5.0),
    length_mm=60,
)
FAR = FarReturn(share=-1.0)
COARSE_MM = 0.08


def tank(*more, **given):
    return PlainSolids(tissues=TISSUES, stack=(BOX, *more), **given)


def solved(body, *electrodes, method="lead", **given):
    return solve_field(body, Implanted(electrodes=electrodes), method, **{"cell_mm": COARSE_MM} | given)


@pytest.mark.parametrize("more", [(), (SHELL,), (LAYER,), (LAYER, SHELL)])
def test_auto_takes_it_where_every_border_lies_on_the_grid(more):
    field = solved(tank(*more), LEAD, FAR, method="auto")
    assert field.method == "lead"
    assert "hager1989" in field.sources
    assert sum(field.losses_ohm().values()) == pytest.approx(field.resistance_ohm, rel=1e-9)
    assert field.density("a").mean_A_per_m2_per_mA == pytest.approx(1e-3 / (np.pi * 1.4e-3 * 2e-3))
    assert field.density("a").density_A_per_m2_per_mA.mean() == pytest.approx(
        field.density("a").mean_A_per_m2_per_mA, rel=0.1
    )
    wall_m2 = 6 * 0.03**2  # the case is all of the box
    case = field.density("case")
    assert case.mean_A_per_m2_per_mA == pytest.approx(-1e-3 / wall_m2, rel=0.005)
    assert abs(case.mean_A_per_m2_per_mA) < case.peak_A_per_m2_per_mA < 8 * abs(case.mean_A_per_m2_per_mA)


def test_auto_leaves_other_borders_to_finite_elements(monkeypatch):
    from rheobase.field import solve

    monkeypatch.setattr(solve, "solve_elements", lambda *_, **given: given)
    strand = Solid(tissue="scar", shape=Strand(start_mm=(-9, 4, 0), end_mm=(9, 4, 0), radius_mm=1.0))
    for body, given in ((tank(strand), {}), (tank(), {"order": 2})):
        assert "order" in solved(body, LEAD, FAR, method="auto", **given)
    assert solved(tank(strand), LEAD, FAR).method == "lead"


@pytest.mark.parametrize(
    ("body", "electrodes", "match"),
    [
        (tank(), (LEAD, replace(LEAD, contacts=(replace(LEAD.contacts[0], name="c", share=-1.0),))), "one Lead"),
        (tank(), (LEAD, ring_cuff(1.4), FAR), "Lead, Cuff, FarReturn; it takes one Lead"),
        (
            tank(membranes=(Sheet(name="dura", encloses=("scar",), resistance_ohm_m2=1e-3),)),
            (LEAD, FAR),
            "sheet 'dura'",
        ),
        (tank(), (replace(LEAD, towards_mm=(0, 1, 1)), FAR), "points towards .0, 1, 1.; it takes one along an axis"),
        (
            tank(),
            (replace(LEAD, towards_mm=(1, 0, 0)), replace(FAR, on="round")),
            "'round' and the lead is not along z",
        ),
        (tank(), (replace(LEAD, tip_mm=(20, 0, 0)), FAR), "lies outside the body"),
        (
            tank(),
            (replace(LEAD, tip_mm=(14, 0, -5)), FAR),
            "a wall is 1 mm from the axis of a lead with a radius of 0.7",
        ),
        (tank(), (replace(LEAD, tip_mm=(0, 0, 10)), FAR), "contact 'b' reaches from 6 to 8 mm from the tip, the body"),
        (tank(), (replace(LEAD, length_mm=20.0 - 1e-8), FAR), "ends within 1 nm of the wall"),
    ],
)
def test_what_has_no_grid_is_refused_with_the_reason(body, electrodes, match):
    with pytest.raises(ParameterError, match=match) as caught:
        solved(body, *electrodes)
    assert "Use 'finite_elements'" in str(caught.value)


def test_other_refusals():
    strand = PlainSolids(
        tissues=TISSUES, stack=(Solid(tissue="grey", shape=Strand(start_mm=(0, 0, -9), end_mm=(0, 0, 9), radius_mm=5)),)
    )
    with pytest.raises(ParameterError, match="the outermost solid is a Strand"):
        solved(strand, LEAD, FAR)
    arm = Forearm()
    with pytest.raises(ParameterError, match="a Forearm with a Montage; it takes solids with one implanted lead"):
        solve_field(arm, pad_pair(arm), "lead")
    with pytest.raises(ParameterError, match=r"cell_mm is 0.5 mm; for method 'lead' .* at most 0.0875 mm"):
        solved(tank(), LEAD, FAR, cell_mm=0.5)
    with pytest.raises(ParameterError, match="cell_mm is -1"):
        solved(tank(), LEAD, FAR, cell_mm=-1.0)
    with pytest.raises(ParameterError, match="order is 2; it belongs to method 'finite_elements'"):
        solved(tank(), LEAD, FAR, order=2)
    with pytest.raises(ParameterError, match="method 'lead' has complete electrodes only"):
        solved(tank(), LEAD, FAR, contact="uniform")
    with pytest.raises(ParameterError, match="Use cell_mm for method 'lead'"):
        solved(tank(), LEAD, FAR, n_z=40)
    bone = Solid(tissue="cortical_bone", shape=Block(low_mm=(-15, -15, 0), high_mm=(15, 15, 2)))
    with pytest.raises(ParameterError, match="passes through 'cortical_bone'"):
        solved(tank(bone), LEAD, FAR)


def test_points_outside_are_refused_and_rims_are_not():
    field = solved(tank(), LEAD, FAR)
    for point, match in (
        ((0, 0, 3), "inside an electrode"),
        ((15.1, 0, 0), "beyond the body"),
        ((0, 0, -16), "beyond"),
    ):
        with pytest.raises(ParameterError, match=match):
            field.drive_V_per_A(np.array([point], dtype=float))
    with pytest.raises(ParameterError, match="not finite"):
        field.drive_V_per_A(np.array([[np.nan, 0, 0]]))
    rims = np.array([[15.0, 15, 15], [0.7, 0, 0], [0, 0, -5], [0, 0, -15], [-15, 3, 2]])
    assert np.isfinite(field.drive_V_per_A(rims)).all()
    assert field.drive_V_per_A(np.zeros((0, 3))).shape == (0,)
    r, z = np.array([3.0, 4.0]), np.array([-2.0, 6.0])
    points = np.column_stack([0 * r, r, z])
    plane = np.column_stack([0 * r, r, z])
    assert field.plane(90.0).drive_V_per_A(plane) == pytest.approx(field.drive_V_per_A(points))


def test_currents_that_do_not_balance_are_told():
    from rheobase.field.lead import solve_lead

    with pytest.raises(ConvergenceError, match="currents do not balance"):
        solve_lead(tank(), Implanted(electrodes=(LEAD, FAR)), cell_mm=COARSE_MM, tolerance=0.3)


def test_a_lead_through_the_whole_block_and_one_that_ends_in_it():
    short = replace(LEAD, length_mm=12.0)
    through = replace(
        LEAD, tip_mm=(0, 0, -20.0), contacts=tuple(replace(c, along_mm=c.along_mm + 15) for c in LEAD.contacts)
    )
    usual, ended, crossed = (solved(tank(), lead, FAR).resistance_ohm for lead in (LEAD, short, through))
    assert ended == pytest.approx(usual, rel=1e-3)  # its far end is far from the contacts
    assert usual < crossed < 1.02 * usual  # tissue below the tip is missed a little


def test_kept_on_disk(tmp_path, monkeypatch):
    monkeypatch.setenv("RHEOBASE_CACHE_DIR", str(tmp_path))
    body, montage = tank(LAYER, SHELL), Implanted(electrodes=(LEAD, FAR))
    first = cached_field(body, montage, cell_mm=COARSE_MM)
    monkeypatch.setattr(field_cache, "solve_field", None)  # it would fail if it were called again
    again = cached_field(body, montage, cell_mm=COARSE_MM)
    points = np.array([[3.0, 1, 2], [0.2, 0.1, -9]])
    assert again is not first
    assert (again.drive_V_per_A(points) == first.drive_V_per_A(points)).all()
    assert again.losses_ohm() == first.losses_ohm()
    assert [d.name for d in again.densities] == ["a", "b", "case"]


def test_arrays_of_another_field_are_refused_and_stay_the_callers():
    body, montage = tank(), Implanted(electrodes=(LEAD, FAR))
    arrays = {key: np.array(a) for key, a in field_arrays(solved(body, LEAD, FAR)).items()}
    with pytest.raises(ValueError, match="that of a lead in a block or a column"):
        field_from_arrays(body, Implanted(electrodes=(ring_cuff(1.4, shares={"middle": 1.0, "distal": -1.0}),)), arrays)
    again = field_from_arrays(body, montage, arrays)
    assert not again.admittance_S.flags.writeable
    assert arrays["admittance_S"].flags.writeable


def test_eight_contacts_have_a_field_each():
    lead = percutaneous_lead("octrode_4mm", middle_mm=(0, 0, 0), shares={"c3": 1.0, "c5": -1.0})
    long = PlainSolids(
        tissues=TISSUES, stack=(Solid(tissue="grey", shape=Block(low_mm=(-15, -15, -25), high_mm=(15, 15, 25))),)
    )
    field = solved(long, lead)
    y = field.admittance_S
    assert y.shape == (8, 8)
    assert np.abs(y.sum(axis=0)).max() < 1e-9 * np.abs(y).max()
    assert y == pytest.approx(y[::-1, ::-1], rel=0.05, abs=1e-3 * np.abs(y).max())  # but for the tip, mirror images
