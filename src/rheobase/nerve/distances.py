"""Thresholds of fibres over the distance of a point source: ``I = I0 + k r^2``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import ParameterError
from rheobase.field import point_source_V_per_A
from rheobase.nerve.fibre import Fibre, UniformFibres
from rheobase.nerve.injection import existing
from rheobase.nerve.model import Array
from rheobase.nerve.stimulus import Stimulus
from rheobase.nerve.threshold import activation_thresholds


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentDistance:
    """A fitted current-distance curve.

    Parameters
    ----------
    offset_mA : float
        I0: threshold at no distance, by extrapolation.
    k_mA_per_mm2 : float
        How steeply the threshold rises with the square of the distance.
    residual_relative : float
        Root mean square of the residuals, each divided by its threshold.
    distance_mm, threshold_mA : tuple of float
        What was fitted.

    Examples
    --------
    >>> fit = fit_current_distance([0.5, 1.0, 2.0], [0.035, 0.11, 0.41])
    >>> round(fit.offset_mA, 6), round(fit.k_mA_per_mm2, 6), round(fit.at_mA(3.0), 6)
    (0.01, 0.1, 0.91)
    """

    offset_mA: float
    k_mA_per_mm2: float
    residual_relative: float
    distance_mm: tuple[float, ...]
    threshold_mA: tuple[float, ...]

    def at_mA(self, distance_mm: float) -> float:
        """Threshold at a distance, 0 or above."""
        if not distance_mm >= 0:
            raise ParameterError(f"distance_mm is {distance_mm:g} mm; it must not be below 0.")
        return self.offset_mA + self.k_mA_per_mm2 * distance_mm**2


def fit_current_distance(
    distance_mm: Sequence[float] | Array, threshold_mA: Sequence[float] | Array
) -> CurrentDistance:
    """Fit ``I = I0 + k r^2``, every residual divided by its threshold.

    Parameters
    ----------
    distance_mm : sequence of float
        Distances, above 0, at least two different ones.
    threshold_mA : sequence of float
        Threshold at each, above 0 and finite.

    Raises
    ------
    ParameterError
        If the numbers do not pair, are not above 0, or do not rise with distance.

    Examples
    --------
    >>> round(fit_current_distance([1.0, 2.0], [1.0, 4.0]).k_mA_per_mm2, 9)
    1.0
    """
    r, i = np.asarray(distance_mm, dtype=float), np.asarray(threshold_mA, dtype=float)
    if r.ndim != 1 or r.shape != i.shape or np.unique(r).size < 2:
        raise ParameterError(
            f"distance_mm has shape {r.shape} and threshold_mA {i.shape}; give one threshold a distance, and at least"
            " two different distances."
        )
    for name, values, unit in (("distance_mm", r, "mm"), ("threshold_mA", i, "mA")):
        bad = ~(np.isfinite(values) & (values > 0))
        if bad.any():
            raise ParameterError(f"{name} holds {values[bad][0]:g} {unit}; every value must be finite and above 0.")
    columns = np.column_stack([1.0 / i, r**2 / i])
    offset, k = np.linalg.lstsq(columns, np.ones_like(i), rcond=None)[0]
    if not k > 0:
        raise ParameterError("These thresholds do not rise with distance, so I0 + k r^2 says nothing of them.")
    return CurrentDistance(
        offset_mA=float(offset),
        k_mA_per_mm2=float(k),
        residual_relative=float(np.sqrt(np.mean((columns @ [offset, k] - 1.0) ** 2))),
        distance_mm=tuple(r.tolist()),
        threshold_mA=tuple(i.tolist()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DistanceSeries:
    """Thresholds over distances.

    Parameters
    ----------
    distance_mm : array, shape (distances,)
        Distances of the source from the fibre's axis, ascending.
    threshold_mA : array, shape (fibres, distances)
        Thresholds; infinity where none was found.
    status : int array, shape (fibres, distances)
        `Status` of each.

    Examples
    --------
    >>> series = DistanceSeries(distance_mm=np.array([1.0, 2.0]), threshold_mA=np.array([[1.0, 4.0]]),
    ...                         status=np.zeros((1, 2), dtype=int))
    >>> round(series.fit(0).k_mA_per_mm2, 9)
    1.0
    """

    distance_mm: Array
    threshold_mA: Array
    status: NDArray[np.int64]

    def fit(self, fibre: int) -> CurrentDistance:
        """Fit one fibre's series; distances without a threshold are left out."""
        found = np.isfinite(self.threshold_mA[fibre])
        return fit_current_distance(self.distance_mm[found], self.threshold_mA[fibre, found])


def thresholds_over_distances(
    fibres: Sequence[Fibre],
    stimulus: Stimulus,
    *,
    distance_mm: Sequence[float] | Array,
    sigma_S_per_m: float | tuple[float, float] = 0.3,
    node: int | None = None,
    offset_share: float = 0.0,
    watch: Sequence[int] | None = None,
    tolerance: float = 0.005,
    upper_mA: float = 2000.0,
    temperature_C: float = 37.0,
    progress: Callable[[float], None] | None = None,
) -> DistanceSeries:
    """Find each fibre's threshold for a point source at several distances beside it, in an endless medium.

    Parameters
    ----------
    fibres : sequence of Fibre
        Straight fibres without branches; `UniformFibres` for very many.
    stimulus : Stimulus
        One source.
    distance_mm : sequence of float
        Distances from the axis, above 0.
    sigma_S_per_m : float or (float, float)
        Conductivity, above 0: the same in all directions, or across and along the fibre.
    node : int, optional
        Node beside which the source lies; by default the middle one.
    offset_share : float
        How far it is moved on from there, as a share of the next internode.
    watch, tolerance, upper_mA, temperature_C, progress
        As for `activation_thresholds`.

    Returns
    -------
    DistanceSeries

    Raises
    ------
    ParameterError
        If a distance or conductivity is not above 0, the stimulus has several sources, a node does not exist, or a
        fibre has branches.

    Examples
    --------
    >>> from rheobase.nerve import stimulus_from_segments, uniform_fibre
    >>> fibre = uniform_fibre("mrg_discrete", diameter_um=10.0, nodes=21)
    >>> cathodic = stimulus_from_segments([(0.1, -1.0)], tail_ms=3.0, dt_ms=0.005)
    >>> series = thresholds_over_distances([fibre], cathodic, distance_mm=[0.5, 1.0])
    >>> series.threshold_mA.round(3).tolist()
    [[0.068, 0.183]]
    """
    distances = np.sort(np.asarray(distance_mm, dtype=float).ravel())
    if not distances.size or not (np.isfinite(distances) & (distances > 0)).all():
        raise ParameterError("distance_mm must hold at least one distance in mm, each above 0 and finite.")
    if stimulus.samples.shape[0] != 1:
        raise ParameterError(f"The stimulus has {stimulus.samples.shape[0]} sources; a point source is one.")
    if not isinstance(fibres, UniformFibres) and any(f.parent is not None for f in fibres):
        raise ParameterError("A fibre has branches and so no axis; sample its potential with a field of your own.")
    across, along = np.broadcast_to(np.asarray(sigma_S_per_m, dtype=float), 2)
    places = _places_um(fibres, node, offset_share)
    shape = (len(fibres), distances.size)
    found, status = np.full(shape, np.inf), np.zeros(shape, dtype=np.int64)
    for k, here_mm in enumerate(distances):
        potential = _field(fibres, places, float(here_mm), float(across), float(along))
        got = activation_thresholds(
            fibres, potential, stimulus, watch=watch, tolerance=tolerance, upper_mA=upper_mA,
            temperature_C=temperature_C,
            progress=None if progress is None else lambda share, k=k: progress((k + share) / distances.size),
        )  # fmt: skip
        found[:, k], status[:, k] = got.threshold_mA, got.status
    return DistanceSeries(distance_mm=distances, threshold_mA=found, status=status)


def _places_um(fibres: Sequence[Fibre], node: int | None, offset_share: float) -> Array:
    """Where along each fibre the source lies."""
    if isinstance(fibres, UniformFibres):
        at = existing([fibres.nodes // 2 if node is None else node], fibres.nodes)[0]
        return fibres.kinds.length_um * (at + offset_share)
    out = []
    for fibre in fibres:
        at = existing([fibre.nodes // 2 if node is None else node], fibre.nodes)[0]
        next_um = fibre.kinds.length_um[fibre.sequence[min(at, fibre.nodes - 2)]]
        out.append(fibre.node_arc_um[at] + offset_share * next_um)
    return np.array(out)


def _field(
    fibres: Sequence[Fibre], places_um: Array, distance_mm: float, across_S_per_m: float, along_S_per_m: float
) -> Callable[[NDArray[np.intp]], Any]:
    """Potential of some of the fibres, when asked for."""

    def potential(index: NDArray[np.intp]) -> Any:
        arcs = fibres.part(index).arc_um if isinstance(fibres, UniformFibres) else [fibres[i].arc_um for i in index]
        one = [
            _beside(arc - places_um[i], distance_mm, across_S_per_m, along_S_per_m)
            for arc, i in zip(arcs, index, strict=True)
        ]
        return np.array(one) if isinstance(fibres, UniformFibres) else one

    return potential


def _beside(from_source_um: Array, distance_mm: float, across_S_per_m: float, along_S_per_m: float) -> Array:
    """Potential of 1 mA along a straight fibre, shape (1, compartments)."""
    z_mm = from_source_um / 1000.0
    points = np.column_stack([np.full_like(z_mm, distance_mm), np.zeros_like(z_mm), z_mm])
    return point_source_V_per_A(points, (0.0, 0.0, 0.0), (across_S_per_m, across_S_per_m, along_S_per_m))[None]
