"""The fields of a scenario: solved once, kept on disk, found again; and how far a resistive one is off."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numpy as np

from rheobase.anatomy import BodyPart, LayeredLimb, Volume
from rheobase.errors import ParameterError
from rheobase.field import Departure, Field, Spectrum, compare_resistive, solve_field, solve_spectrum
from rheobase.field.finite_elements import solve_elements
from rheobase.io.field_cache import cached_arrays, cached_field
from rheobase.montage import Implanted, Montage
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

# Beside implants the mesh of the field is taken, and linear elements will do: for a lead they say 1.7 %, quadratic ones
# 1.72 %, in five times the time.
_LINEAR = 1
_BESIDE_MM = 15.0
_BESIDE = 61


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


def resistive_words(
    part: BodyPart | Volume, montage: Montage | Implanted, pulse: Pulse, *, over: str | None = None
) -> str:
    """How far the resistive field is off for a pulse, in one sentence: under the active pad, or along a nerve.

    Both fields are solved on the same coarse grid or mesh, at four frequencies; the answer is kept on disk.

    Parameters
    ----------
    part : BodyPart or Volume
        The part of the body.
    montage : Montage or Implanted
        Its pads, or leads and cuffs.
    pulse : Pulse
        One pulse.
    over : str, optional
        With implants: the nerve or tract in question; the first one if left out.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> from rheobase.montage import pad_pair
    >>> from rheobase.pulse import biphasic
    >>> arm = Forearm()
    >>> "more than the 1 %" in resistive_words(arm, pad_pair(arm), biphasic(width_us=200.0))
    True
    """
    nerve = (over or next(iter(part.nerves), "")) if isinstance(montage, Implanted) else ""
    try:
        found = cached_arrays(
            (part, montage, pulse, nerve),
            "departure",
            lambda: _departure(part, montage, pulse, nerve),
            cells_per_pad=_FEW_CELLS,
            frequencies_hz=_FEW_HZ,
        )["share"]
    except ParameterError as error:
        return f"Tissues and {_other(montage)} count as resistors; how far that is off could not be told here: {error}"
    rms, shape = 100.0 * found[0], 100.0 * found[1]
    stands = rms <= 1.0
    verdict = "within the 1 % that can stand" if stands else "more than the 1 % that could stand"
    more = "" if stands else "; what it does to thresholds was not computed"
    where = f"along the {nerve.replace('_', ' ')}, beside the active contact," if nerve else "under the active pad"
    return (
        f"Tissues and {_other(montage)} count as resistors: for this pulse the potential {where} differs by {rms:.1f} %"
        f" (root mean square; {shape:.1f} % in the shape alone, most at the edges of the pulse) from that with their"
        f" capacitance, which is {verdict}{more}."
    )


def _other(montage: Montage | Implanted) -> str:
    return "membranes" if isinstance(montage, Implanted) else "skin"


def _departure(
    part: BodyPart | Volume, montage: Montage | Implanted, pulse: Pulse, nerve: str
) -> dict[str, np.ndarray]:
    if isinstance(montage, Implanted):
        return _beside(part, montage, pulse, nerve)
    return _under(cast("BodyPart", part), montage, pulse)  # pads lie on nothing else


def _beside(part: BodyPart | Volume, montage: Implanted, pulse: Pulse, nerve: str) -> dict[str, np.ndarray]:
    """Departure along a nerve, within 15 mm of the active contact."""
    path = np.asarray(part.nerve(nerve).points_mm, dtype=float)
    active = max(montage.contacts, key=lambda c: c.share)
    owner = next(e for e in montage.electrodes if active in e.contacts)
    along = getattr(owner, "origin_mm", np.zeros(3)) + getattr(active, "along_mm", 0.0) * getattr(owner, "axis", 0.0)
    run = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    dense = np.linspace(0.0, run[-1], max(len(path), 20 * _BESIDE))
    fine = np.column_stack([np.interp(dense, run, c) for c in path.T])
    middle = dense[np.argmin(np.linalg.norm(fine - along, axis=1))]
    at = np.linspace(max(middle - _BESIDE_MM, 0.0), min(middle + _BESIDE_MM, run[-1]), _BESIDE)
    points = np.column_stack([np.interp(at, run, c) for c in path.T])
    known = cached_field(part, montage)
    field = solve_elements(known.anatomy, montage, order=_LINEAR, like=known)
    return _share(field, solve_spectrum(known.anatomy, montage, _FEW_HZ, order=_LINEAR, like=known), points, pulse)


def _under(part: BodyPart, montage: Montage, pulse: Pulse) -> dict[str, np.ndarray]:
    """Departure under the active pad."""
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
    return _share(field, solve_spectrum(part, montage, _FEW_HZ, cell_mm=cell_mm), points, pulse)


def _share(field: Field, spectrum: Spectrum, points_mm: np.ndarray, pulse: Pulse) -> dict[str, np.ndarray]:
    found: Departure = compare_resistive(field, spectrum, points_mm, pulse)
    return {"share": np.array([found.rms_share, found.shape_share, found.largest_share])}


def _smallest_mm(montage: Montage) -> float:
    return min(min(p.around_mm, p.extent_mm) for p in montage.pads)
