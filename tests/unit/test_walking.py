"""A foot that drops, with and without stimulation: the chain, its document, its page, and what is refused."""

import json
import re
import sys
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("mujoco")
pytest.importorskip("myo_sim")

import rheobase as rb
from rheobase.anatomy import LowerLeg
from rheobase.control import (
    Channel,
    Pid,
    RecruitmentCurve,
    Walk,
    follow,
    heel_trigger,
    recruited,
    tilt_trigger,
    walk,
)
from rheobase.effect import (
    RoundLeg,
    bones,
    cuff_recruitment,
    ding2003,
    gait_at,
    make_limb,
    surface_recruitment,
)
from rheobase.errors import LimitExceeded, ParameterError, ScenarioError, Unstable
from rheobase.io.netcdf import result_dataset
from rheobase.io.results import result_text
from rheobase.io.scenario import load_scenario
from rheobase.pulse import biphasic
from rheobase.report import report_html

CURVE = RecruitmentCurve(stimulus=[10.0, 40.0], share=[0.0, 1.0], unit="mA")
PART = RecruitmentCurve(stimulus=[10.0, 40.0], share=[0.0, 0.2], unit="mA")
LIMB = make_limb("swing_leg")
PLAN = Walk(stride_s=1.4, strides=6, trigger=tilt_trigger(), signal="tilt", level=0.3, rise_s=0.2)


def channel():
    muscles = {"dorsiflexors": recruited(ding2003(), CURVE), "evertors": recruited(ding2003(), PART)}
    return Channel(muscles, rate_hz=40.0, width_us=300.0)


@pytest.fixture(scope="module")
def limp():
    return walk(LIMB, None, replace(PLAN, strides=2, level=0.0))


@pytest.fixture(scope="module")
def learned():
    return walk(LIMB, channel(), replace(PLAN, learning_per_deg=0.02))


def test_the_gait_passes_through_its_phases():
    stride = gait_at(np.array([0.0, 0.12, 0.5, 0.62, 0.75]))
    assert stride.knee_deg == pytest.approx([2.5, 20.0, 2.5, 40.0, 60.0])
    assert stride.ankle_deg == pytest.approx([0.0, -5.0, 10.0, -15.0, -5.0])
    assert gait_at(1.3).hip_deg == pytest.approx(gait_at(0.3).hip_deg)
    assert stride.shank_back_deg[3] == pytest.approx(50.0)


def test_an_unstimulated_foot_meets_the_ground_with_the_toes(limp):
    assert limp.at_contact_deg[-1] < -8.0
    assert limp.pulses.sum() == 0
    assert limp.level.max() == 0.0


def test_the_led_joints_follow_their_path_in_stance(limp):
    ticks = limp.ankle_deg.shape[1]
    stance = slice(int(0.15 * ticks), int(0.6 * ticks))
    path = gait_at((np.arange(ticks) + 1) / ticks).ankle_deg
    assert np.abs(limp.ankle_deg[-1][stance] - path[stance]).max() < 2.0


def test_stimulation_lifts_the_foot_and_learning_meets_the_aim(limp, learned):
    """Adaptive stimulation raises dorsiflexion and lowers inversion at heel strike (the signs of Cionic's trial)."""
    assert learned.at_contact_deg[-1] > limp.at_contact_deg[-1] + 10.0
    assert learned.inversion_deg[-1] < limp.inversion_deg[-1] - 1.0
    assert learned.swing_error_deg[-1] < 0.6 * learned.swing_error_deg[0]
    assert abs(learned.at_contact_deg[-1]) < 3.0


def test_all_of_the_evertors_turn_the_foot_out():
    muscles = {"dorsiflexors": recruited(ding2003(), CURVE), "evertors": recruited(ding2003(), CURVE)}
    out = walk(LIMB, Channel(muscles, rate_hz=40.0, width_us=300.0), replace(PLAN, strides=2))
    assert out.inversion_deg[-1] < -10.0


def test_tilt_begins_later_than_heel_rise_and_both_end_after_contact(learned):
    heel = walk(LIMB, channel(), replace(PLAN, strides=2, trigger=heel_trigger(), signal="heel"))
    ticks = heel.on.shape[1]
    begins = [np.flatnonzero(w.on[-1] & ~np.roll(w.on[-1], 1))[0] / ticks for w in (heel, learned)]
    assert begins[0] == pytest.approx(0.31, abs=0.03)
    assert 0.4 < begins[1] < 0.55
    assert heel.on[-1][0]
    assert not heel.on[-1][int(0.2 * ticks)]


def test_a_tired_muscle_loses_strength(learned):
    assert (np.diff(learned.capacity_share) < 0).all()
    assert 0.5 < learned.capacity_share[-1] < 1.0


def test_a_walk_is_the_same_each_time(learned):
    again = walk(LIMB, channel(), replace(PLAN, learning_per_deg=0.02))
    assert again.ankle_deg.tobytes() == learned.ankle_deg.tobytes()


def test_a_deeper_nerve_and_a_shorter_pulse_need_more():
    wide, deep, short = (
        surface_recruitment(biphasic(width_us=w), leg=RoundLeg(nerve_depth_mm=d), units=24)[0].curve.stimulus_for(0.5)
        for w, d in ((300.0, 8.5), (300.0, 12.0), (100.0, 8.5))
    )
    assert deep > 1.1 * wide
    assert short > 1.3 * wide


@pytest.mark.slow
def test_the_anatomical_leg_agrees_with_the_round_one_within_half():
    """Its nerve winds around the neck of the fibula; half of the strength needs 6.7 mA against 12.0."""
    near, far = (
        surface_recruitment(biphasic(width_us=300.0), leg=leg, units=24)[0].curve.stimulus_for(0.5)
        for leg in (LowerLeg(), RoundLeg())
    )
    assert near == pytest.approx(far, rel=0.5)


def test_a_cuff_needs_a_fraction_of_the_current():
    """Epineural thresholds of tibialis anterior were 0.45 and 1.0 mA at 502 us (Guiraud 2014): ours lie around."""
    near = cuff_recruitment(biphasic(width_us=502.0), units=40).curve
    far = surface_recruitment(biphasic(width_us=502.0), units=40)[0].curve
    assert near.threshold < 0.45 < near.stimulus_for(1.0)
    assert near.stimulus_for(0.5) < 0.2 * far.stimulus_for(0.5)


def test_bones_are_closed_enough_to_be_seen():
    for bone in bones(LIMB):
        assert bone.faces.max() < len(bone.points_m)
        assert np.abs(bone.points_m).max() < 0.6


def test_wild_gains_stop_with_a_message():
    wild = Pid(proportional_per_deg=0.01, integral_per_deg_s=0.05, derivative_s_per_deg=0.002)
    muscle = Channel(recruited(ding2003(), CURVE), rate_hz=40.0, width_us=300.0)
    with pytest.raises(Unstable, match=r"swings between no and strong stimulation.*gains are 0\.01 per deg.*Halve"):
        follow(make_limb("seated_knee"), "quadriceps", muscle, wild, aim_deg=[40.0] * 250)


def test_tame_gains_hold_the_knee():
    law = Pid(proportional_per_deg=0.001, integral_per_deg_s=0.01, derivative_s_per_deg=0.0005)
    muscle = Channel(recruited(ding2003(), CURVE), rate_hz=40.0, width_us=300.0)
    held = follow(make_limb("seated_knee"), "quadriceps", muscle, law, aim_deg=[40.0] * 300)
    assert np.abs(held.error_deg[150:]).max() < 1.0
    assert held.rms_deg > np.abs(held.error_deg[-1])


LAW = Pid(proportional_per_deg=0.005, integral_per_deg_s=0.05, derivative_s_per_deg=0.0005)
HELD = replace(PLAN, level=0.05, holding=True)


def weaker_than_known():
    """A muscle that needs 15 % more current than the stimulator thinks."""
    muscles = {
        name: recruited(ding2003(), replace(curve, stimulus=1.15 * curve.stimulus))
        for name, curve in (("dorsiflexors", CURVE), ("evertors", PART))
    }
    return Channel(muscles, rate_hz=40.0, width_us=300.0, known=CURVE)


def test_what_holds_the_aim_is_known_beforehand():
    open_loop = walk(LIMB, channel(), replace(PLAN, strides=2))
    held = walk(LIMB, channel(), replace(HELD, strides=2))
    assert held.swing_error_deg[-1] < 0.3 * open_loop.swing_error_deg[-1]
    assert held.stimulus_sum[-1] < open_loop.stimulus_sum[-1]


def test_feedback_mends_the_first_stride_and_learning_the_rest():
    known, felt, both = (
        walk(LIMB, weaker_than_known(), p)
        for p in (HELD, replace(HELD, feedback=LAW), replace(HELD, feedback=LAW, learning_per_deg=0.01))
    )
    assert felt.swing_error_deg[0] < 0.5 * known.swing_error_deg[0]
    assert both.swing_error_deg[-1] < 0.8 * felt.swing_error_deg[-1]
    assert abs(both.mid_swing_error_deg[-1]) < 2.0 < known.mid_swing_error_deg[-1]
    assert both.clearance_mm[-1] > known.clearance_mm[-1] + 5.0
    ahead = both.level[0][both.on[0]]
    assert ahead.max() > known.level[0].max() + 0.05


def test_feedback_works_in_swing_alone(limp):
    felt = walk(LIMB, weaker_than_known(), replace(HELD, strides=2, feedback=LAW))
    known = walk(LIMB, weaker_than_known(), replace(HELD, strides=2))
    before = slice(5, int(0.61 * felt.level.shape[1]))
    assert felt.level[0][before] == pytest.approx(known.level[0][before])


def test_the_charge_adds_up():
    walked = walk(LIMB, channel(), replace(PLAN, strides=2))
    assert walked.stimulus_sum[-1] < walked.pulses[-1] * walked.stimulus.max() + 1e-9
    assert walked.stimulus_sum[-1] > walked.pulses[-1] * CURVE.threshold


def test_wild_gains_in_swing_stop_with_a_message():
    with pytest.raises(Unstable, match=r"more than 1 time within one swing of the leg.*gains are 0\.3 per deg.*Halve"):
        walk(LIMB, channel(), replace(HELD, feedback=Pid(proportional_per_deg=0.3)))


def test_learning_that_turns_from_stride_to_stride_stops_with_a_message():
    with pytest.raises(Unstable, match=r"Learning does not settle: the mean error in swing turned from .* Halve that"):
        walk(LIMB, weaker_than_known(), replace(HELD, learning_per_deg=0.05, strides=8))


def test_learning_that_makes_it_worse_stops_with_a_message():
    with pytest.raises(Unstable, match=r"error in swing grew from .* to .* deg in 2 strides.*It learns 0\.5 per deg"):
        walk(LIMB, weaker_than_known(), replace(HELD, learning_per_deg=0.5))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: Channel(recruited(ding2003(), CURVE), rate_hz=40.0, width_us=300.0, known=replace(CURVE, unit="us")),
         "all muscles see one stimulus"),
        (lambda: replace(PLAN, strides=0), "strides 1 or more"),
        (lambda: replace(PLAN, level=1.5), "must lie within 0 to 1"),
        (lambda: replace(PLAN, signal="knee"), "listens to 'tilt' or to 'heel'"),
        (lambda: walk(LIMB, None, replace(PLAN, tick_s=0.003)), "multiple of the limb's step"),
        (lambda: RoundLeg(nerve_depth_mm=4.0), "under it the nerve lies 7.5 to 38 mm deep"),
        (lambda: follow(make_limb("seated_knee"), "quadriceps", channel(), Pid(proportional_per_deg=0.0),
                        aim_deg=[0.0], tick_s=0.003), "multiple of the limb's step"),
        (lambda: follow(make_limb("seated_knee"), "quadriceps", channel(), Pid(proportional_per_deg=0.0),
                        aim_deg=[0.0], forward_level=[0.1, 0.2]), "give one a tick"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(wrong, said):
    with pytest.raises(ParameterError) as told:
        wrong()
    assert said in str(told.value)


@pytest.fixture(scope="module")
def result():
    return json.loads(result_text(rb.run("fes-dropfoot", {"gait.strides": 4})))


def test_the_document_answers_first_and_names_its_sources(result):
    assert "plantar flexion, toes first" in result["answer"]
    assert "mA through the skin" in result["answer"]
    figures = {k["plain"]: k for k in result["key_figures"]}
    assert figures["largest amplitude, skin"]["value"] > 5 * figures["largest amplitude, cuff"]["value"]
    assert {"myosim", "rajagopal2016", "ding2003", "guiraud2014", "gait_poster"} <= {
        c["key"] for c in result["citations"]
    }
    assert result["safety"]["overall"] in ("within", "attention")
    assert len(result["walk"]["strides"][0]["error_deg"]) == 4


def test_control_is_shown_side_by_side(result):
    ways = {(w["route"], w["way"]): w for w in result["ways"]}
    assert len(ways) == 10
    pads = {way: ways["surface", way] for way in ("known", "feedback", "learning", "both")}
    assert pads["feedback"]["error_deg"][0] < 0.6 * pads["known"]["error_deg"][0]
    assert pads["learning"]["error_deg"][-1] < 0.8 * pads["known"]["error_deg"][-1]
    assert abs(pads["both"]["mid_swing_error_deg"]) < 2.0
    assert pads["both"]["charge_uC"] > 10 * ways["cuff", "both"]["charge_uC"]


def test_pads_and_cuff_are_both_judged(result):
    told = {v["plain"]: v for v in result["safety"]["verdicts"]}
    assert told["pads: power density under the smallest pad"]["verdict"] == "within"
    assert told["cuff: charge of one phase over the area of the busiest contact"]["verdict"] == "within"
    assert told["cuff: Shannon's k of one phase on the smallest contact"]["limit"] == 1.85
    assert not any(v.startswith("cuff: power") for v in told)


def test_a_cuff_with_tiny_contacts_is_refused():
    with pytest.raises(LimitExceeded, match=r"area of the busiest contact is .* uC/cm2; at most 30 uC/cm2"):
        rb.run("fes-dropfoot", {"output.cuff_contact_mm2": 0.3, "gait.strides": 2})


def test_an_implant_without_the_voltage_is_refused():
    with pytest.raises(LimitExceeded, match="voltage needed across 1000 ohm"):
        rb.run("fes-dropfoot", {"output.cuff_compliance_V": 0.2, "gait.strides": 2})


def test_the_page_holds_pictures_and_film_and_needs_no_network(result):
    page = report_html(result)
    for anchor in ("film-section", "swing", "ways", "strides", "routes", "safety", "method", "simplified", "sources"):
        assert f'id="{anchor}"' in page
    scene = json.loads(page.split('id="scene">')[1].split("</script>")[0])
    assert [len(t["frames"]) for t in scene["takes"]] == [36, 36]
    assert not re.search(r"<link|@import|\bsrc=|fetch\(|url\(\s*['\"]?http", page)
    assert len(page) < 3_000_000


def test_a_hostile_name_in_the_film_cannot_leave_its_script(result):
    evil = "</script><b>x"
    takes = [{**t, "plain": evil} for t in result["animation"]["takes"]]
    page = report_html({**result, "animation": {**result["animation"], "takes": takes}})
    assert evil not in page


def test_the_netcdf_holds_the_walk(result):
    data = result_dataset(result)
    assert data["ankle"].dims == ("route", "phase")
    assert data["ankle"].attrs["units"] == "degree"
    assert data["contact"].sel(stimulated="surface").shape == (4,)


def test_the_terminal_shows_the_figures(result):
    from rheobase.cli.run import summary

    text = "\n".join(summary(result, 100))
    assert "largest amplitude, cuff" in text
    assert "Not fitted to a person" in text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"scenario.modality": "fs"}, "Did you mean 'fes'"),
        ({"gait.strid_s": 1.0}, "Did you mean 'stride_s'"),
        ({"trigger.rise_s": 3.0}, "must stay within half of it"),
        ({"pulse.width_us": 1000.0, "train.rate_hz": 100.0, "gait.stride_s": 0.1}, "at least 0.6 s"),
        ({"pulse.width_us": "3 mA"}, "a current; a time in us is due"),
    ],
)
def test_a_wrong_file_is_refused_with_its_key(given, said):
    with pytest.raises(ScenarioError) as told:
        load_scenario("fes-dropfoot", given)
    assert said in str(told.value)


def test_a_stimulator_that_is_too_weak_says_so():
    with pytest.raises(ParameterError, match=r"pads on the skin can give at most 2 mA.*Raise output.most_mA"):
        rb.run("fes-dropfoot", {"output.most_mA": 2.0})


def test_a_stimulator_without_the_voltage_is_refused():
    with pytest.raises(LimitExceeded, match="V"):
        rb.run("fes-dropfoot", {"output.compliance_V": 5.0, "gait.strides": 2})


def test_the_command_line_names_the_missing_extra(monkeypatch, capsys, tmp_path):
    from rheobase.cli import main

    make_limb.cache_clear()
    monkeypatch.setitem(sys.modules, "mujoco", None)
    assert main(["run", "fes-dropfoot", "--no-cache", "--out", str(tmp_path / "out")]) == 1
    told = capsys.readouterr().err
    assert "pip install 'rheobase[movement]'" in told
    assert not (tmp_path / "out").exists()
