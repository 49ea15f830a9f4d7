"""Currents through a pipette into nodes, beside or instead of a field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rheobase.errors import ParameterError
from rheobase.nerve.model import Array
from rheobase.nerve.stimulus import Stimulus


@dataclass(frozen=True, slots=True, kw_only=True)
class Injection:
    """A pulse of current through a pipette into one node.

    Parameters
    ----------
    node : int
        Which node; negative counts from the last.
    current_nA : float
        Positive depolarises.
    start_ms, width_ms : float
        When it begins (from 0) and how long it lasts (above 0); both rounded to whole steps.

    Raises
    ------
    ParameterError
        If a number is not finite or out of its range.

    Examples
    --------
    >>> Injection(node=2, current_nA=3.0, start_ms=0.1, width_ms=0.1).node
    2
    """

    node: int
    current_nA: float
    start_ms: float = 0.0
    width_ms: float = 0.1

    def __post_init__(self) -> None:
        if not np.isfinite(self.current_nA):
            raise ParameterError(f"current_nA is {self.current_nA} nA; give a finite current, for example 3 nA.")
        if not (self.start_ms >= 0 and 0 < self.width_ms < np.inf):
            raise ParameterError(
                f"start_ms is {self.start_ms} ms and width_ms {self.width_ms} ms; the start must not be below 0 ms and"
                " the width must be above 0 ms."
            )


def existing(nodes: Sequence[int], count: int) -> list[int]:
    """Node numbers from 0 on, negative ones counted from the last.

    Parameters
    ----------
    nodes : sequence of int
        As given.
    count : int
        Nodes that there are.

    Raises
    ------
    ParameterError
        If one does not exist.
    """
    for node in nodes:
        if not -count <= node < count:
            raise ParameterError(f"Node {node} does not exist; the fibre has nodes 0 to {count - 1}.")
    return [int(n) % count for n in nodes]


def joined_waveform(stimulus: Stimulus, injections: Sequence[Injection]) -> Array:
    """Waveforms of the field's sources for 1 mA, then of the injected currents in nA, shape (sources, steps).

    Parameters
    ----------
    stimulus : Stimulus
        Gives sources, length and step.
    injections : sequence of Injection
        One more row each.
    """
    sources, steps = stimulus.samples.shape
    wave = np.zeros((sources + len(injections), steps))
    wave[:sources] = stimulus.samples
    for row, one in zip(wave[sources:], injections, strict=True):
        begin = round(one.start_ms / stimulus.dt_ms)
        row[begin : begin + max(1, round(one.width_ms / stimulus.dt_ms))] = one.current_nA
    return wave
