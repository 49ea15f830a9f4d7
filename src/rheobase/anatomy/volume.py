"""Bodies for finite elements: solids that are meshed here, or a mesh that was made elsewhere.

Where a `BodyPart` is a skin with layers and a core, a `Volume` may be anything: a spinal canal, a nerve in a cuff, a
segmented image. Coordinates are in mm.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rheobase.anatomy.body import NervePath, Tissue
from rheobase.errors import ParameterError, near_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A layer too thin to mesh: a membrane with a resistance per area, across which the potential jumps.

    Parameters
    ----------
    name : str
        Such as ``"dura"`` or ``"perineurium"``.
    encloses : tuple of str
        Names of the tissues inside it; the sheet lies wherever one of them meets a tissue that is not named.
    resistance_ohm_m2 : float
        Thickness over conductivity, ohm m2, above 0.
    rows : tuple of str
        Table rows it comes from.

    Raises
    ------
    ParameterError
        If nothing is enclosed or the resistance is not above 0 and finite.

    Examples
    --------
    >>> Sheet(name="dura", encloses=("csf",), resistance_ohm_m2=0.3e-3 / 0.6).name
    'dura'
    """

    name: str
    encloses: tuple[str, ...]
    resistance_ohm_m2: float
    rows: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.encloses:
            raise ParameterError(f"Sheet '{self.name}' encloses no tissue; name at least one.")
        if not 0 < self.resistance_ohm_m2 < np.inf:
            raise ParameterError(
                f"Sheet '{self.name}': resistance_ohm_m2 is {self.resistance_ohm_m2} ohm m2; it must be above 0 and"
                " finite: thickness in m over conductivity in S/m. For an insulator use a large value, such as 1e3."
            )


class Volume(ABC):
    """What the finite-element solver takes; see `SolidBody` and `MeshBody`.

    - ``tissues``: every tissue, in the order of the labels.
    - ``sheets``: membranes between tissues.
    - ``nerves``: trunks by name. ``rows``: table rows the body rests on.
    """

    __slots__ = ()
    tissues: tuple[Tissue, ...]

    @abstractmethod
    def labels_at(self, points_mm: np.ndarray) -> np.ndarray:
        """Index into ``tissues`` at (n, 3) points; -1 outside."""

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """Membranes between tissues."""
        return ()

    @property
    def nerves(self) -> Mapping[str, NervePath]:
        """Nerves, roots and tracts by name."""
        return {}

    @property
    def rows(self) -> tuple[str, ...]:
        """Table rows behind the body."""
        of_tissues = (r for t in self.tissues for r in t.rows)
        return tuple(dict.fromkeys((*of_tissues, *(r for s in self.sheets for r in s.rows))))

    def nerve(self, name: str) -> NervePath:
        """One nerve by name.

        Raises
        ------
        ParameterError
            If the body has no such nerve.
        """
        if name not in self.nerves:
            raise ParameterError(f"This body has no nerve '{name}'.{near_name(name, self.nerves)}")
        return self.nerves[name]


def depth_of(volume: Volume) -> dict[str, int]:
    """How many sheets enclose each tissue: 0 outside all of them.

    Raises
    ------
    ParameterError
        If a sheet names a tissue that the body lacks.

    Examples
    --------
    >>> depth_of.__name__
    'depth_of'
    """
    names = [t.name for t in volume.tissues]
    for sheet in volume.sheets:
        for name in sheet.encloses:
            if name not in names:
                raise ParameterError(f"Sheet '{sheet.name}' encloses '{name}', which the body lacks."
                                     f"{near_name(name, names)}")  # fmt: skip
    return {n: sum(n in s.encloses for s in volume.sheets) for n in names}
