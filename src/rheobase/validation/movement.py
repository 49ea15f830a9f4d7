"""Limbs moved by stimulated muscles, and their control."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache

import numpy as np

from rheobase.control import (
    Channel,
    Pid,
    RecruitmentCurve,
    Walk,
    Walked,
    crank_windows,
    learn_inverse,
    learn_proportional,
    pedal,
    recruited,
    tilt_trigger,
    walk,
)
from rheobase.effect import Limb, cuff_recruitment, ding2003, make_limb
from rheobase.errors import MissingExtra
from rheobase.pulse import biphasic
from rheobase.tables import row
from rheobase.validation._rows import (
    Comparison,
    Progress,
    RowDict,
    apart,
    aside,
    at_most,
    inside,
    near,
    not_built,
    saying,
)

_MOST_CYCLES = 300


def _run(tell: Progress) -> list[RowDict]:
    parts: tuple[Callable[[], Iterable[RowDict]], ...] = (
        _arms,
        _other_arms,
        _in_vivo,
        _learning,
        _riding,
        _walking,
        _swinging,
        _cuff,
    )
    rows: list[RowDict] = []
    try:
        make_limb("seated_knee")
    except MissingExtra as missing:
        p = row("published_movement.bypass")
        return [not_built("movement", p, p["error_N"], unit="N", note=str(missing)), *_learning(), *_cuff()]
    for done, part in enumerate(parts):
        rows += part()
        tell((done + 1) / len(parts))
    return rows


def _arms() -> Iterator[RowDict]:
    bypass = row("published_movement.bypass")
    yield apart("force of a bypassed muscle less its command, worst", bypass, bypass["error_N"], _bypass_error_N(),
                bypass["band_N"], unit="N")  # fmt: skip
    for name, group, table in (
        ("seated_knee", "quadriceps", "knee_arms"),
        ("seated_ankle", "dorsiflexors", "ankle_arms"),
        ("wrist", "wrist_extensors", "wrist_arms"),
    ):
        p = row(f"published_movement.{table}")
        ours = make_limb(name).arms_cm(group, np.array(p["angle_deg"]))
        for key in [k for k in p if k.endswith("_cm")]:
            muscle, said = key.removesuffix("_cm"), np.array(p[key])
            worst = int(np.argmax(np.abs(ours[muscle] / said - 1)))
            title = f"moment arm of {muscle.removesuffix('_r')}, worst of {len(said)} angles"
            known = float(said[worst])
            yield apart(title, p, known, float(ours[muscle][worst]), p["tolerance"] * abs(known), unit="cm",
                        shown=f"±{100 * p['tolerance']:g} %")  # fmt: skip


def _other_arms() -> Iterator[RowDict]:
    p = row("published_movement.opensim_arms")
    for name, group, joint in (("seated_knee", "quadriceps", "knee"), ("seated_ankle", "dorsiflexors", "ankle")):
        angles = np.array(p[f"{joint}_deg"])
        for muscle, arms in make_limb(name).arms_cm(group, angles).items():
            if f"{muscle}_cm" in p:
                theirs, ours = (
                    ", ".join(f"{a:.1f}" for a in p[f"{muscle}_cm"]),
                    ", ".join(f"{abs(a):.1f}" for a in arms),
                )
                yield aside(f"OpenSim, arm of {muscle.removesuffix('_r')}, {angles[0]:g} to {angles[-1]:g} deg", p,
                            theirs, ours, unit="cm")  # fmt: skip


def _bypass_error_N() -> float:
    from rheobase.effect.movement._spec import WHAT
    from rheobase.extras import need

    mujoco, limb = need("mujoco", WHAT), make_limb("seated_knee")
    data, worst = mujoco.MjData(limb.model_), 0.0
    data.qpos[:] = limb.pose_
    for muscles in limb.groups.values():
        mujoco.mj_forward(limb.model_, data)
        passive = data.actuator_force[muscles.actuators].copy()
        data.ctrl[muscles.actuators] = 500.0
        mujoco.mj_forward(limb.model_, data)
        worst = max(worst, float(np.abs(data.actuator_force[muscles.actuators] - passive + 500.0).max()))
        data.ctrl[:] = 0.0
    return worst


def _in_vivo() -> Iterator[RowDict]:
    knee, ankle = make_limb("seated_knee"), make_limb("seated_ankle")
    p = row("published_movement.patellar_in_vivo")
    for angle, said, sd in zip(p["angle_deg"], p["arm_mm"], p["sd_mm"], strict=True):
        yield apart(f"quadriceps arm in people, {angle:g} deg", p, said, _mean_arm_mm(knee, "quadriceps", angle),
                    2 * sd, unit="mm", shown="±2 SD")  # fmt: skip
    p = row("published_movement.tibialis_in_vivo")
    ours = [abs(float(ankle.arms_cm("dorsiflexors", np.array([a]))["tibant_r"][0])) * 10 for a in (-28.0, 18.0)]
    yield inside("tibialis anterior arm in people, -28 and 18 deg", p, p["plantarflexed_mm"], p["dorsiflexed_mm"], ours,
                 unit="mm")  # fmt: skip
    p = row("published_movement.ankle_best")
    group = ankle.group("dorsiflexors")
    best = float(group.angle_deg[group.torque_Nm.argmax()])
    stretched = float(group.angle_deg[group.stretched_Nm().argmax()])
    yield apart("ankle angle of the greatest dorsiflexion torque", p, p["angle_deg"], best, p["band_deg"], unit="deg",
                note="The MuJoCo leg leaves out the stretch of tendons, 4.9 % in OpenSim's legs. Put back, the same"
                f" muscles are best at {stretched:.0f} degrees: most of the gap; the rest is open.")  # fmt: skip
    note = "Shown beside the row above: the limbs move with the leg as its MuJoCo version has it."
    yield aside("the same, tendons stretching by up to 4.9 %", p, p["angle_deg"], stretched, unit="deg", note=note)


def _mean_arm_mm(limb: Limb, group: str, angle_deg: float) -> float:
    arms = limb.arms_cm(group, np.array([angle_deg]))
    strong = limb.group(group).strongest_N
    return 10 * float(np.average([abs(a[0]) for a in arms.values()], weights=strong))


def _learning() -> Iterator[RowDict]:
    p = row("published_movement.learning")
    t = np.arange(100) * 0.01
    answer = np.where(t >= 0.05, np.exp(-(t - 0.05) / 0.1) * (t - 0.05), 0.0)
    answer *= 40.0 / answer.sum()
    aim = 15.0 - 10.0 * np.cos(2 * np.pi * t)

    def cycles(learn: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> int:
        level = np.full(100, 0.2)
        for cycle in range(_MOST_CYCLES):
            error = aim - np.fft.irfft(np.fft.rfft(level) * np.fft.rfft(answer), 100)
            if np.sqrt(np.mean(error**2)) < 0.05:
                return cycle
            level = learn(level, error)
        return _MOST_CYCLES

    few = cycles(lambda u, e: learn_inverse(u, e, answer))
    many = cycles(lambda u, e: learn_proportional(u, e, gain_per_deg=0.003, ahead=15))
    note = f"Published: {p['right_model_cycles']} and about {p['proportional_cycles']}, on another joint."
    yield at_most("learning with the right model: cycles", p, p["right_model_most"], few, unit="1", note=note)
    yield saying("proportional learning: cycles", p, f"> {p['proportional_least']}",
                 f"> {p['proportional_least']}" if many > p["proportional_least"] else f"{many}", kind="order",
                 note=f"Ours: {many}. {note}")  # fmt: skip


def _riding() -> Iterator[RowDict]:
    p, bike = row("control.cycling_measured"), make_limb("cycling")
    muscle = recruited(ding2003(), _curve(1.0))
    channels = {g: Channel(muscle, rate_hz=40.0, width_us=300.0) for g in bike.groups}
    ride = pedal(bike, channels, crank_windows(bike, channels, aim_rpm=40.0), aim_rpm=40.0, duration_s=15.0)
    most = p["error_rpm"] + p["error_sd_rpm"]
    yield at_most("error of the cadence at 40 a minute", p, most, ride.rms_rpm, unit="rpm",
                  note="Root mean square over the second half of 15 s.")  # fmt: skip
    low_W, high_W = p["power_W"]
    yield inside("power on the ergometer", p, low_W, high_W, [ride.power_W], unit="W")


def _curve(top_share: float) -> RecruitmentCurve:
    """Any curve does: levels are shares of the force."""
    return RecruitmentCurve(stimulus=np.array([10.0, 50.0]), share=np.array([0.0, top_share]), unit="mA")


@cache
def _walks() -> tuple[Walked, Walked]:
    limb, plan = make_limb("swing_leg"), _plan()
    return walk(limb, None, plan), walk(limb, _channel(1.0), plan)


def _plan() -> Walk:
    return Walk(
        stride_s=1.4, strides=8, trigger=tilt_trigger(), signal="tilt", level=0.3, rise_s=0.2, learning_per_deg=0.02,
    )  # fmt: skip


def _channel(needs_factor: float) -> Channel:
    """Both muscles; each needs so many times the stimulus that the stimulator knows of."""
    share, known = row("peroneal.evertors")["share"], _curve(1.0)
    curves = {g: _curve(top) for g, top in (("dorsiflexors", 1.0), ("evertors", share))}
    muscles = {g: recruited(ding2003(), replace(c, stimulus=needs_factor * c.stimulus)) for g, c in curves.items()}
    return Channel(muscles, rate_hz=40.0, width_us=300.0, known=known)


def _walking() -> Iterator[RowDict]:
    p = row("published_movement.adaptive_dropfoot")
    without, with_ = _walks()
    up = float(with_.at_contact_deg[-1] - without.at_contact_deg[-1])
    turn = float(with_.inversion_deg[-1] - without.inversion_deg[-1])
    note = "Their people could still lift the foot in part; ours cannot at all, so there is more to gain."
    yield aside("dorsiflexion gained at heel strike", p, p["dorsiflexion_deg"], round(up, 1), unit="deg", note=note)
    yield saying("dorsiflexion at heel strike, with stimulation", p, "more", "more" if up > 0 else "less")
    yield apart("inversion changed at heel strike", p, p["inversion_deg"], turn, 0.5 * abs(p["inversion_deg"]),
                unit="deg", shown="±50 %",
                note="The share of the evertors is set so that the foot comes up straight.")  # fmt: skip


def _swinging() -> Iterator[RowDict]:
    """Toes over the ground, and what a loop inside the stride is good for when the muscle answers less than thought."""
    p = row("published_movement.toe_clearance")
    without, with_ = _walks()
    low_mm = f"{without.clearance_mm[-1]:.0f} mm without stimulation"
    note = f"{low_mm}. Hip and knee take the lower ends of a poster's ranges, the pelvis stays level: compare the two."
    yield aside("toes over the ground at mid-swing", p, p["clearance_mm"], float(with_.clearance_mm[-1]), unit="mm",
                note=note)  # fmt: skip
    lift = float((with_.clearance_mm - without.clearance_mm[-1])[-1])
    turn = float(np.deg2rad(with_.ankle_deg - without.ankle_deg[-1])[-1, with_.mid_swing])
    yield near("toes lifted by each radian of the ankle at mid-swing", p, p["ankle_mm_per_rad"], lift / turn, unit="mm")
    feedback = row("control.walking_feedback")
    law = Pid(**{k: feedback[k] for k in ("proportional_per_deg", "integral_per_deg_s", "derivative_s_per_deg")})
    plan = replace(_plan(), strides=8, level=feedback["pre_swing_level"], holding=True, learning_per_deg=0.0)
    more = 1.0 + feedback["needs_percent"] / 100.0
    errors = {
        name: walk(make_limb("swing_leg"), _channel(more), p).swing_error_deg
        for name, p in (
            ("open", plan), ("feedback", replace(plan, feedback=law)),
            ("both", replace(plan, feedback=law, learning_per_deg=0.01)),
        )
    }  # fmt: skip
    shown = ", ".join(f"{n} {e[0]:.1f} to {e[-1]:.1f}" for n, e in errors.items())
    order = "both < feedback < open" if errors["both"][-1] < errors["feedback"][-1] < errors["open"][-1] else shown
    yield saying("error in swing, 15 % more current needed than thought", feedback, "both < feedback < open", order,
                 kind="order", note=f"Degrees r.m.s., first to eighth stride: {shown}.")  # fmt: skip


def _cuff() -> Iterator[RowDict]:
    p = row("peroneal.implanted_measured")
    curve = cuff_recruitment(biphasic(width_us=p["width_us"])).curve
    said = f"{p['tibialis_right_mA']:g}–{p['tibialis_left_mA']:g}"
    yield aside("amplitude of a tenth to half of the strength, cuff", p, said,
                f"{curve.stimulus_for(0.1):.2g}–{curve.stimulus_for(0.5):.2g}", unit="mA",
                note="Measured: motor thresholds of one person. Ours: points in an infinite nerve.")  # fmt: skip


COMPARISON = Comparison(name="movement", about="limbs moved by stimulated muscles, and their control", run=_run)
