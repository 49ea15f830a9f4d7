"""Thin fibres that lose their myelin: a bare axon is a passive cable, and loads the last node."""

import dataclasses

import numpy as np
import pytest

import rheobase as rb
from rheobase.errors import ParameterError
from rheobase.nerve import (
    Ending,
    Injection,
    activation_thresholds,
    ending_grid,
    ending_thresholds,
    node_beyond,
    silence,
    simulate,
    stimulus_of,
    tapered_fibre,
    uniform_fibre,
    with_free_ending,
)
from rheobase.nerve.layout import lay_out
from rheobase.pulse import biphasic
from rheobase.tables import row

BARE = row("branches.free_ending")
THIN = uniform_fibre("pena", diameter_um=2.5, nodes=60, passive_ends=False)


@pytest.mark.parametrize("axon_um", [0.5, 1.2])
def test_a_bare_axon_is_a_cable(axon_um):
    """Steady potential of a sealed cable fed at one end: cosh of the distance to the other end, over the length."""
    length_mm, p = 2.4, row("fibres.mrg_electrical")
    free = with_free_ending(THIN, length_mm, axon_um=axon_um)
    alone = dataclasses.replace(free, sequence=free.sequence[: BARE["count"]], diameter_um=axon_um)
    feed = Injection(node=0, current_nA=1e-3, start_ms=0.0, width_ms=400.0)
    rest, fed = (
        simulate(alone, None, silence(400.0, dt_ms=0.1), injections=i, nodes=range(alone.nodes)).v_mV[:, -1]
        for i in ((), (feed,))
    )
    share = (fed - rest) / (fed - rest)[0]
    paranodes = 2 * p["mysa_length_um"] / (1000 * length_mm / BARE["count"])
    leak = p["internode_leak_S_per_cm2"] * (1 - paranodes) + p["mysa_leak_S_per_cm2"] * paranodes
    space_mm = 10 * np.sqrt(axon_um * 1e-4 / (4 * leak * p["rho_axial_ohm_cm"]))
    x = np.linspace(0.0, length_mm, alone.nodes)
    assert share == pytest.approx(np.cosh((length_mm - x) / space_mm) / np.cosh(length_mm / space_mm), abs=0.01)


def test_a_bare_axon_fires_nowhere_and_loads_the_last_node():
    free = with_free_ending(THIN, 1.3)
    assert not lay_out([free]).carries[0, : BARE["count"]].any()
    assert lay_out([free]).carries[0, BARE["count"] :].all()
    pulse = stimulus_of(biphasic(width_us=200.0))
    # a field that falls off from the first node with myelin drives current out there
    found = []
    for fibre, bare_mm in ((THIN, 0.0), (free, 1.3)):
        falling = -5.0 * np.exp(-np.maximum(fibre.arc_um / 1000 - bare_mm, 0.0) / 2.0)
        watch = [node_beyond(fibre, bare_mm + 6.0)]
        found.append(activation_thresholds([fibre], [falling[None]], pulse, true_start=True, watch=watch))
    assert found[1].threshold_mA[0] > 1.5 * found[0].threshold_mA[0]
    assert found[1].start_node[0] >= BARE["count"]


def test_thin_fibres_go_on_to_the_epidermis():
    arm = rb.Forearm()
    pads = rb.pad_pair(arm)
    grid = ending_grid("A-delta", pads.pads[0])
    assert grid.tapers == ("free",)
    for e in grid.endings()[::7]:
        x, y, _ = e.points_mm(arm)[0]
        assert arm.radius_mm - np.hypot(x, y) == pytest.approx(BARE["tip_mm"])
        fibre = e.fibre(100.0)
        assert fibre.node_arc_um[BARE["count"]] / 1000 == pytest.approx(e.depth_mm - BARE["tip_mm"])


def test_pads_need_several_times_the_current():
    arm = rb.Forearm()
    field = rb.solve_field(arm, rb.pad_pair(arm))
    pulse = stimulus_of(biphasic(width_us=200.0))
    one = Ending(kind="A-delta", diameter_um=2.5, taper="", course="vertical", depth_mm=1.4, along_mm=45.0,
                 around_deg=0.0)  # fmt: skip
    whole, free = (
        float(ending_thresholds(arm, field, [dataclasses.replace(one, taper=t)], pulse).threshold_mA[0])
        for t in ("", "free")
    )
    assert 2.0 < free / whole < 8.0


@pytest.mark.parametrize(
    ("fibre", "given", "said"),
    [
        (THIN, {"bare_mm": 0.0}, "bare_mm is 0 mm and axon_um is 1.2 um; a bare axon is longer than 0 mm"),
        (
            THIN,
            {"bare_mm": 1.0, "axon_um": -1.0},
            "axon_um is -1 um; a bare axon is longer than 0 mm",
        ),
        (uniform_fibre("sundt", diameter_um=1.0, nodes=20), {"bare_mm": 1.0}, "model 'sundt' cannot lose its myelin"),
    ],
)
def test_a_bare_axon_that_cannot_be(fibre, given, said):
    with pytest.raises(ParameterError, match=said):
        with_free_ending(fibre, **given)


def test_a_tapered_fibre_may_end_bare_too():
    touch = tapered_fibre("short", parent_um=8.7, length_mm=30.0)
    assert with_free_ending(touch, 1.0).nodes == touch.nodes + BARE["count"]
