"""The potential in a layered limb, against a reference solution."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from rheobase.field import LimbReference, limb_reference, solve_field
from rheobase.tables import row
from rheobase.validation._rows import Comparison, Progress, RowDict, apart, near


def compare_limb(reference: LimbReference, tell: Progress) -> list[RowDict]:
    """Potential and resistance of one reference limb."""
    published = row("published.limb_field")
    rows = []
    given = (("complete", reference.complete_V_per_A), ("uniform", reference.uniform_V_per_A))
    for done, (contact, want) in enumerate(given):
        if not np.isfinite(want).all():
            continue
        field = solve_field(reference.anatomy, reference.montage, contact=contact)
        ours = field.drive_V_per_A(reference.points_mm)
        what = "metal pads" if contact == "complete" else "even current"
        rows += _potential(f"{what}, {len(want)} points", want, ours)
        if contact == "complete":
            rows.append(
                near(
                    "resistance from pad to pad", published, reference.resistance_ohm, field.resistance_ohm, unit="ohm"
                )
            )
        tell((done + 1) / 2)
    return rows


def _potential(what: str, want: np.ndarray, ours: np.ndarray) -> list[RowDict]:
    """Root-mean-square and largest difference, each against the size of the reference."""
    published = row("published.limb_field")
    band = published["tolerance"]
    errors, note = _errors(want, ours), ""
    if max(errors) > band:
        shift = float(np.mean(want - ours))
        if max(_errors(want, ours + shift)) <= band:
            errors = _errors(want, ours + shift)
            note = (
                f"After adding {shift:.4g} V per A: the zero of potential is a convention, and chosen elsewhere there."
            )
    names = (f"potential, {what}, rms difference", f"potential, {what}, largest difference")
    return [
        apart(name, published, 0.0, error, band, unit="", shown=f"±{100 * band:g} %", note=note)
        for name, error in zip(names, errors, strict=True)
    ]


def _errors(want: np.ndarray, ours: np.ndarray) -> tuple[float, float]:
    rms = np.linalg.norm(ours - want) / np.linalg.norm(want)
    return float(rms), float(np.abs(ours - want).max() / np.abs(want).max())


def compare_limb_file(path: Path, tell: Progress) -> list[RowDict]:
    """A reference limb from a file."""
    return compare_limb(limb_reference(path), tell)


COMPARISON = Comparison(
    name="limb_field",
    about="potential and resistance of the reference limb",
    run=lambda tell: compare_limb(limb_reference(), tell),
)
