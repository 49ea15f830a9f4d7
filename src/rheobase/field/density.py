"""Current density under a pad."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

if TYPE_CHECKING:
    from rheobase.electrode import Pad
    from rheobase.field._contact import Contacts, PadSurface
    from rheobase.montage import Montage

PEAK_WINDOW_MM = 3.0
_MAPPED_COVERAGE = 0.25  # cells covered less are slivers of the edge, left out of the map


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PadDensity:
    """Current density into the skin under one pad, per milliampere of the montage's drive.

    Attributes
    ----------
    name : str
        Pad.
    around_mm, along_mm : (a,), (b,) array
        Cell centres around (along the skin, from the pad's centre) and along the limb (limb coordinate).
    density_A_per_m2_per_mA : (a, b) array
        Current density normal to the skin within the contact, positive into the tissue, A/m2 per mA; NaN in cells
        that the pad covers by less than a quarter.
    mean_A_per_m2_per_mA : float
        Current of the pad over its area, signed.
    peak_A_per_m2_per_mA : float
        Largest magnitude of the mean over 3 mm squares (``PEAK_WINDOW_MM``); it sits at the edge. Without the window
        it would have no limit as cells shrink.

    Examples
    --------
    >>> PadDensity.__name__
    'PadDensity'
    """

    name: str
    around_mm: np.ndarray
    along_mm: np.ndarray
    density_A_per_m2_per_mA: np.ndarray
    mean_A_per_m2_per_mA: float
    peak_A_per_m2_per_mA: float


def windowed_peak(current: np.ndarray, covered: np.ndarray, cells_mm: tuple[float, float]) -> float:
    """Largest magnitude of the mean over squares of ``PEAK_WINDOW_MM``.

    Parameters
    ----------
    current, covered : (a, b) array
        Current of each cell over its whole area, and the covered fraction of it.
    cells_mm : (float, float)
        Size of a cell.

    Examples
    --------
    >>> windowed_peak(np.full((9, 9), -2.0), np.ones((9, 9)), (1.0, 1.0))
    2.0
    """
    own, area = current, covered
    for axis, cell_mm in enumerate(cells_mm):
        size = max(round(PEAK_WINDOW_MM / cell_mm), 1)
        own, area = (ndimage.uniform_filter1d(a, size, axis=axis, mode="constant") for a in (own, area))
    enough = area >= 0.5 * area.max()
    return float(np.max(np.abs(own[enough] / area[enough])))


def pad_densities(surface: PadSurface, pads: Contacts, montage: Montage, drive: np.ndarray) -> tuple[PadDensity, ...]:
    """Current density under every pad, from the current of each covered cell of an even grid at 1 A of the drive.

    Examples
    --------
    >>> pad_densities.__name__
    'pad_densities'
    """
    return tuple(_density(surface, pads, k, pad, drive) for k, pad in enumerate(montage.pads))


def _density(surface: PadSurface, pads: Contacts, k: int, pad: Pad, drive: np.ndarray) -> PadDensity:
    own = pads.owner == k
    i, j = np.divmod(pads.cell[own], pads.shape[1])
    around = surface.from_pad_mm(pad)
    rows = np.unique(i)[np.argsort(around[np.unique(i)])]
    columns = np.arange(j.min(), j.max() + 1)
    place = np.full(pads.shape[0], -1)
    place[rows] = np.arange(rows.size)
    current, covered = np.zeros((rows.size, columns.size)), np.zeros((rows.size, columns.size))
    current[place[i], j - columns[0]] = drive[own] * 1e-3
    covered[place[i], j - columns[0]] = pads.covered[own]
    with np.errstate(invalid="ignore", divide="ignore"):
        density = np.where(covered >= _MAPPED_COVERAGE, current / covered, np.nan)
    density.flags.writeable = False
    return PadDensity(
        name=pad.name,
        around_mm=around[rows],
        along_mm=surface.z_mm[columns],
        density_A_per_m2_per_mA=density,
        mean_A_per_m2_per_mA=float(current.sum() / covered.sum()),
        peak_A_per_m2_per_mA=windowed_peak(current, covered, surface.cells_mm),
    )
