"""What a membrane is whose current is more than gates times distance from a fixed reversal: arithmetic, given once.

Pumps, exchangers and ions whose concentrations move fit no list of currents. Such a model gives its flow as a function
of plain arithmetic over named quantities. It runs on arrays of numbers, and once on symbols, which
`rheobase.nerve.programme` turns into instructions for the kernel.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

from rheobase.nerve.model import Array, FibreModel, Gate, Internodes


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A quantity that follows the potential at once: no gate, but looked up like one.

    Parameters
    ----------
    name : str
        By which the flow knows it.
    at : callable
        ``(v_mV, temperature_C) -> value``, vectorised over the potential.

    Examples
    --------
    >>> float(Column(name="boost", at=lambda v, t: np.exp(v / 25.0)).at(np.array([25.0]), 37.0)[0]) > 2.7
    True
    """

    name: str
    at: Callable[[Array, float], Array]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Current through the membrane about a potential, ``conductance * v - offset``, and what follows from it.

    Parameters
    ----------
    conductance
        Slope of the total current (S/cm2).
    offset
        What is left of it (mA/cm2).
    after : mapping
        Every state, such as a concentration, at the end of the step.
    currents : mapping
        What of the current each ion carries (mA/cm2), pumps and exchangers included; for people, the kernel leaves it.

    Examples
    --------
    >>> Flow(conductance=0.001, offset=-0.06, after={}).offset
    -0.06
    """

    conductance: Any
    offset: Any
    after: Mapping[str, Any]
    currents: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Membrane:
    """A membrane with states beside its gates.

    Parameters
    ----------
    columns : tuple of Column
        Functions of the potential that the flow uses.
    start : callable
        ``temperature_C -> {name: value}``: every state before the fibre comes to rest; a concentration is in mM and
        its name ends in ``_in`` or ``_out``.
    shape : callable
        ``Internodes -> {name: array}``: numbers of the geometry that the flow uses, one for each kind.
    flow : callable
        ``here -> Flow``; `here` has all gates, columns, states and numbers of the geometry as attributes, and
        ``v_mV``, ``temperature_C`` and ``dt_ms``. It may add, subtract, multiply, divide, raise to whole powers, and
        use `log`, `exp`, `sqrt` and `held` of `rheobase.nerve.programme`.

    Examples
    --------
    >>> leak = lambda here: Flow(conductance=1e-4 * here.thick, offset=-6e-3 * here.thick, after={})
    >>> none = Membrane(columns=(), start=lambda t: {}, shape=lambda k: {"thick": k.fibre_um}, flow=leak)
    >>> none.flow(SimpleNamespace(thick=2.0)).conductance
    0.0002
    """

    columns: tuple[Column, ...]
    start: Callable[[float], Mapping[str, float]]
    shape: Callable[[Internodes], Mapping[str, Array]]
    flow: Callable[[Any], Flow]


def looked_up(model: FibreModel) -> tuple[Gate, ...]:
    """All that is looked up by potential: the gates, then the columns of the membrane as gates without memory.

    Parameters
    ----------
    model : FibreModel
        Any model.

    Examples
    --------
    >>> from rheobase.nerve import fibre_model
    >>> [gate.name for gate in looked_up(fibre_model("schild94"))][-2:]
    ['pump', 'pump_slope']
    """

    def at_once(column: Column) -> Gate:
        return Gate(name=column.name, kinetics=lambda v, t: (column.at(v, t), np.zeros_like(v)))

    columns = () if model.membrane is None else model.membrane.columns
    return (*model.gates, *map(at_once, columns))


def ion_currents(
    model: FibreModel,
    kinds: Internodes,
    *,
    v_mV: Array,
    looked_up_values: Array,
    states: Array,
    dt_ms: float,
    temperature_C: float,
) -> dict[str, Array]:
    """Currents of a membrane by ion (mA/cm2, positive outward), from what was recorded.

    Parameters
    ----------
    model : FibreModel
        One with a membrane.
    kinds : Internodes
        The kind of each node, shape (node,).
    v_mV : array, shape (node, step)
        Potentials.
    looked_up_values : array, shape (node, step, gate)
        Gates and columns (`looked_up`).
    states : array, shape (node, step, state)
        States.
    dt_ms, temperature_C : float
        Time step and temperature of the nerve.

    Examples
    --------
    >>> from rheobase.nerve import fibre_model
    >>> model, v = fibre_model("tigerholm"), np.full((1, 1), -55.0)
    >>> x = np.stack([g.steady_and_tau(v, 37.0)[0] for g in looked_up(model)], axis=-1)
    >>> start = np.array([[list(model.membrane.start(37.0).values())]])
    >>> one = model.internodes(np.array([1.0]))
    >>> got = ion_currents(
    ...     model, one, v_mV=v, looked_up_values=x, states=start, dt_ms=0.005, temperature_C=37.0
    ... )
    >>> sorted(got), bool(abs(got["sodium"]) < 1e-12)  # balanced at rest
    (['potassium', 'sodium'], True)
    """
    names = [g.name for g in looked_up(model)]
    known = {name: looked_up_values[..., i] for i, name in enumerate(names)}
    known |= {name: states[..., i] for i, name in enumerate(model.membrane.start(temperature_C))}
    known |= {name: values[:, None] for name, values in model.membrane.shape(kinds).items()}
    here = SimpleNamespace(v_mV=v_mV, temperature_C=temperature_C, dt_ms=dt_ms, **known)
    return {name: np.asarray(value) for name, value in model.membrane.flow(here).currents.items()}
