"""Bodies built from simple solids, later ones painted over earlier ones."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from rheobase.anatomy.volume import Volume
from rheobase.errors import ParameterError


def _above_zero(what: str, key: str, values: tuple[float, ...]) -> None:
    if not all(0 < v < np.inf for v in values):
        raise ParameterError(f"{what}: {key} is {values} mm; it must be above 0 mm and finite.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A box along the axes.

    Parameters
    ----------
    low_mm, high_mm : (x, y, z)
        Opposite corners, the second above the first.

    Raises
    ------
    ParameterError
        If a side is not above 0.

    Examples
    --------
    >>> Block(low_mm=(-1, -1, -1), high_mm=(1, 1, 1)).contains(np.array([[0, 0, 0], [2, 0, 0]])).tolist()
    [True, False]
    """

    low_mm: tuple[float, float, float]
    high_mm: tuple[float, float, float]

    def __post_init__(self) -> None:
        _above_zero("Block", "high_mm - low_mm", tuple(b - a for a, b in zip(self.low_mm, self.high_mm, strict=True)))

    def contains(self, points_mm: np.ndarray) -> np.ndarray:
        """Whether each of (n, 3) points lies inside, (n,)."""
        p = np.asarray(points_mm, dtype=float)
        return np.all((p >= self.low_mm) & (p <= self.high_mm), axis=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """An elliptic cylinder along z.

    Parameters
    ----------
    centre_mm : (x, y)
        Its axis.
    half_axes_mm : (along x, along y)
        Half axes, above 0.
    along_mm : (low, high)
        Its ends along z.

    Raises
    ------
    ParameterError
        If a half axis or the length is not above 0.

    Examples
    --------
    >>> cord = Column(half_axes_mm=(4.2, 3.3), along_mm=(-40, 40))
    >>> cord.contains(np.array([[4.0, 0, 0], [0, 3.4, 0]])).tolist()
    [True, False]
    """

    half_axes_mm: tuple[float, float]
    along_mm: tuple[float, float]
    centre_mm: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        _above_zero("Column", "half_axes_mm", self.half_axes_mm)
        _above_zero("Column", "length along z", (self.along_mm[1] - self.along_mm[0],))

    def contains(self, points_mm: np.ndarray) -> np.ndarray:
        """Whether each of (n, 3) points lies inside, (n,)."""
        p = np.asarray(points_mm, dtype=float)
        x, y = (p[:, i] - self.centre_mm[i] for i in (0, 1))
        inside = (x / self.half_axes_mm[0]) ** 2 + (y / self.half_axes_mm[1]) ** 2 <= 1.0
        return inside & (p[:, 2] >= self.along_mm[0]) & (p[:, 2] <= self.along_mm[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Strand:
    """A straight round strand from point to point, such as a piece of a root; its fibres run along it.

    Parameters
    ----------
    start_mm, end_mm : (x, y, z)
        Middles of its ends.
    radius_mm : float
        Radius, above 0.

    Raises
    ------
    ParameterError
        If radius or length is not above 0.

    Examples
    --------
    >>> root = Strand(start_mm=(0, 0, 0), end_mm=(0, 10, 0), radius_mm=0.5)
    >>> root.contains(np.array([[0.4, 5.0, 0.0], [0.6, 5.0, 0.0]])).tolist()
    [True, False]
    """

    start_mm: tuple[float, float, float]
    end_mm: tuple[float, float, float]
    radius_mm: float

    def __post_init__(self) -> None:
        _above_zero("Strand", "radius_mm", (self.radius_mm,))
        _above_zero("Strand", "length", (self.length_mm,))

    @property
    def length_mm(self) -> float:
        """Length."""
        return float(np.linalg.norm(np.subtract(self.end_mm, self.start_mm)))

    @property
    def direction(self) -> np.ndarray:
        """Unit vector from start to end."""
        return np.subtract(self.end_mm, self.start_mm) / self.length_mm

    def contains(self, points_mm: np.ndarray) -> np.ndarray:
        """Whether each of (n, 3) points lies inside, (n,)."""
        p = np.asarray(points_mm, dtype=float) - self.start_mm
        along = p @ self.direction
        off = np.linalg.norm(p - np.outer(along, self.direction), axis=1)
        return (off <= self.radius_mm) & (along >= 0) & (along <= self.length_mm)


Shape = Block | Column | Strand


@dataclass(frozen=True, slots=True, kw_only=True)
class Solid:
    """A shape of one tissue.

    Parameters
    ----------
    tissue : str
        Name of a tissue of the body.
    shape : Block, Column or Strand
        Its form; fibres run along a strand, and along z elsewhere.
    cell_mm : float, optional
        Size of elements inside, near contacts.

    Examples
    --------
    >>> Solid(tissue="csf", shape=Column(half_axes_mm=(7.2, 6.0), along_mm=(-40, 40))).tissue
    'csf'
    """

    tissue: str
    shape: Shape
    cell_mm: float | None = None

    @property
    def direction(self) -> np.ndarray:
        """Unit vector along the fibres."""
        return self.shape.direction if isinstance(self.shape, Strand) else np.array([0.0, 0.0, 1.0])


class SolidBody(Volume):
    """A body as a list of solids; where two overlap, the later one counts. The first one is the outer limit."""

    __slots__ = ()

    @property
    @abstractmethod
    def solids(self) -> tuple[Solid, ...]:
        """The solids, outer ones first."""

    @property
    def bends_factor(self) -> float:
        """Elements along a bend, per radius, with which meshing begins; more where round surfaces nearly touch."""
        return 0.6

    def labels_at(self, points_mm: np.ndarray) -> np.ndarray:
        """Index into ``tissues`` at (n, 3) points; -1 outside the first solid."""
        p = np.asarray(points_mm, dtype=float)
        names = [t.name for t in self.tissues]
        out = np.full(len(p), -1)
        within = self.solids[0].shape.contains(p)
        for solid in self.solids:
            out[solid.shape.contains(p) & within] = names.index(solid.tissue)
        return out


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainSolids(SolidBody):
    """A body of given solids: for reference problems, and for geometry of one's own.

    Parameters
    ----------
    tissues : tuple of Tissue
        Every tissue.
    stack : tuple of Solid
        The solids, outer ones first.
    membranes : tuple of Sheet
        Thin layers between tissues.

    Raises
    ------
    ParameterError
        If a solid is of a tissue that is not given.

    Examples
    --------
    >>> from rheobase.anatomy import Tissue
    >>> water = Tissue(name="saline", sigma_transverse_S_per_m=1.76, sigma_axial_S_per_m=1.76)
    >>> box = Solid(tissue="saline", shape=Block(low_mm=(0, 0, 0), high_mm=(9, 9, 9)))
    >>> tank = PlainSolids(tissues=(water,), stack=(box,))
    >>> tank.labels_at(np.array([[1.0, 1, 1], [10, 1, 1]])).tolist()
    [0, -1]
    """

    tissues: tuple
    stack: tuple[Solid, ...]
    membranes: tuple = ()

    def __post_init__(self) -> None:
        check_tissues(self)

    @property
    def solids(self) -> tuple[Solid, ...]:
        """The solids, outer ones first."""
        return self.stack

    @property
    def sheets(self) -> tuple:
        """Membranes between tissues."""
        return self.membranes


def check_tissues(body: SolidBody) -> None:
    """Refuse a solid of a tissue that the body lacks.

    Examples
    --------
    >>> check_tissues.__name__
    'check_tissues'
    """
    names = [t.name for t in body.tissues]
    for solid in body.solids:
        if solid.tissue not in names:
            raise ParameterError(f"A solid is of '{solid.tissue}', but the body has {', '.join(names)}.")
