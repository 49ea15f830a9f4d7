"""What the view needs to know of a field: a part to cut open, where current enters it, and the potential anywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rheobase.anatomy import BodyPart, Volume
from rheobase.electrode import Cuff, Lead, Pad
from rheobase.errors import ParameterError
from rheobase.field import Field
from rheobase.montage import Implanted, Montage
from rheobase.report.view.stretch import Stretch, stretch_of

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where current enters or leaves.

    Parameters
    ----------
    name : str
        Pad or contact.
    share : float
        Share of the current.
    along_mm, around_deg : float
        Its middle along the axis and around it.
    extent_mm : float
        Its length along the axis.

    Examples
    --------
    >>> Spot(name="c4", share=1.0, along_mm=2.0, around_deg=90.0, extent_mm=3.0).name
    'c4'
    """

    name: str
    share: float
    along_mm: float
    around_deg: float
    extent_mm: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """A field as the view sees it.

    Parameters
    ----------
    part : BodyPart
        What is cut open.
    spots : tuple of Spot
        Pads, or contacts that carry current; a far return is none.
    pads : tuple of Pad
        Pads on the skin.
    implants : tuple of Lead or Cuff
        Electrodes inside.
    drive_V_per_A : callable
        Potential of the drive at (n, 3) points; V per A is mV per mA. NaN inside electrodes.
    """

    part: BodyPart
    spots: tuple[Spot, ...]
    pads: tuple[Pad, ...]
    implants: tuple[Lead | Cuff, ...]
    drive_V_per_A: Callable[[Array], Array]

    @property
    def active(self) -> Spot:
        """The pad or contact with the largest share."""
        return max(self.spots, key=lambda s: s.share)


def seen(field: Field) -> Seen:
    """See pads on a body part as they are, and implants through the round stretch of tissue that holds them.

    Raises
    ------
    ParameterError
        If there is nothing to cut open: the field was solved elsewhere, or its contacts are faces of a given mesh.
    """
    part, montage = field.anatomy, field.montage
    if isinstance(part, BodyPart) and isinstance(montage, Montage):
        spots = tuple(
            Spot(name=p.name, share=p.share, along_mm=p.along_mm, around_deg=p.around_deg, extent_mm=p.extent_mm)
            for p in montage.pads
        )
        return Seen(part=part, spots=spots, pads=montage.pads, implants=(), drive_V_per_A=field.drive_V_per_A)
    if isinstance(part, Volume) and isinstance(montage, Implanted):
        implants = tuple(e for e in montage.electrodes if isinstance(e, Lead | Cuff))
        if implants:
            stretch = stretch_of(part, implants)
            return Seen(
                part=stretch, spots=_spots(implants), pads=(), implants=implants, drive_V_per_A=_masked(field, stretch)
            )
    raise ParameterError(
        f"view: a {type(part).__name__} with a {type(montage).__name__} cannot be cut open. Pads on a body part can,"
        " and leads and cuffs in a volume."
    )


def _spots(implants: tuple[Lead | Cuff, ...]) -> tuple[Spot, ...]:
    out = []
    for e in implants:
        for c in e.contacts:
            x, y, z = e.origin_mm + c.along_mm * e.axis
            around = float(np.rad2deg(np.arctan2(y, x))) if isinstance(e, Lead) else 0.0
            if c.share:
                out.append(Spot(name=c.name, share=c.share, along_mm=float(z), around_deg=around,
                                extent_mm=c.length_mm))  # fmt: skip
    return tuple(out)


def _masked(field: Field, stretch: Stretch) -> Callable[[Array], Array]:
    def drive(points_mm: Array) -> Array:
        p = np.asarray(points_mm, dtype=float)
        free = ~stretch.in_electrode(p)
        out = np.full(len(p), np.nan)
        out[free] = field.drive_V_per_A(p[free])
        return out

    return drive
