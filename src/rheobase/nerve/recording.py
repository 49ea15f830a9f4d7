"""Action potentials of single fibres and of many together, as contacts anywhere record them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import ParameterError
from rheobase.nerve.contacts import UV_PER_OHM_NA, passed_on, sense_arrays
from rheobase.nerve.fibre import Fibre, UniformFibres
from rheobase.nerve.injection import Injection, existing
from rheobase.nerve.layout import padded
from rheobase.nerve.lots import Potential, each_lot
from rheobase.nerve.model import Array
from rheobase.nerve.responses import factors, field_or_none, prepared
from rheobase.nerve.run import run
from rheobase.nerve.stimulus import Stimulus, check_potential


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What contacts record.

    Parameters
    ----------
    time_ms : array, shape (steps + 1,)
        Times; the first, 0 ms, is rest.
    signal_uV : array, shape (contacts, steps + 1) or (fibres, contacts, steps + 1)
        Potential of each contact against a reference far away, less its value at rest.

    Examples
    --------
    >>> seen = Recording(time_ms=np.array([0.0, 0.1, 0.2]), signal_uV=np.array([[0.0, 2.0, -3.0]]))
    >>> seen.peak_to_peak_uV().tolist(), seen.peak_ms().tolist()
    ([5.0], [0.2])
    """

    time_ms: Array
    signal_uV: Array

    def peak_to_peak_uV(self) -> Array:
        """Highest less lowest value of each signal."""
        return np.ptp(self.signal_uV, axis=-1)

    def peak_ms(self) -> Array:
        """When each signal is at its largest, of either sign."""
        return self.time_ms[np.abs(self.signal_uV).argmax(axis=-1)]


def record_fibres(
    fibres: Sequence[Fibre],
    contact_mV_per_mA: Potential,
    potential_mV_per_mA: Potential | None = None,
    stimulus: Stimulus | None = None,
    amplitude_mA: float | Sequence[float] | Array = 1.0,
    *,
    duration_ms: float = 3.0,
    injections: Sequence[Injection] = (),
    temperature_C: float = 37.0,
    progress: Callable[[float], None] | None = None,
) -> Recording:
    """Record the action potential of each fibre by itself.

    By reciprocity: a current that leaves the fibre somewhere is seen with the potential that 1 mA through the contact
    would raise there. Node and internode currents all count. Tissue is taken as ohmic, and the fibre's own field is
    too small to act back on it.

    Parameters
    ----------
    fibres : sequence of Fibre
        The fibres; `UniformFibres` for very many.
    contact_mV_per_mA : sequence of array, array or callable
        Potential that 1 mA through each contact would raise at every compartment, shape (contacts, compartments) a
        fibre, in the same three forms as a stimulating potential. For a pair of contacts give their difference.
    potential_mV_per_mA, stimulus, amplitude_mA
        What stimulates the fibres; as for `simulate_fibres`.
    duration_ms : float
        How long, where no stimulus says so.
    injections : sequence of Injection
        Currents into nodes of every fibre. They flow back to an electrode far away, so the signal is not balanced
        while they flow.
    temperature_C : float
        Temperature of the nerve.
    progress : callable, optional
        Is told the share done.

    Returns
    -------
    Recording
        Signals of shape (fibres, contacts, steps + 1).

    Raises
    ------
    ParameterError
        If contacts, potentials, stimulus and fibres do not fit each other.

    Examples
    --------
    >>> from rheobase.nerve import uniform_fibre
    >>> fibre = uniform_fibre("mrg_interpolated", diameter_um=10.0, nodes=31)
    >>> r_mm = np.hypot(1.0, (fibre.arc_um - fibre.node_arc_um[20]) / 1000)  # a contact 1 mm from node 20
    >>> contact = 1.0 / (4 * np.pi * 0.3 * r_mm * 1e-3)
    >>> seen = record_fibres([fibre], [contact[None]], injections=[Injection(node=3, current_nA=3.0)], duration_ms=2.0)
    >>> print(f"{seen.peak_to_peak_uV()[0, 0]:.2f} uV")
    0.47 uV
    """
    out: list[Any] = [None] * len(fibres)

    def keep(index: NDArray[np.intp], signal_uV: Array) -> None:
        for i, one in zip(index, signal_uV, strict=True):
            out[i] = one

    time_ms = _each(fibres, contact_mV_per_mA, potential_mV_per_mA, stimulus, amplitude_mA, duration_ms, injections,
                    temperature_C, progress, keep)  # fmt: skip
    return Recording(time_ms=time_ms, signal_uV=np.array(out))


def compound_action_potential(
    fibres: Sequence[Fibre],
    contact_mV_per_mA: Potential,
    potential_mV_per_mA: Potential | None = None,
    stimulus: Stimulus | None = None,
    amplitude_mA: float | Sequence[float] | Array = 1.0,
    *,
    count: Sequence[float] | Array | None = None,
    duration_ms: float = 3.0,
    injections: Sequence[Injection] = (),
    temperature_C: float = 37.0,
    progress: Callable[[float], None] | None = None,
) -> Recording:
    """Record the action potential of all fibres together.

    Every fibre is simulated, so conduction, dispersion, latency and failure come out by themselves; the signals are
    added as they come, and memory does not grow with the number of fibres.

    Parameters
    ----------
    fibres, contact_mV_per_mA, potential_mV_per_mA, stimulus, amplitude_mA
        As for `record_fibres`.
    count : sequence of float, optional
        How many fibres each stands for; by default 1.
    duration_ms : float
        How long, where no stimulus says so.
    injections : sequence of Injection
        Currents into nodes of every fibre.
    temperature_C : float
        Temperature of the nerve.
    progress : callable, optional
        Is told the share done.

    Returns
    -------
    Recording
        Signals of shape (contacts, steps + 1).

    Raises
    ------
    ParameterError
        If contacts, potentials, stimulus, counts and fibres do not fit each other.

    Examples
    --------
    >>> from rheobase.nerve import uniform_fibres
    >>> fibres = uniform_fibres("mrg_interpolated", diameter_um=[9.0, 10.0, 11.0], nodes=31)
    >>> r_mm = np.hypot(1.0, fibres.arc_um / 1000 - 20.0)  # a contact 20 mm along, 1 mm away
    >>> contact = 1.0 / (4 * np.pi * 0.3 * r_mm * 1e-3)
    >>> seen = compound_action_potential(fibres, contact[:, None], injections=[Injection(node=3, current_nA=3.0)])
    >>> seen.signal_uV.shape
    (1, 601)
    """
    weights = np.ones(len(fibres)) if count is None else np.asarray(count, dtype=float)
    if weights.shape != (len(fibres),) or not (np.isfinite(weights) & (weights >= 0)).all():
        raise ParameterError(
            f"count has shape {weights.shape} for {len(fibres)} fibres; give one number of 0 or more each."
        )
    total: list[Any] = [0.0]
    lock = Lock()

    def add(index: NDArray[np.intp], signal_uV: Array) -> None:
        part = np.einsum("f,fcs->cs", weights[index], signal_uV)
        with lock:
            total[0] = total[0] + part

    time_ms = _each(fibres, contact_mV_per_mA, potential_mV_per_mA, stimulus, amplitude_mA, duration_ms, injections,
                    temperature_C, progress, add)  # fmt: skip
    return Recording(time_ms=time_ms, signal_uV=total[0])


def _each(
    fibres: Sequence[Fibre], contacts: Potential, potential: Potential | None, stimulus: Stimulus | None,
    amplitude_mA: Any, duration_ms: float, injections: Sequence[Injection], temperature_C: float,
    progress: Callable[[float], None] | None, take: Callable[[NDArray[np.intp], Array], None],
) -> Array:  # fmt: skip
    """Simulate all fibres lot by lot, hand their signals on, and return the times."""
    potential, stimulus = field_or_none(fibres, potential, stimulus, duration_ms)
    sources, steps = stimulus.samples.shape
    factor = factors(amplitude_mA, len(fibres), sources)
    for name, given in (("contact_mV_per_mA", contacts), ("potential_mV_per_mA", potential)):
        if not callable(given) and len(given) != len(fibres):
            raise ParameterError(f"{name} has {len(given)} entries for {len(fibres)} fibres; give one a fibre.")

    def both(index: NDArray[np.intp]) -> Any:
        field, seen = _of(potential, index), _of(contacts, index)
        _check_contacts(seen, fibres, index)
        check_potential(fibres[int(index[0])], field[0], stimulus)
        if isinstance(field, np.ndarray) and isinstance(seen, np.ndarray):
            return np.concatenate([field, seen], axis=1)
        return [np.concatenate([a, b]) for a, b in zip(field, seen, strict=True)]

    def solve(index: NDArray[np.intp], lot: Sequence[Fibre], phi: Any) -> int:
        if isinstance(phi, np.ndarray):
            field, seen = phi[:, :sources], phi[:, sources:]
        else:
            field, seen = [p[:sources] for p in phi], [p[sources:] for p in phi]
        take(index, UV_PER_OHM_NA * _signal(lot, field, seen, stimulus, factor[index], injections, temperature_C))
        return 0

    first = both(np.array([0]))  # tells how many contacts there are
    contacts_too = np.zeros((len(first[0]), steps))
    contacts_too[:sources] = stimulus.samples
    each_lot(
        fibres,
        both,
        Stimulus(samples=contacts_too, dt_ms=stimulus.dt_ms, pulse_end_ms=stimulus.pulse_end_ms),
        solve,
        progress,
    )
    return stimulus.dt_ms * np.arange(steps + 1)


def _signal(
    lot: Sequence[Fibre], field: Any, seen: Any, stimulus: Stimulus, factor: Array, injections: Sequence[Injection],
    temperature_C: float,
) -> Array:  # fmt: skip
    """Signals in nV of fibres that share a chunk, shape (fibre, contact, step)."""
    chunk, wave, amplitude = prepared(lot, field, stimulus, factor, injections, temperature_C)
    layout, n = chunk.layout, len(lot)
    e, contact = (_by_lane(values, layout.lanes, layout) for values in (field, seen))
    weights, rest = sense_arrays(chunk, contact)
    out = run(chunk, chunk.fresh(), wave, amplitude, sense=weights, contacts=contact.shape[1])
    inside = [existing([i.node for i in injections], int(nodes)) for nodes in layout.nodes[:n]]
    direct = passed_on(layout, e, contact, inside) * amplitude[:n, None]
    signal = out.signal[:n] - rest[:n, :, None] + direct @ wave
    return np.concatenate([np.zeros((*signal.shape[:2], 1)), signal], axis=2)


def _by_lane(values: Any, lanes: int, layout: Any) -> Array:
    """(lane, source, compartment), zero where a shorter fibre has no compartment."""
    if isinstance(values, np.ndarray):
        return padded(values, lanes)
    longest = max(v.shape[1] for v in values)
    filled = [np.pad(v, ((0, 0), (0, longest - v.shape[1]))) for v in values]
    return padded(np.array(filled), lanes)


def _of(given: Any, index: NDArray[np.intp]) -> Any:
    if callable(given):
        return given(index)
    return given[index] if isinstance(given, np.ndarray) else [np.asarray(given[i], dtype=float) for i in index]


def _check_contacts(seen: Any, fibres: Sequence[Fibre], index: NDArray[np.intp]) -> None:
    """Refuse contacts that do not fit their fibres."""
    if len(seen) != len(index):
        raise ParameterError(f"contact_mV_per_mA returned {len(seen)} entries for {len(index)} fibres.")
    alike = isinstance(seen, np.ndarray) and isinstance(fibres, UniformFibres)
    contacts = np.shape(seen[0])[0] if np.ndim(seen[0]) else 0
    for i, values in zip(index[:1] if alike else index, seen[:1] if alike else seen, strict=True):
        fibre = fibres[int(i)]
        wanted = fibre.per_internode * (fibre.nodes - 1) + 1
        if np.shape(values) != (contacts, wanted) or contacts == 0:
            raise ParameterError(
                f"contact_mV_per_mA has shape {np.shape(values)} for fibre {i}; give contacts by {wanted} compartments,"
                " equally many contacts for every fibre."
            )
    for i, values in zip(index, seen, strict=True):
        if not np.isfinite(values).all():
            raise ParameterError(
                f"contact_mV_per_mA holds a value that is not finite for fibre {i}. A compartment may lie on the"
                " contact; move it."
            )
