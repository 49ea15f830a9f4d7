"""Triangles to pixels without a screen: nearest triangle first, then its colour.

The projection is parallel, so that a scale bar holds everywhere and values run evenly across a triangle.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rheobase.report.view.mesh import Mesh
from rheobase.report.view.palette import drive_rgb, rgb
from rheobase.report.view.scene import Scene

Array = NDArray[np.float64]

_LIGHT = np.array([-0.35, 0.55, 0.76])  # from the left, above and behind the eye
_BATCH = 1_000_000
_FAR = np.uint64(0xFFFFFFFFFFFFFFFF)
_LARGE = 50_000  # pixels of a box that is entered by itself
_DEPTHS = 2.0**31 - 1
_SLACK = 1e-5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """Where points of the scene lie in a picture.

    Parameters
    ----------
    view : (3, 3) array
        Rows: right, up, towards the eye.
    middle_mm : (3,) array
        What lies in the middle of the picture.
    px_per_mm : float
        Scale.
    width_px, height_px : int
        Size.
    """

    view: Array
    middle_mm: Array
    px_per_mm: float
    width_px: int
    height_px: int

    def place(self, points_mm: Array) -> Array:
        """Pixels to the right, pixels down, and mm towards the eye: (n, 3)."""
        seen = (np.asarray(points_mm, dtype=float) - self.middle_mm) @ self.view.T
        seen[:, 0] = self.width_px / 2 + seen[:, 0] * self.px_per_mm
        seen[:, 1] = self.height_px / 2 - seen[:, 1] * self.px_per_mm
        return seen


def frame_of(
    scene: Scene,
    width_px: int,
    *,
    view: str = "start",
    tallest_relative: float = 1.0,
    margin_relative: float = 0.05,
) -> Frame:
    """The frame of a width in which the whole scene just fits, no taller than ``tallest_relative`` of the width."""
    turned = scene.views[view]
    seen = np.concatenate([m.points_mm for m in scene.meshes]) @ turned.T
    low, high = seen.min(axis=0), seen.max(axis=0)
    size = high - low
    room = 1.0 - 2 * margin_relative
    scale = room * width_px * min(1.0 / size[0], tallest_relative / size[1])
    return Frame(
        view=turned,
        middle_mm=(low + high) / 2 @ turned,
        px_per_mm=float(scale),
        width_px=width_px,
        height_px=2 * int(np.ceil(size[1] * scale / 2 + margin_relative * width_px)),
    )


def draw(scene: Scene, frame: Frame, *, finer: int = 2, scheme: str = "light") -> NDArray[np.uint8]:
    """The scene as pixels of red, green, blue and opacity.

    Parameters
    ----------
    scene : Scene
        What to draw.
    frame : Frame
        How it is seen.
    finer : int
        Samples of a pixel either way, 1 or more.
    scheme : {"light", "dark"}
        Palette.

    Returns
    -------
    (height, width, 4) array of uint8
        Transparent where nothing is.
    """
    big = Frame(
        view=frame.view, middle_mm=frame.middle_mm, px_per_mm=frame.px_per_mm * finer,
        width_px=frame.width_px * finer, height_px=frame.height_px * finer,
    )  # fmt: skip
    corners, owner, local = _gathered(scene.meshes, big)
    nearest = _nearest(corners, big.width_px, big.height_px)
    pixel = np.flatnonzero(nearest >= 0)
    which = nearest[pixel]
    share = np.clip(_shares(corners[which], pixel % big.width_px + 0.5, pixel // big.width_px + 0.5), 0.0, 1.0)
    out = np.zeros((big.height_px * big.width_px, 4), dtype=np.float32)
    out[pixel, 3] = 1.0
    for index, mesh in enumerate(scene.meshes):
        mine = owner[which] == index
        if mine.any():
            out[pixel[mine], :3] = _colours(scene, mesh, local[which[mine]], share[mine], frame.view, scheme)
    mean = out.reshape(frame.height_px, finer, frame.width_px, finer, 4).mean(axis=(1, 3))
    mean[..., :3] /= np.maximum(mean[..., 3:], 1e-9)
    return np.round(255 * np.clip(mean, 0.0, 1.0)).astype(np.uint8)


def _gathered(meshes: tuple[Mesh, ...], frame: Frame) -> tuple[Array, NDArray[np.int64], NDArray[np.int64]]:
    """Corners of all triangles on the picture (n, 3, 3), the mesh of each, and its corners there."""
    corners = [frame.place(m.points_mm)[m.triangles] for m in meshes]
    owner = np.repeat(np.arange(len(meshes)), [len(c) for c in corners])
    return np.concatenate(corners), owner, np.concatenate([m.triangles for m in meshes])


def _nearest(corners: Array, width: int, height: int) -> NDArray[np.int64]:
    """For each pixel the triangle that is seen there, or -1."""
    planes = _planes(corners, width, height)
    seen = np.full(width * height, _FAR, dtype=np.uint64)
    count = planes.wide * planes.tall
    for large in np.flatnonzero(count > _LARGE):
        _keep_nearer(seen, planes, np.array([large]), width)
    order = np.flatnonzero((count > 0) & (count <= _LARGE))
    ends = np.searchsorted(np.cumsum(count[order]), np.arange(_BATCH, count[order].sum() + 1, _BATCH))
    for part in np.split(order, ends):
        _keep_nearer(seen, planes, part, width)
    return np.where(seen == _FAR, -1, (seen & np.uint64(0xFFFFFFFF)).astype(np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class _Planes:
    """Each triangle's box of pixels, and its two shares and depth as planes from the box's first pixel."""

    left: NDArray[np.int64]
    top: NDArray[np.int64]
    wide: NDArray[np.int64]
    tall: NDArray[np.int64]
    start: NDArray[np.float32]  # (n, 3): first share, second share, depth 0 to 1
    right: NDArray[np.float32]  # change by one pixel to the right
    down: NDArray[np.float32]


def _planes(corners: Array, width: int, height: int) -> _Planes:
    x, y, z = (corners[:, :, i] for i in range(3))
    left, right = np.ceil(x.min(axis=1) - 0.5).astype(int), np.floor(x.max(axis=1) - 0.5).astype(int)
    top, bottom = np.ceil(y.min(axis=1) - 0.5).astype(int), np.floor(y.max(axis=1) - 0.5).astype(int)
    left, top = np.maximum(left, 0), np.maximum(top, 0)
    wide, tall = np.minimum(right, width - 1) - left + 1, np.minimum(bottom, height - 1) - top + 1
    shown = (wide > 0) & (tall > 0) & (np.abs(_twice_area(corners)) > 1e-9)
    depth = (z.max() - z) / max(float(np.ptp(z)), 1e-9)

    def at(dx: int, dy: int) -> Array:
        out = np.zeros((len(corners), 3))
        share = _shares(corners[shown], left[shown] + 0.5 + dx, top[shown] + 0.5 + dy)
        out[shown] = np.stack([share[:, 0], share[:, 1], (share * depth[shown]).sum(axis=1)], axis=1)
        return out

    start = at(0, 0)
    steps = [(at(*d) - start).astype(np.float32) for d in ((1, 0), (0, 1))]
    return _Planes(left, top, np.where(shown, wide, 0), np.where(shown, tall, 0), start.astype(np.float32), *steps)


def _keep_nearer(seen: NDArray[np.uint64], planes: _Planes, part: NDArray[np.int64], width: int) -> None:
    """Enter some triangles where they lie in front of what is there."""
    count = (planes.wide * planes.tall)[part]
    of = np.repeat(part, count)
    run = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)
    dy, dx = np.divmod(run, planes.wide[of])
    right, down = dx.astype(np.float32), dy.astype(np.float32)
    first, second, depth = (
        planes.start[of, i] + planes.right[of, i] * right + planes.down[of, i] * down for i in range(3)
    )
    inside = (first >= -_SLACK) & (second >= -_SLACK) & (first + second <= 1 + _SLACK)
    key = (np.clip(depth[inside], 0, 1) * _DEPTHS).astype(np.uint64) << np.uint64(32) | of[inside].astype(np.uint64)
    pixel = ((planes.top[of] + dy) * width + planes.left[of] + dx)[inside]
    np.minimum.at(seen, pixel, key)


def _twice_area(corners: Array) -> Array:
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    return (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])


def _shares(corners: Array, x: NDArray, y: NDArray) -> Array:
    """How much each corner counts at a pixel; all three are 0 or more inside."""
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    total = _twice_area(corners)
    first = ((b[:, 0] - x) * (c[:, 1] - y) - (b[:, 1] - y) * (c[:, 0] - x)) / total
    second = ((c[:, 0] - x) * (a[:, 1] - y) - (c[:, 1] - y) * (a[:, 0] - x)) / total
    return np.stack([first, second, 1.0 - first - second], axis=1)


def _colours(scene: Scene, mesh: Mesh, corners: NDArray[np.int64], share: Array, view: Array, scheme: str) -> Array:
    """Colour of samples of one mesh, shaded."""
    if mesh.drive_relative is not None:
        base = drive_rgb((mesh.drive_relative[corners] * share).sum(axis=1), scheme)
    elif mesh.texture_index >= 0 and mesh.uv is not None:
        texture = scene.textures[mesh.texture_index]
        u, v = (mesh.uv[corners] * share[..., None]).sum(axis=1).T
        rows, columns = texture.pixels.shape
        i, j = (np.clip((w * n).astype(int), 0, n - 1) for w, n in ((v, rows), (u, columns)))
        base = np.array([rgb(name, scheme) for name in texture.names])[texture.pixels[i, j]]
    else:
        base = np.broadcast_to(rgb(mesh.colour, scheme), (len(share), 3))
    if mesh.colour == "line":
        return np.asarray(base)
    normal = (mesh.normals[corners] * share[..., None]).sum(axis=1) @ view.T
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
    lit = np.abs(normal @ (_LIGHT / np.linalg.norm(_LIGHT)))
    return base * (0.86 + 0.14 * lit if mesh.flat else 0.6 + 0.4 * lit)[:, None]
