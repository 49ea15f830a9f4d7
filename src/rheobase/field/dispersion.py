"""Conductivity and permittivity of tissues by frequency: four Cole-Cole terms after Gabriel."""

from __future__ import annotations

from functools import cache

import numpy as np

from rheobase.errors import ParameterError, near_name
from rheobase.tables import Row, row, table

VACUUM_F_PER_M = 8.8541878128e-12
REFERENCE_HZ = 1000.0
_NOT_DISPERSED = ("skin", "dermis", "air", "insulator", "saline", "sleeve")


@cache
def _rows() -> dict[str, Row]:
    """Rows by every name they answer to."""
    found = {}
    for r in table("dispersion").values():
        for name in (r.id, *r["stands_for"]):
            found[name] = r
    return found


def dispersion_row(tissue: str) -> Row | None:
    """Row of the dispersion table for a tissue of an anatomy, or None for one taken as purely resistive.

    Skin without its horny layer, air, insulators and salt water have none: the capacitance of the horny layer belongs
    to the contact under the pads.

    Raises
    ------
    ParameterError
        If the tissue is neither in the table nor known to need none.

    Examples
    --------
    >>> dispersion_row("bone").key
    'dispersion.bone_cortical'
    >>> dispersion_row("dermis") is None
    True
    """
    known = _rows()
    name = tissue.lower().replace(" ", "_").replace("-", "_")
    if name in known:
        return known[name]
    if any(word in name for word in _NOT_DISPERSED):
        return None
    for word in reversed(name.split("_")):  # "biceps_muscle" is muscle
        if word in known:
            return known[word]
    raise ParameterError(
        f"There is no dispersion for tissue '{tissue}'.{near_name(name, known)} Name it as a row of the table"
        " 'dispersion', or leave the field resistive."
    )


def gabriel_S_per_m(tissue: str, frequency_hz: float | np.ndarray) -> complex | np.ndarray:
    """Complex conductivity sigma + j w eps of a tissue, after Gabriel 1996.

    Parameters
    ----------
    tissue : str
        Row of the table ``dispersion``, such as ``"muscle"`` (across the fibres), or a name that it stands for.
    frequency_hz : float or array
        Frequency, above 0.

    Raises
    ------
    ParameterError
        If the tissue has no dispersion or a frequency is not above 0.

    Examples
    --------
    >>> sigma = gabriel_S_per_m("fat", 1000.0)
    >>> round(sigma.real, 4), round(sigma.imag / sigma.real, 2)
    (0.0224, 0.06)
    """
    row = dispersion_row(tissue)
    if row is None:
        raise ParameterError(f"Tissue '{tissue}' is taken as purely resistive; it has no dispersion to evaluate.")
    f = np.asarray(frequency_hz, dtype=float)
    if not (np.isfinite(f) & (f > 0)).all():
        raise ParameterError(f"frequency_hz is {frequency_hz}; it must be above 0 Hz and finite.")
    jw = 2j * np.pi * f
    taus_s = (row["tau_1_ps"] * 1e-12, row["tau_2_ns"] * 1e-9, row["tau_3_us"] * 1e-6, row["tau_4_ms"] * 1e-3)
    relative = row["eps_infinity_relative"] + 0 * jw
    for delta, tau, alpha in zip(row["delta_relative"], taus_s, row["alpha_share"], strict=True):
        relative = relative + delta / (1.0 + (jw * tau) ** (1.0 - alpha))
    sigma = row["sigma_ionic_S_per_m"] + jw * VACUUM_F_PER_M * relative
    return complex(sigma) if sigma.ndim == 0 else sigma


def relative_dispersion(tissue: str, frequency_hz: float) -> complex:
    """Complex conductivity over the conductivity at ``REFERENCE_HZ``; 1 for a purely resistive tissue.

    An anatomy gives level and anisotropy of its tissues, near 1 kHz; this gives how they change with frequency.

    Parameters
    ----------
    tissue : str
        Name as in an anatomy.
    frequency_hz : float
        Frequency, above 0.

    Examples
    --------
    >>> relative_dispersion("dermis", 5000.0)
    (1+0j)
    """
    if dispersion_row(tissue) is None:
        return 1.0 + 0.0j
    return complex(gabriel_S_per_m(tissue, frequency_hz)) / complex(gabriel_S_per_m(tissue, REFERENCE_HZ)).real


def membrane_row(sheet: str) -> Row | None:
    """Row behind the change of a thin layer with frequency: its circuit if it was measured as one, or its tissue's.

    Parameters
    ----------
    sheet : str
        Name of the layer, such as ``"perineurium 2"`` or ``"dura"``.

    Raises
    ------
    ParameterError
        If neither a circuit nor a tissue of that name is known.

    Examples
    --------
    >>> membrane_row("perineurium 2").key, membrane_row("dura").key
    ('membranes.perineurium', 'dispersion.dura')
    """
    words = sheet.lower().replace("-", "_").replace("_", " ").split()
    known = table("membranes")
    found = next((w for w in words if w in known), None)
    return dispersion_row(sheet) if found is None else row(f"membranes.{found}")


def relative_membrane(sheet: str, frequency_hz: float) -> complex:
    """Complex impedance of a thin layer over the resistance that it has in the body.

    A measured circuit counts from its resistance to a steady current, a tissue from its conductivity at
    ``REFERENCE_HZ``.

    Parameters
    ----------
    sheet : str
        Name of the layer.
    frequency_hz : float
        Frequency, above 0.

    Examples
    --------
    >>> abs(relative_membrane("perineurium 1", 1.0)) > 0.99, round(abs(relative_membrane("perineurium 1", 1e4)), 2)
    (True, 0.4)
    """
    r = membrane_row(sheet)
    if r is None or r.key.startswith("dispersion."):
        return 1.0 / relative_dispersion(sheet, frequency_hz)
    jw = 2j * np.pi * frequency_hz
    ohm, second_ohm = (float(np.mean(r[f"{k}resistance_ohm_cm2"])) for k in ("", "second_"))
    farad, second_farad = (1e-6 * float(np.mean(r[f"{k}capacitance_uF_per_cm2"])) for k in ("", "second_"))
    conducts = 1.0 / ohm + jw * farad + 1.0 / (second_ohm + 1.0 / (jw * second_farad))
    return 1.0 / (conducts * ohm)
