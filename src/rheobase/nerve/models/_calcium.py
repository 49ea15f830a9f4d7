"""Calcium inside an axon, where calmodulin takes it up, and in a shell around it, after Schild et al. (1994).

As PyFibers 0.13 has it, implicit in time: an explicit step fails on the long steps on the way to rest.
"""

from __future__ import annotations

from typing import Any

from rheobase.nerve.model import Array, Internodes
from rheobase.nerve.programme import held, sqrt
from rheobase.tables import Row, row

FARADAY_C = 96500.0  # as the model has it


def calcium_start() -> dict[str, float]:
    """Concentrations (mM) and the bound share of calmodulin before the fibre comes to rest."""
    p = row("c_fibres.calcium")
    return {"ca_in": p["ca_in_mM"], "ca_out": p["ca_out_mM"], "bound": p["calmodulin_bound"]}


def calcium_shape(kinds: Internodes, shell_um: float) -> dict[str, Array]:
    """Surface over volume (1/um), inside and in a shell that adds `shell_um` to the diameter.

    Examples
    --------
    >>> from rheobase.nerve import fibre_model
    >>> got = calcium_shape(fibre_model("sundt").internodes([1.0]), 1.0)
    >>> float(got["surface_per_um"][0]), round(float(got["surface_per_shell_um"][0]), 3)
    (4.0, 1.333)
    """
    d = kinds.fibre_um
    return {"surface_per_um": 4.0 / d, "surface_per_shell_um": 4.0 * d / ((d + shell_um) ** 2 - d**2)}


def calmodulin(calcium_mM: Any, bound: Any, dt_ms: float, p: Row) -> tuple[Any, Any]:
    """One implicit step of free calcium and bound share together: the root of a quadratic.

    `calcium_mM` is what there would be at the end if nothing were bound meanwhile.

    Examples
    --------
    >>> import numpy as np
    >>> free, bound = calmodulin(np.array(1e-4), np.array(0.05), 5.0, row("c_fibres.calcium"))
    >>> bool(abs(free + 0.004 * bound - (1e-4 + 0.004 * 0.05)) < 1e-12)
    True
    """
    sites = p["calmodulin_sites"] * p["calmodulin_mM"]
    on, off = dt_ms * p["calmodulin_on_per_mM_ms"], dt_ms * p["calmodulin_off_per_ms"]
    total = calcium_mM + sites * bound
    middle = (1.0 + off + on * sites) + on * total
    low = bound + on * total
    now = 2.0 * low / (middle + sqrt(middle * middle - (4.0 * on * sites) * low))
    return total - sites * now, now


def after_calcium(here: Any, current: Any) -> dict[str, Any]:
    """Calcium inside and around, and what calmodulin holds, after a step of the calcium current (mA/cm2)."""
    p = row("c_fibres.calcium")
    per_mM = 1e4 * here.dt_ms / (2.0 * FARADAY_C)
    inside, bound = calmodulin(here.ca_in - per_mM * (current * here.surface_per_um), here.bound, here.dt_ms, p)
    share = here.dt_ms / p["bath_ms"]
    outside = here.ca_out + per_mM * (current * here.surface_per_shell_um) + share * p["ca_out_mM"]
    limits = row("c_fibres.limits")
    least, most = limits["calcium_least_mM"], limits["calcium_most_mM"]
    return {
        "ca_in": held(inside, least, most),
        "bound": held(bound, 0.0, 1.0),
        "ca_out": held(outside * (1.0 / (1.0 + share)), least, most),
    }
