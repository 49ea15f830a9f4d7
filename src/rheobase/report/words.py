"""Numbers, units and names as a reader wants to see them."""

from __future__ import annotations

import math
from typing import Any

KIND_PLAIN = {
    "A-beta": "touch fibres",
    "A-alpha": "motor fibres",
    "A-delta": "fibres of sharp pain",
    "C": "fibres of dull pain",
}

_UNITS = {
    "uC": "µC",
    "us": "µs",
    "um": "µm",
    "uA": "µA",
    "ohm": "Ω",
    "hz": "Hz",
    "mA/cm2": "mA/cm²",
    "W/cm2": "W/cm²",
    "A/m2": "A/m²",
    "uC/cm2": "µC/cm²",
    "mm2": "mm²",
    "cm2": "cm²",
    "ohm_m2": "Ω m²",
    "deg": "°",
    "min": "min",
}


def number(value: Any, digits: int = 3) -> str:
    """A number in as few digits as it deserves; a dash where there is none.

    Examples
    --------
    >>> number(1530.2), number(0.07234), number(9.30), number(None)
    ('1530', '0.0723', '9.3', '–')
    """
    if isinstance(value, bool) or value is None:
        return "–" if value is None else ("yes" if value else "no")
    if not isinstance(value, int | float):
        return str(value)
    if not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    if isinstance(value, int) or abs(value) >= 10 ** (digits - 1):
        return f"{value:.0f}" if abs(value) < 1e7 else f"{value:.3g}"
    if abs(value) < 1e-4:
        mantissa, _, power = f"{value:.{digits - 1}e}".partition("e")
        return f"{mantissa.rstrip('0').rstrip('.')} × 10^{int(power)}".replace("-", "−")
    places = digits - 1 - math.floor(math.log10(abs(value)))
    text = f"{value:.{places}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "−")


def unit(text: str) -> str:
    """A unit as it is printed.

    Examples
    --------
    >>> unit("mA/cm2"), unit("mA")
    ('mA/cm²', 'mA')
    """
    return _UNITS.get(text, text)


def band(amplitude: dict[str, Any]) -> str:
    """Median and 5-95 % of people in one phrase, without the unit.

    Examples
    --------
    >>> band({"median": 2.5, "p5": 1.4, "p95": 7.6})
    '2.5 (1.4–7.6)'
    """
    middle = amplitude.get("median")
    middle = amplitude.get("nominal") if middle is None else middle
    if amplitude.get("p5") is None or amplitude.get("p95") is None:
        return number(middle)
    return f"{number(middle)} ({number(amplitude['p5'])}–{number(amplitude['p95'])})"


def percent(share: Any) -> str:
    """A share as a percentage.

    Examples
    --------
    >>> percent(0.1)
    '10 %'
    """
    return "–" if share is None else f"{number(100 * share)} %"


def signed(change_percent: float) -> str:
    """A change as a whole number with its sign; none for no change.

    Examples
    --------
    >>> signed(9.4), signed(-3.0), signed(0.2)
    ('+9', '−3', '0')
    """
    rounded = round(change_percent)
    return f"{rounded:+d}".replace("-", "−") if rounded else "0"


def limit_mA(verdict: dict[str, Any], amplitude_mA: float) -> float | None:
    """The amplitude at which a limit would be reached, or None where that cannot be told.

    Currents, charges and their densities grow with the amplitude, powers with its square; nothing is said about others.

    Examples
    --------
    >>> limit_mA({"unit": "uC", "value": 2.0, "limit": 25.0, "verdict": "within"}, 10.0)
    125.0
    """
    value, limit = verdict.get("value"), verdict.get("limit")
    if not value or limit is None or value < 0 or verdict.get("verdict") == "not applicable":
        return None
    kind = str(verdict.get("unit", "")).partition("/")[0]
    if kind in ("mA", "A", "uA", "uC", "mC", "V", "mV"):
        return amplitude_mA * limit / value
    if kind in ("W", "mW", "uW", "J", "mJ", "uJ"):
        return amplitude_mA * math.sqrt(limit / value)
    return None
