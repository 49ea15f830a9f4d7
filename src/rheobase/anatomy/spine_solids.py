"""A spine as solids, for leads in its epidural space."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from rheobase.anatomy.body import NervePath, Tissue
from rheobase.anatomy.solids import Block, Column, Solid, SolidBody, Strand
from rheobase.anatomy.volume import Sheet
from rheobase.errors import ParameterError
from rheobase.tables import row

if TYPE_CHECKING:
    from rheobase.anatomy.spine import Spine

_CORD_CELL_MM = 0.9
_LEAST_LENGTH_MM = 40.0
_ROOT = "dorsal_root"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpineSolids(SolidBody):
    """A block about the spinal canal: bone, epidural fat, dura, fluid, cord with grey matter, dorsal roots.

    The dura is a sheet, so it has no thickness: what lies outside it is drawn nearer by as much as the dura is thick.
    Filled with fat instead, that room would stand in the way of the current a second time; the resistance of a lead on
    the dura would be a fifth too high. Current along the sheet is left out.

    Parameters
    ----------
    spine : Spine
        What it is drawn from.
    roots : bool
        Whether the pair of dorsal roots is drawn.
    length_mm : float, optional
        Length along z, at least 40.

    Raises
    ------
    ParameterError
        If the length is below 40 mm.

    Examples
    --------
    >>> from rheobase.anatomy import Spine
    >>> canal = Spine(level="t9", csf_mm=3.2).solids(roots=False)
    >>> canal.tissues[int(canal.labels_at(np.array([[-5.0, 0.0, 0.0]]))[0])].name
    'csf'
    """

    spine: Spine
    roots: bool = True
    length_mm: float | None = None

    def __post_init__(self) -> None:
        low, high = self.along_mm
        if not high - low >= _LEAST_LENGTH_MM:
            raise ParameterError(
                f"SpineSolids: length_mm is {self.length_mm} mm; it must be at least {_LEAST_LENGTH_MM:g} mm."
            )

    @property
    def along_mm(self) -> tuple[float, float]:
        """Both ends along z."""
        length = row("spine.canal")["block_length_mm"] if self.length_mm is None else self.length_mm
        return -length / 2, length / 2

    @property
    def tissues(self) -> tuple[Tissue, ...]:  # type: ignore[override]
        """Tissues, outer ones first; the dura is a sheet."""
        own = tuple(t for t in self.spine.tissues if t.name != "dura")
        return (*own, self.spine.tissue(_ROOT, like="white_matter")) if self.roots else own

    @property
    def solids(self) -> tuple[Solid, ...]:
        """The solids, outer ones first."""
        c, ends = row("spine.canal"), self.along_mm
        half = c["block_half_depth_mm"], c["block_half_aside_mm"]
        middle, sac = self._sac()
        fat = sac[0] + c["epidural_behind_mm"], sac[1] + c["epidural_side_mm"]
        bone = fat[0] + c["bone_mm"], fat[1] + c["bone_mm"]
        cord, grey = cord_shapes(self.spine, ends)
        return (
            Solid(tissue="muscle", shape=Block(low_mm=(-half[0], -half[1], ends[0]), high_mm=(*half, ends[1]))),
            *(
                Solid(tissue=n, shape=Column(centre_mm=middle, half_axes_mm=h, along_mm=ends))
                for n, h in (("cortical_bone", bone), ("epidural_fat", fat), ("csf", sac))
            ),
            Solid(tissue="white_matter", shape=cord, cell_mm=_CORD_CELL_MM),
            *(Solid(tissue="grey_matter", shape=part, cell_mm=_CORD_CELL_MM) for part in grey),
            *(self._root(side) for side in ("right", "left") if self.roots),
        )

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """The dura."""
        c, dura = row("spine.canal"), self.spine.tissue("dura")
        inside = ("csf", "white_matter", "grey_matter", *((_ROOT,) if self.roots else ()))
        resistance = 1e-3 * c["dura_mm"] / dura.sigma_transverse_S_per_m
        return (Sheet(name="dura", encloses=inside, resistance_ohm_m2=resistance, rows=(c.key, *dura.rows)),)

    @property
    def nerves(self) -> Mapping[str, NervePath]:
        """Those of the spine, as far as the block reaches, without roots that are not drawn."""
        shown = {n: p for n, p in self.spine.nerves.items() if self.roots or not n.startswith(_ROOT)}
        low, high = self.along_mm
        return {n: replace(p, points_mm=tuple(q for q in p.points_mm if low <= q[2] <= high)) for n, p in shown.items()}

    @property
    def rows(self) -> tuple[str, ...]:
        """Table rows behind the body."""
        return self.spine.rows

    def epidural_mm(self, aside_mm: float, along_mm: float, diameter_mm: float) -> tuple[float, float, float]:
        """Axis of a lead that lies on the dura behind; see `Spine.epidural_mm`."""
        (front, left), (deep, broad) = self._sac()
        if not abs(aside_mm) < broad:
            raise ParameterError(f"epidural_mm: aside_mm is {aside_mm:g} mm; the sac reaches to {broad:g} mm.")
        on = np.array([-deep * np.sqrt(1.0 - (aside_mm / broad) ** 2), aside_mm])
        way = on / np.array([deep, broad]) ** 2
        x, y = on + (diameter_mm / 2 + row("spine.canal")["lead_gap_mm"]) * way / np.linalg.norm(way)
        return float(front + x), float(left + y), float(along_mm)

    def _sac(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Middle and half axes (front to back, aside) of the sac of fluid."""
        c, (depth, breadth) = row("spine.canal"), self.spine.cord_half_axes_mm
        front, behind = depth + c["csf_front_mm"], depth + self.spine.fluid_behind_mm
        return ((front - behind) / 2, -self.spine.offset_mm), ((front + behind) / 2, breadth + c["csf_side_mm"])

    def _root(self, side: str) -> Solid:
        end, entry = ((float(x), float(y), float(z)) for x, y, z in self.spine.root_ends_mm(side))
        radius = row("spine.roots")["diameter_mm"] / 2
        return Solid(tissue=_ROOT, shape=Strand(start_mm=entry, end_mm=end, radius_mm=radius), cell_mm=radius)


def cord_shapes(spine: Spine, along_mm: tuple[float, float]) -> tuple[Column, tuple[Column, ...]]:
    """The cord, and its grey matter: two dorsal horns, two ventral ones and the bridge, which grow with the cord.

    Parameters
    ----------
    spine : Spine
        Whose cord.
    along_mm : (low, high)
        Ends along z.

    Examples
    --------
    >>> from rheobase.anatomy import Spine
    >>> cord, grey = cord_shapes(Spine(level="t9"), (-10.0, 10.0))
    >>> cord.half_axes_mm, len(grey)
    ((3.3, 4.2), 5)
    """
    g, (depth, breadth) = row("spine.grey"), spine.cord_half_axes_mm
    deep, wide = 2 * depth / g["reference_depth_mm"], 2 * breadth / g["reference_breadth_mm"]
    horn, bridge = (
        (g["dorsal_half_behind_mm"], g["dorsal_half_aside_mm"]),
        (g["bridge_half_mm"], g["bridge_half_aside_mm"]),
    )
    places = (
        *((-g["dorsal_behind_mm"], s * g["dorsal_aside_mm"], horn) for s in (-1, 1)),
        *((g["ventral_front_mm"], s * g["ventral_aside_mm"], (g["ventral_half_mm"],) * 2) for s in (-1, 1)),
        (0.0, 0.0, bridge),
    )
    grey = (
        Column(centre_mm=(deep * x, wide * y), half_axes_mm=(deep * a, wide * b), along_mm=along_mm)
        for x, y, (a, b) in places
    )
    return Column(half_axes_mm=(depth, breadth), along_mm=along_mm), tuple(grey)
