"""MRG with geometry interpolated over the diameter (Musselman et al. 2021)."""

from __future__ import annotations

import numpy as np

from rheobase.errors import ParameterError
from rheobase.nerve.model import Array, Current, FibreModel, Internodes
from rheobase.nerve.models.mrg import MRG_GATES, mrg_conductances, mrg_currents
from rheobase.tables import row


def in_range(diameter_um: Array, smallest_um: float, largest_um: float, model: str) -> Array:
    """Return the diameters as an array, or refuse those the model has no geometry for.

    Examples
    --------
    >>> in_range(np.array([3.0]), 2.0, 16.0, "mrg_interpolated").tolist()
    [3.0]
    """
    d = np.asarray(diameter_um, dtype=float)
    bad = ~((d >= smallest_um) & (d <= largest_um))
    if bad.any():
        raise ParameterError(
            f"diameter_um {d[bad][0]:g} um is outside the range of model '{model}':"
            f" {smallest_um:g} to {largest_um:g} um. Choose a diameter inside it or another model."
        )
    return d


class MrgInterpolated(FibreModel):
    """MRG for any diameter from 2 to 16 um; same membrane as the published fibre."""

    __slots__ = ()
    name = "mrg_interpolated"
    rest_mV = -80.0
    gates = MRG_GATES
    rows = ("fibres.mrg_electrical", "fibres.mrg_currents", "fibres.mrg_interpolated")

    @property
    def currents(self) -> tuple[Current, ...]:  # type: ignore[override]
        """Nodal currents."""
        return mrg_currents()

    def internodes(self, diameter_um: Array) -> Internodes:
        """Evaluate the polynomials."""
        p = row("fibres.mrg_interpolated")
        d = in_range(diameter_um, p["smallest_um"], p["largest_um"], self.name)
        length = np.where(
            d >= p["large_from_um"], np.polyval(p["length_large_um"], d), np.polyval(p["length_small_um"], d)
        )
        pick = {k: np.polyval(p[k], d) for k in ("node_um", "axon_um", "paranode_um", "lamellae")}
        return Internodes(fibre_um=d, length_um=length, conductance_S_per_cm2=mrg_conductances(d.size), **pick)


MODEL = MrgInterpolated()
