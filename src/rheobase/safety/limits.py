"""The output limits, as rows of the limits table, and to what they apply."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from rheobase.errors import ParameterError, TableError, near_name
from rheobase.safety.doses import TEST_LOAD_OHM, Doses
from rheobase.tables import Row, table

CONFIRMED = ("read", "computed")
"""Confidence that a positive verdict may rest on; a limit that is only recalled is applied but never suffices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One output limit.

    Parameters
    ----------
    row : Row
        Its row of the limits table.
    quantity : str
        The field of `Doses` that it bounds.
    unit : str
        Unit of that quantity.
    bound : str
        ``max``: beyond it nothing is emitted; ``attention``: beyond it a person should look.

    Examples
    --------
    >>> [limit.unit for limit in limits_for("tens") if limit.quantity == "energy_per_pulse_mJ"]
    ['mJ']
    """

    row: Row
    quantity: str
    unit: str
    bound: str

    @property
    def plain(self) -> str:
        """What is bounded, in plain words."""
        return str(self.row["plain"])

    @property
    def load_ohm(self) -> float:
        """Load at which the quantity is taken."""
        return float(_optional(self.row, "load_ohm", TEST_LOAD_OHM))

    @property
    def confirmed(self) -> bool:
        """Whether the number was read in a source, and not only recalled or chosen."""
        return self.row.confidence in CONFIRMED

    @property
    def source_text(self) -> str:
        """Whose limit it is, and where it stands."""
        whose = str(self.row["whose"])
        return f"{whose}, {self.row.where}" if self.row.where else whose

    def bound_at(self, dose: Doses) -> float:
        """The limit for these doses, in `unit`."""
        base = float(self.row["limit_" + self.unit_key])
        return base + float(_optional(self.row, f"limit_{self.unit_key}_per_ms", 0.0)) * dose.phase_width_us / 1000

    @property
    def unit_key(self) -> str:
        """The unit as it stands in keys: ``mA_per_cm2``."""
        return _unit_key(self.quantity)

    def applies(self, dose: Doses) -> bool:
        """Whether waveform and rate are those that the limit speaks of."""
        waveform = _optional(self.row, "waveform", "any")
        if waveform != "any" and (waveform == "direct") != dose.is_direct:
            return False
        low_hz, high_hz = (
            _optional(self.row, "above_rate_hz", float("-inf")),
            _optional(self.row, "up_to_rate_hz", float("inf")),
        )
        return low_hz < dose.rate_hz <= high_hz

    def holds(self, dose: Doses) -> bool:
        """Whether the doses respect the limit; a figure that cannot be compared does not."""
        figure, most = getattr(dose, self.quantity), self.bound_at(dose)
        return figure < most if _optional(self.row, "strictly_below", False) else figure <= most


def _optional(row: Row, key: str, default: Any) -> Any:
    # Row.get would refuse a key that the row lacks.
    return dict(row).get(key, default)


_UNITS = {
    "mA_per_cm2": "mA/cm2",
    "W_per_cm2": "W/cm2",
    "mC_per_cm2": "mC/cm2",
    "uC_per_cm2": "uC/cm2",
    "mA_min": "mA min",
    "mJ": "mJ",
    "mA": "mA",
    "uC": "uC",
    "V": "V",
    "k": "",
}


def _unit_key(quantity: str) -> str:
    # Longest first, so that mA_per_cm2 is not taken for a bare cm2.
    for key in sorted(_UNITS, key=len, reverse=True):
        if quantity.endswith("_" + key):
            return key
    raise TableError(f"The quantity '{quantity}' of the limits table ends in no known unit: {', '.join(_UNITS)}.")


@cache
def _all() -> tuple[Limit, ...]:
    known = {f.name for f in fields(Doses)}
    found = []
    for row in table("limits").values():
        quantity, bound = str(row["quantity"]), str(row["bound"])
        if quantity not in known:
            raise TableError(f"Row '{row.key}' bounds '{quantity}', which is no dose.{near_name(quantity, known)}")
        if bound not in ("max", "attention"):
            raise TableError(f"Row '{row.key}' has bound '{bound}'; it must be 'max' or 'attention'.")
        limit = Limit(row=row, quantity=quantity, unit=_UNITS[_unit_key(quantity)], bound=bound)
        float(row["limit_" + limit.unit_key])  # a row without its number must not pass for no limit
        found.append(limit)
    return tuple(found)


def limited_modalities() -> tuple[str, ...]:
    """Kinds of stimulation that have output limits, sorted.

    Examples
    --------
    >>> "tens" in limited_modalities()
    True
    """
    return tuple(sorted({name for limit in _all() for name in limit.row["modalities"]}))


def limits_for(modality: str) -> tuple[Limit, ...]:
    """All output limits of one kind of stimulation.

    Parameters
    ----------
    modality : str
        One of `limited_modalities`, such as ``"tens"``.

    Returns
    -------
    tuple of Limit

    Raises
    ------
    ParameterError
        If there are no limits for it: what has no limit cannot be checked.

    Examples
    --------
    >>> len(limits_for("tens")) > 5
    True
    """
    found = tuple(limit for limit in _all() if modality in limit.row["modalities"])
    if not found:
        raise ParameterError(
            f"There are no output limits for the modality '{modality}', so nothing of it can be checked or emitted."
            f"{near_name(modality, limited_modalities())}"
        )
    return found
