"""Fibres that end under a pad: the grid of endings that is simulated, and every fibre between its points.

Thresholds vary smoothly with diameter and depth and jump between courses and tapers, so a grid over all of them is
simulated once; a fibre of any diameter and depth is then read off by interpolation of the logarithm.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import lru_cache

from rheobase.anatomy import BodyPart, LayeredLimb, course_points_mm, cutaneous_course, motor_course
from rheobase.electrode import Pad
from rheobase.errors import ParameterError, near_name
from rheobase.nerve.fibre import Fibre, uniform_fibre
from rheobase.nerve.model import Array
from rheobase.nerve.path import rounded_mm
from rheobase.nerve.taper import FREE, tapered_fibre, with_free_ending
from rheobase.tables import row

KINDS = {"A-beta": "a_beta", "A-alpha": "a_alpha", "A-delta": "a_delta"}
DEEPEST_SHARE = 0.8  # motor endings lie in the outer part of the muscle


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """One fibre that ends under a pad.

    Parameters
    ----------
    kind : str
        ``"A-beta"``, ``"A-alpha"`` (motor) or ``"A-delta"``.
    diameter_um : float
        Diameter of the parent.
    taper : str
        How it thins out; ``"free"`` for a thin fibre that loses its myelin, empty for one that ends with it.
    course : str
        How it reaches its ending.
    depth_mm : float
        Depth of the ending: below the skin for skin fibres, below the fascia for motor fibres. A free ending loses its
        myelin there and goes straight on to the epidermis.
    along_mm, around_deg : float
        Where it rises.
    topmost_mm : float, optional
        Place up to which other pads may excite the fibre on its way; by default as far beyond the middle of the limb as
        it ends before it, where the other pad of a pair lies.

    Examples
    --------
    >>> Ending(kind="A-beta", diameter_um=8.7, taper="short", course="vertical", depth_mm=1.0, along_mm=45.0,
    ...        around_deg=0.0).kind
    'A-beta'
    """

    kind: str
    diameter_um: float
    taper: str
    course: str
    depth_mm: float
    along_mm: float
    around_deg: float
    topmost_mm: float | None = None

    @property
    def way(self) -> tuple:
        """What decides its way through a limb; two endings of one way differ in the fibre only."""
        return self.kind == "A-alpha", self.taper == FREE, self.course, self.depth_mm, self.along_mm, self.around_deg

    @property
    def bare_mm(self) -> float:
        """Length of the bare axon of a free ending, 0 for other endings."""
        return self.depth_mm - row("branches.free_ending")["tip_mm"] if self.taper == FREE else 0.0

    def points_mm(self, limb: BodyPart) -> Array:
        """Way of the fibre from its ending until it leaves the model, corners rounded, shape (n, 3)."""
        at = {"along_mm": self.along_mm, "around_deg": self.around_deg}
        if self.kind == "A-alpha":
            course = motor_course(limb, self.course, below_fascia_mm=self.depth_mm, **at)
        else:
            course = cutaneous_course(limb, self.course, ending_mm=self.depth_mm, **at)
        if self.taper == FREE:
            course = ((self.depth_mm - self.bare_mm, course[0][1]), *course)
        return rounded_mm(course_points_mm(limb, course, self.around_deg))

    def fibre(self, reach_mm: float) -> Fibre:
        """The fibre itself, at most as long as its way reaches."""
        p = row("populations.grid")
        silent = p["silent_nodes"]
        if self.taper == FREE:
            return _free(self.diameter_um, p["a_delta_length_mm"], self.kind, silent, self.bare_mm)
        if self.taper:
            wanted = p["motor_length_mm"] if self.kind == "A-alpha" else p["cutaneous_length_mm"]
            # a fibre from the distal pad runs on beneath the proximal one and can be excited there
            beyond = -2.0 * self.along_mm if self.topmost_mm is None else self.topmost_mm - self.along_mm
            length = max(wanted, min(reach_mm - 2.0, wanted + beyond))
            return _tapered(self.taper, self.diameter_um, length, self.kind, silent)
        return _thin(self.diameter_um, p["a_delta_length_mm"], self.kind, silent)


# The fibres of a grid recur in every body: each is made once.
@lru_cache(maxsize=1024)
def _tapered(taper: str, parent_um: float, length_mm: float, label: str, silent: int) -> Fibre:
    return tapered_fibre(taper, parent_um=parent_um, length_mm=length_mm, label=label, silent_nodes=silent)


@lru_cache(maxsize=1024)
def _thin(diameter_um: float, length_mm: float, label: str, silent: int) -> Fibre:
    one = uniform_fibre("pena", diameter_um=diameter_um, nodes=4)
    nodes = int(1000.0 * length_mm / one.kinds.length_um[0]) + silent + 1
    return uniform_fibre(
        "pena", diameter_um=diameter_um, nodes=nodes, passive_ends=False, label=label, silent_nodes=silent
    )


@lru_cache(maxsize=1024)
def _free(diameter_um: float, length_mm: float, label: str, silent: int, bare_mm: float) -> Fibre:
    return with_free_ending(_thin(diameter_um, length_mm, label, silent), bare_mm)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingGrid:
    """All endings of one kind under one pad that are simulated.

    Parameters
    ----------
    kind, pad : str
        Kind of fibre and name of the pad.
    diameters_um, depths_mm, places_mm : tuple of float
        Grid of diameters, ending depths and places along the limb.
    tapers, courses : tuple of str
        Tapers (see `Ending`) and courses.
    around_deg : float
        Angle of the pad's centre, in whose plane all fibres lie.
    topmost_mm : float, optional
        As for `Ending`.
    motor_depth_mm : float, optional
        Middle depth below the fascia of motor endings; none for skin fibres.

    Examples
    --------
    >>> grid = EndingGrid(kind="A-beta", pad="p", diameters_um=(8.7,), depths_mm=(1.0,), places_mm=(45.0,),
    ...                   tapers=("short",), courses=("vertical",), around_deg=0.0)
    >>> grid.shape
    (1, 1, 1, 1, 1)
    """

    kind: str
    pad: str
    diameters_um: tuple[float, ...]
    tapers: tuple[str, ...]
    courses: tuple[str, ...]
    depths_mm: tuple[float, ...]
    places_mm: tuple[float, ...]
    around_deg: float
    topmost_mm: float | None = None
    motor_depth_mm: float | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """Size along (diameter, taper, course, depth, place)."""
        axes = (self.diameters_um, self.tapers, self.courses, self.depths_mm, self.places_mm)
        return tuple(len(a) for a in axes)

    def endings(self) -> list[Ending]:
        """Every ending of the grid, in the order of `shape`."""
        axes = (self.diameters_um, self.tapers, self.courses, self.depths_mm, self.places_mm)
        return [
            Ending(
                kind=self.kind, diameter_um=d, taper=t, course=c, depth_mm=e, along_mm=z, around_deg=self.around_deg,
                topmost_mm=self.topmost_mm,
            )
            for d, t, c, e, z in itertools.product(*axes)
        ]  # fmt: skip


def usual_motor_depth_mm() -> float:
    """Middle depth of motor endings below the fascia, where nothing is known of the muscle.

    Examples
    --------
    >>> usual_motor_depth_mm()
    8.5
    """
    p = row("populations.person")
    return (p["motor_depth_from_mm"] + p["motor_depth_to_mm"]) / 2


def skin_depth_mm(limb: BodyPart, pad: Pad) -> float:
    """Thickness of the skin under the middle of a pad.

    Parameters
    ----------
    limb : BodyPart
        The limb or other part.
    pad : Pad
        The pad.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> from rheobase.montage import pad_pair
    >>> skin_depth_mm(Forearm(), pad_pair(Forearm()).pads[0])
    1.5
    """
    if isinstance(limb, LayeredLimb):
        return float(limb.layers[-1].outer_radius_mm - limb.layers[-2].outer_radius_mm)
    return float(limb.layer_depth_mm(limb.layer_names[0], pad.around_deg, pad.along_mm))


def skin_endings_mm(kind: str, skin_mm: float) -> tuple[float, ...]:
    """Depths at which a kind of skin fibre ends, below the surface of a skin of some thickness.

    Thin fibres end where the dermis does, for there they lose their myelin.

    Parameters
    ----------
    kind : str
        ``"A-beta"`` or ``"A-delta"``.
    skin_mm : float
        Thickness of epidermis and dermis.

    Examples
    --------
    >>> skin_endings_mm("A-delta", 1.5), skin_endings_mm("A-beta", 1.5)
    ((1.4, 2.0), (1.0,))
    """
    p = row(f"populations.{KINDS[kind]}")
    if "ending_below_skin_mm" in p:
        return tuple(round(skin_mm + d, 9) for d in p["ending_below_skin_mm"])
    return tuple(p["ending_depth_mm"])


def ending_grid(
    kind: str,
    pad: Pad,
    *,
    skin_mm: float | None = None,
    muscle_mm: float = 20.0,
    topmost_mm: float | None = None,
    motor_depth_mm: float | None = None,
) -> EndingGrid:
    """Grid of the endings of one kind under one pad, from the table of populations.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    pad : Pad
        The pad.
    skin_mm : float, optional
        Thickness of the skin, which decides where thin fibres end; by default that of the forearm.
    muscle_mm : float
        Thickness of the muscle below the fascia, above 0; motor endings reach at most 80 % of it.
    topmost_mm : float, optional
        As for `Ending`.
    motor_depth_mm : float, optional
        Middle depth below the fascia of motor endings, above 0; by default `usual_motor_depth_mm`. The depths simulated
        grow with it.

    Raises
    ------
    ParameterError
        For an unknown kind, or a depth not above 0.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> from rheobase.montage import pad_pair
    >>> ending_grid("A-delta", pad_pair(Forearm()).pads[0]).shape
    (5, 1, 4, 2, 2)
    """
    if kind not in KINDS:
        raise ParameterError(f"There is no kind of fibre '{kind}'.{near_name(kind, KINDS)}")
    p, grid = row(f"populations.{KINDS[kind]}"), row("populations.grid")
    middle = None
    if kind == "A-alpha":
        middle = usual_motor_depth_mm() if motor_depth_mm is None else motor_depth_mm
        if not middle > 0:
            raise ParameterError(f"motor_depth_mm is {middle:g} mm; motor endings lie below the fascia, above 0 mm.")
        factor = middle / usual_motor_depth_mm()
        # deeper endings move up to the deepest possible, so that a little more fat changes thresholds a little
        depths = sorted({min(d * factor, DEEPEST_SHARE * muscle_mm) for d in p["ending_below_fascia_mm"]})
    else:
        depths = skin_endings_mm(kind, row("forearm.skin")["skin_mm"] if skin_mm is None else skin_mm)
    half = pad.extent_mm / 2
    return EndingGrid(
        kind=kind,
        pad=pad.name,
        diameters_um=tuple(grid[f"{KINDS[kind]}_um"]),
        tapers=tuple(p["taper"]) if "taper" in p else ("",),
        courses=tuple(p["course"]),
        depths_mm=tuple(depths),
        places_mm=tuple(pad.along_mm + s * half for s in p["place_share"]),
        around_deg=pad.around_deg,
        topmost_mm=topmost_mm,
        motor_depth_mm=middle,
    )
