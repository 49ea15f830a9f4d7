"""The spinal canal by level, and nerve trunks with fascicles."""

from __future__ import annotations

import numpy as np
import pytest

from rheobase.anatomy import LEVELS, TRUNKS, Fascicle, NerveTrunk, Spine, sample_spines, sample_trunk
from rheobase.electrode import Pad
from rheobase.errors import ParameterError
from rheobase.field import solve_field
from rheobase.field.dispersion import relative_dispersion
from rheobase.montage import Montage
from rheobase.tables import row


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("offset", [0.0, -2.0])
def test_layers_lie_around_the_cord(level, offset):
    spine = Spine(level=level, offset_mm=offset)
    t = np.linspace(-np.pi, np.pi, 73)
    thick = spine.thickness_mm(t, np.zeros_like(t))
    muscle, bone, epidural, dura = thick
    assert muscle.min() > 5.0
    assert bone.min() == pytest.approx(4.0, abs=0.3)
    assert 1.0 < epidural.min() < epidural.max() < 3.0
    assert dura.min() == pytest.approx(0.3, abs=0.02)
    names = np.array([x.name for x in spine.tissues])
    # behind the cord lies as much fluid as asked for
    depth = row(f"spine.level_{level}")["cord_depth_mm"] / 2.0
    behind = np.array([[-(depth + f * spine.fluid_behind_mm), -offset, 0.0] for f in (0.05, 0.5, 0.93)])
    assert set(names[spine.labels_at(behind)]) == {"csf"}
    beyond = np.array([[-(depth + spine.fluid_behind_mm + 0.15), -offset, 0.0]])
    assert names[spine.labels_at(beyond)][0] in ("dura", "csf", "epidural_fat")


def test_the_cord_has_grey_and_white_matter_in_plausible_shares():
    spine = Spine(level="t10")
    y, x = np.meshgrid(np.linspace(-4.2, 4.2, 169), np.linspace(-3.3, 3.3, 133))
    p = np.column_stack([x.ravel(), y.ravel(), np.zeros(x.size)])
    names = np.array([t.name for t in spine.tissues])[spine.core_labels(p)]
    cord = np.isin(names, ("white_matter", "grey_matter"))
    assert 0.1 < (names == "grey_matter").sum() / cord.sum() < 0.5
    assert cord.sum() * (8.4 / 168) * (6.6 / 132) == pytest.approx(np.pi * 4.2 * 3.3, rel=0.02)
    assert names[np.argmin(np.abs(p[:, 0] + 3.0) + np.abs(p[:, 1]))] == "white_matter"


def test_columns_and_roots_run_where_they_belong():
    spine = Spine(level="t11", csf_mm=3.0)
    names = np.array([t.name for t in spine.tissues])
    column, root = (np.array(spine.nerve(n).points_mm) for n in ("dorsal_column_left", "dorsal_root_left"))
    assert set(names[spine.labels_at(column)]) == {"white_matter"}
    inside = names[spine.labels_at(root)]
    assert set(inside) <= {"white_matter", "csf"}
    assert inside[0] == "csf"
    assert inside[-1] == "white_matter"
    assert (np.diff(root[:, 2]) > 0).all()
    right = np.array(spine.nerve("dorsal_root_right").points_mm)
    assert np.allclose(right, root * [1, -1, 1])


def test_it_solves_between_two_pads_on_the_surround():
    spine = Spine(level="t10")
    pads = tuple(
        Pad(name=n, width_mm=20, length_mm=20, along_mm=a, around_deg=180.0, share=s)
        for n, a, s in (("up", 20.0, 1.0), ("down", -20.0, -1.0))
    )
    field = solve_field(spine, Montage(pads=pads), cell_mm=5.0)
    column = np.array(spine.nerve("dorsal_column_left").points_mm)
    v = field.drive_V_per_A(column[::6])
    assert np.allclose(v, -v[::-1], atol=0.03 * np.abs(v).max())  # up and down are alike
    assert all(abs(relative_dispersion(t.name, 1e4)) > 0.9 for t in spine.tissues)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"level": "t6"}, "There is no level 't6'."),
        ({"level": "c5", "csf_mm": 6.0}, "csf_mm is 6 mm; at C5 1.5 to 4 mm have been seen."),
        ({"csf_mm": float("nan")}, "csf_mm is nan mm"),
        ({"offset_mm": 3.0}, "offset_mm is 3 mm; the cord lies at most 2 mm off the midline."),
    ],
)
def test_canals_that_nobody_has_are_refused(given, said):
    with pytest.raises(ParameterError) as caught:
        Spine(**given)
    assert said in str(caught.value)


def test_drawn_canals_stay_within_what_was_seen():
    drawn = sample_spines("t11", 200, seed=5)
    fluid = np.array([s.fluid_behind_mm for s in drawn])
    assert 2.0 <= fluid.min() < 3.0 < 5.0 < fluid.max() <= 6.0
    off = np.array([s.offset_mm for s in drawn])
    assert np.mean(off != 0.0) == pytest.approx(0.4, abs=0.1)
    with pytest.raises(ParameterError, match="count is 0; draw at least 1"):
        sample_spines("t11", 0, seed=1)


@pytest.mark.parametrize("name", TRUNKS)
def test_drawn_trunks_have_the_measured_fascicles(name):
    t = row(f"trunks.trunk_{name}")
    drawn = [sample_trunk(name, seed=s) for s in range(8)]
    for trunk in drawn:
        p = np.array([(f.x_mm, f.y_mm) for f in trunk.fascicles])
        r = np.array([f.diameter_mm / 2 for f in trunk.fascicles])
        apart = np.linalg.norm(p[:, None] - p[None], axis=2) + np.eye(len(p)) * 1e3
        assert (apart >= r[:, None] + r[None]).all()
        assert (np.hypot(*p.T) + r <= trunk.diameter_mm / 2).all()
    spread = 1.0 / np.sqrt(len(drawn))
    counts = [len(t.fascicles) for t in drawn]
    assert np.mean(counts) == pytest.approx(t["count_mean"], abs=4 * t["count_sd"] * spread + 0.5)
    assert np.mean([t.area_mm2 for t in drawn]) == pytest.approx(t["area_mm2"], abs=4 * t["area_sd_mm2"] * spread)
    assert np.mean([t.fascicle_share for t in drawn]) == pytest.approx(t["fascicle_share"], abs=0.12)


def test_perineurium_of_a_half_millimetre_fascicle():
    """29.0 um and 0.033 ohm m2: Pelot 2020 for man with 1149 ohm m."""
    one = Fascicle(x_mm=0.0, y_mm=0.0, diameter_mm=0.5)
    assert one.perineurium_um == pytest.approx(29.01, abs=0.01)
    assert one.sheet_ohm_m2 == pytest.approx(0.0333, abs=1e-4)


def test_where_a_point_lies():
    trunk = NerveTrunk(name="own", diameter_mm=2.0, fascicles=(Fascicle(x_mm=0.4, y_mm=0.0, diameter_mm=0.6),))
    assert trunk.fascicle_at(np.array([[0.4, 0.1], [-0.5, 0.0], [1.5, 0.0]])).tolist() == [0, -1, -2]
    assert trunk.rows[0] == "trunks.packing"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: sample_trunk("median", seed=1), "There is no trunk 'median' in the table. Did you mean"),
        (lambda: NerveTrunk(name="own", diameter_mm=0.0, fascicles=()), "diameter_mm is 0 mm; it must be above 0."),
        (lambda: NerveTrunk(name="own", diameter_mm=1.0, fascicles=()), "has no fascicle. Give at least one."),
        (
            lambda: NerveTrunk(name="own", diameter_mm=1.0, fascicles=(Fascicle(x_mm=0.4, y_mm=0, diameter_mm=0.5),)),
            "fascicle 0 reaches 0.150 mm out of the trunk of 1 mm.",
        ),
        (
            lambda: NerveTrunk(
                name="own",
                diameter_mm=2.0,
                fascicles=(Fascicle(x_mm=0, y_mm=0, diameter_mm=0.5), Fascicle(x_mm=0.4, y_mm=0, diameter_mm=0.5)),
            ),
            "fascicles 0 and 1 overlap by 0.100 mm.",
        ),
    ],
)
def test_trunks_that_cannot_be_are_refused(make, said):
    with pytest.raises(ParameterError) as caught:
        make()
    assert said in str(caught.value)
