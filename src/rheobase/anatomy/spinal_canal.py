"""The spinal canal around cord, fluid and dura, for leads in the epidural space.

x points to the left, y to the back, z to the head; the axis runs through the middle of the cord.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rheobase.anatomy.body import NervePath, Tissue
from rheobase.anatomy.solids import Block, Column, Solid, SolidBody, Strand
from rheobase.anatomy.volume import Sheet
from rheobase.errors import ParameterError, near_name
from rheobase.tables import row

LEVELS = ("C4", "C5", "C6", "T7", "T8", "T9", "T10", "T11", "T12")
CONDUCTIVITIES = ("lempka", "holsheimer")
_LEAST_CSF_MM, _MOST_CSF_MM = 0.5, 12.0
_COLUMN_DEPTH_MM = 0.2
_CORD_CELL_MM = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class SpinalCanal(SolidBody):
    """A straight piece of the spinal canal of one level, elliptic in section.

    White and grey matter, dorsal roots, cerebrospinal fluid, dura (as a sheet), epidural fat, a closed ring of bone,
    and the body around it. Discs, foramina, vessels and the curve of the spine are left out.

    Parameters
    ----------
    level : str
        Vertebra: C4 to C6, T7 to T12.
    conductivity : {"lempka", "holsheimer"}
        Named set of conductivities. Published sets differ tenfold in dura and epidural space: name the set with any
        threshold.
    dorsal_csf_mm : float, optional
        Fluid between dura and the back of the cord, 0.5 to 12 mm; the default is that of the level.
    roots : bool
        Whether a pair of dorsal roots is drawn.
    length_mm : float, optional
        Length along z.

    Raises
    ------
    ParameterError
        If level or set is unknown, or a size is out of range.

    Examples
    --------
    >>> canal = SpinalCanal(level="T9", dorsal_csf_mm=3.2)
    >>> canal.tissues[int(canal.labels_at(np.array([[0.0, 5.0, 0.0]]))[0])].name
    'csf'
    """

    level: str = "T9"
    conductivity: str = "lempka"
    dorsal_csf_mm: float | None = None
    roots: bool = True
    length_mm: float | None = None

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise ParameterError(f"SpinalCanal: unknown level '{self.level}'.{near_name(self.level, LEVELS)}")
        if self.conductivity not in CONDUCTIVITIES:
            raise ParameterError(
                f"SpinalCanal: unknown set '{self.conductivity}'.{near_name(self.conductivity, CONDUCTIVITIES)}"
            )
        if not _LEAST_CSF_MM <= self.csf_mm <= _MOST_CSF_MM:
            raise ParameterError(
                f"SpinalCanal: dorsal_csf_mm is {self.csf_mm:g} mm; it must be {_LEAST_CSF_MM:g} to"
                f" {_MOST_CSF_MM:g} mm (measured: 1.5 to 8.5 mm)."
            )
        if not self.along_mm[1] >= 20.0:
            raise ParameterError(f"SpinalCanal: length_mm is {self.length_mm} mm; it must be at least 40 mm.")

    @property
    def csf_mm(self) -> float:
        """Dorsal thickness of the fluid."""
        return float(self._level["dorsal_csf_mm"] if self.dorsal_csf_mm is None else self.dorsal_csf_mm)

    @property
    def along_mm(self) -> tuple[float, float]:
        """Both ends along z."""
        length = row("spinal_canal.canal")["length_mm"] if self.length_mm is None else self.length_mm
        return -length / 2, length / 2

    @property
    def cord_half_axes_mm(self) -> tuple[float, float]:
        """Half width and half depth of the cord."""
        return self._level["cord_width_mm"] / 2, self._level["cord_depth_mm"] / 2

    @property
    def tissues(self) -> tuple[Tissue, ...]:  # type: ignore[override]
        """Tissues, outer ones first."""
        s = row(f"spinal_canal.set_{self.conductivity}")
        plain = (("surround", "surround"), ("bone", "bone"), ("epidural fat", "epidural"), ("csf", "csf"),
                 ("grey matter", "grey"))  # fmt: skip
        made = [self._tissue(n, s[f"{k}_S_per_m"], s[f"{k}_S_per_m"]) for n, k in plain]
        fibres = ("white matter", "dorsal root") if self.roots else ("white matter",)
        made += [self._tissue(n, s["white_across_S_per_m"], s["white_along_S_per_m"]) for n in fibres]
        return tuple(made)

    @property
    def solids(self) -> tuple[Solid, ...]:
        """The solids, outer ones first."""
        c, ends = row("spinal_canal.canal"), self.along_mm
        half = c["surround_width_mm"] / 2, c["surround_depth_mm"] / 2
        middle, sac = self._sac()
        fat = sac[0] + c["epidural_lateral_mm"], sac[1] + c["dura_mm"] + c["epidural_depth_mm"]
        bone = fat[0] + c["bone_mm"], fat[1] + c["bone_mm"]
        out = [
            Solid(tissue="surround", shape=Block(low_mm=(-half[0], -half[1], ends[0]), high_mm=(*half, ends[1]))),
            *(
                Solid(tissue=n, shape=Column(centre_mm=(0.0, middle), half_axes_mm=h, along_mm=ends))
                for n, h in (("bone", bone), ("epidural fat", fat), ("csf", sac))
            ),
            Solid(tissue="white matter", shape=Column(half_axes_mm=self.cord_half_axes_mm, along_mm=ends),
                  cell_mm=_CORD_CELL_MM),
            *self._grey(),
        ]  # fmt: skip
        if self.roots:
            radius = row("spinal_canal.dorsal_root")["radius_mm"]
            out += [
                Solid(tissue="dorsal root", shape=Strand(start_mm=a, end_mm=b, radius_mm=radius), cell_mm=radius)
                for a, b in (self._root(-1.0), self._root(1.0))
            ]
        return tuple(out)

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """The dura."""
        c, s = row("spinal_canal.canal"), row(f"spinal_canal.set_{self.conductivity}")
        inside = ("csf", "white matter", "grey matter", *(("dorsal root",) if self.roots else ()))
        resistance = 1e-3 * c["dura_mm"] / s["dura_S_per_m"]
        return (Sheet(name="dura", encloses=inside, resistance_ohm_m2=resistance, rows=(c.key, s.key)),)

    @property
    def nerves(self) -> Mapping[str, NervePath]:
        """The midline of the dorsal columns (0.2 mm deep in the cord), and the roots from end to entry."""
        out = {"dorsal column": self.dorsal_column()}
        if self.roots:
            for side, sign in (("left", 1.0), ("right", -1.0)):
                entry, end = self._root(sign)
                name = f"{side} dorsal root"
                out[name] = NervePath(name=name, points_mm=(end, entry), skin_depth_mm=0.0, around_deg=90.0,
                                      rows=("spinal_canal.dorsal_root",))  # fmt: skip
        return out

    @property
    def rows(self) -> tuple[str, ...]:
        """Table rows behind the body."""
        own = (
            f"spinal_canal.level_{self.level.lower()}",
            f"spinal_canal.set_{self.conductivity}",
            "spinal_canal.canal",
            "spinal_canal.grey",
        )
        return (*own, "spinal_canal.dorsal_root") if self.roots else own

    def dorsal_column(self, depth_mm: float = _COLUMN_DEPTH_MM, lateral_mm: float = 0.0) -> NervePath:
        """A straight fibre in the dorsal columns, so deep below the surface of the cord.

        Raises
        ------
        ParameterError
            If it would lie outside the cord.
        """
        a, b = self.cord_half_axes_mm
        top = b * np.sqrt(max(1.0 - (lateral_mm / a) ** 2, 0.0))
        if not (abs(lateral_mm) < a and 0 < depth_mm < 2 * top):
            raise ParameterError(
                f"dorsal_column: depth_mm {depth_mm} at lateral_mm {lateral_mm} mm lies outside the cord, whose half"
                f" axes are {a:g} and {b:g} mm."
            )
        y = float(top - depth_mm)
        low, high = self.along_mm
        return NervePath(name="dorsal column", points_mm=((lateral_mm, y, low), (lateral_mm, y, high)),
                         skin_depth_mm=depth_mm, around_deg=90.0)  # fmt: skip

    def epidural_mm(
        self, lateral_mm: float = 0.0, along_mm: float = 0.0, diameter_mm: float = 1.3
    ) -> tuple[float, float, float]:
        """Axis of a lead that lies on the dura at a place across and along."""
        c = row("spinal_canal.canal")
        middle, (a, b) = self._sac()
        if not abs(lateral_mm) < a:
            raise ParameterError(f"epidural_mm: lateral_mm is {lateral_mm} mm; the sac reaches to {a:g} mm.")
        off = c["dura_mm"] + diameter_mm / 2 + c["lead_gap_mm"]
        y = b * np.sqrt(1.0 - (lateral_mm / a) ** 2)
        way = np.array([lateral_mm / a**2, y / b**2])
        x, y = np.array([lateral_mm, y]) + off * way / np.linalg.norm(way)
        return float(x), float(middle + y), float(along_mm)

    @property
    def _level(self) -> Mapping[str, float]:
        return row(f"spinal_canal.level_{self.level.lower()}")

    def _tissue(self, name: str, across: float, along: float) -> Tissue:
        return Tissue(name=name, sigma_transverse_S_per_m=across, sigma_axial_S_per_m=along,
                      rows=(f"spinal_canal.set_{self.conductivity}",))  # fmt: skip

    def _sac(self) -> tuple[float, tuple[float, float]]:
        """Middle (y) and half axes of the thecal sac."""
        c, (a, b) = row("spinal_canal.canal"), self.cord_half_axes_mm
        dorsal, ventral = b + self.csf_mm, b + c["ventral_csf_mm"]
        return (dorsal - ventral) / 2, (a + c["lateral_csf_mm"], (dorsal + ventral) / 2)

    def _grey(self) -> tuple[Solid, ...]:
        g, (a, b) = row("spinal_canal.grey"), self.cord_half_axes_mm
        wide, deep = 2 * a / g["of_cord_width_mm"], 2 * b / g["of_cord_depth_mm"]

        def part(x_mm: float, y_mm: float, half_axes_mm: list[float]) -> Solid:
            half = wide * half_axes_mm[0], deep * half_axes_mm[1]
            shape = Column(centre_mm=(wide * x_mm, deep * y_mm), half_axes_mm=half, along_mm=self.along_mm)
            return Solid(tissue="grey matter", shape=shape, cell_mm=_CORD_CELL_MM)

        return (
            *(part(s * g["dorsal_x_mm"], g["dorsal_y_mm"], g["dorsal_half_axes_mm"]) for s in (-1, 1)),
            *(part(s * g["ventral_x_mm"], g["ventral_y_mm"], g["ventral_half_axes_mm"]) for s in (-1, 1)),
            part(0.0, 0.0, g["bridge_half_axes_mm"]),
        )

    def _root(self, sign: float) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
        """Entry (in the cord, z = 0) and lower end (in the fluid) of one root."""
        r, (a, b) = row("spinal_canal.dorsal_root"), self.cord_half_axes_mm
        middle, sac = self._sac()
        x = r["entry_x_relative"] * a
        entry = sign * x, float(b * np.sqrt(1 - (x / a) ** 2)), 0.0
        return entry, (sign * r["end_x_relative"] * sac[0], middle + r["end_y_relative"] * sac[1], -r["descent_mm"])
