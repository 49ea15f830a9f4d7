"""Recruitment: which share of each kind of fibre fires at an amplitude."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rheobase.anatomy import BodyPart
from rheobase.errors import ParameterError
from rheobase.field import Field
from rheobase.nerve.bundle import Bundle, TrunkFibre
from rheobase.nerve.laid import ending_thresholds
from rheobase.nerve.model import Array
from rheobase.nerve.path import walk_mm
from rheobase.nerve.stimulus import stimulus_of
from rheobase.nerve.threshold import Stimulus, Thresholds, activation_thresholds
from rheobase.pulse import Pulse, Train

if TYPE_CHECKING:
    import xarray

_NODES_FIRING = 8  # a spike in a trunk has started when so many of its nodes have fired


@dataclass(frozen=True, slots=True, kw_only=True)
class Recruitment:
    """Thresholds of the fibres of a bundle, and the share that fires at each amplitude.

    Parameters
    ----------
    amplitude_mA : array
        Amplitudes of the curve.
    thresholds_by_kind_mA : mapping
        Ascending thresholds of the fibres of each kind.
    rows : tuple of str
        Table rows the result rests on.

    Examples
    --------
    >>> curve = Recruitment(amplitude_mA=np.array([0.0, 2.0]), thresholds_by_kind_mA={"A-beta": np.array([1.0, 3.0])},
    ...                     rows=())
    >>> curve.share("A-beta").tolist(), curve.thresholds_mA()["A-beta"]
    ([0.0, 0.5], 1.0)
    """

    amplitude_mA: Array
    thresholds_by_kind_mA: Mapping[str, Array]
    rows: tuple[str, ...]

    def share(self, kind: str) -> Array:
        """Share of the fibres of a kind that fire at each amplitude, 0 to 1."""
        found = self.thresholds_by_kind_mA[kind]
        return np.searchsorted(found, self.amplitude_mA, side="right") / len(found)

    def thresholds_mA(self, share: float = 0.10) -> dict[str, float]:
        """Amplitude at which a share of each kind fires; the criterion is a choice and moves the answer."""
        return {kind: share_threshold_mA(t, share) for kind, t in self.thresholds_by_kind_mA.items()}

    def to_xarray(self) -> xarray.Dataset:
        """Shares over amplitude, by kind."""
        import xarray

        data = {
            f"share_{kind.replace('-', '_').lower()}": ("amplitude_mA", self.share(kind))
            for kind in self.thresholds_by_kind_mA
        }
        return xarray.Dataset(data, coords={"amplitude_mA": self.amplitude_mA})


def share_threshold_mA(thresholds_mA: Array, share: float) -> float:
    """Amplitude at which a share of fibres fires; share 0 means the first fibre.

    Parameters
    ----------
    thresholds_mA : array
        Ascending thresholds.
    share : float
        0 to 1.

    Raises
    ------
    ParameterError
        If the share is outside 0 to 1.

    Examples
    --------
    >>> share_threshold_mA(np.arange(1.0, 11.0), 0.10), share_threshold_mA(np.arange(1.0, 11.0), 0.5)
    (1.0, 5.0)
    """
    if not 0.0 <= share <= 1.0:
        raise ParameterError(f"share is {share}; give a share of the fibres between 0 (the first) and 1 (all).")
    return float(thresholds_mA[max(0, int(np.ceil(share * len(thresholds_mA) - 1e-9)) - 1)])


def recruit(
    fibres: Bundle,
    field: Field,
    train: Train | Pulse,
    *,
    amplitude_mA: Iterable[float] = range(0, 41),
    temperature_C: float = 37.0,
    tolerance: float = 0.01,
) -> Recruitment:
    """Find at which amplitudes the fibres of a bundle fire.

    Each pulse of a train is taken alone: summation between pulses is left out.

    Parameters
    ----------
    fibres : Bundle
        The fibres.
    field : Field
        Field of the pads in the same limb.
    train : Train or Pulse
        Waveform of the active pad.
    amplitude_mA : iterable of float
        Amplitudes of the curve.
    temperature_C : float
        Temperature of the nerve.
    tolerance : float
        Of the thresholds, above 0.

    Examples
    --------
    >>> import rheobase as rb
    >>> arm = rb.Forearm()
    >>> pads = rb.pad_pair(arm)
    >>> few = rb.bundle(arm, "median", count=30, seed=1, under=pads)
    >>> curve = rb.recruit(few, rb.solve_field(arm, pads), rb.biphasic(width_us=200.0))
    >>> sorted(curve.thresholds_by_kind_mA)
    ['A-alpha', 'A-beta', 'A-delta']
    """
    stimulus = stimulus_of(train.pulse if isinstance(train, Train) else train)
    found: dict[str, list[float]] = {}
    if fibres.endings:
        part = field.anatomy
        if not isinstance(part, BodyPart):
            raise ParameterError(
                f"The bundle has fibres that end under pads, but the field is that of a {type(part).__name__}. Draw the"
                " bundle without under=, or solve the field of the body part that the pads are on."
            )
        result = ending_thresholds(
            part, field, fibres.endings, stimulus, tolerance=tolerance, temperature_C=temperature_C
        )
        for e, t in zip(fibres.endings, result.threshold_mA, strict=True):
            found.setdefault(e.kind, []).append(float(t))
    if fibres.trunk:
        result = trunk_thresholds(field, fibres.trunk, stimulus, tolerance=tolerance, temperature_C=temperature_C)
        for f, t in zip(fibres.trunk, result.threshold_mA, strict=True):
            found.setdefault(f.kind, []).append(float(t))
    return Recruitment(
        amplitude_mA=np.asarray(list(amplitude_mA), dtype=float),
        thresholds_by_kind_mA={k: np.sort(v) for k, v in found.items()},
        rows=(*field.rows, "populations.a_beta", "populations.a_alpha", "populations.a_delta"),
    )


def trunk_thresholds(
    field: Field,
    fibres: Iterable[TrunkFibre],
    stimulus: Stimulus,
    *,
    tolerance: float = 0.01,
    temperature_C: float = 37.0,
) -> Thresholds:
    """Thresholds of fibres of a trunk: eight of its nodes must fire.

    Parameters
    ----------
    field : Field
        The field.
    fibres : iterable of TrunkFibre
        The fibres.
    stimulus : Stimulus
        Waveform of the active pad.
    tolerance, temperature_C : float
        As for `activation_thresholds`.

    Examples
    --------
    >>> import rheobase as rb
    >>> arm = rb.Forearm()
    >>> fibre = TrunkFibre(kind="A-beta", diameter_um=11.0, path=arm.nerve("median"))
    >>> found = trunk_thresholds(rb.solve_field(arm, rb.pad_pair(arm)), [fibre], stimulus_of(rb.biphasic(width_us=200)))
    >>> bool(found.threshold_mA[0] > 10.0)  # far above the endings under the pads
    True
    """
    made, potential = [], []
    for t in fibres:
        fibre = t.fibre()
        made.append(fibre)
        potential.append(field.drive_V_per_A(walk_mm(t.points_mm(), fibre.arc_um / 1000.0))[None])
    return activation_thresholds(
        made, potential, stimulus, need=_NODES_FIRING, tolerance=tolerance, temperature_C=temperature_C
    )
