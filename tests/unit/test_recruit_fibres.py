"""Ways, tapers, bundles, stimuli and recruitment."""

from __future__ import annotations

import numpy as np
import pytest

import rheobase as rb
from rheobase.errors import ParameterError
from rheobase.nerve import (
    TAPERS,
    TrunkFibre,
    diameters_um,
    node_beyond,
    recruit,
    rounded_mm,
    share_threshold_mA,
    stimulus_of,
    tapered_fibre,
    trunk_thresholds,
    walk_mm,
)
from rheobase.nerve.path import length_mm
from rheobase.pulse import biphasic, exponential, monophasic, train
from rheobase.tables import row

CORNER = np.array([[0.0, 0, 0], [0, 0, 10], [10, 0, 10]])


# Ways.


def test_rounding_keeps_the_ends_and_shortens_the_way_a_little():
    way = rounded_mm(CORNER)
    np.testing.assert_array_equal(way[[0, -1]], CORNER[[0, -1]])
    assert length_mm(CORNER) - 1.5 < length_mm(way) < length_mm(CORNER)
    off = np.linalg.norm(way[:, None] - CORNER[1], axis=-1).min()
    assert 0.4 < off < 1.0, "it cuts the corner by half a round"
    np.testing.assert_array_equal(rounded_mm(CORNER[:2]), CORNER[:2])


def test_short_legs_are_rounded_less():
    way = rounded_mm(np.array([[0.0, 0, 0], [0, 0, 1.0], [10, 0, 1.0]]))
    assert way[1, 2] == pytest.approx(0.55)  # 45 % of the leg, not 1.5 mm


def test_places_along_a_way():
    arc = np.linspace(0.0, 20.0, 41)
    places = walk_mm(CORNER, arc)
    np.testing.assert_allclose(np.linalg.norm(np.diff(places, axis=0), axis=1), 0.5)
    assert places[-1].tolist() == [10.0, 0.0, 10.0]
    assert walk_mm(CORNER, np.array([23.0]))[0].tolist() == [13.0, 0.0, 10.0], "beyond the end straight on"


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ([[0.0, 0, 0]], r"points_mm has shape \(1, 3\); give at least two points of x, y, z in mm\."),
        ([[0.0, 0], [1, 1]], r"points_mm has shape \(2, 2\)"),
        ([[0.0, 0, 0], [0, 0, 1], [0, 0, 1]], "points_mm 1 and the next coincide; remove one of them"),
    ],
)
def test_a_way_that_is_none(points, said):
    with pytest.raises(ParameterError, match=said):
        rounded_mm(np.array(points))


# Tapers.


@pytest.mark.parametrize("taper", TAPERS)
@pytest.mark.parametrize("parent_um", [5.7, 8.7, 11.3, 16.0])
def test_a_taper_is_built_as_its_table_says(taper, parent_um):
    p = row(f"branches.taper_{taper}")
    thin = "thin_" if parent_um <= 5.7 and "thin_count" in p else ""
    fibre = tapered_fibre(taper, parent_um=parent_um, length_mm=60.0)
    begin = sum(p[f"{thin}count"])
    spacing = fibre.kinds.length_um[fibre.sequence]
    np.testing.assert_allclose(spacing[:begin], np.repeat(p[f"{thin}internode_um"], p[f"{thin}count"]), atol=1.0)
    np.testing.assert_allclose(
        fibre.kinds.fibre_um[fibre.sequence][:begin], np.repeat(p[f"{thin}fibre_um"], p[f"{thin}count"])
    )
    assert (fibre.kinds.fibre_um[fibre.sequence][begin:] == parent_um).all()
    assert 60.0 <= fibre.length_mm < 60.0 + spacing[-1] / 1000
    assert fibre.diameter_um == parent_um
    assert not fibre.passive_ends


def test_paranodes_fit_into_short_internodes():
    fibre = tapered_fibre("short", parent_um=8.7, length_mm=40.0)
    k = fibre.kinds
    assert k.paranode_um[0] <= 0.28 * 80.0 + 1e-9
    assert (2 * k.paranode_um < k.length_um).all()


def test_node_beyond():
    fibre = tapered_fibre("short", parent_um=8.7, length_mm=40.0)
    n = node_beyond(fibre, 14.0)
    assert fibre.node_arc_um[n] >= 14_000.0 > fibre.node_arc_um[n - 1]
    assert node_beyond(fibre, 0.0) == 0


@pytest.mark.parametrize(
    ("taper", "parent_um", "length_mm", "said"),
    [
        ("shrot", 8.7, 60.0, r"There is no taper 'shrot'\. Did you mean 'short'\?"),
        ("short", 4.0, 60.0, r"parent_um is 4 um; a tapering fibre has a parent of 5\.7 to 16 um\."),
        ("short", 16.5, 60.0, r"parent_um is 16\.5 um; a tapering fibre has a parent of 5\.7 to 16 um\."),
        ("long", 8.7, 5.0, r"length_mm is 5 mm; with taper 'long' the fibre needs at least 1\d\.\d mm\."),
    ],
)
def test_a_taper_that_cannot_be(taper, parent_um, length_mm, said):
    with pytest.raises(ParameterError, match=said):
        tapered_fibre(taper, parent_um=parent_um, length_mm=length_mm)


# Stimuli.


@pytest.mark.parametrize("width_us", [200.0, 37.0, 101.3, 5.0, 2.5])
def test_the_charge_on_the_grid_is_that_of_the_pulse(width_us):
    one = stimulus_of(monophasic(width_us=width_us), dt_ms=0.005)
    assert one.samples.sum() * 5.0 == pytest.approx(-width_us, rel=1e-9)
    both = stimulus_of(biphasic(width_us=width_us), dt_ms=0.005)
    assert both.samples.sum() == pytest.approx(0.0, abs=1e-9)
    assert np.abs(both.samples).max() <= 1.0 + 1e-12


def test_charge_of_a_pulse_that_decays():
    pulse = exponential(width_us=103.0, time_constant_us=40.0)
    assert stimulus_of(pulse).samples.sum() * 5e-3 == pytest.approx(pulse.net_charge_uC(1.0) * 1e3 / 1e3, rel=1e-9)


def test_silence_follows_the_pulse():
    s = stimulus_of(biphasic(width_us=101.0), tail_ms=1.0)
    active = round(s.pulse_end_ms / s.dt_ms)
    assert active == 41  # 202 us fill 40.4 steps
    assert (s.samples[0, active:] == 0).all()
    assert s.samples.shape[1] == active + 200


def test_a_pulse_too_long_for_one_response():
    with pytest.raises(ParameterError, match=r"lasts 120 ms; thresholds are those of one pulse of at most 100 ms\."):
        stimulus_of(monophasic(width_us=120_000.0))


# Bundles and recruitment.

ARM = rb.Forearm()
PADS = rb.pad_pair(ARM)


@pytest.mark.parametrize("under", [None, PADS], ids=["trunk", "pads"])
def test_a_seed_is_a_bundle(under):
    one, same, other = (rb.bundle(ARM, "median", count=101, seed=s, under=under) for s in (3, 3, 4))
    assert one == same
    assert one != other
    assert len(one) == 101


def test_kinds_diameters_and_places_under_pads():
    ends = rb.bundle(ARM, "median", count=400, seed=1, under=PADS).endings
    counts = {k: sum(e.kind == k for e in ends) for k in ("A-beta", "A-alpha", "A-delta")}
    assert counts == {"A-beta": 160, "A-alpha": 120, "A-delta": 120}
    for e in ends:
        pad = min(PADS.pads, key=lambda p: abs(p.along_mm - e.along_mm))
        assert abs(e.along_mm - pad.along_mm) <= pad.extent_mm / 2
        assert e.kind != "A-alpha" or pad.name == "proximal", "the muscle bellies lie under the proximal pad"
        table = row(f"populations.{e.kind.lower().replace('-', '_')}")
        assert table["smallest_um"] <= e.diameter_um <= table["largest_um"]
        assert e.course in table["course"]
        assert (e.taper == "free") is (e.kind == "A-delta")


def test_diameters_follow_their_table():
    d = diameters_um("A-delta", 20_000, np.random.default_rng(1))
    assert np.median(d) == pytest.approx(2.4, rel=0.02)
    assert diameters_um("A-alpha", 20_000, np.random.default_rng(1)).mean() == pytest.approx(11.6, rel=0.03)


def test_too_few_fibres_or_no_nerve():
    with pytest.raises(ParameterError, match="count is 9; a bundle needs at least 10 fibres, usually some hundred"):
        rb.bundle(ARM, "median", count=9)
    with pytest.raises(ParameterError, match="has no nerve 'sural'"):
        rb.bundle(ARM, "sural")


def test_a_bundle_fits_thin_limbs_too():
    thin = rb.Forearm(radius_mm=26.0, fat_mm=3.0)
    pads = rb.pad_pair(thin, size_mm=(30.0, 30.0))
    fibres = rb.bundle(thin, "median", count=60, seed=2, under=pads)
    curve = recruit(fibres, rb.solve_field(thin, pads), biphasic(width_us=200.0))
    assert all(np.isfinite(t).all() for t in curve.thresholds_by_kind_mA.values())


def test_trunks_need_far_more_than_endings():
    field = rb.solve_field(ARM, PADS)
    pulse = biphasic(width_us=200.0)
    ends = recruit(rb.bundle(ARM, "median", count=60, seed=1, under=PADS), field, pulse)
    fibres = [TrunkFibre(kind="A-beta", diameter_um=d, path=ARM.nerve("median")) for d in (8.7, 11.0)]
    trunk = trunk_thresholds(field, fibres, stimulus_of(pulse))
    assert (trunk.status == 0).all()
    assert trunk.threshold_mA[0] > trunk.threshold_mA[1], "thick fibres first"
    assert trunk.threshold_mA.min() > 4 * np.median(ends.thresholds_by_kind_mA["A-beta"])
    # a train is one pulse here, and the share grows with amplitude
    curve = recruit(rb.bundle(ARM, "median", count=60, seed=1, under=PADS), field, train(pulse, rate_hz=80.0))
    for kind, found in curve.thresholds_by_kind_mA.items():
        np.testing.assert_array_equal(found, ends.thresholds_by_kind_mA[kind])
        assert (np.diff(curve.share(kind)) >= 0).all()
    assert curve.to_xarray()["share_a_beta"].sizes == {"amplitude_mA": 41}


def test_the_share_that_counts():
    t = np.arange(1.0, 21.0)
    assert [share_threshold_mA(t, s) for s in (0.0, 0.05, 0.06, 0.10, 0.5, 1.0)] == [1.0, 1.0, 2.0, 2.0, 10.0, 20.0]
    with pytest.raises(ParameterError, match=r"share is 1\.2; give a share of the fibres between 0"):
        share_threshold_mA(t, 1.2)


def test_fibres_under_pads_need_the_field_of_a_body_part():
    from rheobase.anatomy import Forearm
    from rheobase.field import sampled_field

    arm = Forearm()
    few = rb.bundle(arm, "median", count=12, seed=1, under=rb.pad_pair(arm, over="median"))
    line = np.column_stack([np.zeros(9), np.zeros(9), np.linspace(0.0, 8.0, 9)])
    field = sampled_field(line, np.linspace(0.0, 1.0, 9))
    with pytest.raises(ParameterError, match="fibres that end under pads, but the field is that of a Elsewhere"):
        recruit(few, field, monophasic(width_us=200.0))
