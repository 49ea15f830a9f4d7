"""The result of a field solution: potential per ampere of every contact, anywhere in the limb."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rheobase.anatomy import LayeredLimb
from rheobase.field._points import cylindrical, outside_check
from rheobase.field._tables import Modes, layer_of, sum_of_modes, volume_spline, windows
from rheobase.field.density import PadDensity
from rheobase.field.plane import FieldPlane, make_plane
from rheobase.montage import Montage

if TYPE_CHECKING:
    import xarray

_PLANES = 4  # up to so many angles are tabulated one by one


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Field:
    """Potential that currents through the pads raise in the limb; made by `solve_field`.

    A field is linear in the current, so it is kept per ampere and serves any pulse. Potential is measured against its
    mean over the limb, which is the same on every coaxial cylinder: that mean is the zero. For two equal pads placed
    symmetrically about mid-limb it is the potential of the plane midway between them.

    Attributes
    ----------
    anatomy : LayeredLimb
        The limb.
    montage : Montage
        Pads and output.
    method : str
        Solver: ``"cylinder"``.
    contact : str
        ``"complete"`` (metal behind a contact impedance) or ``"uniform"`` (even current under each pad).
    n_theta, n_z : int
        Surface grid.
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

    anatomy: LayeredLimb
    montage: Montage
    method: str
    contact: str
    n_theta: int
    n_z: int
    admittance_S: np.ndarray
    densities: tuple[PadDensity, ...]
    rows: tuple[str, ...]
    sources: tuple[str, ...]
    modes_: Modes

    @property
    def shares(self) -> np.ndarray:
        """Share of the current at each contact."""
        return np.asarray(self.montage.shares)

    @property
    def resistance_ohm(self) -> float:
        """Resistance that the drive sees, ohm: dissipated power over squared current; for two pads, pad to pad."""
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
            Sum the modes at each point instead of using splines through tables (slow; for checks).

        Returns
        -------
        (K, n) array
            V per A, which is mV per mA.

        Raises
        ------
        ParameterError
            If a point lies outside the limb.
        """
        r, theta, z = cylindrical(points_mm)
        grid = self.modes_.grid
        outside_check(grid, r, z)
        r, z = np.minimum(r, grid.radius_mm), np.clip(z, -grid.length_mm / 2, grid.length_mm / 2)
        if r.size == 0:
            return np.empty((len(self.shares), 0))
        if exact:
            return sum_of_modes(self.modes_, r, theta, z)
        theta = np.where(r < 1e-6, theta[np.argmax(r)], theta)  # on the axis every angle is as good
        angles, which = np.unique(np.round(theta, 9), return_inverse=True)
        if angles.size > _PLANES:
            return _leads_in_volume(self.modes_, r, theta, z)
        out = np.empty((len(self.shares), r.size))
        for i, angle in enumerate(angles):
            at = np.flatnonzero(which == i)
            out[:, at] = self.plane(float(np.rad2deg(angle))).at_V_per_A(r[at], z[at])
        return out

    def drive_V_per_A(self, points_mm: np.ndarray, *, exact: bool = False) -> np.ndarray:
        """Potential per ampere of the montage's drive, (n,) in V per A; parameters as for `lead_V_per_A`.

        Multiply by amplitude in mA and waveform to get mV.
        """
        return self.shares @ self.lead_V_per_A(points_mm, exact=exact)

    def plane(self, around_deg: float) -> FieldPlane:
        """Tabulate the half-plane at one angle (degrees): the fast way to ask for many paths above a nerve."""
        return make_plane(self.modes_, around_deg, self.montage.shares)

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
            "grid": f"{self.n_theta} x {self.n_z}",
            "resistance_ohm": self.resistance_ohm,
            "zero_of_potential": "mean over the limb",
            "rows": ", ".join(self.rows),
            "sources": ", ".join(self.sources),
        }
        return xarray.Dataset(data, coords={"contact": names, "contact_to": names}, attrs=about)


def _leads_in_volume(modes: Modes, r: np.ndarray, theta: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Leads at points of many angles, by splines through tables around just those points."""
    grid = modes.grid
    row = ((theta - modes.surface.first_rad) % (2 * np.pi)) * grid.n_theta / (2 * np.pi)
    layers = layer_of(grid, r)
    out = np.empty((len(modes.skin), r.size))
    for layer in np.unique(layers):
        inside = np.flatnonzero(layers == layer)
        for part, rows in windows(row[inside]):
            at = inside[part]
            low, high = grid.bounds_mm(int(layer))
            here = np.clip(r[at], low, high)
            spline = volume_spline(modes, int(layer), rows, (float(here.min()), float(here.max())))
            out[:, at] = spline(np.column_stack([here, row[at], z[at]])).T
    return out
