"""A structured grid fitted to a body part: surfaces across, angles around, places along.

Arrays run (across, around, along). Across means from the axis to the skin: first through the core, then through the
layers, whose borders are surfaces of the grid. On the axis all angles share one node.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rheobase.anatomy import BodyPart
from rheobase.errors import ParameterError


@dataclass(frozen=True, slots=True, eq=False)
class BodyGrid:
    """The grid and its geometry.

    Attributes
    ----------
    part : BodyPart
        The body.
    places : tuple of arrays
        Relative places of the surfaces in the core and in every layer, inside out, each from 0 to 1.
    theta_rad : (a,) array
        Angles of the nodes, rising, the closing one left out.
    z_mm : (b,) array
        Places of the nodes along the axis.
    """

    part: BodyPart
    places: tuple[np.ndarray, ...]
    theta_rad: np.ndarray
    z_mm: np.ndarray

    @property
    def shape(self) -> tuple[int, int, int]:
        """Number of nodes across, around and along."""
        return 1 + sum(len(p) - 1 for p in self.places), len(self.theta_rad), len(self.z_mm)

    @property
    def d_theta_rad(self) -> np.ndarray:
        """Angle of every cell."""
        return np.diff(self.theta_rad, append=self.theta_rad[0] + 2 * np.pi)

    @property
    def d_z_mm(self) -> np.ndarray:
        """Length of every cell along the axis."""
        return np.diff(self.z_mm)

    @property
    def middle_theta_rad(self) -> np.ndarray:
        """Middle angle of every cell."""
        return self.theta_rad + self.d_theta_rad / 2

    @property
    def middle_z_mm(self) -> np.ndarray:
        """Middle of every cell along the axis."""
        return self.z_mm[:-1] + self.d_z_mm / 2

    @property
    def core_cells(self) -> int:
        """Number of cells across the core."""
        return len(self.places[0]) - 1

    def starts(self) -> list[int]:
        """Surface at which the core and each layer begin, and the skin."""
        return [0, *np.cumsum([len(p) - 1 for p in self.places]).tolist()]

    def radii_mm(self) -> np.ndarray:
        """Distance of every node from the axis."""
        t, z = np.meshgrid(self.theta_rad, self.z_mm, indexing="ij")
        borders = self.part.borders_mm(t, z)[::-1]
        inner = np.concatenate([np.zeros_like(borders[:1]), borders[:-1]])
        rows = [
            low + p[min(i, 1) :, None, None] * (high - low)
            for i, (p, low, high) in enumerate(zip(self.places, inner, borders, strict=True))
        ]
        return np.concatenate(rows)

    def check(self) -> None:
        """Refuse a body part whose geometry makes no grid.

        Raises
        ------
        ParameterError
            If a layer has no tissue, or outline or thickness is not above 0 everywhere, or the layers fill the part.
        """
        part, kind = self.part, type(self.part).__name__
        names = [t.name for t in part.tissues]
        for name in part.layer_names:
            if name not in names:
                raise ParameterError(f"{kind}: layer '{name}' is none of the tissues ({', '.join(names)}).")
        t, z = np.meshgrid(self.theta_rad, self.z_mm, indexing="ij")
        for what, values in (("outline", part.outline_mm(t, z)[None]), ("thickness", part.thickness_mm(t, z))):
            bad = ~(np.isfinite(values) & (values > 0))
            if bad.any():
                i, j, k = np.argwhere(bad)[0]
                layer = f" of layer '{part.layer_names[i]}'" if what == "thickness" else ""
                raise ParameterError(
                    f"{kind}: the {what}{layer} is {values[i, j, k]:g} mm at z = {self.z_mm[k]:.4g} mm,"
                    f" {np.rad2deg(self.theta_rad[j]):.4g} deg; it must be above 0 everywhere."
                )
        core = part.borders_mm(t, z)[-1]
        if core.min() <= 0:
            j, k = np.unravel_index(np.argmin(core), core.shape)
            raise ParameterError(
                f"{kind}: the layers under the skin are thicker than the part at z = {self.z_mm[k]:.4g} mm,"
                f" {np.rad2deg(self.theta_rad[j]):.4g} deg. Make them thinner or the part larger."
            )

    def locate(self, r_mm: np.ndarray, theta_rad: np.ndarray, z_mm: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Which part (0 the core, then the layers inside out) each point lies in, and where in it, 0 to 1."""
        borders = self.part.borders_mm(theta_rad, z_mm)[::-1]
        which = np.minimum(np.sum(borders < r_mm - 1e-9, axis=0), len(self.places) - 1)
        bounds = np.concatenate([np.zeros_like(borders[:1]), borders])
        low, high = (np.take_along_axis(bounds, (which + s)[None], axis=0)[0] for s in (0, 1))
        return which, np.clip((r_mm - low) / (high - low), 0.0, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class CellShape:
    """The map from a unit cube to every cell, at its middle: sides of the cell and how its radius slants, in m."""

    across: np.ndarray  # change of radius across the cell
    radius: np.ndarray
    slant_around: np.ndarray  # change of radius from one side to the other
    slant_along: np.ndarray
    around: np.ndarray  # arc
    along: np.ndarray

    @property
    def volume(self) -> np.ndarray:
        """Volume, m3."""
        return self.across * self.around * self.along


def cell_shapes(grid: BodyGrid, radii_mm: np.ndarray) -> CellShape:
    """Geometry of all cells, from the radii of the nodes."""
    r = np.concatenate([radii_mm, radii_mm[:, :1]], axis=1) * 1e-3
    between = (r[1:] + r[:-1]) / 2
    around, along = between[:, 1:] - between[:, :-1], between[:, :, 1:] - between[:, :, :-1]
    radius = _corner_mean(between)
    return CellShape(
        across=_corner_mean(r[1:] - r[:-1]),
        radius=radius,
        slant_around=(around[:, :, 1:] + around[:, :, :-1]) / 2,
        slant_along=(along[:, 1:] + along[:, :-1]) / 2,
        around=radius * grid.d_theta_rad[:, None],
        along=np.broadcast_to(grid.d_z_mm * 1e-3, radius.shape),
    )


def _corner_mean(at_nodes: np.ndarray) -> np.ndarray:
    """Mean over the four corners in (around, along)."""
    pairs = at_nodes[:, :-1] + at_nodes[:, 1:]
    return (pairs[:, :, :-1] + pairs[:, :, 1:]) / 4


def node_volumes_m3(shape: CellShape) -> np.ndarray:
    """Volume that belongs to every node: an eighth of each cell around it."""
    out = spread_to_corners(shape.volume / 8)
    out[0] = out[0].mean(axis=0)
    return out


def spread_to_corners(at_cells: np.ndarray) -> np.ndarray:
    """Sum of the cells that meet at every node."""
    n = at_cells.shape
    twice = at_cells + np.roll(at_cells, 1, axis=1)
    out = np.zeros((n[0] + 1, n[1], n[2] + 1), dtype=at_cells.dtype)
    for i in (0, 1):
        for k in (0, 1):
            out[i : i + n[0], :, k : k + n[2]] += twice
    return out
