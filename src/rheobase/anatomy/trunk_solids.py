"""A nerve trunk as solids, for cuffs around it. z runs along the nerve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rheobase.anatomy.body import NervePath, Tissue
from rheobase.anatomy.solids import Column, Solid, SolidBody
from rheobase.anatomy.volume import Sheet
from rheobase.errors import ParameterError
from rheobase.tables import row

if TYPE_CHECKING:
    from rheobase.anatomy.trunk import NerveTrunk

_LEAST_SLEEVE_MM = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class TrunkSolids(SolidBody):
    """A straight nerve: epineurium with round fascicles, each behind its perineurium (as a sheet), in muscle.

    Parameters
    ----------
    trunk : NerveTrunk
        What it is drawn from.
    sleeve_mm : float
        Thickness of the fluid between nerve and cuff, 0.02 or more; it reaches as far as ``sleeve_length_mm``.
    sleeve_length_mm : float
        Length of the cuff that holds the fluid, above 0.
    length_mm : float, optional
        Length along z.

    Raises
    ------
    ParameterError
        If a size is out of range, or fascicles touch one another or the edge: their perineuria must lie clear.

    Examples
    --------
    >>> from rheobase.anatomy import sample_trunk
    >>> len(sample_trunk("median_wrist", seed=1).solids().sheets)
    11
    """

    trunk: NerveTrunk
    sleeve_mm: float = 0.1
    sleeve_length_mm: float = 10.0
    length_mm: float | None = None

    def __post_init__(self) -> None:
        if not self.sleeve_mm >= _LEAST_SLEEVE_MM:
            raise ParameterError(f"Nerve: sleeve_mm is {self.sleeve_mm} mm; it must be at least {_LEAST_SLEEVE_MM} mm.")
        low, high = self.along_mm
        if not 0 < self.sleeve_length_mm < high - low:
            raise ParameterError(
                f"Nerve: sleeve_length_mm is {self.sleeve_length_mm} mm; it must be above 0 and below the length"
                f" of the nerve, {high - low:g} mm."
            )
        for i, (x, y, d) in enumerate(self._circles_mm):
            if np.hypot(x, y) + d / 2 >= self.radius_mm:
                raise ParameterError(
                    f"Nerve: fascicle {i + 1} at ({x:g}, {y:g}) mm touches the edge of the nerve, whose radius is"
                    f" {self.radius_mm:.3g} mm. Leave some epineurium."
                )
            for j, (u, v, e) in enumerate(self._circles_mm[:i]):
                if np.hypot(x - u, y - v) <= (d + e) / 2:
                    raise ParameterError(
                        f"Nerve: fascicles {j + 1} and {i + 1} touch at ({x:g}, {y:g}) mm. Leave some epineurium."
                    )

    @property
    def radius_mm(self) -> float:
        """Radius of the nerve."""
        return self.trunk.diameter_mm / 2

    @property
    def _circles_mm(self) -> tuple[tuple[float, float, float], ...]:
        return tuple((f.x_mm, f.y_mm, f.diameter_mm) for f in self.trunk.fascicles)

    @property
    def along_mm(self) -> tuple[float, float]:
        """Both ends along z."""
        length = row("trunks.surroundings")["length_mm"] if self.length_mm is None else self.length_mm
        return -length / 2, length / 2

    @property
    def tissues(self) -> tuple[Tissue, ...]:  # type: ignore[override]
        """Muscle around, fluid in the cuff, epineurium, and every fascicle."""
        around, epi, endo = (row(f"trunks.{k}") for k in ("surroundings", "epineurium", "endoneurium"))
        return (
            _tissue("muscle", around["outside_across_S_per_m"], around["outside_along_S_per_m"], around.key),
            _tissue("sleeve", around["sleeve_S_per_m"], around["sleeve_S_per_m"], around.key),
            _tissue("epineurium", epi["sigma_transverse_S_per_m"], epi["sigma_axial_S_per_m"], epi.key),
            *(
                _tissue(f"fascicle {i + 1}", endo["sigma_transverse_S_per_m"], endo["sigma_axial_S_per_m"], endo.key)
                for i in range(len(self._circles_mm))
            ),
        )

    @property
    def solids(self) -> tuple[Solid, ...]:
        """The solids, outer ones first."""
        ends, half, r = self.along_mm, self.sleeve_length_mm / 2, self.radius_mm
        outside = row("trunks.surroundings")["outside_radius_mm"]
        columns = (("muscle", outside, ends), ("sleeve", r + self.sleeve_mm, (-half, half)), ("epineurium", r, ends))
        return (
            *(Solid(tissue=n, shape=Column(half_axes_mm=(h, h), along_mm=e)) for n, h, e in columns),
            *(
                Solid(
                    tissue=f"fascicle {i + 1}",
                    shape=Column(centre_mm=(x, y), half_axes_mm=(d / 2, d / 2), along_mm=ends),
                    cell_mm=d,
                )
                for i, (x, y, d) in enumerate(self._circles_mm)
            ),
        )

    @property
    def bends_factor(self) -> float:
        """Fascicles and sleeve leave narrow gaps between round surfaces."""
        return 1.0

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """The perineurium of every fascicle, thicker around larger ones."""
        return tuple(
            Sheet(
                name=f"perineurium {i + 1}",
                encloses=(f"fascicle {i + 1}",),
                resistance_ohm_m2=fascicle.sheet_ohm_m2,
                rows=("trunks.perineurium",),
            )
            for i, fascicle in enumerate(self.trunk.fascicles)
        )

    @property
    def rows(self) -> tuple[str, ...]:
        """Table rows behind the body."""
        return (*self.trunk.rows, "trunks.surroundings")

    @property
    def nerves(self) -> Mapping[str, NervePath]:
        """The axis of every fascicle."""
        low, high = self.along_mm
        return {
            (name := f"fascicle {i + 1}"): NervePath(
                name=name, points_mm=((x, y, low), (x, y, high)), skin_depth_mm=0.0, around_deg=0.0
            )
            for i, (x, y, _) in enumerate(self._circles_mm)
        }


def _tissue(name: str, across: float, along: float, key: str) -> Tissue:
    return Tissue(name=name, sigma_transverse_S_per_m=across, sigma_axial_S_per_m=along, rows=(key,))
