"""The vagal C fibre with the sodium channels and conductances of Schild and Kunze (1997).

It rests far below the -46.5 mV that the model declares. See `rheobase.nerve.models._schild`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rheobase.nerve.model import Array, FibreModel, Internodes, single_cable
from rheobase.nerve.models._schild import REST_MV, SHARED_GATES, bell, gate, schild_membrane
from rheobase.nerve.models.sweeney import above_zero
from rheobase.tables import Row, row


def _sodium(here: Any, p: Row) -> Any:
    fast, slow = here.naf_m**3 * here.naf_h, here.nas_m**3 * here.nas_h
    return p["naf_S_per_cm2"] * fast + p["nas_S_per_cm2"] * slow


class Schild97(FibreModel):
    """As `schild94`, with other sodium channels and larger conductances."""

    __slots__ = ()
    name = "schild97"
    rest_mV = REST_MV
    cable = "continuous"
    capacitance_uF_per_cm2 = 1.326291192
    rho_axial_ohm_cm = 100.0
    gates = (
        gate("naf_m", -31.62, 6.98, bell(1.15, 0.06, 0.21, -40.0), 2.3, 22.0),
        gate("naf_h", -65.99, -5.97, bell(18.0, 0.043, 1.35, -62.5), 1.5, 22.0),
        gate("nas_m", -11.29, 5.54, bell(1.45, 0.058, 0.26, -14.5), 2.3, 22.0),
        gate("nas_h", -31.0, -5.2, bell(10.75, 0.067, 3.15, -13.5), 1.5, 22.0),
        *SHARED_GATES,
    )
    currents = ()
    membrane = schild_membrane("c_fibres.schild97", _sodium)
    rows = ("c_fibres.schild97", "c_fibres.schild", "c_fibres.calcium", "fibres.unmyelinated")

    def internodes(self, diameter_um: Array) -> Internodes:
        """Compartments of the usual length."""
        d = above_zero(diameter_um)
        return single_cable(d, d, np.full_like(d, row("fibres.unmyelinated")["compartment_um"]), [])


MODEL = Schild97()
