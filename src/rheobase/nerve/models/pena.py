"""Small myelinated fibres: MRG with its own geometry and two changed conductances (Pena et al. 2024)."""

from __future__ import annotations

import numpy as np

from rheobase.nerve.model import Array, Current, FibreModel, Internodes
from rheobase.nerve.models.mrg import MRG_GATES, mrg_conductances, mrg_currents
from rheobase.nerve.models.mrg_interpolated import in_range
from rheobase.tables import row


class Pena(FibreModel):
    """MRG for thin fibres; the changed conductances stop them from firing repetitively."""

    __slots__ = ()
    name = "pena"
    rest_mV = -80.0
    gates = MRG_GATES
    rows = ("fibres.mrg_electrical", "fibres.mrg_currents", "fibres.pena")

    @property
    def currents(self) -> tuple[Current, ...]:  # type: ignore[override]
        """Nodal currents."""
        return mrg_currents()

    def internodes(self, diameter_um: Array) -> Internodes:
        """Evaluate the polynomials; the number of lamellae is truncated as published."""
        p = row("fibres.pena")
        d = in_range(diameter_um, p["smallest_um"], p["largest_um"], self.name)
        axon = np.polyval(p["axon_um"], d)
        changed = {k: p[f"{k}_S_per_cm2"] for k in ("fast_sodium", "slow_potassium")}
        return Internodes(
            fibre_um=d,
            node_um=np.polyval(p["node_of_axon_um"], axon),
            axon_um=axon,
            length_um=np.polyval(p["length_um"], d),
            paranode_um=np.polyval(p["paranode_um"], d),
            lamellae=np.floor(np.polyval(p["lamellae_of_axon"], axon)),
            conductance_S_per_cm2=mrg_conductances(d.size, **changed),
        )


MODEL = Pena()
