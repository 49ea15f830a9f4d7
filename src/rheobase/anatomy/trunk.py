"""A nerve trunk with its fascicles, as a cuff sees it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rheobase.anatomy.trunk_solids import TrunkSolids
from rheobase.errors import ParameterError, near_name
from rheobase.tables import row, table

Array = NDArray[np.float64]

TRUNKS = tuple(key.removeprefix("trunk_") for key in table("trunks") if key.startswith("trunk_"))
_TRIES = 60
_PUSHES = 400
_MOST_SHARE = 0.65  # denser than that, circles of many sizes hardly come apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Fascicle:
    """One fascicle: a round bundle of fibres in its perineurium.

    Parameters
    ----------
    x_mm, y_mm : float
        Its middle.
    diameter_mm : float
        Diameter with perineurium, above 0.

    Examples
    --------
    >>> print(f"{Fascicle(x_mm=0.0, y_mm=0.0, diameter_mm=0.5).sheet_ohm_m2:.4f} ohm m2")
    0.0333 ohm m2
    """

    x_mm: float
    y_mm: float
    diameter_mm: float

    @property
    def perineurium_um(self) -> float:
        """Thickness of the perineurium."""
        p = row("trunks.perineurium")
        return float(p["slope_um_per_um"] * 1000.0 * self.diameter_mm + p["start_um"])

    @property
    def sheet_ohm_m2(self) -> float:
        """Resistance of the perineurium times its area: it is a thin sheet, not a volume."""
        return self.perineurium_um * 1e-6 / row("trunks.perineurium")["sigma_S_per_m"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NerveTrunk:
    """Epineurium with fascicles; round, and the same over its length.

    Parameters
    ----------
    name : str
        Nerve, such as ``"median_wrist"``.
    diameter_mm : float
        Diameter of the trunk, above 0.
    fascicles : tuple of Fascicle
        They lie within the trunk and clear of one another.

    Raises
    ------
    ParameterError
        If there is no fascicle, one lies out of the trunk, or two overlap.

    Examples
    --------
    >>> one = NerveTrunk(name="own", diameter_mm=2.0, fascicles=(Fascicle(x_mm=0.2, y_mm=0.0, diameter_mm=1.0),))
    >>> one.fascicle_share
    0.25
    """

    name: str
    diameter_mm: float
    fascicles: tuple[Fascicle, ...]

    def __post_init__(self) -> None:
        if not self.diameter_mm > 0:
            raise ParameterError(
                f"NerveTrunk '{self.name}': diameter_mm is {self.diameter_mm:g} mm; it must be above 0."
            )
        if not self.fascicles:
            raise ParameterError(f"NerveTrunk '{self.name}' has no fascicle. Give at least one.")
        p, r = _places(self.fascicles)
        beyond = np.hypot(*p.T) + r - self.diameter_mm / 2.0
        if beyond.max() > 1e-9:
            raise ParameterError(
                f"NerveTrunk '{self.name}': fascicle {int(np.argmax(beyond))} reaches {beyond.max():.3f} mm out of the"
                f" trunk of {self.diameter_mm:g} mm. Move it inwards or use a thicker trunk."
            )
        lack = _lack_mm(p, r, 0.0)
        if lack.max() > 1e-9:
            i, j = np.unravel_index(int(np.argmax(lack)), lack.shape)
            raise ParameterError(
                f"NerveTrunk '{self.name}': fascicles {i} and {j} overlap by {lack.max():.3f} mm. Move them apart."
            )

    @property
    def fascicle_share(self) -> float:
        """Share of the trunk's area that fascicles take."""
        return sum(f.diameter_mm**2 for f in self.fascicles) / self.diameter_mm**2

    @property
    def area_mm2(self) -> float:
        """Area of the trunk."""
        return float(np.pi / 4.0 * self.diameter_mm**2)

    @property
    def rows(self) -> tuple[str, ...]:
        """Table rows it rests on."""
        own = (f"trunks.trunk_{self.name}",) if self.name in TRUNKS else ()
        return (*own, "trunks.packing", "trunks.perineurium", "trunks.endoneurium", "trunks.epineurium")

    def solids(
        self, *, sleeve_mm: float = 0.1, sleeve_length_mm: float = 10.0, length_mm: float | None = None
    ) -> TrunkSolids:
        """The trunk in muscle and in the fluid of a cuff, as solids for finite elements; see `TrunkSolids`."""
        return TrunkSolids(
            trunk=self, sleeve_mm=sleeve_mm, sleeve_length_mm=sleeve_length_mm, length_mm=length_mm
        )  # fmt: skip

    def fascicle_at(self, points_mm: Array) -> NDArray[np.intp]:
        """Number of the fascicle at points x, y; -1 in the epineurium, -2 outside the trunk. Shape (n,)."""
        q = np.asarray(points_mm, dtype=float)
        p, r = _places(self.fascicles)
        inside = np.hypot(q[:, None, 0] - p[:, 0], q[:, None, 1] - p[:, 1]) <= r
        out = np.where(inside.any(axis=1), inside.argmax(axis=1), -1)
        return np.where(np.hypot(q[:, 0], q[:, 1]) > self.diameter_mm / 2.0, -2, out)


def sample_trunk(name: str, *, seed: int) -> NerveTrunk:
    """Draw a nerve trunk: its size, the number and sizes of its fascicles, and where they lie.

    Parameters
    ----------
    name : str
        Row of the table of trunks, such as ``"median_wrist"``.
    seed : int
        The same seed gives the same trunk.

    Raises
    ------
    ParameterError
        If there is no such trunk in the table.

    Examples
    --------
    >>> trunk = sample_trunk("median_wrist", seed=1)
    >>> trunk == sample_trunk("median_wrist", seed=1)
    True
    >>> 0.2 < trunk.fascicle_share < 0.75
    True
    """
    if name not in TRUNKS:
        raise ParameterError(f"There is no trunk '{name}' in the table.{near_name(name, TRUNKS)}")
    t, rule = row(f"trunks.trunk_{name}"), row("trunks.packing")
    rng = np.random.default_rng(seed)
    for _ in range(_TRIES):
        count = max(1, round(rng.normal(t["count_mean"], t["count_sd"])))
        area = max(rng.normal(t["area_mm2"], t["area_sd_mm2"]), 0.3 * t["area_mm2"])
        share = float(np.clip(rng.normal(t["fascicle_share"], t["fascicle_share_sd"]), 0.25, _MOST_SHARE))
        trunk_mm = 2.0 * np.sqrt(area / np.pi)
        sizes = np.exp(rule["size_sd_ln"] * rng.standard_normal(count))
        sizes *= np.sqrt(share * trunk_mm**2 / (sizes**2).sum())
        sizes = np.minimum(sizes, rule["largest_share_of_diameter"] * trunk_mm)
        found = _packed(sizes / 2.0, trunk_mm / 2.0, rng)
        if found is not None:
            made = zip(found, sizes, strict=True)
            return NerveTrunk(
                name=name, diameter_mm=float(trunk_mm),
                fascicles=tuple(Fascicle(x_mm=float(x), y_mm=float(y), diameter_mm=float(d)) for (x, y), d in made),
            )  # fmt: skip
    raise ParameterError(f"The fascicles of '{name}' do not fit into it with seed {seed}. Take another seed.")


def _packed(radii: Array, trunk_mm: float, rng: np.random.Generator) -> Array | None:
    """Places of circles in a circle, pushed apart until none overlap; None if they do not come apart."""
    rule = row("trunks.packing")
    room = trunk_mm - rule["edge_mm"] * min(1.0, trunk_mm) - radii
    angle, far = rng.uniform(0, 2 * np.pi, len(radii)), np.sqrt(rng.uniform(0, 1, len(radii))) * room
    p = np.column_stack([far * np.cos(angle), far * np.sin(angle)])
    gap = rule["gap_mm"] * min(1.0, trunk_mm)
    for _ in range(_PUSHES):
        lack = _lack_mm(p, radii, gap)
        if lack.max() <= gap / 2.0:
            return p
        apart = p[:, None] - p[None]
        way = apart / np.maximum(np.linalg.norm(apart, axis=2), 1e-9)[..., None]
        p = p + 0.45 * (np.maximum(lack, 0.0)[..., None] * way).sum(axis=1)
        r = np.hypot(*p.T)
        p *= np.minimum(1.0, room / np.maximum(r, 1e-9))[:, None]
    return None


def _places(fascicles: tuple[Fascicle, ...]) -> tuple[Array, Array]:
    return np.array([(f.x_mm, f.y_mm) for f in fascicles]), np.array([f.diameter_mm / 2.0 for f in fascicles])


def _lack_mm(p: Array, radii: Array, gap_mm: float) -> Array:
    """How far each two circles are too near; negative where they are clear."""
    apart = np.linalg.norm(p[:, None] - p[None], axis=2)
    lack = radii[:, None] + radii[None] + gap_mm - apart
    np.fill_diagonal(lack, -1.0)
    return lack
