"""Fields by frequency on finite elements: complex conductivity of tissues, thin layers and contacts."""

from __future__ import annotations

import numpy as np

from rheobase.anatomy import BodyPart, Volume
from rheobase.field._element_solution import ElementSolution
from rheobase.field._elements import Elements, Factors, elements, solve_units
from rheobase.field.dispersion import dispersion_row, membrane_row, relative_dispersion, relative_membrane
from rheobase.field.field import Field
from rheobase.field.finite_elements import contacts_of, functions_of, leads_of, problem_of
from rheobase.montage import Implanted, Montage, check_fit

_TOLERANCE = 1e-11
_Pair = tuple[ElementSolution, ElementSolution]


def element_spectrum(
    anatomy: BodyPart | Volume,
    montage: Montage | Implanted,
    frequencies_hz: np.ndarray,
    cell_mm: float | None,
    order: int | None,
    like: Field | None,
) -> tuple[list[np.ndarray], list[_Pair], list[str]]:
    """Admittance, and real and imaginary part of the leads, at each frequency; and the rows used.

    Raises
    ------
    ParameterError
        If the body cannot be meshed, a tissue or thin layer has no dispersion, or ``like`` is of something else.
    """
    if isinstance(anatomy, BodyPart) and isinstance(montage, Montage):
        check_fit(anatomy, montage)
    plain, volume = problem_of(anatomy, montage, cell_mm, order, like)
    admittance, solutions = [], []
    for hz in map(float, frequencies_hz):
        factors = Factors(
            tuple(relative_dispersion(t.name, hz) for t in volume.tissues),
            tuple(relative_membrane(s.name, hz) for s in volume.sheets),
        )
        impedance = tuple(complex(c.interface.impedance_ohm_m2(hz)) for c in contacts_of(montage))
        y, pair = complex_leads(plain, volume, factors, impedance)
        admittance.append(y)
        solutions.append(pair)
    found = [*(dispersion_row(t.name) for t in volume.tissues), *(membrane_row(s.name) for s in volume.sheets)]
    return admittance, solutions, [r.key for r in found if r is not None]


def complex_leads(
    plain: Elements, volume: Volume, factors: Factors, impedance_ohm_m2: tuple[complex, ...]
) -> tuple[np.ndarray, _Pair]:
    """Admittance and leads of a resistive problem whose conductivities and sheets are multiplied by complex factors."""
    problem = elements(plain.made, volume, plain.order, factors)
    units, y = solve_units(problem, impedance_ohm_m2, _TOLERANCE)
    leads, potentials = leads_of(problem, units, y)
    real, imaginary = (
        ElementSolution(
            plain, volume, functions_of(plain, part(leads)), part(potentials),
            tuple(complex(z).real for z in impedance_ohm_m2),
        )
        for part in (np.real, np.imag)
    )  # fmt: skip
    return y, (real, imaginary)
