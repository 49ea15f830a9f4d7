"""A person's muscle from a recorded force: recovery, intervals, gaps, what cannot be told, refusals."""

import json
from dataclasses import replace

import numpy as np
import pytest

from rheobase.cli import main
from rheobase.effect import (
    FATIGUE,
    FORCE,
    Pulses,
    contract,
    ding2003,
    force_from_csv,
    force_trace,
    identify,
    steady_pulses,
)
from rheobase.errors import ConvergenceError, ParameterError

PERSON = replace(
    ding2003(tired=False),
    muscle=replace(ding2003(tired=False).muscle, a_rest_N_per_s=2100.0, tau1_rest_s=0.040, tau2_s=0.09, k_m_rest=0.15),
)
# a twitch, an unfused and a fused train: together they tell the constants apart
STEPS = np.concatenate([[0.0], 1.0 + np.arange(8) / 8, 3.0 + np.arange(15) / 15, 5.0 + np.arange(50) / 50])
RICH = Pulses(time_s=STEPS, amplitude_mA=np.ones(74), width_us=np.ones(74), duration_s=7.0)


def recorded(pulses=RICH, model=PERSON, noise_N=3.0, seed=1, every=4):
    made = contract(model, pulses)
    rng = np.random.default_rng(seed)
    return made.time_s[::every], made.force_N[::every] + noise_N * rng.standard_normal(len(made.time_s[::every]))


def test_constants_come_back_within_their_intervals():
    inside = 0
    for seed in range(10):
        time, force = recorded(seed=seed)
        found = identify(force_trace(time, force, RICH))
        for name in FORCE:
            e, true = found.estimates[name], getattr(PERSON.muscle, name)
            inside += e.low <= true <= e.high
            assert e.value == pytest.approx(true, rel=0.25)
        assert found.explained_share > 0.98
        assert found.rms_N == pytest.approx(3.0, rel=0.15)
    assert 33 <= inside <= 40  # 95 % of 40, within chance


def test_a_rich_recording_needs_no_warning_and_a_poor_one_gets_one():
    assert identify(force_trace(*recorded(noise_N=1.0), RICH)).warnings == ()
    fused = steady_pulses(rate_hz=60.0, on_s=1.0)
    poor = identify(force_trace(*recorded(fused), fused), free=(*FORCE, "tau_c_s"))
    assert poor.warnings
    assert any("cannot tell" in w for w in poor.warnings)


def test_gaps_are_passed_over():
    time, force = recorded()
    holed = force.copy()
    holed[(time > 3.2) & (time < 3.6)] = np.nan
    trace = force_trace(time, holed, RICH)
    assert trace.missing_share == pytest.approx(0.4 / 7.0, rel=0.1)
    assert len(trace.gaps_s) == 1
    with_gap, without = identify(trace), identify(force_trace(time, force, RICH))
    for name in FORCE:
        assert with_gap.estimates[name].value == pytest.approx(without.estimates[name].value, rel=0.1)


def test_an_offset_before_the_first_pulse_is_taken_off():
    late = Pulses(time_s=STEPS + 0.5, amplitude_mA=np.ones(74), width_us=np.ones(74), duration_s=7.5)
    time, force = recorded(late)
    a, b = (identify(force_trace(time, force + shift, late)).estimates["a_rest_N_per_s"].value for shift in (0.0, 30.0))
    assert a == pytest.approx(b, rel=1e-3)


def test_fatigue_comes_from_many_contractions():
    tires = replace(ding2003(), muscle=replace(ding2003().muscle, a_fatigue_N_per_s_per_N_s=-0.6))
    pulses = steady_pulses(rate_hz=40.0, on_s=1.0, off_s=1.0, contractions=40)
    time, force = recorded(pulses, tires, every=20)
    found = identify(force_trace(time, force, pulses), free=("a_rest_N_per_s", FATIGUE[0]), dt_s=0.002)
    e = found.estimates[FATIGUE[0]]
    assert e.value == pytest.approx(-0.6, rel=0.05)
    assert e.low <= e.value <= e.high


@pytest.fixture
def file(tmp_path):
    def write(lines, name="force.csv"):
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


def rows(skip=(), blank=(), marks=True):
    time, force = recorded(every=1)
    marked = set(np.round(STEPS, 3)) if marks else set()
    out = ["time_s,force_N,pulse"]
    for t, f in zip(time[::1], force[::1], strict=True):
        at = round(float(t), 3)
        if not any(a < at < b for a, b in skip):
            value = "" if any(a < at < b for a, b in blank) else f"{f:.3f}"
            out.append(f"{at},{value},{int(at in marked)}")
    return out


def test_a_file_with_marked_pulses_and_blanks_is_read(file):
    trace = force_from_csv(file(rows(blank=[(3.2, 3.5)])))
    assert trace.missing_share == pytest.approx(0.3 / 7.0, rel=0.05)
    # pulses off the grid of 1 ms are marked at no sample here: those of 15 Hz
    assert len(trace.pulses.time_s) >= 60
    assert identify(trace, free=("a_rest_N_per_s",)).explained_share > 0.9


def test_the_command_prints_constants_intervals_and_warnings(file, capsys):
    path = file(rows())
    assert main(["fit", str(path), "--free", "a_rest_N_per_s,tau1_rest_s", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert set(said["constants"]) == {"a_rest_N_per_s", "tau1_rest_s"}
    assert said["constants"]["a_rest_N_per_s"]["low"] < said["constants"]["a_rest_N_per_s"]["high"]
    assert main(["fit", str(path), "--free", "a_rest_N_per_s"]) == 0
    assert "explains" in capsys.readouterr().out
    assert main(["fit", str(path), "--rate", "40"]) == 1
    assert "--on" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda r: rows(skip=[(3.2, 3.5)]), r"Rows are missing from 3\.2 to 3\.5 s, and with them the pulses"),
        (lambda r: rows(blank=[(0.5, 6.5)]), r"86% of the force is missing; at least half"),
        (lambda r: rows(marks=False), "marks no pulse"),
        (lambda r: ["time_s,force,pulse", *r[1:]], r"line 1: there is no column 'force_N'"),
        (lambda r: [*r[:5], "0.004,abc,0", *r[6:]], r"line 6: force_N is 'abc'"),
        (lambda r: [*r[:5], "0.001,1.0,0", *r[6:]], r"line 6: time_s does not increase"),
        (lambda r: r[:10], "holds 9 samples of force; at least 20"),
        (lambda r: ["# nothing"], "the file is empty"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(file, change, says):
    with pytest.raises(ParameterError, match=says):
        force_from_csv(file(change(rows())))


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(ParameterError, match="cannot be read"):
        force_from_csv(tmp_path / "none.csv")


def test_what_is_no_muscle_is_refused():
    time, force = recorded()
    with pytest.raises(ConvergenceError, match="No muscle was found"):
        identify(force_trace(time, -np.abs(force) + 50 * np.sin(time), RICH))


@pytest.mark.parametrize(
    ("free", "says"),
    [(("tau3_s",), "Did you mean 'tau"), ((), "name at least one"), (("a_rest_N_per_s", FATIGUE[0]), "starts at 0")],
)
def test_constants_that_cannot_be_fitted_are_refused(free, says):
    time, force = recorded()
    start = ding2003(tired=False) if FATIGUE[0] in free else None
    with pytest.raises(ParameterError, match=says):
        identify(force_trace(time, force, RICH), free=free, start=start)
