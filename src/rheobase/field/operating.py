"""Fields at a stated current or voltage, where the skin's resistance depends on the current density."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.optimize import brentq

from rheobase.anatomy import BodyPart
from rheobase.electrode import Interface
from rheobase.errors import ConvergenceError, LimitExceeded, ParameterError
from rheobase.field.field import Field
from rheobase.field.solve import solve_field
from rheobase.montage import Montage

_MOST_ROUNDS = 20
_SETTLED_SHARE = 1e-4
_SEARCH_MA = (1e-4, 1e4)


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatingPoint:
    """A field and the current and voltage it holds at.

    Parameters
    ----------
    field : Field
        The field with every contact at the resistance of its own mean current density.
    amplitude_mA : float
        Steady current.
    voltage_V : float
        Voltage of the stimulator, its source resistance included.

    Examples
    --------
    >>> OperatingPoint.__name__
    'OperatingPoint'
    """

    field: Field
    amplitude_mA: float
    voltage_V: float


def solve_at_current(anatomy: BodyPart, montage: Montage, amplitude_mA: float, **settings: Any) -> OperatingPoint:
    """Field at a current: every pad has the resistance of its mean current density.

    The density at a pad's edge is higher and its skin breaks down further there, which is left out.

    Parameters
    ----------
    anatomy : BodyPart
        The body part.
    montage : Montage
        Pads, whose interfaces may break down.
    amplitude_mA : float
        Peak current, mA; the sign does not matter.
    **settings
        Passed on to `solve_field`.

    Raises
    ------
    LimitExceeded
        If the stimulator cannot reach the voltage.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> from rheobase.electrode import breaking_interface
    >>> from rheobase.montage import pad_pair
    >>> pads = pad_pair(Forearm(), interface=breaking_interface())
    >>> low, high = (solve_at_current(Forearm(), pads, mA, cell_mm=2.0).voltage_V / mA for mA in (1.0, 20.0))
    >>> low > 2 * high
    True
    """
    field = solve_field(anatomy, _at_current(montage, amplitude_mA), **settings)
    return OperatingPoint(field=field, amplitude_mA=abs(amplitude_mA), voltage_V=field.check_compliance(amplitude_mA))


def solve_at_voltage(anatomy: BodyPart, montage: Montage, amplitude_V: float, **settings: Any) -> OperatingPoint:
    """Field and current at a voltage of the stimulator, once the skin's capacitance is charged.

    Of several currents that fit, as a skin that breaks down allows, the least is given: the one reached as the voltage
    rises from 0.

    Parameters
    ----------
    anatomy : BodyPart
        The body part.
    montage : Montage
        Pads; the montage's output must be voltage-controlled.
    amplitude_V : float
        Voltage, above 0 and within the output's ``compliance_V``.
    **settings
        Passed on to `solve_field`.

    Raises
    ------
    ParameterError
        If the output is not voltage-controlled or the voltage is not above 0.
    LimitExceeded
        If the voltage lies above what the stimulator can give.
    ConvergenceError
        If current and resistance do not settle.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> from rheobase.electrode import Output
    >>> from rheobase.montage import pad_pair
    >>> pads = pad_pair(Forearm(), output=Output(control="voltage"))
    >>> point = solve_at_voltage(Forearm(), pads, 20.0, cell_mm=2.0)
    >>> round(point.amplitude_mA * point.field.resistance_ohm / 1000.0, 6)
    20.0
    """
    output = montage.output
    if output.control != "voltage":
        raise ParameterError("solve_at_voltage: the output is current-controlled. Use Output(control='voltage').")
    if not amplitude_V > 0:
        raise ParameterError(f"solve_at_voltage: amplitude_V is {amplitude_V} V; it must be above 0 V.")
    if amplitude_V > output.compliance_V:
        raise LimitExceeded(
            f"amplitude_V is {amplitude_V:g} V; compliance_V of the stimulator is {output.compliance_V:g} V."
            f" Lower the amplitude to {output.compliance_V:g} V or less."
        )
    amplitude_mA = _SEARCH_MA[0]
    for _ in range(_MOST_ROUNDS):
        field = solve_field(anatomy, _at_current(montage, amplitude_mA), **settings)
        span = field.required_voltage_V(1e3) - _contacts_ohm(montage, amplitude_mA)
        before, amplitude_mA = amplitude_mA, _least_current_mA(montage, amplitude_V, span)
        if abs(amplitude_mA - before) <= _SETTLED_SHARE * amplitude_mA:
            return OperatingPoint(field=field, amplitude_mA=amplitude_mA, voltage_V=amplitude_V)
    raise ConvergenceError(
        f"Current and resistance did not settle in {_MOST_ROUNDS} rounds at {amplitude_V:g} V; the last two currents"
        f" are {before:.4g} and {amplitude_mA:.4g} mA: there the skin is about to break down. Try another"
        " voltage."
    )


def pulse_voltage_V(field: Field, amplitude_mA: float, width_us: float, *, interface: Interface | None = None) -> float:
    """Voltage that a stimulator needs at the end of a rectangular pulse, V.

    Each pad's skin has the resistance that belongs to its mean current density, and its capacitance charges over the
    pulse. So a small pad, under which the horny layer breaks down, needs less than its area says; at small currents a
    short pulse needs less than a steady current.

    Parameters
    ----------
    field : Field
        Field of pads; what it tells of the tissue between them is used, with the contacts' share taken out.
    amplitude_mA : float
        Current of the pulse, mA; the sign does not matter.
    width_us : float
        Width of one phase, us, above 0.
    interface : Interface, optional
        Skin and gel of every pad, such as `rheobase.electrode.breaking_interface`; by default each pad's own.

    Raises
    ------
    ParameterError
        If the width is not above 0, or the field is not one of pads on skin.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> from rheobase.electrode import breaking_interface
    >>> from rheobase.montage import pad_pair
    >>> field = solve_field(Forearm(), pad_pair(Forearm()))
    >>> weak, strong = (pulse_voltage_V(field, mA, 200.0, interface=breaking_interface()) for mA in (1.0, 20.0))
    >>> strong < 10.0 * weak
    True
    """
    if not width_us > 0:
        raise ParameterError(f"pulse_voltage_V: width_us is {width_us:g} us; it must be above 0 us, usually 50 to 400.")
    montage = field.montage
    if not isinstance(montage, Montage):
        raise ParameterError(
            f"pulse_voltage_V: the field is that of {type(montage).__name__}, which has no pads on skin. Take a field"
            " of a Montage, or field.required_voltage_V for metal contacts."
        )
    contacts = [p.share * p.mean_contact_ohm for p in montage.pads]
    inside_ohm = field.required_voltage_V(1e3) - (max(contacts) - min(contacts))
    drops_V = []
    for pad in montage.pads:
        density = amplitude_mA * 1e-3 * pad.share / (pad.area_mm2 * 1e-6)
        skin = (pad.interface if interface is None else interface).at_density(density)
        drops_V.append(abs(density) * float(skin.voltage_step_ohm_m2(width_us)) * np.sign(pad.share))
    return float(abs(amplitude_mA) * 1e-3 * inside_ohm + max(drops_V) - min(drops_V))


def _at_current(montage: Montage, amplitude_mA: float) -> Montage:
    """The montage with linear interfaces, each at its mean current density."""
    pads = tuple(
        replace(p, interface=p.interface.at_density(amplitude_mA * 1e-3 * p.share / (p.area_mm2 * 1e-6)))
        for p in montage.pads
    )
    return replace(montage, pads=pads)


def _contacts_ohm(montage: Montage, amplitude_mA: float) -> float:
    """About what the contacts add to the voltage per ampere: the largest on either side."""
    drops = [p.share * p.mean_contact_ohm for p in _at_current(montage, amplitude_mA).pads]
    return max(drops) - min(drops)


def _least_current_mA(montage: Montage, amplitude_V: float, tissue_ohm: float) -> float:
    """Least current at which tissue and contacts take up the voltage."""

    def excess(log_mA: float) -> float:
        mA = float(np.exp(log_mA))
        return 1e-3 * mA * (tissue_ohm + _contacts_ohm(montage, mA)) - amplitude_V

    low, high = (float(np.log(mA)) for mA in _SEARCH_MA)
    places = np.linspace(low, high, 400).tolist()
    above = np.flatnonzero([excess(x) > 0 for x in places])
    if above.size == 0 or above[0] == 0:
        raise ConvergenceError(
            f"No current between {_SEARCH_MA[0]:g} and {_SEARCH_MA[1]:g} mA fits {amplitude_V:g} V. Check contacts."
        )
    first = int(above[0])
    found: Any = brentq(excess, places[first - 1], places[first], xtol=1e-10)
    return float(np.exp(found))
