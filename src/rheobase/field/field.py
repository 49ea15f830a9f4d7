"""The result of a field solution: potential per ampere of every contact, anywhere in the limb."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rheobase.anatomy import BodyPart, Volume
from rheobase.field._solution import Solution
from rheobase.field.density import PadDensity
from rheobase.field.plane import FieldPlane
from rheobase.montage import Drive, Implanted, Montage

if TYPE_CHECKING:
    import xarray


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Field:
    """Potential that currents through the pads raise in the body; made by `solve_field`.

    A field is linear in the current, so it is kept per ampere and serves any pulse. Potential is measured against its
    mean over the body part: that mean is the zero. In a layered limb it is the same on every coaxial cylinder, and for
    two equal pads placed symmetrically about mid-limb it is the potential of the plane midway between them.

    Attributes
    ----------
    anatomy : BodyPart or Volume
        The limb or other part.
    montage : Montage, Implanted or Drive
        Pads or implanted contacts, and output.
    method : str
        Solver: ``"cylinder"``, ``"half_space"``, ``"grid"``, ``"lead"``, ``"finite_elements"``, or ``"sampled"``.
    contact : str
        ``"complete"`` (metal behind a contact impedance) or ``"uniform"`` (even current under each pad).
    cells : tuple of int
        Nodes or cells of the grid: (around, along) of the skin for ``"cylinder"``, (across, around, along) for
        ``"grid"`` and ``"lead"``, (elements, unknowns) for ``"finite_elements"``.
    admittance_S : (K, K) array
        Current into the tissue at each contact per contact potential, I = Y U; symmetric, its rows sum to 0.
    densities : tuple of PadDensity
        Current density under each pad with the montage's drive.
    rows : tuple of str
        Table rows used.
    sources : tuple of str
        Keys of the papers that the method rests on.

    Examples
    --------
    >>> Field.__name__
    'Field'
    """

    anatomy: BodyPart | Volume
    montage: Montage | Implanted | Drive
    method: str
    contact: str
    cells: tuple[int, ...]
    admittance_S: np.ndarray
    densities: tuple[PadDensity, ...]
    rows: tuple[str, ...]
    sources: tuple[str, ...]
    solution_: Solution

    @property
    def shares(self) -> np.ndarray:
        """Share of the current at each contact."""
        return np.asarray(self.montage.shares)

    @property
    def resistance_ohm(self) -> float:
        """Resistance that the drive sees, ohm: dissipated power over squared current; for two pads, pad to pad.

        NaN for a field that was sampled elsewhere.
        """
        if np.isnan(self.admittance_S).any():
            return float("nan")
        return float(self.shares @ np.linalg.pinv(self.admittance_S, rcond=1e-6, hermitian=True) @ self.shares)

    def required_voltage_V(self, amplitude_mA: float) -> float:
        """Voltage, V, that the stimulator needs for a steady current of this peak, mA."""
        return self.montage.output.required_voltage_V(amplitude_mA, self.admittance_S, self.montage.shares)

    def check_compliance(self, amplitude_mA: float) -> float:
        """Return the voltage needed for an amplitude, V.

        Raises
        ------
        LimitExceeded
            If the stimulator cannot reach it.
        """
        return self.montage.output.check_compliance(amplitude_mA, self.admittance_S, self.montage.shares)

    def lead_V_per_A(self, points_mm: np.ndarray, *, exact: bool = False) -> np.ndarray:
        """Potential per ampere of each contact.

        Lead k is the potential with +1 A into the tissue at contact k and -1/K A at each of the K contacts. Any drive
        whose shares sum to 0 is the sum of its leads times shares; no other drive is physical.

        Parameters
        ----------
        points_mm : (n, 3) array
            x, y, z in mm, inside the limb. Pass all points at once: tables are made for each call where they lie at
            many angles. For many calls at one angle use `plane`.
        exact : bool
            Sum the modes of a cylinder at each point instead of using splines through tables (slow; for checks).

        Returns
        -------
        (K, n) array
            V per A, which is mV per mA.

        Raises
        ------
        ParameterError
            If a point lies outside the body part.
        """
        return self.solution_.leads_V_per_A(points_mm, exact=exact)

    def drive_V_per_A(self, points_mm: np.ndarray, *, exact: bool = False) -> np.ndarray:
        """Potential per ampere of the montage's drive, (n,) in V per A; parameters as for `lead_V_per_A`.

        Multiply by amplitude in mA and waveform to get mV.
        """
        return self.shares @ self.lead_V_per_A(points_mm, exact=exact)

    def strength_V_per_m_per_A(self, points_mm: np.ndarray) -> np.ndarray:
        """Electric field of the montage's drive at points, V/m per A, shape (n, 3); leads and finite elements only.

        Raises
        ------
        ParameterError
            If the solver has no field strength, or a point lies outside.
        """
        return np.tensordot(self.shares, self.solution_.fields_V_per_m_per_A(points_mm), axes=1)

    def current_A_per_m2_per_A(self, points_mm: np.ndarray) -> np.ndarray:
        """Current density of the montage's drive at points, A/m2 per A, shape (n, 3); leads and finite elements only.

        Raises
        ------
        ParameterError
            If the solver has no field strength, or a point lies outside.
        """
        strength = self.strength_V_per_m_per_A(points_mm)
        return np.einsum("nij,nj->ni", self.solution_.sigma_S_per_m(points_mm), strength)

    def losses_ohm(self) -> dict[str, float]:
        """Power lost in every tissue, sheet and in the contacts, per squared current; leads and finite elements.

        Together they are `resistance_ohm`.

        Raises
        ------
        ParameterError
            If the solver does not tell losses apart.
        """
        return self.solution_.losses_ohm(self.shares)

    def plane(self, around_deg: float) -> FieldPlane:
        """Tabulate the half-plane at one angle (degrees): the fast way to ask for many paths above a nerve."""
        return FieldPlane(around_deg, self.montage.shares, self.solution_.plane(around_deg))

    def density(self, pad: str) -> PadDensity:
        """Current density under one pad, by the pad's name.

        Raises
        ------
        ParameterError
            If the montage has no such pad.
        """
        return self.densities[self.montage.index(pad)]

    def to_xarray(self) -> xarray.Dataset:
        """Admittance, pad densities and provenance as a dataset."""
        import xarray

        names = list(self.montage.names)
        data: dict = {
            "admittance_S": (("contact", "contact_to"), self.admittance_S),
            "share": ("contact", self.shares),
        }
        for d in self.densities:
            dims = (f"around_{d.name}", f"along_{d.name}")
            data[f"density_{d.name}_A_per_m2_per_mA"] = xarray.DataArray(
                d.density_A_per_m2_per_mA, dims=dims, coords={dims[0]: d.around_mm, dims[1]: d.along_mm}
            )
        about = {
            "method": self.method,
            "contact": self.contact,
            "grid": " x ".join(str(n) for n in self.cells),
            "resistance_ohm": self.resistance_ohm,
            "zero_of_potential": "mean over the body part",
            "rows": ", ".join(self.rows),
            "sources": ", ".join(self.sources),
        }
        return xarray.Dataset(data, coords={"contact": names, "contact_to": names}, attrs=about)


def rows_used(anatomy: BodyPart | Volume, montage: Montage | Implanted) -> tuple[str, ...]:
    """Table rows behind a body part and its electrodes, each once."""
    if isinstance(montage, Implanted):
        return tuple(dict.fromkeys((*anatomy.rows, *montage.rows)))
    of_pads = (row for pad in montage.pads for row in pad.interface.rows)
    return tuple(dict.fromkeys((*anatomy.rows, *of_pads)))
