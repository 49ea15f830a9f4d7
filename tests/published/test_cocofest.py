"""Our force models beside cocofest and beside the equations integrated apart, for the same pulses."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from rheobase.effect import Pulses, contract, ding2003, ding2007, hmed2018
from rheobase.tables import row

MODELS = {"ding2003": ding2003, "ding2007": ding2007, "hmed2018": hmed2018}
ROW = row("published_muscle.cocofest_three_pulses")
TIMES = np.array(ROW["pulse_s"])


def equations(model, stimuli):
    """The published equations as a function of time and how many pulses have been given."""
    m = model.muscle
    share = np.ones(3) if model.name == "ding2003" else model.recruited_share(stimuli)
    by_force = model.name == "ding2007"

    def rates(t, y, given):
        drive, force = y
        gaps = np.diff(TIMES, prepend=-np.inf)[:given]
        enhanced = 1.0 + (m.k_m_rest + m.r0_factor - 1.0) * np.exp(-gaps / m.tau_c_s)
        gain = np.ones(given) if by_force else share[:given]
        wanted = np.sum(gain * enhanced * np.exp(-(t - TIMES[:given]) / m.tau_c_s))
        x = drive / (m.k_m_rest + drive)
        a = m.a_rest_N_per_s * (share[given - 1] if by_force else 1.0)
        return np.array([(wanted - drive) / m.tau_c_s, a * x - force / (m.tau1_rest_s + m.tau2_s * x)])

    return rates


def exactly(rates):
    """Force at the ends of the gaps, by a solver of high order."""
    y, out = np.zeros(2), []
    for given, (begin, end) in enumerate(zip(TIMES, [*TIMES[1:], 0.3], strict=True), start=1):
        y = solve_ivp(rates, (begin, end), y, args=(given,), method="DOP853", rtol=1e-10, atol=1e-12).y[:, -1]
        out.append(y[1])
    return np.array(out)


def in_fixed_steps(rates, step_s):
    """Force at 0.1 and 0.3 s by Runge-Kutta of fourth order, a pulse counting from the stage that meets its time."""

    def at(t, y):
        return rates(t, y, int(np.sum(t + 1e-12 >= TIMES)))

    y, out = np.zeros(2), {}
    for k in range(round(0.3 / step_s)):
        t = k * step_s
        a = at(t, y)
        b = at(t + step_s / 2, y + step_s / 2 * a)
        c = at(t + step_s / 2, y + step_s / 2 * b)
        d = at(t + step_s, y + step_s * c)
        y = y + step_s / 6 * (a + 2 * b + 2 * c + d)
        out[round((k + 1) * step_s, 6)] = y[1]
    return np.array([out[t] for t in ROW["at_s"]])


def pulsed(model, stimuli):
    mA = stimuli if model.name == "hmed2018" else np.full(3, ROW["amplitude_mA"])
    us = stimuli if model.name == "ding2007" else np.full(3, ROW["width_us"])
    done = contract(model, Pulses(time_s=TIMES, amplitude_mA=mA, width_us=us, duration_s=0.3), dt_s=1e-4)
    return np.interp([0.1, 0.2, 0.3], done.time_s, done.force_N)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("rising", [False, True])
def test_force_is_the_solution_of_the_published_equations(name, rising):
    base = ROW["amplitude_mA"] if name == "hmed2018" else ROW["width_us"]
    stimuli = base * (np.array([1.0, 1.2, 1.4]) if rising else np.ones(3))
    model = MODELS[name](tired=False)
    assert pulsed(model, stimuli) == pytest.approx(exactly(equations(model, stimuli)), rel=1e-4)


def test_cocofest_agrees_where_its_steps_are_fine():
    ours = pulsed(ding2003(tired=False), np.full(3, ROW["width_us"]))[0]
    assert ours == pytest.approx(ROW["ding2003_N"][0], rel=ROW["tolerance"])


@pytest.mark.parametrize(
    ("name", "step_ms", "figures"), [("ding2003", 1.0, 2), ("ding2007", 10.0, 1), ("hmed2018", 10.0, 1)]
)
def test_our_equations_in_its_steps_give_its_figures(name, step_ms, figures):
    """The difference of 0.3 to 2 % is its fixed step, not another model."""
    stimuli = np.full(3, ROW["amplitude_mA"] if name == "hmed2018" else ROW["width_us"])
    model = MODELS[name](tired=False)
    theirs = np.array(ROW[f"{name}_N"])[:figures]
    assert in_fixed_steps(equations(model, stimuli), step_ms / 1000)[:figures] == pytest.approx(theirs, rel=1e-7)
    assert abs(pulsed(model, stimuli)[[0, 2]] / ROW[f"{name}_N"] - 1).max() > 1e-3
