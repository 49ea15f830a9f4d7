"""The vagal C fibre of Schild et al. (1994): sodium with a third, slow gate; see `rheobase.nerve.models._schild`."""

from __future__ import annotations

from typing import Any

import numpy as np

from rheobase.nerve.model import Array, FibreModel, Gate, Internodes, single_cable
from rheobase.nerve.models._rates import sigmoid
from rheobase.nerve.models._schild import REST_MV, SHARED_GATES, bell, gate, schild_membrane
from rheobase.nerve.models.sweeney import above_zero
from rheobase.tables import Row, row


def _j(v_mV: Array, _: float) -> tuple[Array, Array]:
    v = np.clip(np.asarray(v_mV, dtype=float), -250.0, 250.0)
    return sigmoid(v + 40.0, -1.5), 25.0 * sigmoid(v - 20.0, -4.5) + 0.01


def _sodium(here: Any, p: Row) -> Any:
    fast = here.naf_m**3 * here.naf_h * here.naf_j
    return p["naf_S_per_cm2"] * fast + p["nas_S_per_cm2"] * (here.nas_m**3 * here.nas_h)


class Schild94(FibreModel):
    """Fast and slow sodium, four potassium, two calcium channels, two pumps and an exchanger."""

    __slots__ = ()
    name = "schild94"
    rest_mV = REST_MV
    cable = "continuous"
    capacitance_uF_per_cm2 = 1.326291192
    rho_axial_ohm_cm = 100.0
    gates = (
        gate("naf_m", -23.85, 4.75, bell(0.75, 0.0635, 0.12, -40.35), 2.3),
        gate("naf_h", -44.5, -4.5, bell(6.5, 0.0295, 0.55, -75.0), 1.5),
        Gate(name="naf_j", kinetics=_j),
        gate("nas_m", -0.35, 4.45, bell(1.5, 0.0595, 0.15, -20.35), 2.3),
        gate("nas_h", 2.0, -4.5, bell(4.95, 0.0335, 0.75, -20.0), 1.5),
        *SHARED_GATES,
    )
    currents = ()
    membrane = schild_membrane("c_fibres.schild94", _sodium)
    rows = ("c_fibres.schild94", "c_fibres.schild", "c_fibres.calcium", "fibres.unmyelinated")

    def internodes(self, diameter_um: Array) -> Internodes:
        """Compartments of the usual length."""
        d = above_zero(diameter_um)
        return single_cable(d, d, np.full_like(d, row("fibres.unmyelinated")["compartment_um"]), [])


MODEL = Schild94()
