"""Strength-duration of what is felt: thresholds over pulse width for a sample of fibres under the active pad."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rheobase.anatomy import BodyPart
from rheobase.effect import Sensation
from rheobase.errors import ParameterError
from rheobase.field import Field
from rheobase.io.field_cache import cached_arrays
from rheobase.montage import Montage
from rheobase.nerve import Ending, bundle, lay_endings, share_threshold_mA, stimulus_of
from rheobase.nerve.strength_duration import weiss_fit
from rheobase.pulse import monophasic

WIDTHS_US = (50.0, 100.0, 200.0, 300.0, 500.0, 1000.0)
_SAMPLE = 160


def strength_duration(
    field: Field,
    montage: Montage,
    felt: Sensation,
    *,
    nerve: str | None,
    progress: Callable[[float], None] | None = None,
) -> dict[str, Any]:
    """Thresholds of tingling, twitch and pain for cathodic monophasic pulses, with Weiss fits.

    Parameters
    ----------
    field : Field
        Field of the middle limb.
    montage : Montage
        Its pads.
    felt : Sensation
        Gives the criteria, and the scale of a calibrated person.
    nerve : str or None
        Nerve under the pads, if they lie over one.
    progress : callable, optional
        Is told the share done.

    Examples
    --------
    >>> import rheobase as rb
    >>> result = rb.run("tens-forearm", {"population.people": 5})["strength_duration"]  # doctest: +SKIP
    >>> [c["threshold_mA"] == sorted(c["threshold_mA"], reverse=True) for c in result["curves"]]  # doctest: +SKIP
    [True, True, True]
    """
    limb = field.anatomy
    if not isinstance(limb, BodyPart):
        raise ParameterError(f"Strength-duration is that of pads on a body part, not of a {type(limb).__name__}.")
    active = max(montage.pads, key=lambda p: p.share)
    name = nerve or next(iter(limb.nerves))  # the endings under the pads are the same for every nerve
    drawn = bundle(limb, name, count=_SAMPLE, seed=felt.seed, under=montage).endings
    half = active.extent_mm / 2
    chosen = [
        e for e in drawn
        if e.kind == "A-alpha" or (abs(e.along_mm - active.along_mm) <= half and e.around_deg == active.around_deg)
    ]  # fmt: skip
    found = cached_arrays(
        (limb, montage, tuple(chosen)), "strength-duration",
        lambda: {"threshold_mA": _over_widths(limb, field, chosen, progress)},
        width_us=WIDTHS_US, method=field.method, cells=field.cells,
    )["threshold_mA"]  # fmt: skip
    curves = []
    for event in felt.events:
        rule = felt.criteria[event]
        mine = [i for i, e in enumerate(chosen) if e.kind == rule.kind]
        if not mine:
            continue
        threshold = np.array([share_threshold_mA(np.sort(found[w, mine]), rule.share) for w in range(len(WIDTHS_US))])
        fit = weiss_fit(np.array(WIDTHS_US), threshold)
        curves.append(
            {
                "id": event,
                "kind": rule.kind,
                "plain": rule.plain,
                "threshold_mA": threshold.tolist(),
                "rheobase_mA": fit.rheobase_mA,
                "chronaxie_us": fit.chronaxie_us,
            }
        )
    note = (
        f"Cathodic monophasic pulses at the {active.name} pad, {len(chosen)} fibres, conductivities at the low end;"
        " only monophasic series follow Weiss's law."
    )
    if felt.calibrated:
        note += " Not scaled to the person, whose thresholds were measured with another pulse."
    return {"width_us": list(WIDTHS_US), "curves": curves, "note": note}


def _over_widths(
    limb: BodyPart, field: Field, endings: list[Ending], progress: Callable[[float], None] | None
) -> np.ndarray:
    rows: list[np.ndarray] = []
    laid = lay_endings(limb, field, endings)
    for width_us in WIDTHS_US:
        guess = rows[-1] * 0.7 if rows else None
        result = laid.thresholds(stimulus_of(monophasic(width_us=width_us)), guess_mA=guess)
        rows.append(result.threshold_mA)
        if progress is not None:
            progress(len(rows) / len(WIDTHS_US))
    return np.array(rows)
