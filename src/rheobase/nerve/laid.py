"""Endings laid into a field: their ways, their fibres and the potential along them; then thresholds for any pulse."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator

from rheobase.anatomy import BodyPart
from rheobase.field import Field
from rheobase.nerve.endings import Ending
from rheobase.nerve.fibre import Fibre
from rheobase.nerve.model import Array
from rheobase.nerve.path import length_mm, walk_mm
from rheobase.nerve.taper import node_beyond
from rheobase.nerve.threshold import Stimulus, Thresholds, activation_thresholds
from rheobase.tables import row

Ways = dict[tuple, Array]  # points of each way of a limb, by `Ending.way`


@dataclass(frozen=True, slots=True, kw_only=True)
class LaidEndings:
    """Fibres of endings with the potential along them; see `lay_endings`.

    Parameters
    ----------
    fibres : list of Fibre
        One an ending.
    potential_mV_per_mA : list of array
        Potential at the compartments of each.
    watch : list of int
        Node that a spike must pass.

    Examples
    --------
    >>> LaidEndings(fibres=[], potential_mV_per_mA=[], watch=[]).watch
    []
    """

    fibres: list[Fibre]
    potential_mV_per_mA: list[Array]
    watch: list[int]

    def thresholds(
        self,
        stimulus: Stimulus,
        *,
        tolerance: float = 0.02,
        guess_mA: Array | None = None,
        guess_factor: Array | None = None,
        temperature_C: float = 37.0,
        progress: Callable[[float], None] | None = None,
    ) -> Thresholds:
        """Thresholds for one pulse; the parameters are those of `ending_thresholds`."""
        return activation_thresholds(
            self.fibres, self.potential_mV_per_mA, stimulus, tolerance=tolerance, watch=self.watch,
            temperature_C=temperature_C, true_start=True, guess_mA=guess_mA, guess_factor=guess_factor,
            progress=progress,
        )  # fmt: skip


def lay_endings(limb: BodyPart, field: Field, endings: Sequence[Ending], *, ways: Ways | None = None) -> LaidEndings:
    """Lay endings into a field.

    Parameters
    ----------
    limb : BodyPart
        The limb.
    field : Field
        Its field.
    endings : sequence of Ending
        The fibres.
    ways : dict, optional
        Ways that are known of a limb of this shape; those found now are added. Finding a way through muscles takes
        longer than anything else, and conductivities do not change it.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> from rheobase.field import solve_field
    >>> from rheobase.montage import pad_pair
    >>> from rheobase.nerve import Ending, stimulus_of
    >>> from rheobase.pulse import monophasic
    >>> arm = Forearm()
    >>> touch = Ending(kind="A-beta", diameter_um=8.7, taper="short", course="vertical", depth_mm=1.0, along_mm=45.0,
    ...                around_deg=0.0)
    >>> laid = lay_endings(arm, solve_field(arm, pad_pair(arm)), [touch])
    >>> short, long = (laid.thresholds(stimulus_of(monophasic(width_us=w))).threshold_mA[0] for w in (100.0, 400.0))
    >>> bool(short > long)
    True
    """
    found: Ways = {} if ways is None else ways  # fibres of all diameters share their way
    mine = [found[k] if (k := e.way) in found else found.setdefault(k, e.points_mm(limb)) for e in endings]
    fibres = [e.fibre(length_mm(w)) for e, w in zip(endings, mine, strict=True)]
    p = row("populations.grid")
    # thin fibres are uniform once they have their myelin: the spike need not travel far at 3 m/s
    arrival = [p["a_delta_arrival_mm"] + e.bare_mm if e.kind == "A-delta" else p["arrival_mm"] for e in endings]
    return LaidEndings(
        fibres=fibres,
        potential_mV_per_mA=_potentials(field, [e.around_deg for e in endings], mine, fibres),
        watch=[node_beyond(f, a) for f, a in zip(fibres, arrival, strict=True)],
    )


def ending_thresholds(
    limb: BodyPart,
    field: Field,
    endings: Sequence[Ending],
    stimulus: Stimulus,
    *,
    tolerance: float = 0.02,
    guess_mA: Array | None = None,
    guess_factor: Array | None = None,
    temperature_C: float = 37.0,
    progress: Callable[[float], None] | None = None,
) -> Thresholds:
    """Threshold of each ending in a field.

    Parameters
    ----------
    limb : BodyPart
        The limb.
    field : Field
        Its field.
    endings : sequence of Ending
        The fibres.
    stimulus : Stimulus
        Waveform of the active contact.
    tolerance : float
        Ratio of the bracket minus 1.
    guess_mA : array, optional
        Where to begin.
    guess_factor : array, optional
        The same as a multiple of the linear prediction.
    temperature_C : float
        Temperature of the nerve.
    progress : callable, optional
        Is told the share done.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> from rheobase.field import solve_field
    >>> from rheobase.montage import pad_pair
    >>> from rheobase.nerve import Ending, stimulus_from_segments
    >>> arm = Forearm()
    >>> field = solve_field(arm, pad_pair(arm))
    >>> biphasic = stimulus_from_segments([(0.2, -1.0), (0.2, 1.0)], tail_ms=1.6, dt_ms=0.005)
    >>> touch = Ending(kind="A-beta", diameter_um=8.7, taper="short", course="vertical", depth_mm=1.0, along_mm=45.0,
    ...                around_deg=0.0)
    >>> print(f"{ending_thresholds(arm, field, [touch], biphasic).threshold_mA[0]:.0f} mA")
    2 mA
    """
    return lay_endings(limb, field, endings).thresholds(
        stimulus, tolerance=tolerance, guess_mA=guess_mA, guess_factor=guess_factor, temperature_C=temperature_C,
        progress=progress,
    )  # fmt: skip


def _potentials(field: Field, around_deg: list[float], ways: list[Array], fibres: list[Fibre]) -> list[Array]:
    """Potential at all compartments of each fibre.

    Fibres of all diameters share their way, so the field is taken along the way once, finely where it rises and turns,
    and each fibre reads its compartments off in between. The curve is monotone between its points: at the border of
    two tissues, where the potential has a kink, it does not overshoot.
    """
    members: dict[tuple[float, int], list[int]] = {}
    for i, (angle, way) in enumerate(zip(around_deg, ways, strict=True)):
        members.setdefault((angle, id(way)), []).append(i)
    arcs = {id(f): f.arc_um / 1000.0 for f in fibres}
    knots = {k: _knots_mm(max(arcs[id(fibres[i])][-1] for i in mine)) for k, mine in members.items()}
    out: list[Array] = [np.empty((1, 0))] * len(fibres)
    for angle in dict.fromkeys(around_deg):
        plane = field.plane(angle)
        here = [k for k in members if k[0] == angle]
        points = [walk_mm(ways[members[k][0]], knots[k]) for k in here]
        ends = np.cumsum([len(p) for p in points])[:-1]
        for k, v in zip(here, np.split(plane.drive_V_per_A(np.concatenate(points)), ends), strict=True):
            curve = PchipInterpolator(knots[k], v)
            for i in members[k]:
                out[i] = curve(arcs[id(fibres[i])])[None]
    return out


def _knots_mm(reach_mm: float) -> Array:
    """Places along a way at which the field is taken."""
    p = row("populations.grid")
    fine = np.arange(0.0, min(p["fine_reach_mm"], reach_mm), p["fine_step_mm"])
    return np.append(fine, np.linspace(fine[-1], reach_mm, 2 + int((reach_mm - fine[-1]) / p["coarse_step_mm"]))[1:])
