"""The constants that the force models after Ding and Wexler share, and the run of all of them."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.effect.muscle.model import ForceModel, Motion, MuscleState
from rheobase.effect.muscle.pulses import Pulses
from rheobase.errors import ParameterError
from rheobase.kernel import contract as kernel_contract
from rheobase.tables import Row

Array = NDArray[np.floating[Any]]
_ONE, _ZERO = np.ones(1), np.zeros(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class HillHuxley:
    """The constants of drive, force and fatigue.

    ::

        C' = (sum of lambda R exp(-(t - t_i)/tau_c) - C) / tau_c        x = C / (Km + C)
        F' = A x - F / (tau1 + tau2 x)                                  R = 1 + (R0 - 1) exp(-(gap)/tau_c)
        X' = (X_rest - X) / tau_fat + a_X F                             for X = A, tau1, Km

    Parameters
    ----------
    a_rest_N_per_s : float
        Scale of the force, rested, above 0.
    tau1_rest_s, tau2_s, tau_c_s : float
        Time constants: relaxation without and with bound bridges, drive; above 0.
    k_m_rest : float
        Drive at which half of the bridges are bound, above 0.
    r0_factor : float
        R0 less Km: how much stronger the drive of a pulse is right after another.
    tau_fatigue_s : float
        Time constant of recovery, above 0.
    a_fatigue_N_per_s_per_N_s, tau1_fatigue_s_per_N_s, k_m_fatigue_per_N_s : float
        Change of A, tau1 and Km for each newton-second of force; 0 without fatigue.
    tau1_fatigue_s_per_N_deg : float
        Further change of tau1 for each newton and degree of joint motion.
    r0_follows : bool
        Whether R0 rises with a tiring Km.

    Raises
    ------
    ParameterError
        If a constant is outside its range.

    Examples
    --------
    >>> from rheobase.effect import ding2003
    >>> ding2003().muscle.tau_c_s
    0.02
    """

    a_rest_N_per_s: float
    tau1_rest_s: float
    tau2_s: float
    tau_c_s: float
    k_m_rest: float
    r0_factor: float
    tau_fatigue_s: float
    a_fatigue_N_per_s_per_N_s: float = 0.0
    tau1_fatigue_s_per_N_s: float = 0.0
    k_m_fatigue_per_N_s: float = 0.0
    tau1_fatigue_s_per_N_deg: float = 0.0
    r0_follows: bool = True

    def __post_init__(self) -> None:
        for name, unit in (("a_rest_N_per_s", " N/s"), ("tau1_rest_s", " s"), ("tau2_s", " s"), ("tau_c_s", " s"),
                           ("k_m_rest", ""), ("tau_fatigue_s", " s")):  # fmt: skip
            value = getattr(self, name)
            if not 0 < value < math.inf:
                raise ParameterError(f"{name} is {value}{unit}; a muscle's own constant must be finite and above 0.")

    @property
    def rested(self) -> bool:
        """Whether fatigue is left out."""
        return not any((self.a_fatigue_N_per_s_per_N_s, self.tau1_fatigue_s_per_N_s, self.k_m_fatigue_per_N_s))


def from_rows(force: Row, fatigue: Row, *, tired: bool = True) -> HillHuxley:
    """Constants from two table rows, in SI units; without fatigue if not `tired`.

    Parameters
    ----------
    force, fatigue : Row
        Rows of the table of muscle.
    tired : bool
        Whether the muscle tires.

    Examples
    --------
    >>> from rheobase.tables import row
    >>> from_rows(row("muscle.ding2003"), row("muscle.ding2003_fatigue")).tau_fatigue_s
    127.0
    """
    loss = {k: v for k, v in fatigue.items() if k.startswith(("a_", "tau1_", "k_m_"))} if tired else {}
    own = ("a_rest_N_per_s", "tau1_rest_s", "tau2_s", "tau_c_s", "k_m_rest", "r0_factor")
    return HillHuxley(**{k: force[k] for k in own}, tau_fatigue_s=fatigue["tau_fatigue_s"], **loss)


def scaled(
    muscle: HillHuxley, *, force_factor: float = 1.0, time_factor: float = 1.0, fatigue_factor: float = 1.0
) -> HillHuxley:
    """A muscle like another, but stronger, slower or tiring faster.

    A part of a muscle has `force_factor` below 1 and tires, for its size, as the whole does: so parts driven apart, as
    by several small pads in turn, are muscles of their own.

    Parameters
    ----------
    muscle : HillHuxley
        The muscle.
    force_factor, time_factor : float
        Its force, and all its times but that of recovery, are multiplied by these; above 0.
    fatigue_factor : float
        How much faster it tires, 0 or above.

    Raises
    ------
    ParameterError
        If a factor is outside its range.

    Examples
    --------
    >>> from rheobase.effect import ding2003
    >>> scaled(ding2003().muscle, force_factor=0.25).a_rest_N_per_s
    752.25
    """
    if not (force_factor > 0 and time_factor > 0 and fatigue_factor >= 0):
        raise ParameterError(
            f"force_factor is {force_factor}, time_factor {time_factor}, fatigue_factor {fatigue_factor}; the first two"
            " must be above 0, the last 0 or above."
        )
    m = muscle
    return replace(
        m,
        a_rest_N_per_s=m.a_rest_N_per_s * force_factor / time_factor,
        tau1_rest_s=m.tau1_rest_s * time_factor,
        tau2_s=m.tau2_s * time_factor,
        tau_c_s=m.tau_c_s * time_factor,
        a_fatigue_N_per_s_per_N_s=m.a_fatigue_N_per_s_per_N_s * fatigue_factor / time_factor,
        tau1_fatigue_s_per_N_s=m.tau1_fatigue_s_per_N_s * fatigue_factor * time_factor / force_factor,
        k_m_fatigue_per_N_s=m.k_m_fatigue_per_N_s * fatigue_factor / force_factor,
        tau1_fatigue_s_per_N_deg=m.tau1_fatigue_s_per_N_deg * fatigue_factor * time_factor / force_factor,
    )


def rest_of(muscle: HillHuxley) -> MuscleState:
    """The rested state.

    Examples
    --------
    >>> from rheobase.effect import ding2003
    >>> rest_of(ding2003().muscle).force_N
    0.0
    """
    start = [0.0, 0.0, 0.0, math.inf, muscle.a_rest_N_per_s, muscle.tau1_rest_s, muscle.k_m_rest, 1.0]
    return MuscleState(force_N=0.0, capacity_share=1.0, values_=np.array(start))


def run_hill_huxley(
    muscle: HillHuxley,
    state: MuscleState,
    dt_s: float,
    steps: int,
    *,
    time_s: Array,
    drive_gain: Array,
    force_gain: Array,
    angle_gain: Array = _ONE,
    stretch_N_per_s: Array = _ZERO,
    velocity_deg_per_s: Array = _ZERO,
) -> tuple[Array, Array, MuscleState]:
    """Run any model of the family on from a state.

    Parameters
    ----------
    muscle : HillHuxley
        Its constants.
    state : MuscleState
        Where it is.
    dt_s : float
        Step.
    steps : int
        How many.
    time_s, drive_gain, force_gain : array
        Pulses that excite anything: onsets, factor on the drive, factor on A until the next pulse.
    angle_gain, stretch_N_per_s, velocity_deg_per_s : array
        Factor on A, added force rate and joint velocity, one or one for each step.

    Returns
    -------
    force_N, capacity_share, state
        At the end of each step, and the last state.

    Examples
    --------
    >>> from rheobase.effect import ding2003
    >>> muscle = ding2003().muscle
    >>> none = np.zeros(0)
    >>> run_hill_huxley(muscle, rest_of(muscle), 0.001, 3, time_s=none, drive_gain=none, force_gain=none)[0].tolist()
    [0.0, 0.0, 0.0]
    """
    m = muscle
    constants = np.array(
        [m.tau_c_s, m.tau2_s, m.r0_factor, float(m.r0_follows), m.a_rest_N_per_s, m.tau1_rest_s, m.k_m_rest,
         m.tau_fatigue_s, m.a_fatigue_N_per_s_per_N_s, m.tau1_fatigue_s_per_N_s, m.k_m_fatigue_per_N_s,
         0.0, m.tau1_fatigue_s_per_N_deg, 0.0]
    )  # fmt: skip
    values, force, capacity = state.values_.copy(), np.empty(steps), np.empty(steps)
    kernel_contract(values, constants, time_s, drive_gain, force_gain, dt_s, angle_gain, stretch_N_per_s,
                    velocity_deg_per_s, force, capacity)  # fmt: skip
    end = MuscleState(force_N=float(values[0]), capacity_share=float(values[4] / m.a_rest_N_per_s), values_=values)
    return force, capacity, end


class RecruitedByPulse(ForceModel):
    """A model of the family whose pulses each recruit a share of the muscle; a pulse of no share excites nothing.

    ``on`` says what the share multiplies: ``"force"`` (A until the next pulse) or ``"drive"``.
    """

    __slots__ = ()
    muscle: HillHuxley
    on: str = "force"

    @abstractmethod
    def pulse_share(self, pulses: Pulses) -> Array:
        """Share of the muscle that each pulse recruits."""

    def rest(self) -> MuscleState:
        """The rested muscle."""
        return rest_of(self.muscle)

    def run(
        self, state: MuscleState, pulses: Pulses, dt_s: float, steps: int, motion: Motion | None
    ) -> tuple[Array, Array, MuscleState]:
        """Run on from a state."""
        share = self.pulse_share(pulses)
        fires = share > 0
        gain, full = share[fires], np.ones(int(fires.sum()))
        drive, force = (full, gain) if self.on == "force" else (gain, full)
        return run_hill_huxley(
            self.muscle, state, dt_s, steps, time_s=pulses.time_s[fires], drive_gain=drive, force_gain=force
        )
