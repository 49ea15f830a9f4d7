"""Marion, Wexler and Hull 2009 and 2013: force of the quadriceps over knee angle, held or moving."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from rheobase.effect.muscle.hill_huxley import Array, HillHuxley, from_rows, rest_of, run_hill_huxley
from rheobase.effect.muscle.model import FittedRange, ForceModel, Motion, MuscleState
from rheobase.effect.muscle.pulses import Pulses
from rheobase.errors import ParameterError, near_name
from rheobase.tables import row

_ROWS = {
    "marion2009": ("muscle.marion2009", "muscle.marion2009_fatigue", "muscle.marion_angle"),
    "marion2013": ("muscle.marion2013", "muscle.marion2013_fatigue", "muscle.marion_angle"),
}
_REST = Motion(angle_deg=90.0)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Marion(ForceModel):
    """Force at the shank, A a parabola of the knee angle, with a further term for a moving knee.

    At 90 degrees of flexion A is that of the constants. Beyond the zeros of the parabola the muscle gives nothing. The
    tiring A enters at every angle. Where the knee moves, G = v1 angle exp(-v2 angle) velocity adds to A.

    Parameters
    ----------
    name : str
        ``"marion2009"`` (held) or ``"marion2013"`` (moving).
    muscle : HillHuxley
        The constants at 90 degrees.
    bend_per_deg2_k, slope_per_deg : float
        Coefficients of the square and of the first power of 90 degrees less the angle.
    v1_N_per_deg2_k, v2_per_deg : float
        Constants of motion; 0 for the model of a held knee.
    rows : tuple of str
        Table rows they come from.

    Examples
    --------
    >>> model = marion("marion2009")
    >>> model.angle_gain(np.array([0.0, 51.7, 90.0, 120.0])).round(2).tolist()
    [0.46, 1.66, 1.0, 0.0]
    """

    name: str  # type: ignore[misc]
    muscle: HillHuxley
    bend_per_deg2_k: float
    slope_per_deg: float
    v1_N_per_deg2_k: float
    v2_per_deg: float
    rows: tuple[str, ...]
    plain = "force over knee angle after Marion"
    angles = True

    @property
    def fitted(self) -> FittedRange:
        """Rates, widths and angles it was fitted to."""
        r = row("muscle.marion_range")
        return FittedRange(rate_hz=tuple(r["rate_hz"]), width_us=tuple(r["width_us"]), angle_deg=tuple(r["angle_deg"]))

    def angle_gain(self, angle_deg: float | Array) -> Array:
        """A at an angle over A at 90 degrees; never below 0."""
        from_90 = 90.0 - np.atleast_1d(np.asarray(angle_deg, dtype=float))
        return np.maximum(1.0 + self.bend_per_deg2_k * from_90**2 + self.slope_per_deg * from_90, 0.0)

    def rest(self) -> MuscleState:
        """The rested muscle."""
        return rest_of(self.muscle)

    def run(
        self, state: MuscleState, pulses: Pulses, dt_s: float, steps: int, motion: Motion | None
    ) -> tuple[Array, Array, MuscleState]:
        """Run on from a state; at 90 degrees, still, if no motion is given."""
        at = motion or _REST
        angle = _by_step("angle_deg", at.angle_deg, steps)
        velocity = _by_step("velocity_deg_per_s", at.velocity_deg_per_s, steps)
        stretch = self.v1_N_per_deg2_k * angle * np.exp(-self.v2_per_deg * angle) * velocity
        time = pulses.time_s[(pulses.amplitude_mA > 0) & (pulses.width_us > 0)]
        full = np.ones(len(time))
        return run_hill_huxley(
            self.muscle, state, dt_s, steps, time_s=time, drive_gain=full, force_gain=full,
            angle_gain=self.angle_gain(angle), stretch_N_per_s=np.atleast_1d(stretch), velocity_deg_per_s=velocity,
        )  # fmt: skip


def _by_step(name: str, value: float | Array, steps: int) -> Array:
    out = np.atleast_1d(np.asarray(value, dtype=float))
    if out.ndim != 1 or len(out) not in (1, steps) or not np.isfinite(out).all():
        raise ParameterError(
            f"{name} holds {out.size} values; give one finite value, or one for each of {steps} steps."
        )
    return out


def marion(name: str = "marion2009", *, tired: bool = False) -> Marion:
    """One of the two models with its published constants.

    Parameters
    ----------
    name : str
        ``"marion2009"`` or ``"marion2013"``.
    tired : bool
        Whether the muscle tires; no, unless asked for. The constants at hand are in doubt: those of 2009 by a power of
        ten, and with those of 2013 a held muscle gains force as it slows.

    Returns
    -------
    Marion

    Raises
    ------
    ParameterError
        If there is no such model.

    Examples
    --------
    >>> from rheobase.effect import contract, steady_pulses
    >>> held = steady_pulses(rate_hz=33.0, on_s=1.0)
    >>> [round(contract(marion(tired=False), held, motion=Motion(angle_deg=a)).peak_N) for a in (15.0, 65.0, 90.0)]
    [172, 258, 163]
    """
    if name not in _ROWS:
        raise ParameterError(f"There is no model '{name}'.{near_name(name, _ROWS)}")
    rows = _ROWS[name]
    force, angle = row(rows[0]), row(rows[2])
    return Marion(
        name=name,
        muscle=from_rows(force, row(rows[1]), tired=tired),
        bend_per_deg2_k=angle["bend_per_deg2"],
        slope_per_deg=angle["slope_per_deg"],
        v1_N_per_deg2_k=force.get("v1_N_per_deg2", 0.0),
        v2_per_deg=force.get("v2_per_deg", 0.0),
        rows=rows,
    )


def marion2009(*, tired: bool = False) -> Marion:
    """The model of a held knee; see `marion`.

    Parameters
    ----------
    tired : bool
        Whether the muscle tires; its constants are in doubt.

    Examples
    --------
    >>> marion2009().v1_N_per_deg2_k
    0.0
    """
    return marion("marion2009", tired=tired)


def marion2013(*, tired: bool = False) -> Marion:
    """The model of a moving knee; see `marion`.

    Parameters
    ----------
    tired : bool
        Whether the muscle tires; its constants are in doubt.

    Examples
    --------
    >>> marion2013().v1_N_per_deg2_k
    0.371
    """
    return marion("marion2013", tired=tired)
