"""The bones of a limb as coarse triangles: enough for a picture, small enough for a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rheobase.effect.movement._spec import WHAT
from rheobase.effect.movement.fixture import fixture
from rheobase.effect.movement.limb import Limb
from rheobase.extras import need

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bone:
    """One bone in the frame of its body.

    Parameters
    ----------
    body : int
        Number of the body in the frames of a movement.
    name : str
        Name of the body.
    points_m : array, shape (n, 3)
        Corners.
    faces : array of int, shape (m, 3)
        Triangles, turned outwards.

    Examples
    --------
    >>> from rheobase.effect import bones, make_limb
    >>> [b.name for b in bones(make_limb("seated_knee"))][:3]
    ['pelvis', 'femur_r', 'tibia_r']
    """

    body: int
    name: str
    points_m: Array
    faces: NDArray[np.int64]


def bones(limb: Limb, *, grain_mm: float | None = None) -> tuple[Bone, ...]:
    """Bones of a limb, their surfaces coarsened to a grain.

    Parameters
    ----------
    limb : Limb
        The limb.
    grain_mm : float, optional
        Corners nearer than about this are joined, above 0; as the fixture says if left out.

    Returns
    -------
    tuple of Bone
        One for each body that has a surface.

    Examples
    --------
    >>> from rheobase.effect import make_limb
    >>> shapes = bones(make_limb("seated_knee"), grain_mm=15.0)
    >>> 100 < sum(len(b.faces) for b in shapes) < 5000
    True
    """
    mujoco = need("mujoco", WHAT)
    model, shown = limb.model_, fixture(limb.fixture)
    grain_m = (shown["grain_mm"] if grain_mm is None else grain_mm) / 1000.0
    found: dict[int, list[tuple[Array, NDArray[np.int64]]]] = {}
    for g in np.flatnonzero(model.geom_type == int(mujoco.mjtGeom.mjGEOM_MESH)):
        mesh = model.geom_dataid[g]
        v0, nv = model.mesh_vertadr[mesh], model.mesh_vertnum[mesh]
        f0, nf = model.mesh_faceadr[mesh], model.mesh_facenum[mesh]
        turn = np.empty(9)
        mujoco.mju_quat2Mat(turn, model.geom_quat[g])
        points = model.mesh_vert[v0 : v0 + nv] @ turn.reshape(3, 3).T + model.geom_pos[g]
        faces = np.asarray(model.mesh_face[f0 : f0 + nf], dtype=np.int64)
        found.setdefault(int(model.geom_bodyid[g]), []).append(_coarse(points, faces, grain_m))
    return tuple(
        _bone(model.body(b).name, b, parts)
        for b, parts in sorted(found.items())
        if model.body(b).name not in shown["hidden"]
    )


def toe_tip_mm(limb: Limb, body: str = "toes_r") -> Array:
    """The point of a body farthest from its joint: the tip of the toes, in the frame of the body.

    Parameters
    ----------
    limb : Limb
        The limb.
    body : str
        The body.

    Examples
    --------
    >>> from rheobase.effect import make_limb
    >>> bool(50.0 < np.linalg.norm(toe_tip_mm(make_limb("swing_leg"))) < 90.0)
    True
    """
    shape: Mapping[str, Bone] = {b.name: b for b in bones(limb, grain_mm=1.0)}
    points = 1000.0 * shape[body].points_m
    return points[np.argmax(np.linalg.norm(points, axis=1))]


def _bone(name: str, body: int, parts: list[tuple[Array, NDArray[np.int64]]]) -> Bone:
    offsets = np.cumsum([0, *(len(p) for p, _ in parts)])
    return Bone(
        body=body, name=name, points_m=np.concatenate([p for p, _ in parts]),
        faces=np.concatenate([f + o for (_, f), o in zip(parts, offsets[:-1], strict=True)]),
    )  # fmt: skip


def _coarse(points: Array, faces: NDArray[np.int64], grain_m: float) -> tuple[Array, NDArray[np.int64]]:
    """Join the corners within each cell of a grid, and drop the triangles that vanish."""
    cells = np.floor(points / grain_m).astype(np.int64)
    _, inverse, counts = np.unique(cells, axis=0, return_inverse=True, return_counts=True)
    inverse = inverse.reshape(-1)
    middle = np.zeros((len(counts), 3))
    np.add.at(middle, inverse, points)
    joined = inverse[faces]
    real = (joined[:, 0] != joined[:, 1]) & (joined[:, 1] != joined[:, 2]) & (joined[:, 2] != joined[:, 0])
    joined = joined[real]
    _, first = np.unique(np.sort(joined, axis=1), axis=0, return_index=True)
    return middle / counts[:, None], joined[np.sort(first)]
