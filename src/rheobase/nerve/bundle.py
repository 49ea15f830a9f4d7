"""A sample of the fibres that matter: endings under pads, and the trunk that runs on beneath them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rheobase.anatomy import BodyPart, NervePath
from rheobase.electrode import Pad
from rheobase.errors import ParameterError
from rheobase.montage import Montage
from rheobase.nerve.endings import (
    DEEPEST_SHARE,
    KINDS,
    Ending,
    skin_depth_mm,
    skin_endings_mm,
    usual_motor_depth_mm,
)
from rheobase.nerve.fibre import Fibre, uniform_fibre
from rheobase.nerve.model import Array
from rheobase.nerve.muscle_pads import motor_depth_mm, motor_room_mm, pads_over_muscle
from rheobase.nerve.path import length_mm, rounded_mm
from rheobase.tables import row

_SHARES = {"A-beta": 0.4, "A-alpha": 0.3, "A-delta": 0.3}  # of the sample, not of the nerve


@dataclass(frozen=True, slots=True, kw_only=True)
class TrunkFibre:
    """One fibre of a nerve trunk, running from one end of the limb to the other.

    Parameters
    ----------
    kind : str
        ``"A-beta"`` or ``"A-alpha"``.
    diameter_um : float
        Diameter.
    path : NervePath
        Way of the nerve.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> TrunkFibre(kind="A-beta", diameter_um=10.0, path=Forearm().nerve("median")).kind
    'A-beta'
    """

    kind: str
    diameter_um: float
    path: NervePath

    def points_mm(self) -> Array:
        """Way of the fibre with rounded corners, shape (n, 3)."""
        return rounded_mm(np.array(self.path.points_mm))

    def fibre(self) -> Fibre:
        """The fibre itself, cut where the axial field has died."""
        spacing_um = uniform_fibre("mrg_interpolated", diameter_um=self.diameter_um, nodes=4).kinds.length_um[0]
        nodes = int(1000.0 * length_mm(self.points_mm()) / spacing_um) + 1
        return uniform_fibre(
            "mrg_interpolated", diameter_um=self.diameter_um, nodes=nodes, passive_ends=False, label=self.kind
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Fibres to be recruited.

    Parameters
    ----------
    nerve : str
        Nerve they belong to.
    endings : tuple of Ending
        Fibres that end under a pad.
    trunk : tuple of TrunkFibre
        Fibres that run on.
    seed : int
        What they were drawn with.

    Examples
    --------
    >>> Bundle(nerve="median", endings=(), trunk=(), seed=1).nerve
    'median'
    """

    nerve: str
    endings: tuple[Ending, ...]
    trunk: tuple[TrunkFibre, ...]
    seed: int

    def __len__(self) -> int:
        return len(self.endings) + len(self.trunk)


def bundle(anatomy: BodyPart, nerve: str, *, count: int = 500, seed: int = 1, under: Montage | None = None) -> Bundle:
    """Draw fibres of a nerve from the table of populations.

    With `under`, the fibres end under the pads, in skin and muscle: they decide what is felt, moved and what hurts.
    Without it, they are those of the trunk, which only far larger currents reach.

    Parameters
    ----------
    anatomy : BodyPart
        The limb or other part.
    nerve : str
        Such as ``"median"``.
    count : int
        Number of fibres, at least 10.
    seed : int
        The same seed gives the same fibres.
    under : Montage, optional
        Pads under which the fibres end.

    Raises
    ------
    ParameterError
        For an unknown nerve or fewer than 10 fibres.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> from rheobase.montage import pad_pair
    >>> arm = Forearm()
    >>> len(bundle(arm, "median", count=50, seed=1, under=pad_pair(arm)))
    50
    """
    if count < 10:
        raise ParameterError(f"count is {count}; a bundle needs at least 10 fibres, usually some hundred.")
    path = anatomy.nerve(nerve)
    rng = np.random.default_rng(seed)
    if under is None:
        kinds = rng.choice(["A-beta", "A-alpha"], size=count, p=[1.0 - path.motor_share, path.motor_share])
        drawn = {k: iter(diameters_um(k, count, rng)) for k in ("A-beta", "A-alpha")}
        trunk = tuple(TrunkFibre(kind=str(k), diameter_um=float(next(drawn[str(k)])), path=path) for k in kinds)
        return Bundle(nerve=nerve, endings=(), trunk=trunk, seed=seed)
    numbers = {k: round(s * count) for k, s in _SHARES.items()}
    if not pads_over_muscle(anatomy, under):
        numbers["A-alpha"] = 0  # bone or tendon lies under the pads
    numbers["A-beta"] += count - sum(numbers.values())
    endings = [e for kind, n in numbers.items() for e in _endings(anatomy, kind, n, under, rng)]
    return Bundle(nerve=nerve, endings=tuple(endings), trunk=(), seed=seed)


def diameters_um(kind: str, count: int, rng: np.random.Generator) -> Array:
    """Diameters drawn from the distribution of a kind of fibre.

    Parameters
    ----------
    kind : str
        ``"A-beta"``, ``"A-alpha"`` or ``"A-delta"``.
    count : int
        How many.
    rng : numpy Generator
        Source of chance.

    Examples
    --------
    >>> bool((diameters_um("A-beta", 100, np.random.default_rng(1)) >= 5.7).all())
    True
    """
    p = row(f"populations.{KINDS[kind]}")
    if "median_um" in p:
        d = p["median_um"] * np.exp(p["sd_ln"] * rng.standard_normal(count))
    else:
        d = p["mean_um"] + p["sd_um"] * rng.standard_normal(count)
    return np.clip(d, p["smallest_um"], p["largest_um"])


def _endings(limb: BodyPart, kind: str, n: int, pads: Montage, rng: np.random.Generator) -> list[Ending]:
    p = row(f"populations.{KINDS[kind]}")
    weight = np.array(p["course_weight"])
    fleshy = pads_over_muscle(limb, pads) if kind == "A-alpha" and n else ()
    courses = rng.choice(p["course"], size=n, p=weight / weight.sum())
    tapers = rng.choice(p["taper"], size=n) if "taper" in p else np.full(n, "")
    places = rng.choice(p["place_share"], size=n)
    # motor fibres end under every pad over muscle in turn
    under = [fleshy[i % len(fleshy)] for i in range(n)] if fleshy else []
    skin = {} if kind == "A-alpha" else {q.name: skin_endings_mm(kind, skin_depth_mm(limb, q)) for q in pads.pads}
    drawn = rng.choice(len(skin[pads.pads[0].name]), size=n) if skin else np.zeros(n, np.intp)
    depths = _motor_depths_mm(limb, under, rng) if under else np.zeros(n)
    out = []
    for i, d in enumerate(diameters_um(kind, n, rng)):
        pad = under[i] if under else pads.pads[int(rng.integers(len(pads.pads)))]
        half = pad.extent_mm / 2
        out.append(
            Ending(
                kind=kind, diameter_um=float(d), taper=str(tapers[i]), course=str(courses[i]),
                depth_mm=float(skin[pad.name][drawn[i]] if skin else depths[i]),
                along_mm=float(pad.along_mm + places[i] * half), around_deg=pad.around_deg,
            )
        )  # fmt: skip
    return out


def _motor_depths_mm(limb: BodyPart, under: list[Pad], rng: np.random.Generator) -> Array:
    """Depths of motor endings below the fascia, one for each pad of a list, as in the middle person."""
    person, spread = row("populations.person"), row("populations.a_alpha")["ending_spread_mm"]
    known = {pad.name: (motor_depth_mm(limb, pad), motor_room_mm([limb], pad)) for pad in under}
    middle, thick = np.array([known[pad.name] for pad in under]).T
    factor = middle / usual_motor_depth_mm()
    wanted = middle + spread * rng.standard_normal(len(under))
    within = np.clip(wanted, person["motor_depth_from_mm"] * factor, person["motor_depth_to_mm"] * factor)
    return np.minimum(within, DEEPEST_SHARE * thick)
