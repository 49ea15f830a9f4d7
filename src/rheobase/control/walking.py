"""Walking with a foot that drops: stimulate in swing, see what the ankle did, do better in the next stride."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rheobase.control.channel import Channel
from rheobase.control.learning import learn_proportional
from rheobase.control.pid import Pid, PidState, Watch
from rheobase.control.trigger import Trigger, ramped
from rheobase.effect import Limb, Movement, Mover, Recorder, gait_at, holding_share, toe_tip_mm
from rheobase.errors import ParameterError, Unstable
from rheobase.tables import row

Array = NDArray[np.float64]
_GAIT = "movement.normal_gait"


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """How someone walks and is stimulated.

    Parameters
    ----------
    stride_s : float
        Time of one stride, above 0.
    strides : int
        How many, 1 or more.
    trigger : Trigger
        When to stimulate.
    signal : str
        ``"tilt"`` (shank behind the vertical, degrees) or ``"heel"`` (1 while the heel is up).
    level : float
        Level of the first stride while the trigger is on, 0 to 1; 0 walks without stimulation.
    holding : bool
        Whether the first stride takes in swing, in place of `level`, what holds the aim against gravity and passive
        tissue, computed beforehand.
    rise_s, fall_s : float
        Ramps of the level, 0 or above.
    aim_above_normal_deg : float
        How much more than the normal ankle is wanted in swing.
    learning_per_deg : float
        Level for each degree of error from stride to stride; 0 leaves the level as it is.
    tick_s : float
        Time between two decisions.
    feedback : Pid, optional
        Corrects the level in swing by the angle of the ankle, on top of what is known beforehand; None leaves it open.

    Raises
    ------
    ParameterError
        If a value is outside its range.

    Examples
    --------
    >>> from rheobase.control import tilt_trigger
    >>> Walk(stride_s=1.4, strides=3, trigger=tilt_trigger(), signal="tilt", level=0.5).ticks
    70
    """

    stride_s: float
    strides: int
    trigger: Trigger
    signal: str
    level: float
    holding: bool = False
    rise_s: float = 0.1
    fall_s: float = 0.1
    aim_above_normal_deg: float = 0.0
    learning_per_deg: float = 0.0
    tick_s: float = 0.02
    feedback: Pid | None = None

    def __post_init__(self) -> None:
        if not (self.stride_s > 0 and self.strides >= 1 and self.tick_s > 0 and self.learning_per_deg >= 0):
            raise ParameterError(
                f"stride_s is {self.stride_s} s, strides {self.strides}, tick_s {self.tick_s} s and learning_per_deg"
                f" {self.learning_per_deg}; times must be above 0, strides 1 or more, learning 0 or above."
            )
        if not 0 <= self.level <= 1:
            raise ParameterError(f"level is {self.level}; it must lie within 0 to 1.")
        if self.signal not in ("tilt", "heel"):
            raise ParameterError(f"signal is '{self.signal}'; a trigger listens to 'tilt' or to 'heel'.")

    @property
    def ticks(self) -> int:
        """Decisions in one stride."""
        return round(self.stride_s / self.tick_s)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Walked:
    """What came of it, stride by stride; arrays of ticks have the shape (stride, tick).

    Parameters
    ----------
    movement : Movement
        The whole walk.
    ankle_deg, subtalar_deg, toe_mm : array
        Dorsiflexion, inversion (positive) and height of the tip of the toes over the stride.
    aim_deg : array
        Dorsiflexion wanted, over one stride.
    level, stimulus : array
        Level asked for, and what the stimulator gave (0 where nothing).
    on : array of bool
        Whether the trigger was on.
    capacity_share : array
        What fatigue has left, after each stride.
    pulses : array of int
        Pulses of each stride.
    stimulus_sum : array
        Stimuli of all pulses of each stride, added up; times the width of a phase it is the charge given.

    Examples
    --------
    >>> from rheobase.control import tilt_trigger, walk
    >>> from rheobase.effect import make_limb
    >>> limp = Walk(stride_s=1.4, strides=1, trigger=tilt_trigger(), signal="tilt", level=0.0)
    >>> bool(walk(make_limb("swing_leg"), None, limp).at_contact_deg[0] < -8.0)
    True
    """

    movement: Movement
    ankle_deg: Array
    subtalar_deg: Array
    toe_mm: Array
    aim_deg: Array
    level: Array
    stimulus: Array
    on: NDArray[np.bool_]
    capacity_share: Array
    pulses: NDArray[np.int64]
    stimulus_sum: Array

    @property
    def mid_swing(self) -> int:
        """The tick at which the toes of people come closest to the ground."""
        ticks = self.ankle_deg.shape[1]
        off, part = row(_GAIT)["toe_off_percent"], row("movement.mid_swing")["swing_percent"]
        return min(round((off + (100.0 - off) * part / 100.0) / 100.0 * ticks), ticks) - 1

    @property
    def mid_swing_error_deg(self) -> Array:
        """Aim less angle at mid-swing, of each stride."""
        return (self.aim_deg - self.ankle_deg)[:, self.mid_swing]

    @property
    def clearance_mm(self) -> Array:
        """Height of the toes over the ground at mid-swing, of each stride.

        The ground is where the toes of the other foot stand at that moment: those of this one half a stride earlier.
        """
        other = self.mid_swing - self.toe_mm.shape[1] // 2
        return self.toe_mm[:, self.mid_swing] - self.toe_mm[:, other]

    @property
    def at_contact_deg(self) -> Array:
        """Dorsiflexion just before the next heel strike, of each stride."""
        return self.ankle_deg[:, -1]

    @property
    def inversion_deg(self) -> Array:
        """Inversion just before the next heel strike, of each stride."""
        return self.subtalar_deg[:, -1]

    @property
    def swing_error_deg(self) -> Array:
        """Root mean square of aim less angle in swing, of each stride."""
        swing = _swing(self.ankle_deg.shape[1])
        return np.sqrt(np.mean((self.aim_deg - self.ankle_deg)[:, swing] ** 2, axis=1))


def walk(limb: Limb, channel: Channel | None, plan: Walk, *, progress: Callable[[float], None] | None = None) -> Walked:
    """Walk along a normal gait at hip and knee, the foot on the ground in stance and free in swing.

    Parameters
    ----------
    limb : Limb
        The fixture ``swing_leg``.
    channel : Channel or None
        The stimulator and the muscles it reaches, by group; None walks without.
    plan : Walk
        Gait, trigger and learning.
    progress : callable, optional
        Is told the share done.

    Returns
    -------
    Walked

    Raises
    ------
    Unstable
        If the limb runs away.
    ParameterError
        If the tick is no multiple of the limb's step.

    Examples
    --------
    >>> from rheobase.control import Channel, RecruitmentCurve, recruited, tilt_trigger
    >>> from rheobase.effect import ding2003, make_limb
    >>> muscle = recruited(ding2003(), RecruitmentCurve(stimulus=[10.0, 40.0], share=[0.0, 1.0], unit="mA"))
    >>> channel = Channel({"dorsiflexors": muscle}, rate_hz=40.0, width_us=300.0)
    >>> plan = Walk(stride_s=1.4, strides=2, trigger=tilt_trigger(), signal="tilt", level=0.6)
    >>> bool(walk(make_limb("swing_leg"), channel, plan).at_contact_deg[0] > 0.0)
    True
    """
    per_tick = round(plan.tick_s / limb.step_s)
    if per_tick < 1 or abs(per_tick * limb.step_s - plan.tick_s) > 1e-9:
        raise ParameterError(f"tick_s is {plan.tick_s} s; take a multiple of the limb's step of {limb.step_s} s.")
    legs = _Legs(limb, channel, plan, per_tick)
    profile = _first_profile(limb, plan, legs.aim)
    swing, errors = _swing(plan.ticks), []
    for k in range(plan.strides):
        ankle, on = legs.stride(k, profile)
        errors.append(float(np.sqrt(np.mean((legs.aim - ankle)[swing] ** 2))))
        if plan.learning_per_deg > 0:
            _check_growth(errors, plan)
            profile = _next_profile(profile, legs.aim - ankle, on, plan)
        if progress:
            progress((k + 1) / plan.strides)
    return legs.walked()


def _first_profile(limb: Limb, plan: Walk, aim_deg: Array) -> Array:
    """The level known beforehand: the same all along, or in swing what holds the aim of a twitch later."""
    profile = np.full(plan.ticks, plan.level)
    if not plan.holding:
        return profile
    gait = gait_at((np.arange(plan.ticks) + 0.5) / plan.ticks)
    ahead = round(row("control.walking")["muscle_delay_s"] / plan.tick_s)
    for i in np.flatnonzero(_swing(plan.ticks)):
        at = min(i + ahead, plan.ticks - 1)
        others = {"hip_flexion_r": float(gait.hip_deg[at]), "knee_angle_r": float(gait.knee_deg[at])}
        profile[i] = min(holding_share(limb, "dorsiflexors", float(aim_deg[at]), others), 1.0)
    return profile


def _check_growth(errors_deg: list[float], plan: Walk) -> None:
    limits = row("control.swing_watch")
    most = max(limits["grows_factor"] * errors_deg[0], limits["least_error_deg"])
    if errors_deg[-1] > most:
        raise Unstable(
            f"Learning makes it worse: the error in swing grew from {errors_deg[0]:.1f} to {errors_deg[-1]:.1f} deg in"
            f" {len(errors_deg)} strides; the stimulation was stopped. It learns {plan.learning_per_deg:g} per deg."
            " Halve that."
        )


def _next_profile(profile: Array, error_deg: Array, on: Array, plan: Walk) -> Array:
    """Learn from the swing alone; what happens while the foot stands tells nothing about the level."""
    numbers = row("control.walking")
    swing = _swing(len(profile))
    # After toe-off the foot is still on its way up: the first part of swing cannot be put right by more stimulation.
    swing &= np.arange(len(profile)) >= numbers["learns_from_percent"] / 100.0 * len(profile)
    ahead = round(numbers["muscle_delay_s"] / plan.tick_s)
    told = np.where(swing, error_deg, 0.0)
    # The last levels of a stride act after its end, where the foot stands: they answer for the error at contact.
    told[:ahead] = error_deg[-1]
    learned = learn_proportional(
        profile, told, gain_per_deg=plan.learning_per_deg, ahead=ahead,
        smooth=round(numbers["smooth_s"] / plan.tick_s),
    )  # fmt: skip
    return np.where(on, learned, profile)


def _swing(ticks: int) -> NDArray[np.bool_]:
    return np.arange(ticks) >= row(_GAIT)["toe_off_percent"] / 100.0 * ticks


class _Legs:
    """One walk on its way."""

    def __init__(self, limb: Limb, channel: Channel | None, plan: Walk, per_tick: int) -> None:
        self.limb, self.channel, self.plan, self.per_tick = limb, channel, plan, per_tick
        self.mover = Mover(limb)
        self.recorder = Recorder(self.mover)
        phases = (np.arange(plan.ticks) + 0.5) / plan.ticks
        self.aim = gait_at(phases).ankle_deg + plan.aim_above_normal_deg
        fine = np.arange(plan.ticks * per_tick) / (plan.ticks * per_tick)
        # A led joint follows its constraint, which is critically damped, two of its time constants late.
        late_s = 2.0 * row("movement.solver")["limit_time_ms"] / 1000.0
        self.path = gait_at(fine + late_s / plan.stride_s)
        self.state, self.now = plan.trigger.start(), 0.0
        self.law: PidState | None = None
        limits = row("control.swing_watch")
        self.watch_s = plan.stride_s * (1.0 - row(_GAIT)["toe_off_percent"] / 100.0)
        self.watch, self.most_swings = (
            Watch(window_s=self.watch_s, swings=limits["swings_count"]),
            limits["swings_count"],
        )
        self.ahead = round(row("control.walking")["muscle_delay_s"] / plan.tick_s)
        self.swing = _swing(plan.ticks)
        self.tip = toe_tip_mm(limb)
        self.rows: list[list[tuple[float, ...]]] = []
        self.ends: list[tuple[float, int, float]] = []
        self.met = (0.0, 0.0)

    def stride(self, k: int, profile: Array) -> tuple[Array, Array]:
        gait, plan, seen = row(_GAIT), self.plan, []
        before, total = self.given, 0.0
        for i in range(plan.ticks):
            phase = i / plan.ticks
            self.state = plan.trigger.step(
                self.state, signal_level=self._signal(phase), time_s=(k * plan.ticks + i) * plan.tick_s
            )
            wanted = float(profile[i]) if self.state.on else 0.0
            self.now = ramped(self.now, wanted, plan.tick_s, rise_s=plan.rise_s, fall_s=plan.fall_s)
            level, so_far = self._corrected(i), self.given
            pull = self.channel.course(self.limb.step_s, self.per_tick, level=level) if self.channel else {}
            for j in range(self.per_tick):
                self.mover.step({g: p[j] for g, p in pull.items()}, self._led(i * self.per_tick + j, gait))
                self.recorder.note()
            stimulus = self.channel.stimulus if self.channel else 0.0
            total += stimulus * (self.given - so_far)
            ankle, subtalar = (self.mover.angle_deg(j) for j in ("ankle_angle_r", "subtalar_angle_r"))
            height = self.mover.height_mm("toes_r", self.tip)
            seen.append((ankle, subtalar, height, level, stimulus, float(self.state.on)))
        self.rows.append(seen)
        self.ends.append((self.channel.capacity_share if self.channel else 1.0, self.given - before, total))
        self.met = (seen[-1][0], seen[-1][1])
        return np.array([s[0] for s in seen]), np.array([s[5] > 0 for s in seen])

    def _new_watch(self) -> Watch:
        return Watch(window_s=self.plan.stride_s, swings=self.most_swings)

    def _corrected(self, i: int) -> float:
        """The level known beforehand, put right by the angle while the foot is in the air."""
        law = self.plan.feedback
        if law is None or not (self.swing[i] and self.state.on):
            self.law = None
            return self.now
        angle = self.mover.angle_deg("ankle_angle_r")
        last = law.start(angle_deg=angle) if self.law is None else self.law
        # What is decided now is felt a twitch later: it is judged by the aim of then.
        aim = float(self.aim[min(i + self.ahead, len(self.aim) - 1)])
        if self.law is None:
            self.watch = self._new_watch()
        self.law = law.step(last, aim_deg=aim, angle_deg=angle, dt_s=self.plan.tick_s, forward_level=self.now)
        if self.watch.runs_away(self.mover.time_s, self.law.level, law.least_level, law.most_level):
            raise Unstable(
                f"The loop swings between no and strong stimulation: more than {self.most_swings} time within one"
                f" swing of the leg, at {self.mover.time_s:.2f} s; the stimulation was stopped. The gains are"
                f" {law.proportional_per_deg:g} per deg, {law.integral_per_deg_s:g} per deg s and"
                f" {law.derivative_s_per_deg:g} s per deg. Halve them."
            )
        return self.law.level

    @property
    def given(self) -> int:
        return self.channel.pulses if self.channel else 0

    def _signal(self, phase: float) -> float:
        if self.plan.signal == "heel":
            return float(phase >= row(_GAIT)["heel_rise_percent"] / 100.0)
        return self.mover.angle_deg("knee_angle_r") - self.mover.angle_deg("hip_flexion_r")

    def _led(self, i: int, gait: Mapping[str, float]) -> dict[str, float]:
        phase = i / (self.plan.ticks * self.per_tick)
        led = {"hip_flexion_r": float(self.path.hip_deg[i]), "knee_angle_r": float(self.path.knee_deg[i])}
        if phase < gait["toe_off_percent"] / 100.0:
            # The foot comes down as it is and lies flat on the ground when loading is over.
            left = max(0.0, 1.0 - phase / (gait["contact_percent"] / 100.0))
            start = float(gait_at(0.0).ankle_deg)
            led["ankle_angle_r"] = float(self.path.ankle_deg[i]) + left * (self.met[0] - start)
            led["subtalar_angle_r"] = left * self.met[1]
        return led

    def walked(self) -> Walked:
        ankle, subtalar, toe, level, stimulus, on = np.moveaxis(np.array(self.rows), 2, 0)
        return Walked(
            movement=self.recorder.movement(), ankle_deg=ankle, subtalar_deg=subtalar, toe_mm=toe, aim_deg=self.aim,
            level=level, stimulus=stimulus, on=on > 0, capacity_share=np.array([e[0] for e in self.ends]),
            pulses=np.array([e[1] for e in self.ends]), stimulus_sum=np.array([e[2] for e in self.ends]),
        )  # fmt: skip
