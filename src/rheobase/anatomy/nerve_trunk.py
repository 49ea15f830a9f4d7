"""A peripheral nerve with its fascicles, for cuffs around it. z runs along the nerve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from rheobase.anatomy.body import NervePath, Tissue
from rheobase.anatomy.solids import Column, Solid, SolidBody
from rheobase.anatomy.volume import Sheet
from rheobase.errors import ParameterError, near_name
from rheobase.tables import row

TRUNKS = ("median_wrist",)
_ROUNDS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FascicularNerve(SolidBody):
    """A straight nerve: epineurium with round fascicles, each behind its perineurium (as a sheet), in muscle.

    Parameters
    ----------
    trunk : str
        Nerve of the table: ``"median_wrist"``.
    sleeve_mm : float
        Thickness of the fluid between nerve and cuff, 0.02 or more; it reaches as far as ``sleeve_length_mm``.
    sleeve_length_mm : float
        Length of the cuff that holds the fluid, above 0.
    own_mm : tuple of (x, y, diameter), optional
        Fascicles of one's own instead of those packed from the table.
    length_mm : float, optional
        Length along z.

    Raises
    ------
    ParameterError
        If the trunk is unknown, a size is out of range, or fascicles overlap or leave the nerve.

    Examples
    --------
    >>> nerve = FascicularNerve()
    >>> len(nerve.circles_mm), round(nerve.radius_mm, 2)
    (10, 1.71)
    """

    trunk: str = "median_wrist"
    sleeve_mm: float = 0.1
    sleeve_length_mm: float = 10.0
    own_mm: tuple[tuple[float, float, float], ...] | None = None
    length_mm: float | None = None

    def __post_init__(self) -> None:
        if self.trunk not in TRUNKS:
            raise ParameterError(f"Nerve: unknown trunk '{self.trunk}'.{near_name(self.trunk, TRUNKS)}")
        if not self.sleeve_mm >= 0.02:
            raise ParameterError(f"Nerve: sleeve_mm is {self.sleeve_mm} mm; it must be at least 0.02 mm.")
        low, high = self.along_mm
        if not 0 < self.sleeve_length_mm < high - low:
            raise ParameterError(
                f"Nerve: sleeve_length_mm is {self.sleeve_length_mm} mm; it must be above 0 and below the length"
                f" of the nerve, {high - low:g} mm."
            )
        for i, (x, y, d) in enumerate(self.circles_mm):
            if np.hypot(x, y) + d / 2 >= self.radius_mm:
                raise ParameterError(f"Nerve: fascicle {i + 1} at ({x:g}, {y:g}) mm, {d:g} mm wide, leaves the"
                                     f" nerve, whose radius is {self.radius_mm:.3g} mm.")  # fmt: skip
            for j, (u, v, e) in enumerate(self.circles_mm[:i]):
                if np.hypot(x - u, y - v) <= (d + e) / 2:
                    raise ParameterError(f"Nerve: fascicles {j + 1} and {i + 1} touch at ({x:g}, {y:g}) mm.")

    @property
    def radius_mm(self) -> float:
        """Radius of the nerve."""
        return float(np.sqrt(row(f"nerve_trunk.{self.trunk}")["nerve_area_mm2"] / np.pi))

    @property
    def circles_mm(self) -> tuple[tuple[float, float, float], ...]:
        """Place and diameter of every fascicle, mm."""
        return packed_mm(self.trunk) if self.own_mm is None else self.own_mm

    @property
    def along_mm(self) -> tuple[float, float]:
        """Both ends along z."""
        length = row("nerve_trunk.surroundings")["length_mm"] if self.length_mm is None else self.length_mm
        return -length / 2, length / 2

    @property
    def tissues(self) -> tuple[Tissue, ...]:  # type: ignore[override]
        """Muscle around, fluid in the cuff, epineurium, and every fascicle."""
        around, epi, endo = (row(f"nerve_trunk.{k}") for k in ("surroundings", "epineurium", "endoneurium"))
        return (
            _tissue("muscle", around["outside_across_S_per_m"], around["outside_along_S_per_m"], around.key),
            _tissue("sleeve", around["sleeve_S_per_m"], around["sleeve_S_per_m"], around.key),
            _tissue("epineurium", epi["sigma_S_per_m"], epi["sigma_S_per_m"], epi.key),
            *(
                _tissue(f"fascicle {i + 1}", endo["across_S_per_m"], endo["along_S_per_m"], endo.key)
                for i in range(len(self.circles_mm))
            ),
        )

    @property
    def solids(self) -> tuple[Solid, ...]:
        """The solids, outer ones first."""
        ends, half, r = self.along_mm, self.sleeve_length_mm / 2, self.radius_mm
        outside = row("nerve_trunk.surroundings")["outside_radius_mm"]
        columns = (("muscle", outside, ends), ("sleeve", r + self.sleeve_mm, (-half, half)), ("epineurium", r, ends))
        return (
            *(Solid(tissue=n, shape=Column(half_axes_mm=(h, h), along_mm=e)) for n, h, e in columns),
            *(
                Solid(
                    tissue=f"fascicle {i + 1}",
                    shape=Column(centre_mm=(x, y), half_axes_mm=(d / 2, d / 2), along_mm=ends),
                    cell_mm=d,
                )
                for i, (x, y, d) in enumerate(self.circles_mm)
            ),
        )

    @property
    def bends_factor(self) -> float:
        """Fascicles and sleeve leave narrow gaps between round surfaces."""
        return 1.0

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """The perineurium of every fascicle, thicker around larger ones."""
        p = row("nerve_trunk.perineurium")
        return tuple(
            Sheet(
                name=f"perineurium {i + 1}",
                encloses=(f"fascicle {i + 1}",),
                resistance_ohm_m2=1e-6 * (p["thickness_per_mm_um"] * d + p["thickness_um"]) * p["resistivity_ohm_m"],
                rows=(p.key,),
            )
            for i, (_, _, d) in enumerate(self.circles_mm)
        )

    @property
    def nerves(self) -> Mapping[str, NervePath]:
        """The axis of every fascicle."""
        low, high = self.along_mm
        return {
            (name := f"fascicle {i + 1}"): NervePath(
                name=name, points_mm=((x, y, low), (x, y, high)), skin_depth_mm=0.0, around_deg=0.0
            )
            for i, (x, y, _) in enumerate(self.circles_mm)
        }


def _tissue(name: str, across: float, along: float, key: str) -> Tissue:
    return Tissue(name=name, sigma_transverse_S_per_m=across, sigma_axial_S_per_m=along, rows=(key,))


@cache
def packed_mm(trunk: str) -> tuple[tuple[float, float, float], ...]:
    """Fascicles of a nerve of the table, pushed apart until they lie free: (x, y, diameter) in mm.

    One fascicle has the area of the largest, the others share the rest evenly. The same table gives the same places.

    Parameters
    ----------
    trunk : str
        Nerve of the table, such as ``"median_wrist"``.

    Raises
    ------
    ParameterError
        If so many fascicles do not fit.

    Examples
    --------
    >>> area = sum(np.pi / 4 * d**2 for _, _, d in packed_mm("median_wrist"))
    >>> round(float(area), 6)
    5.0
    """
    t, p = row(f"nerve_trunk.{trunk}"), row("nerve_trunk.packing")
    count, rest = int(t["fascicles_count"]), t["fascicles_area_mm2"] - t["largest_area_mm2"]
    areas = np.array([t["largest_area_mm2"], *[rest / (count - 1)] * (count - 1)])
    r, outer, gap = np.sqrt(areas / np.pi), np.sqrt(t["nerve_area_mm2"] / np.pi), p["gap_mm"]
    at = np.random.default_rng(int(p["seed_count"])).uniform(-outer / 2, outer / 2, (count, 2))
    reach = r[:, None] + r + gap
    for _ in range(_ROUNDS):
        apart = at[:, None] - at
        distance = np.linalg.norm(apart, axis=-1) + np.eye(count)
        lacking = np.clip(reach - distance, 0.0, None) * (1 - np.eye(count))
        over = np.clip(np.linalg.norm(at, axis=1) + r + gap - outer, 0.0, None)
        if max(lacking.max(), over.max()) < 0.1 * gap:
            return tuple((float(x), float(y), float(2 * h)) for (x, y), h in zip(at, r, strict=True))
        at = at + 0.3 * (apart / distance[..., None] * lacking[..., None]).sum(axis=1)
        at = at - at / np.maximum(np.linalg.norm(at, axis=1), 1e-9)[:, None] * over[:, None]
    raise ParameterError(f"The {count} fascicles of '{trunk}' do not fit with gaps of {gap:g} mm. Use a smaller gap.")
