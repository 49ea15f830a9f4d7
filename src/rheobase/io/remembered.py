"""The fields of a scenario: solved once, kept on disk, found again; and how far a resistive one is off."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rheobase.anatomy import BodyPart, LayeredLimb
from rheobase.errors import ParameterError
from rheobase.field import Departure, Field, compare_resistive, solve_field, solve_spectrum
from rheobase.io.field_cache import cached_arrays, cached_field
from rheobase.montage import Montage
from rheobase.pulse import Pulse

# Cells at the pads' edges of parts on a fitted grid. From 0.9 mm to 2 mm, 95 % of the thresholds of thigh, lower leg
# and low back move by no more than one or two steps of the search (2 % each); 4 mm moves them by up to three.
_CELL_MM = 2.0
_CELLS_PER_PAD = 20

# For the departure from a resistive field a tenth of a pad is fine enough: half of it moves 6.6 % by 0.1 %, and eight
# frequencies instead of these four do so too.
_FEW_CELLS = 10
_FEW_HZ = (30.0, 1e3, 1e4, 1e5)
_DEPTHS_MM = np.linspace(0.5, 20.0, 14)  # where fibres end under a pad
_PLACES_SHARE = (-0.8, 0.0, 0.8)


def remembered(montage: Montage, *, use: bool = True) -> Callable[[BodyPart, Montage], Field]:
    """A solver of the fields of a scenario that keeps them on disk.

    Parameters
    ----------
    montage : Montage
        The pads; the smallest decides how fine the grid is.
    use : bool
        False solves in any case, and keeps the new fields.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> from rheobase.montage import pad_pair
    >>> arm = Forearm()
    >>> solve = remembered(pad_pair(arm))
    >>> solve(arm, pad_pair(arm)).resistance_ohm == solve(arm, pad_pair(arm)).resistance_ohm
    True
    """
    cell_mm = min(_CELL_MM, _smallest_mm(montage) / _CELLS_PER_PAD)

    def solve(part: BodyPart, pads: Montage) -> Field:
        if isinstance(part, LayeredLimb):
            return cached_field(part, pads, use=use)
        return cached_field(part, pads, "grid", use=use, cell_mm=cell_mm)

    return solve


def resistive_words(part: BodyPart, montage: Montage, pulse: Pulse) -> str:
    """How far the resistive field is off under the active pad for a pulse, in one sentence.

    Both fields are solved on the same coarse grid, at four frequencies; the answer is kept on disk.

    Parameters
    ----------
    part : BodyPart
        The part of the body.
    montage : Montage
        Its pads.
    pulse : Pulse
        One pulse.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> from rheobase.montage import pad_pair
    >>> from rheobase.pulse import biphasic
    >>> arm = Forearm()
    >>> "more than the 1 %" in resistive_words(arm, pad_pair(arm), biphasic(width_us=200.0))
    True
    """
    try:
        found = cached_arrays(
            (part, montage, pulse),
            "departure",
            lambda: _departure(part, montage, pulse),
            cells_per_pad=_FEW_CELLS,
            frequencies_hz=_FEW_HZ,
        )["share"]
    except ParameterError as error:
        return f"Tissues and skin count as resistors; how far that is off could not be told here: {error}"
    rms, shape = 100.0 * found[0], 100.0 * found[1]
    stands = rms <= 1.0
    verdict = "within the 1 % that can stand" if stands else "more than the 1 % that could stand"
    more = "" if stands else "; what it does to thresholds was not computed"
    return (
        f"Tissues and skin count as resistors: for this pulse the potential under the active pad differs by {rms:.1f} %"
        f" (root mean square; {shape:.1f} % in the shape alone, most at the edges of the pulse) from that with their"
        f" capacitance, which is {verdict}{more}."
    )


def _departure(part: BodyPart, montage: Montage, pulse: Pulse) -> dict[str, np.ndarray]:
    cell_mm = _smallest_mm(montage) / _FEW_CELLS
    pad = max(montage.pads, key=lambda p: p.share)
    points = np.array(
        [
            part.on_skin_mm(pad.around_deg, pad.along_mm + s * pad.extent_mm / 2, depth)
            for depth in _DEPTHS_MM
            for s in _PLACES_SHARE
        ]
    )
    field = solve_field(part, montage, "grid", cell_mm=cell_mm)
    found: Departure = compare_resistive(field, solve_spectrum(part, montage, _FEW_HZ, cell_mm=cell_mm), points, pulse)
    return {"share": np.array([found.rms_share, found.shape_share, found.largest_share])}


def _smallest_mm(montage: Montage) -> float:
    return min(min(p.around_mm, p.extent_mm) for p in montage.pads)
