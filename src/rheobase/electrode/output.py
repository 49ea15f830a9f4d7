"""The output stage: current-controlled up to a compliance voltage, or voltage-controlled behind a source resistance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from rheobase.errors import LimitExceeded, ParameterError, near_name
from rheobase.tables import row

CONTROLS = ("current", "voltage")


def _default_compliance_V() -> float:
    return float(row("electrodes.stimulator_output")["compliance_V"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What drives the contacts.

    Parameters
    ----------
    control : {"current", "voltage"}
        ``"current"``: the stimulator keeps the current, as far as its voltage reaches. ``"voltage"``: it keeps the
        voltage, and skin and tissue decide the current.
    compliance_V : float
        Highest voltage between contacts, V, above 0; the default is row ``electrodes.stimulator_output``.
    source_resistance_ohm : float
        Resistance inside the stimulator, ohm, 0 or more.

    Raises
    ------
    ParameterError
        If the control is unknown or a value is out of range.

    Examples
    --------
    >>> Output(compliance_V=80.0).control
    'current'
    """

    control: str = "current"
    compliance_V: float = field(default_factory=_default_compliance_V)
    source_resistance_ohm: float = 0.0

    def __post_init__(self) -> None:
        if self.control not in CONTROLS:
            raise ParameterError(f"Output: unknown control '{self.control}'.{near_name(self.control, CONTROLS)}")
        if not 0 < self.compliance_V < np.inf:
            raise ParameterError(f"Output: compliance_V is {self.compliance_V} V; it must be above 0 V.")
        if not 0 <= self.source_resistance_ohm < np.inf:
            raise ParameterError(
                f"Output: source_resistance_ohm is {self.source_resistance_ohm} ohm; it must be 0 ohm or more."
            )

    def required_voltage_V(
        self, amplitude_mA: float, admittance_S: np.ndarray, shares: Sequence[float] = (1.0, -1.0)
    ) -> float:
        """Voltage the stimulator needs for a current, once the skin's capacitance is charged (the highest it gets).

        Parameters
        ----------
        amplitude_mA : float
            Peak current, mA; the sign does not matter.
        admittance_S : (K, K) array
            Admittance between the contacts, S, as a field gives it.
        shares : sequence of K floats
            Share of the current into the tissue at each contact; they sum to 0.

        Returns
        -------
        float
            Largest difference between contact potentials plus the drop inside the stimulator, V.

        Examples
        --------
        >>> import numpy as np
        >>> y = np.array([[1.0, -1.0], [-1.0, 1.0]]) / 1500.0
        >>> round(Output().required_voltage_V(20.0, y), 6)
        30.0
        """
        current_A = abs(amplitude_mA) * 1e-3
        return current_A * (_contact_span_ohm(admittance_S, shares) + self.source_resistance_ohm)

    def is_within_compliance(
        self, amplitude_mA: float, admittance_S: np.ndarray, shares: Sequence[float] = (1.0, -1.0)
    ) -> bool:
        """Whether a current can be driven; parameters as for `required_voltage_V`."""
        return self.required_voltage_V(amplitude_mA, admittance_S, shares) <= self.compliance_V

    def check_compliance(
        self, amplitude_mA: float, admittance_S: np.ndarray, shares: Sequence[float] = (1.0, -1.0)
    ) -> float:
        """Return the required voltage, V; parameters as for `required_voltage_V`.

        Raises
        ------
        LimitExceeded
            If the current needs more than the compliance voltage.

        Examples
        --------
        >>> import numpy as np
        >>> y = np.array([[1.0, -1.0], [-1.0, 1.0]]) / 1500.0
        >>> round(Output(compliance_V=60.0).check_compliance(20.0, y), 6)
        30.0
        """
        needed_V = self.required_voltage_V(amplitude_mA, admittance_S, shares)
        if needed_V > self.compliance_V:
            most_mA = abs(amplitude_mA) * self.compliance_V / needed_V
            raise LimitExceeded(
                f"amplitude_mA is {amplitude_mA:g} mA and needs {needed_V:.1f} V; compliance_V of the stimulator is"
                f" {self.compliance_V:g} V. Lower the amplitude to {most_mA:.1f} mA or less, use larger pads,"
                " or better gel."
            )
        return needed_V

    def delivered_mA(
        self, amplitude_V: float, admittance_S: np.ndarray, shares: Sequence[float] = (1.0, -1.0)
    ) -> float:
        """Current under voltage control in the steady state, once the skin's capacitance is charged.

        Parameters
        ----------
        amplitude_V : float
            Voltage the stimulator is set to, V, at most ``compliance_V``.
        admittance_S, shares
            As for `required_voltage_V`.

        Raises
        ------
        ParameterError
            If the output is current-controlled.
        LimitExceeded
            If the voltage lies above what the stimulator can give.

        Examples
        --------
        >>> import numpy as np
        >>> y = np.array([[1.0, -1.0], [-1.0, 1.0]]) / 1500.0
        >>> round(Output(control="voltage", source_resistance_ohm=500.0).delivered_mA(30.0, y), 6)
        15.0
        """
        if self.control != "voltage":
            raise ParameterError(
                "Output: control is 'current', so the current is the setting itself."
                " Ask required_voltage_V for the voltage, or use control='voltage'."
            )
        if abs(amplitude_V) > self.compliance_V:
            raise LimitExceeded(
                f"amplitude_V is {amplitude_V:g} V; compliance_V of the stimulator is {self.compliance_V:g} V."
                f" Lower the amplitude to {self.compliance_V:g} V or less."
            )
        return 1e3 * amplitude_V / (_contact_span_ohm(admittance_S, shares) + self.source_resistance_ohm)


def _contact_span_ohm(admittance_S: np.ndarray, shares: Sequence[float]) -> float:
    """Largest potential difference between the contacts that carry current, per ampere."""
    y, s = np.asarray(admittance_S, dtype=float), np.asarray(shares, dtype=float)
    if y.shape != (s.size, s.size):
        raise ParameterError(f"admittance_S has shape {y.shape}; {s.size} shares need ({s.size}, {s.size}).")
    potential = np.linalg.pinv(y, rcond=1e-6, hermitian=True) @ s
    carrying = potential[s != 0]
    return float(carrying.max() - carrying.min())
