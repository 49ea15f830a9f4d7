"""A movement as plain values for a moving picture: bones, where they are in each frame, and the muscles that pull."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from rheobase.effect.movement.bones import bones
from rheobase.effect.movement.fixture import fixture
from rheobase.effect.movement.record import Movement
from rheobase.errors import ParameterError


def scene_of(
    takes: Mapping[str, Movement],
    *,
    groups: Sequence[str] | None = None,
    from_s: float = 0.0,
    frames: int = 200,
    title: str = "The movement",
    caption: str = "Turn it by dragging.",
) -> dict[str, Any]:
    """Collect movements of one limb into a scene; `rheobase.report.film_html` makes a page of it.

    Parameters
    ----------
    takes : mapping
        Movements by what is written over each; all of the same limb, shown side by side.
    groups : sequence of str, optional
        Muscles to draw; all of the limb's if left out.
    from_s : float
        Where to begin, 0 or above.
    frames : int
        Most frames to keep, 2 or more.
    title, caption : str
        Heading, and what to see.

    Returns
    -------
    dict
        Plain values: ``bones`` with corners and triangles; ``takes`` with ``frames``, each with place and turn of every
        bone, the paths of the muscles and how strongly each pulls (0 to 1).

    Raises
    ------
    ParameterError
        If there is nothing to show, or the movements are of different limbs.

    Examples
    --------
    >>> from rheobase.effect import make_limb, move
    >>> knee = move(make_limb("seated_knee"), {"quadriceps": np.full(200, 0.4)})
    >>> scene = scene_of({"pads on the thigh": knee})
    >>> len(scene["takes"][0]["frames"]), scene["takes"][0]["frames"][-1]["pulls"][0]
    (11, 0.4)
    """
    limbs = {m.limb.fixture for m in takes.values()}
    if len(limbs) != 1:
        raise ParameterError(f"A scene shows one limb; movements of {', '.join(sorted(limbs)) or 'none'} were given.")
    limb = next(iter(takes.values())).limb
    drawn = tuple(groups) if groups is not None else tuple(limb.groups)
    shapes = bones(limb)
    bodies = [b.body for b in shapes]
    return {
        "title": title,
        "caption": caption,
        "turn_deg": fixture(limb.fixture)["turn_deg"],
        "bones": [
            {"name": b.name, "points_m": b.points_m.round(4).tolist(), "faces": b.faces.tolist()} for b in shapes
        ],
        "takes": [_take(plain, moved, bodies, drawn, from_s, frames) for plain, moved in takes.items()],
    }


def _take(
    plain: str, moved: Movement, bodies: list[int], groups: tuple[str, ...], from_s: float, frames: int
) -> dict[str, Any]:
    chosen = np.flatnonzero(moved.frame_s >= from_s - 1e-9)[:frames]
    if frames < 2 or len(chosen) < 2:
        raise ParameterError(
            f"From {from_s:g} s on, the movement '{plain}' has {len(chosen)} frames; begin earlier or record more, and"
            " keep 2 or more."
        )
    times = moved.frame_s[chosen]
    pull = {g: np.minimum(np.interp(times, moved.time_s, moved.share[g]), 1.0).round(3) for g in groups}
    return {
        "plain": plain,
        "seconds": round(float(times[-1] - times[0]), 3),
        "frames": [
            {
                "bodies": [
                    [*moved.frames[i]["position_m"][b].round(4).tolist(),
                     *moved.frames[i]["turn"][b].reshape(-1).round(4).tolist()]
                    for b in bodies
                ],
                "paths": [p.round(4).tolist() for g in groups for p in moved.frames[i]["paths_m"][g]],
                "pulls": [float(pull[g][k]) for g in groups for _ in moved.frames[i]["paths_m"][g]],
            }
            for k, i in enumerate(chosen)
        ],
    }  # fmt: skip
