"""Tissue properties that follow from laws: dispersion of skin; perineurium, listed until Rheobase computes it."""

from __future__ import annotations

from rheobase.field import gabriel_S_per_m
from rheobase.tables import row
from rheobase.validation._rows import Comparison, Progress, RowDict, near, not_built


def _run(tell: Progress) -> list[RowDict]:
    skin, sheet = row("published.dielectric_skin"), row("published.perineurium")
    rows = [
        near(
            f"{state} skin at {khz} kHz",
            skin,
            skin[f"{state}_{khz}_kHz_S_per_m"],
            complex(gabriel_S_per_m(f"skin_{state}", 1e3 * khz)).real,
            unit="S/m",
        )
        for state in ("dry", "wet")
        for khz in (10, 100)
    ]
    rows.append(
        not_built(
            "perineurium of a 0.5 mm fascicle",
            sheet,
            sheet["sheet_ohm_m2"],
            unit="ohm m2",
            note="Fascicles are not built yet.",
        )
    )
    tell(1.0)
    return rows


COMPARISON = Comparison(name="tissues", about="dispersion of skin, perineurium", run=_run)
