"""Stimulated muscle: drive, twitch, tetanus, recruitment, length and angle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from rheobase.effect import (
    ForceModel,
    Pulses,
    contract,
    ding2003,
    ding2007,
    hmed2018,
    length_factor,
    marion2009,
    passive_factor,
    steady_pulses,
    stretched_factor,
    tendon_factor,
    velocity_factor,
)
from rheobase.tables import Row, row
from rheobase.validation._contractions import half_rate_hz, plateau_N, train_of
from rheobase.validation._rows import Comparison, Progress, RowDict, apart, aside, inside, near, saying
from rheobase.validation.muscle_fatigue import fatigue_rows
from rheobase.validation.muscle_training import training_rows

_MODELS = ("ding2003", "ding2007")


def _run(tell: Progress) -> list[RowDict]:
    rested: dict[str, ForceModel] = {"ding2003": ding2003(tired=False), "ding2007": ding2007(tired=False)}
    parts: Iterable[Iterable[RowDict]] = (
        _drive(rested["ding2003"]),
        _same_input(rested["ding2003"]),
        _twitch(rested["ding2003"]),
        _tetanus(rested),
        _recruitment(),
        _length(),
        fatigue_rows(),
        training_rows(),
    )
    rows: list[RowDict] = []
    for done, part in enumerate(parts):
        rows += part
        tell((done + 1) / 8)
    return rows


def _drive(model: ForceModel) -> Iterator[RowDict]:
    p = row("published_muscle.drive")
    for at_s, said in zip(p["at_s"], p["drive_relative"], strict=True):
        given = train_of(np.array([t for t in p["pulse_s"] if t < at_s]), every_s=at_s, times=1)
        ours = contract(model, given).state.values_[1]
        yield near(f"calcium-troponin drive at {1000 * at_s:g} ms", p, said, float(ours), unit="")


def _same_input(model: ForceModel) -> Iterator[RowDict]:
    p = row("published_muscle.cocofest_40_hz")
    ours = contract(model, steady_pulses(rate_hz=40.0, on_s=1.0), dt_s=1e-4)
    yield near("cocofest, Ding 2003, 40 Hz for 1 s: peak", p, p["peak_N"], ours.peak_N, unit="N")
    yield near("cocofest, the same: force at the end", p, p["end_N"], float(ours.force_N[-1]), unit="N")
    yield from _three_pulses()
    wrong = row("published_muscle.cocofest_plateau")
    half = wrong["length_factor"]
    note = "There the factor multiplies the rate of change of force, which only slows the muscle; here it halves force."
    yield aside("plateau with a force-length factor of 0.5", wrong, wrong["wrong_N"], half * ours.peak_N, unit="N",
                note=note)  # fmt: skip


def _three_pulses() -> Iterator[RowDict]:
    p = row("published_muscle.cocofest_three_pulses")
    times = np.array(p["pulse_s"])
    given = Pulses(time_s=times, amplitude_mA=np.full(3, p["amplitude_mA"]), width_us=np.full(3, p["width_us"]),
                   duration_s=p["at_s"][-1])  # fmt: skip
    models = (ding2003(tired=False), ding2007(tired=False), hmed2018(tired=False))
    for model in models:
        done = contract(model, given, dt_s=1e-4)
        ours = np.interp(p["at_s"], done.time_s, done.force_N)
        fine = model.name == "ding2003"
        for at_s, said, force in zip(p["at_s"], p[f"{model.name}_N"], ours, strict=True):
            title = f"cocofest, {model.name}, three pulses: force at {at_s:g} s"
            if fine and at_s == p["pulse_s"][1]:
                yield near(title, p, said, float(force), unit="N")
            else:
                step = p["ding2003_step_ms"] if fine else p["coarse_step_ms"]
                yield aside(title, p, said, float(force), unit="N", note=f"Theirs in steps of {step:g} ms. {p.note}")


def _twitch(model: ForceModel) -> Iterator[RowDict]:
    p = row("published_muscle.twitch_2003")
    twitch = contract(model, steady_pulses(rate_hz=1.0, on_s=1.0), dt_s=1e-4)
    top = int(twitch.force_N.argmax())
    half = top + int(np.argmax(twitch.force_N[top:] <= 0.5 * twitch.peak_N))
    yield near("twitch: peak", p, p["peak_N"], twitch.peak_N, unit="N")
    yield apart("twitch: time to peak", p, p["time_to_peak_ms"], 1000 * twitch.time_s[top], p["band_ms"], unit="ms")
    fell_ms = 1000 * (twitch.time_s[half] - twitch.time_s[top])
    yield apart("twitch: half relaxation", p, p["half_relaxation_ms"], fell_ms, p["band_ms"], unit="ms")


def _tetanus(rested: dict[str, ForceModel]) -> Iterator[RowDict]:
    quoted, units, curve = (row(f"published_muscle.{k}") for k in ("quoted_peak", "human_units", "force_frequency"))
    top = {name: plateau_N(model, 100.0) for name, model in rested.items()}
    yield near("100 Hz, Ding 2003", quoted, quoted["ding2003_N"], top["ding2003"], unit="N")
    wide = contract(
        rested["ding2007"], steady_pulses(rate_hz=100.0, on_s=2.0, width_us=quoted["ding2007_width_us"])
    ).peak_N
    yield near("100 Hz and 600 us, Ding 2007", quoted, quoted["ding2007_N"], wide, unit="N")
    for name, model in rested.items():
        twitch = contract(model, steady_pulses(rate_hz=1.0, on_s=1.0)).peak_N
        span = (units["smallest_ratio"], units["largest_ratio"])
        note = f"Median {units['twitch_to_tetanus_ratio']:g} over 16 units."
        yield inside(f"twitch : tetanus, {name}", units, *span, [twitch / top[name]], unit="", note=note)
        yield near(f"rate for half force, {name}", units, units["half_force_hz"], half_rate_hz(model), unit="Hz")
    for name, model in rested.items():
        said = np.array(curve[f"{name}_percent"])
        ours = np.array([100.0 * plateau_N(model, r) / top[name] for r in curve["rate_hz"]])
        worst = int(np.abs(ours - said).argmax())
        title = f"force-frequency curve, {name}, worst of {len(said)} rates ({curve['rate_hz'][worst]:g} Hz)"
        yield apart(title, curve, float(said[worst]), float(ours[worst]), curve["band_percent"], unit="%")


def _worst(title: str, p: Row, said: Iterable[float], ours: np.ndarray) -> RowDict:
    expected = np.array(list(said))
    worst = int(np.abs(ours - expected).argmax())
    return apart(title, p, float(expected[worst]), float(ours[worst]), p["band"], unit="")


def _recruitment() -> Iterator[RowDict]:
    width, current = row("published_muscle.width_recruitment"), row("published_muscle.current_recruitment")
    by_width, by_current = ding2007(), hmed2018()
    ours = by_width.recruited_share(np.array(width["width_us"]))
    yield _worst("recruitment over pulse width, worst of 8", width, width["share"], ours)
    ours = by_current.recruited_share(np.array(current["amplitude_mA"]))
    yield _worst("recruitment over current, worst of 7", current, current["share"], ours)
    yield near("current below which nothing is recruited", current, current["zero_mA"], by_current.zero_mA,
               unit="mA", tolerance=1e-3)  # fmt: skip
    below = [by_current.recruited_share(np.array([0.0, 10.0, 16.0])), by_width.recruited_share(np.array([50.0, 131.4]))]
    yield saying("recruitment below threshold", current, "none", "none" if not np.concatenate(below).any() else "some")
    wide = row("published_muscle.wide_pulses")
    at = {w: contract(by_width, steady_pulses(rate_hz=50.0, on_s=2.0, width_us=w)).peak_N for w in (200.0, 1000.0)}
    order = "1 ms above 0.2 ms" if at[1000.0] > at[200.0] else "1 ms not above 0.2 ms"
    yield saying("highest force, wide against narrow pulses", wide, wide["order"], order, kind="order")


def _length() -> Iterator[RowDict]:
    hill, angle, fit = (row(f"published_muscle.{k}") for k in ("hill_curves", "angle_peak", "marion_fit"))
    yield _worst("active force over length, worst of 6", hill, hill["length_share"],
                 length_factor(hill["length_relative"]))  # fmt: skip
    yield _worst("force over velocity, worst of 6", hill, hill["velocity_share"],
                 velocity_factor(hill["velocity_relative"]))  # fmt: skip
    yield _worst("passive force over length, worst of 4", hill, hill["passive_share"],
                 passive_factor(hill["passive_length_relative"]))  # fmt: skip
    yield from _opensim()
    knee = marion2009()
    degrees = np.arange(0.0, 120.0, 0.1)
    gain = knee.angle_gain(degrees)
    yield near("knee angle of the greatest force", angle, angle["angle_deg"], float(degrees[gain.argmax()]), unit="deg")
    yield near("force there over that at 90 degrees", angle, angle["gain_ratio"], float(gain.max()), unit="")
    said = f"{fit['lowest_percent']:g}–{fit['highest_percent']:g}"
    yield aside("variance of knee angle explained, Marion 2013", fit, said, None, unit="%",
                note="The recordings it was fitted to are not public; the equations of force are built.")  # fmt: skip


def _opensim() -> Iterator[RowDict]:
    p, held = row("published_muscle.opensim_curves"), row("published_muscle.opensim_held")
    yield _worst("OpenSim, active force over length, worst of 11", p, p["length_share"],
                 length_factor(p["length_relative"]))  # fmt: skip
    yield _worst("OpenSim, tendon force over stretch, worst of 6", p, p["tendon_share"],
                 tendon_factor(p["tendon_strain"]))  # fmt: skip
    ours, speed = velocity_factor(p["velocity_relative"]), np.array(p["velocity_relative"])
    worst = int(np.abs(ours - p["velocity_share"]).argmax())
    title = f"OpenSim, force over velocity, worst of 7 ({speed[worst]:g})"
    yield aside(title, p, p["velocity_share"][worst],
                float(ours[worst]), note="OpenSim moves two of the four constants so that the curve meets 0 and 1;"
                " with those the same formula gives its figures to 1e-4.")  # fmt: skip
    for share, key in zip(held["active_share"], ("full_N", "part_N"), strict=True):
        path, slack = np.array(held["path_m"]) / held["optimal_m"], held["slack_m"] / held["optimal_m"]
        force = held["strongest_N"] * stretched_factor(path, slack, share)
        at = int(np.abs(force - held[key]).argmax())
        yield apart(f"OpenSim, muscle with a tendon, {100 * share:g} % active, worst of {len(path)} lengths", held,
                    held[key][at], float(force[at]), held["band_share"] * held["strongest_N"], unit="N")  # fmt: skip


COMPARISON = Comparison(name="muscle", about="force and fatigue of stimulated muscle", run=_run)
