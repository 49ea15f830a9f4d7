"""Gel pads on the skin."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from rheobase.electrode.interface import Interface, default_interface
from rheobase.errors import ParameterError, near_name
from rheobase.tables import row

SHAPES = ("rectangle", "round")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pad:
    """One self-adhesive pad: its shape, its place on the limb, its share of the current.

    Sizes are measured along the skin, as with a tape.

    Parameters
    ----------
    name : str
        Name of the contact, such as ``"proximal"``.
    shape : {"rectangle", "round"}
        Outline.
    width_mm, length_mm : float
        Size around and along the limb of a rectangle, above 0.
    diameter_mm : float
        Diameter of a round pad, above 0.
    along_mm : float
        Axial place of the centre; 0 is mid-limb, positive is proximal.
    around_deg : float
        Angle of the centre around the limb.
    share : float
        Share of the current that enters the tissue here: positive for active contacts (together +1), negative for
        return contacts (together -1). The active contact is the cathode when the leading phase is cathodic.
    channel : int
        Channel of the stimulator, from 1.
    interface : Interface
        Gel and stratum corneum; the default is 1.35 ohm m2.

    Raises
    ------
    ParameterError
        If the shape is unknown, a size is missing, superfluous or not above 0, or a place is not finite.

    Examples
    --------
    >>> Pad(name="a", width_mm=50, length_mm=50, share=1.0).area_mm2
    2500.0
    >>> round(Pad(name="b", shape="round", diameter_mm=32, share=-1.0).area_mm2)
    804
    """

    name: str
    shape: str = "rectangle"
    width_mm: float | None = None
    length_mm: float | None = None
    diameter_mm: float | None = None
    along_mm: float = 0.0
    around_deg: float = 0.0
    share: float = 1.0
    channel: int = 1
    interface: Interface = field(default_factory=default_interface)

    def __post_init__(self) -> None:
        if self.shape not in SHAPES:
            raise ParameterError(f"Pad '{self.name}': unknown shape '{self.shape}'.{near_name(self.shape, SHAPES)}")
        needed = ("width_mm", "length_mm") if self.shape == "rectangle" else ("diameter_mm",)
        for key in ("width_mm", "length_mm", "diameter_mm"):
            value = getattr(self, key)
            if key not in needed and value is not None:
                raise ParameterError(
                    f"Pad '{self.name}': {key} is {value} mm, but a {self.shape} pad has {' and '.join(needed)}."
                    f" Leave {key} out."
                )
            if key in needed and (value is None or not 0 < value < np.inf):
                raise ParameterError(f"Pad '{self.name}': {key} is {value} mm; it must be above 0 mm.")
        for key, unit in (("along_mm", "mm"), ("around_deg", "deg"), ("share", "")):
            if not np.isfinite(getattr(self, key)):
                raise ParameterError(f"Pad '{self.name}': {key} is {getattr(self, key)} {unit}; it must be finite.")
        if self.channel < 1:
            raise ParameterError(f"Pad '{self.name}': channel is {self.channel}; channels count from 1.")

    @property
    def around_mm(self) -> float:
        """Extent around the limb, along the skin."""
        return float(self._size("width_mm"))

    @property
    def extent_mm(self) -> float:
        """Extent along the limb."""
        return float(self._size("length_mm"))

    @property
    def area_mm2(self) -> float:
        """Area of the contact."""
        return float(self.around_mm * self.extent_mm * (np.pi / 4 if self.shape == "round" else 1.0))

    @property
    def mean_contact_ohm(self) -> float:
        """Resistance of the interface alone to a steady current spread evenly over the pad."""
        return self.interface.contact_impedance_ohm_m2 / (self.area_mm2 * 1e-6)

    def lifted(self, share: float, edge: str = "distal") -> Pad:
        """The pad after a strip along one end has come off the skin: shorter, its middle moved, its place kept.

        Parameters
        ----------
        share : float
            Share of the length that has come off, 0 to 0.95.
        edge : {"distal", "proximal"}
            Which end: towards smaller or larger places along.

        Raises
        ------
        ParameterError
            If the pad is round, or share or edge is out of range.

        Examples
        --------
        >>> off = Pad(name="a", width_mm=50, length_mm=50, along_mm=45.0).lifted(0.4)
        >>> off.length_mm, off.along_mm
        (30.0, 55.0)
        """
        if self.shape != "rectangle":
            raise ParameterError(f"Pad '{self.name}' is round; only a rectangle can be lifted along one end.")
        if not 0.0 <= share <= 0.95:
            raise ParameterError(
                f"Pad '{self.name}': share lifted is {share}; it must be 0 to 0.95. Leave a pad that is off out."
            )
        if edge not in ("distal", "proximal"):
            raise ParameterError(f"Pad '{self.name}': unknown edge '{edge}'.{near_name(edge, ('distal', 'proximal'))}")
        lost = self.extent_mm * share
        sign = 1.0 if edge == "distal" else -1.0
        return replace(self, length_mm=self.extent_mm - lost, along_mm=self.along_mm + sign * lost / 2)

    def _size(self, key: str) -> float:
        value = self.diameter_mm if self.shape == "round" else getattr(self, key)
        return float(value) if value is not None else 0.0


def measured_resistance_ohm() -> tuple[float, float]:
    """Lowest and highest pad impedance measured on a person over 25 kinds of pad, ohm: a range, not a target.

    Examples
    --------
    >>> measured_resistance_ohm()
    (1000.0, 7800.0)
    """
    found = row("electrodes.pad_impedance_range")
    return float(found["low_ohm"]), float(found["high_ohm"])
