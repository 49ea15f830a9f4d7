"""The best train of pulses: the force that is wanted, with the least fatigue; solved with CasADi and IPOPT."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rheobase.effect import Contraction, Ding2007, Pulses, contract
from rheobase.errors import ConvergenceError, ParameterError
from rheobase.extras import need

Array = NDArray[np.float64]
_PART_S = 0.002
_LEAST_OVER_US = 1.0
_ENOUGH = "Solve_Succeeded"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BestTrain:
    """A train that was found, and what the muscle does with it.

    Parameters
    ----------
    pulses : Pulses
        The train.
    contraction : Contraction
        The force of the model itself under this train, not the one inside the solver.
    loss_share : float
        Share of the rested strength that the train costs.
    iterations_count : int
        Steps of the solver.

    Examples
    --------
    >>> from rheobase.effect import ding2007
    >>> found = best_train(ding2007(), rate_hz=20.0, duration_s=0.5, end_N=100.0, same_width=True)
    >>> print(f"{found.pulses.width_us[0]:.0f} us, {found.contraction.force_N[-1]:.0f} N")
    314 us, 100 N
    """

    pulses: Pulses
    contraction: Contraction
    loss_share: float
    iterations_count: int


def best_train(
    model: Ding2007,
    *,
    rate_hz: float,
    duration_s: float,
    end_N: float | None = None,
    track_N: ArrayLike | None = None,
    most_width_us: float = 600.0,
    same_width: bool = False,
    gap_s: tuple[float, float] | None = None,
    fatigue_weight: float = 100.0,
    amplitude_mA: float = float("inf"),
) -> BestTrain:
    """Find widths, and if wanted times, of the pulses of a train.

    Either the force at the end is given and met exactly, at the least loss of strength; or a course of force is
    followed as closely as the muscle can, against the loss of strength.

    Parameters
    ----------
    model : Ding2007
        The muscle.
    rate_hz : float
        Pulse rate; with free times the number of pulses is rate times duration.
    duration_s : float
        Length, above 0.
    end_N : float, optional
        Force at the end.
    track_N : array, optional
        Force at the end of each gap between pulses, one a pulse.
    most_width_us : float
        Widest pulse; it must excite.
    same_width : bool
        One width for all pulses.
    gap_s : (float, float), optional
        Shortest and longest time between pulses, if the times are free.
    fatigue_weight : float
        When following a course: newtons squared that a loss of all strength is worth, 0 or above.
    amplitude_mA : float
        Amplitude written into the pulses; the model does not depend on it.

    Returns
    -------
    BestTrain

    Raises
    ------
    ParameterError
        If neither or both aims are given, or a value is impossible.
    ConvergenceError
        If no train reaches the aim.
    MissingExtra
        If CasADi is not installed.

    Examples
    --------
    With widths of their own the pulses come late, and cost less:

    >>> from rheobase.effect import ding2007
    >>> one = best_train(ding2007(), rate_hz=20.0, duration_s=0.5, end_N=100.0, same_width=True)
    >>> own = best_train(ding2007(), rate_hz=20.0, duration_s=0.5, end_N=100.0)
    >>> own.loss_share < one.loss_share
    True
    """
    count = _check(model, rate_hz, duration_s, end_N, track_N, most_width_us, gap_s, fatigue_weight)
    casadi = need("casadi", "Finding the best train")
    problem = _Problem(casadi, model, count, duration_s, same_width, gap_s, most_width_us)
    force, loss = problem.forces(track_N is not None)
    if end_N is not None:
        share, gaps, steps = problem.solve(loss, force[-1] - end_N)
    else:
        aim = np.asarray(track_N, float)
        miss = sum((f - a) ** 2 for f, a in zip(force, aim, strict=True)) / count
        share, gaps, steps = problem.solve(miss + fatigue_weight * loss, None)
    width = model.width0_us - model.width_scale_us * np.log1p(-share)
    times = np.concatenate([[0.0], np.cumsum(gaps)[:-1]])
    pulses = Pulses(
        time_s=times, amplitude_mA=np.full(count, amplitude_mA), width_us=width, duration_s=float(duration_s)
    )
    done = contract(model, pulses, dt_s=duration_s / max(1, round(duration_s / 0.0005)))
    return BestTrain(pulses=pulses, contraction=done, loss_share=1.0 - float(done.capacity_share[-1]),
                     iterations_count=steps)  # fmt: skip


def _check(
    model: Ding2007, rate_hz: float, duration_s: float, end_N: float | None, track_N: ArrayLike | None,
    most_width_us: float, gap_s: tuple[float, float] | None, fatigue_weight: float,
) -> int:  # fmt: skip
    if (end_N is None) == (track_N is None):
        raise ParameterError("Give end_N, the force at the end, or track_N, a course of force: one of the two.")
    if not (rate_hz > 0 and duration_s > 0 and fatigue_weight >= 0):
        raise ParameterError(
            f"rate_hz is {rate_hz} Hz, duration_s {duration_s} s and fatigue_weight {fatigue_weight}; they must be"
            " above 0, the weight 0 or above."
        )
    count = round(rate_hz * duration_s)
    if not 1 <= count <= 500:
        raise ParameterError(f"{rate_hz:g} Hz over {duration_s:g} s make {count} pulses; 1 to 500 can be solved.")
    if most_width_us <= model.width0_us + _LEAST_OVER_US:
        raise ParameterError(
            f"most_width_us is {most_width_us:g} us; pulses up to {model.width0_us:g} us excite nothing. Widen it."
        )
    if end_N is not None and not end_N > 0:
        raise ParameterError(f"end_N is {end_N} N; a force to reach is above 0 N.")
    if track_N is not None and np.size(track_N) != count:
        raise ParameterError(f"track_N holds {np.size(track_N)} forces for {count} pulses; give one a pulse.")
    if gap_s is not None and not 0 < gap_s[0] <= duration_s / count <= gap_s[1]:
        raise ParameterError(
            f"gap_s goes from {gap_s[0]:g} to {gap_s[1]:g} s; it must hold the mean gap of {duration_s / count:g} s."
        )
    return count


class _Problem:
    """The equations of the muscle, pulse by pulse, as one smooth problem in few unknowns."""

    def __init__(
        self, casadi: Any, model: Ding2007, count: int, duration_s: float, same_width: bool,
        gap_s: tuple[float, float] | None, most_width_us: float,
    ) -> None:  # fmt: skip
        self.casadi, self.model, self.count, self.duration_s = casadi, model, count, duration_s
        least, most = model.recruited_share(np.array([model.width0_us + _LEAST_OVER_US, most_width_us]))
        shares = casadi.SX.sym("share", 1 if same_width else count)
        self.shares, self.widths = (casadi.repmat(shares, count, 1), 1) if same_width else (shares, count)
        self.gaps: Any = casadi.DM.ones(count) * (duration_s / count)
        self.unknown = shares
        low, high = [least] * shares.numel(), [most] * shares.numel()
        guess = [0.5 * (least + most)] * shares.numel()
        self.timed = gap_s is not None
        self.parts = max(10, round(duration_s / count / _PART_S))
        if gap_s is not None:
            self.gaps = casadi.SX.sym("gap", count)
            self.unknown = casadi.vertcat(shares, self.gaps)
            low, high = low + [gap_s[0]] * count, high + [gap_s[1]] * count
            guess += [duration_s / count] * count
        self.bounds, self.guess = (low, high), guess

    def forces(self, tracked: bool) -> tuple[list[Any], Any]:
        """Force at the end of each gap, and the loss of strength."""
        m = self.model.muscle
        f, c, s, a, tau1, km = 0.0, 0.0, 0.0, m.a_rest_N_per_s, m.tau1_rest_s, m.k_m_rest
        out: list[Any] = []
        for i in range(self.count):
            if i == 0:
                s = 1.0
            else:
                r0 = m.r0_factor + (km if m.r0_follows else m.k_m_rest)
                s = s + 1.0 + (r0 - 1.0) * self.casadi.exp(-self.gaps[i - 1] / m.tau_c_s)
            h = self.gaps[i] / self.parts
            for _ in range(self.parts):
                f, c, s, a, tau1, km = self._over(h, self.shares[i], f, c, s, a, tau1, km)
            out.append(f)
        return (out if tracked else out[-1:]), 1.0 - a / m.a_rest_N_per_s

    def _over(self, h: Any, gain: Any, f: Any, c: Any, s: Any, a: Any, tau1: Any, km: Any) -> tuple[Any, ...]:
        """Midpoint step with the exact drive, as the muscle itself is stepped."""
        m, exp = self.model.muscle, self.casadi.exp
        half = 0.5 * h
        rates = (m.a_fatigue_N_per_s_per_N_s, m.tau1_fatigue_s_per_N_s, m.k_m_fatigue_per_N_s)
        rests = (m.a_rest_N_per_s, m.tau1_rest_s, m.k_m_rest)

        def slow(at: tuple[Any, ...], force: Any) -> list[Any]:
            return [(r - x) / m.tau_fatigue_s + k * force for x, r, k in zip(at, rests, rates, strict=True)]

        x = c / (km + c)
        mid_f = f + half * (a * gain * x - f / (tau1 + m.tau2_s * x))
        mid_a, mid_tau1, mid_km = (
            v + half * d for v, d in zip((a, tau1, km), slow((a, tau1, km), f), strict=True)
        )  # fmt: skip
        mid_c = exp(-half / m.tau_c_s) * (c + s * half / m.tau_c_s)
        x = mid_c / (mid_km + mid_c)
        new_f = f + h * (mid_a * gain * x - mid_f / (mid_tau1 + m.tau2_s * x))
        new_a, new_tau1, new_km = (
            v + h * d for v, d in zip((a, tau1, km), slow((mid_a, mid_tau1, mid_km), mid_f), strict=True)
        )  # fmt: skip
        decay = exp(-h / m.tau_c_s)
        return new_f, decay * (c + s * h / m.tau_c_s), decay * s, new_a, new_tau1, new_km

    def solve(self, cost: Any, must_be_zero: Any) -> tuple[Array, Array, int]:
        """Shares, gaps and iterations."""
        ca = self.casadi
        held = [] if must_be_zero is None else [must_be_zero]
        if self.timed:
            held.append(1000.0 * (ca.sum1(self.gaps) - self.duration_s))
        quiet = {"print_time": False, "ipopt.print_level": 0, "ipopt.sb": "yes", "ipopt.max_iter": 500,
                 "ipopt.tol": 1e-9, "error_on_fail": False}  # fmt: skip
        nlp = {"x": self.unknown, "f": cost, "g": ca.vertcat(*held)}
        solver = ca.nlpsol("train", "ipopt", nlp, quiet)
        found = solver(x0=self.guess, lbx=self.bounds[0], ubx=self.bounds[1], lbg=0.0, ubg=0.0)
        said = solver.stats()
        if said["return_status"] != _ENOUGH:
            raise ConvergenceError(
                f"No train was found: the solver says {said['return_status'].replace('_', ' ').lower()} after"
                f" {said['iter_count']} steps. The force may be out of reach: lower it, widen the pulses or raise the"
                " rate."
            )
        values = np.array(found["x"]).ravel()
        share = np.broadcast_to(values[: self.widths], (self.count,))
        gaps = values[-self.count :] if self.timed else np.full(self.count, self.duration_s / self.count)
        return np.array(share), gaps, int(said["iter_count"])
