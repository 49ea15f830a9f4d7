"""Where the body part is cut open: the stretch that is shown, and the wedge that is taken out of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rheobase.anatomy import BodyPart, MappedPart, NervePath
from rheobase.report.view.stretch import Stretch

Array = NDArray[np.float64]

WEDGE_DEG = 115.0
_TERRACE_RELATIVE = 0.16  # of the mean radius, along the skin: by so much each layer stands back from the one below
_BEYOND_RELATIVE = 1.4  # of the mean radius: what is shown beyond the outermost pads
_UPRIGHT_BELOW = 1.6  # length over diameter: a limb lies, a trunk stands


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """The wedge. Angles are counted from its first face: 0 to ``wedge_rad`` is taken out.

    The first face runs through the middle of the active pad, from the skin to the axis. At the second face every layer
    ends a step before the one below it, so that each shows its surface.

    Parameters
    ----------
    from_rad : float
        Angle of the first face around the axis.
    turn : int
        1 if the wedge opens towards growing angles, -1 if towards falling ones.
    wedge_rad : float
        Angle taken out of the core.
    step_rad : float
        By how much more is taken out of each layer than of the one below.
    low_mm, high_mm : float
        The stretch shown.
    layers : tuple of str
        Layers that are laid bare one by one, from the skin inwards; all below them is the core.
    radius_mm : float
        Mean radius at the pads: all that is drawn for the eye, such as the width of lines, is sized by it.
    upright : bool
        Whether the part is drawn standing, its axis pointing to the head.
    head_ward : bool
        Whether the axis points to the head in a part that lies.

    Examples
    --------
    >>> cut = Cut(from_rad=0.0, turn=1, wedge_rad=2.0, step_rad=0.2, low_mm=-90, high_mm=90,
    ...           layers=("skin", "fat"), radius_mm=40)
    >>> [round(cut.opening_rad(layer), 6) for layer in (0, 1, 2)]
    [2.4, 2.2, 2.0]
    """

    from_rad: float
    turn: int
    wedge_rad: float
    step_rad: float
    low_mm: float
    high_mm: float
    layers: tuple[str, ...]
    radius_mm: float
    upright: bool = False
    head_ward: bool = False

    def theta_rad(self, t_rad: Array | float) -> Array:
        """Angle around the axis of angles counted from the first face."""
        return np.asarray(self.from_rad + self.turn * np.asarray(t_rad, dtype=float))

    def t_rad(self, theta_rad: Array | float) -> Array:
        """Angle from the first face, 0 to 2 pi, of angles around the axis."""
        return np.mod(self.turn * (np.asarray(theta_rad, dtype=float) - self.from_rad), 2 * np.pi)

    def opening_rad(self, layer: int) -> float:
        """Angle taken out of a layer, counted from the skin inwards; the one after the last is the core."""
        return self.wedge_rad + (len(self.layers) - layer) * self.step_rad

    @property
    def ends(self) -> tuple[str, str]:
        """What lies beyond the low and the high end, in words."""
        return ("feet", "head") if self.upright or self.head_ward else ("distal", "proximal")


class Spotted(Protocol):
    """A pad, or a contact of an implant: where current enters or leaves."""

    @property
    def share(self) -> float:
        """Share of the current."""
        ...

    @property
    def along_mm(self) -> float:
        """Its middle along the axis."""
        ...

    @property
    def around_deg(self) -> float:
        """Its middle around the axis."""
        ...

    @property
    def extent_mm(self) -> float:
        """Its length along the axis."""
        ...


def focus_nerve(part: BodyPart, spots: Sequence[Spotted], over: str | None = None) -> NervePath | None:
    """The nerve that the picture is about: the one named, or the one nearest to the middle of the active pad."""
    if over is not None:
        return part.nerve(over)
    pad = max(spots, key=lambda p: p.share)
    here = np.array(part.on_skin_mm(pad.around_deg, pad.along_mm))
    away = {n.name: np.linalg.norm(np.array(n.points_mm) - here, axis=1).min() for n in part.nerves.values()}
    return part.nerves[min(away, key=lambda name: away[name])] if away else None


def choose_cut(part: BodyPart, spots: Sequence[Spotted], focus: NervePath | None) -> Cut:
    """Cut so that the active pad is halved, the nerve lies open and no other pad loses its ground.

    Parameters
    ----------
    part : BodyPart
        The body part.
    spots : sequence of Pad or Spot
        Where current enters and leaves.
    focus : NervePath, optional
        The nerve to be laid open.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> from rheobase.montage import pad_pair
    >>> arm = Forearm()
    >>> cut = choose_cut(arm, pad_pair(arm, "median").pads, arm.nerve("median"))
    >>> round(cut.low_mm), round(cut.high_mm), cut.from_rad
    (-126, 126, 0.0)
    """
    pad = max(spots, key=lambda p: p.share)
    radius = part.girth_mm(pad.along_mm) / (2 * np.pi)
    beyond = _BEYOND_RELATIVE * radius
    low = max(part.ends_mm[0], min(p.along_mm - p.extent_mm / 2 for p in spots) - beyond)
    high = min(part.ends_mm[1], max(p.along_mm + p.extent_mm / 2 for p in spots) + beyond)
    best: tuple[float, Cut] | None = None
    for turn in (1, -1):
        cut = Cut(
            from_rad=float(np.deg2rad(pad.around_deg)),
            turn=turn,
            wedge_rad=float(np.deg2rad(WEDGE_DEG)),
            step_rad=_TERRACE_RELATIVE,
            low_mm=float(low),
            high_mm=float(high),
            layers=bare_layers(part),
            radius_mm=float(radius),
            head_ward=isinstance(part, Stretch) and part.head_ward,
            upright=stands(part, (high - low) / (2 * radius)),
        )
        # growing angles first: so a lying limb has its pads on top and points to the trunk on the right
        score = _laid_open(cut, focus) - 2.0 * _lost(cut, spots) + 0.05 * (turn > 0)
        if best is None or score > best[0]:
            best = score, cut
    assert best is not None
    return best[1]


def stands(part: BodyPart, length_to_width_relative: float) -> bool:
    """Whether the axis of a part points to the head; where nobody says so, a short part is taken for a trunk.

    Examples
    --------
    >>> from rheobase.anatomy import Neck, Thigh
    >>> stands(Neck(), 3.0), stands(Thigh(), 1.0)
    (True, False)
    """
    if isinstance(part, MappedPart):
        return bool(part.data["frame"]["length_of"] == "stature")
    return not isinstance(part, Stretch) and length_to_width_relative < _UPRIGHT_BELOW


def bare_layers(part: BodyPart) -> tuple[str, ...]:
    """The layers above muscle and bone; a limb of concentric layers counts those as layers too.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> bare_layers(Forearm())
    ('skin', 'fat')
    """
    return tuple(takewhile(lambda name: "muscle" not in name and "bone" not in name, part.layer_names))


def _laid_open(cut: Cut, focus: NervePath | None) -> float:
    """Share of the nerve that lies in the wedge or in its first face."""
    if focus is None:
        return 0.0
    p = np.array(focus.points_mm)
    p = p[(p[:, 2] >= cut.low_mm) & (p[:, 2] <= cut.high_mm)]
    if not len(p):
        return 0.0
    t = cut.t_rad(np.arctan2(p[:, 1], p[:, 0]))
    return float(np.mean((t < cut.wedge_rad) | (t > 2 * np.pi - 0.05)))


def _lost(cut: Cut, spots: Sequence[Spotted]) -> float:
    """Number of pads whose middle has no ground left, the halved one aside."""
    opened = cut.opening_rad(0)
    middles = np.array([cut.t_rad(np.deg2rad(p.around_deg)) for p in spots])
    return float(np.sum((middles > 0.05) & (middles < opened)))
