"""Text with a unit, such as ``"20 mA"``, becomes a number here and nowhere else.

Inside Rheobase the name carries the unit (``amplitude_mA``) and values are plain numbers. Only scenario files, the
command line and forms accept text; they call :func:`quantity`.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from numbers import Real

from rheobase.errors import UnitError, near_name

# dimension -> (with its article, typical text, unit spelling -> size in the first unit of the row). Sizes are exact
# decimals or ratios in text, so that "0.02 A" is 20 mA to the last bit.
_DIMENSIONS: dict[str, tuple[str, dict[str, str]]] = {
    "current": ("a current", {"mA": "1", "A": "1000", "uA": "1e-3", "nA": "1e-6"}),
    "voltage": ("a voltage", {"mV": "1", "V": "1000", "kV": "1e6", "uV": "1e-3"}),
    "time": ("a time", {"us": "1", "ns": "1e-3", "ms": "1000", "s": "1e6", "min": "6e7", "h": "36e8"}),
    "length": ("a length", {"mm": "1", "nm": "1e-6", "um": "1e-3", "cm": "10", "m": "1000"}),
    "frequency": ("a frequency", {"Hz": "1", "kHz": "1000", "MHz": "1e6", "pps": "1"}),
    "resistance": ("a resistance", {"ohm": "1", "kohm": "1000", "Mohm": "1e6", "Ω": "1", "kΩ": "1000", "MΩ": "1e6"}),
    "conductivity": ("a conductivity", {"S/m": "1", "mS/m": "1e-3", "S/cm": "100", "mS/cm": "0.1"}),
    "contact impedance": ("a contact impedance", {"ohm m2": "1", "ohm cm2": "1e-4", "kohm cm2": "0.1"}),
    "capacitance": ("a capacitance", {"uF": "1", "F": "1e6", "mF": "1000", "nF": "1e-3", "pF": "1e-6"}),
    "capacitance per area": ("a capacitance per area", {"F/m2": "1", "uF/cm2": "0.01", "nF/cm2": "1e-5"}),
    "charge": ("a charge", {"uC": "1", "C": "1e6", "mC": "1000", "nC": "1e-3"}),
    "charge density": ("a charge density", {"uC/cm2": "1", "mC/cm2": "1000", "C/m2": "100"}),
    "area": ("an area", {"mm2": "1", "cm2": "100", "m2": "1e6"}),
    "current density": ("a current density", {"mA/cm2": "1", "mA/mm2": "100", "A/m2": "0.1"}),
    "power": ("a power", {"W": "1", "mW": "1e-3"}),
    "power density": ("a power density", {"W/cm2": "1", "mW/cm2": "1e-3", "W/m2": "1e-4"}),
    "energy": ("an energy", {"mJ": "1", "J": "1000", "uJ": "1e-3"}),
    "field": ("an electric field", {"V/m": "1", "mV/mm": "1", "kV/m": "1000"}),
    "speed": ("a speed", {"m/s": "1", "mm/ms": "1"}),
    "current dose": ("a current dose", {"mA min": "1"}),
    "temperature": ("a temperature", {"degC": "1", "°C": "1"}),
    "angle": ("an angle", {"deg": "1", "°": "1"}),
    "ratio": ("a pure number", {"1": "1", "%": "0.01"}),
}

_KNOWN: dict[str, tuple[str, Fraction]] = {
    unit: (dimension, Fraction(size)) for dimension, (_, sizes) in _DIMENSIONS.items() for unit, size in sizes.items()
}

SUFFIXES: dict[str, str] = {
    # Identifiers cannot hold '/' or '%': S_per_m stands for S/m, ohm_m2 for ohm m2, hz for Hz.
    **{unit.replace("/", "_per_").replace(" ", "_"): unit for unit in _KNOWN if unit.isascii() and unit[0].isalpha()},
    "hz": "Hz",
    "khz": "kHz",
    "percent": "%",
}
"""Ending of an identifier, without its underscore, and the unit it stands for."""
_LONGEST_FIRST = sorted(SUFFIXES, key=len, reverse=True)

_NUMBER_AND_UNIT = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?)\s*(.*?)\s*", re.DOTALL)


def unit_of(name: str) -> str | None:
    """Tell the unit that an identifier carries in its ending.

    Parameters
    ----------
    name : str
        Identifier, such as ``"amplitude_mA"`` or ``"sigma_S_per_m"``.

    Returns
    -------
    str or None
        The unit, or ``None`` where the name ends in none.

    Examples
    --------
    >>> unit_of("amplitude_mA"), unit_of("sigma_S_per_m"), unit_of("rate_hz"), unit_of("contact_impedance_ohm_m2")
    ('mA', 'S/m', 'Hz', 'ohm m2')
    >>> unit_of("leading") is None
    True
    """
    return next((SUFFIXES[suffix] for suffix in _LONGEST_FIRST if name.endswith("_" + suffix)), None)


def quantity(text_or_number: str | float, unit: str, *, name: str = "") -> float:
    """Turn text with a unit into a number in the unit that is due.

    Parameters
    ----------
    text_or_number : str or float
        Text such as ``"20 mA"``; a bare number, or text without a unit, passes as it stands.
    unit : str
        The unit that is due, such as ``"mA"``; ``"1"`` for a pure number, where ``"30 %"`` gives 0.3.
    name : str, optional
        What the value is for; begins the error message.

    Returns
    -------
    float
        The value in `unit`; finite.

    Raises
    ------
    UnitError
        If the text is no finite number, or its unit is unknown or measures something else.

    Examples
    --------
    >>> quantity("0.02 A", "mA"), quantity("0.2 ms", "us"), quantity("5 cm", "mm"), quantity(80, "Hz")
    (20.0, 200.0, 50.0, 80.0)
    >>> quantity("30 %", "1")
    0.3
    >>> quantity("20 mV", "mA", name="amplitude_mA")
    Traceback (most recent call last):
    ...
    rheobase.errors.UnitError: amplitude_mA: got '20 mV', a voltage; a current in mA is due, e.g. '20 mA'.
    """
    if _plain(unit) not in _KNOWN:
        raise UnitError(f"The unit '{unit}' is not known.{_nearest(unit)}")
    dimension, size = _KNOWN[_plain(unit)]
    number, given = _split(text_or_number, unit, name)
    if given == "":
        return float(number)
    if _plain(given) not in _KNOWN:
        raise UnitError(
            f"{_head(name)}got '{text_or_number}'; the unit '{given}' is not known.{_nearest(given, dimension)}"
            f" {_due(unit)}"
        )
    given_dimension, given_size = _KNOWN[_plain(given)]
    if given_dimension != dimension:
        what = _DIMENSIONS[given_dimension][0]
        due = _due(unit, number)
        raise UnitError(f"{_head(name)}got '{str(text_or_number).strip()}', {what}; {due[0].lower()}{due[1:]}")
    return float(number * given_size / size)


def _plain(unit: str) -> str:
    """One spelling for the micro signs, squares, dots and blanks that people type."""
    for typed, plain in (
        ("\u00b5", "u"),
        ("\u03bc", "u"),
        ("\u2126", "\u03a9"),
        ("²", "2"),
        ("^2", "2"),
        ("·", " "),
        ("*", " "),
    ):
        unit = unit.replace(typed, plain)
    unit = " ".join(unit.split()).replace(" / ", "/")
    return SUFFIXES.get(unit, unit)


def _split(given: str | float, unit: str, name: str) -> tuple[Fraction, str]:
    if isinstance(given, Real) and not isinstance(given, bool) and math.isfinite(given):
        return Fraction(float(given)), ""
    match = _NUMBER_AND_UNIT.fullmatch(given) if isinstance(given, str) else None
    # A comma is left over from "0,2", and no quantity here is near the largest float.
    if match is None or match[2][:1] in {",", "."} or match[2][:1].isdigit() or abs(float(match[1])) > 1e100:
        raise UnitError(
            f"{_head(name)}got {given!r}, which is not a finite number (decimals take a point). {_due(unit)}"
        )
    return Fraction(match[1]), match[2]


def _due(unit: str, number: Fraction | None = None) -> str:
    what = _DIMENSIONS[_KNOWN[_plain(unit)][0]][0]
    example = 20 if number is None else float(number)
    if unit == "1":
        return "A pure number is due, e.g. '0.3' or '30 %'."
    return f"{what[0].upper()}{what[1:]} in {unit} is due, e.g. '{example:g} {unit}'."


def _head(name: str) -> str:
    return f"{name}: " if name else ""


def _nearest(given: str, dimension: str | None = None) -> str:
    """Hint at a unit that differs in case only, or is near; else list those of the dimension."""
    units = [u for u, (d, _) in _KNOWN.items() if dimension in (None, d)]
    same = [u for u in units if u.casefold() == _plain(given).casefold()]
    return f" Did you mean '{same[0]}'?" if len(same) == 1 else near_name(given, units)
