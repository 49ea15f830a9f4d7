"""Fields by frequency: complex conductivity of tissues and contacts, for carriers and for the shape of pulses.

Between 10 Hz and 1 MHz currents still flow without radiating, so the same equation holds with sigma + j w eps. Level
and anisotropy come from the anatomy, the change with frequency from the dispersion table; the horny layer is the
capacitance of the contact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator

from rheobase.anatomy import BodyPart, Spine, Volume
from rheobase.errors import ParameterError, near_name
from rheobase.field._body_tables import BodySolution
from rheobase.field._element_spectrum import element_spectrum
from rheobase.field._solution import Solution
from rheobase.field.body_fitted import admittance_of, assemble, body_grid, contact_leads, unit_potentials
from rheobase.field.dispersion import dispersion_row, relative_dispersion
from rheobase.field.field import Field, rows_used
from rheobase.montage import Implanted, Montage, check_fit
from rheobase.pulse import Pulse

SPECTRUM_HZ = (10.0, 100.0, 316.0, 1e3, 3.16e3, 1e4, 3.16e4, 1e5)
RESISTIVE_WITHIN_SHARE = 0.01
_HIGHEST_HZ = 1e6
_METHODS = ("auto", "grid", "finite_elements")
_TOLERANCE = 1e-8
_SETTLED = 8  # a pulse is followed by so many of its lengths of silence, so that its periodic images do not meet
_SAMPLES_PER_PULSE = 400


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Spectrum:
    """Complex potential per ampere at several frequencies; made by `solve_spectrum`.

    Attributes
    ----------
    anatomy : BodyPart or Volume
        The body part.
    montage : Montage or Implanted
        Pads or implanted contacts, and output.
    frequencies_hz : (f,) array
        Frequencies, rising.
    admittance_S : (f, K, K) array
        Complex admittance of the contacts at each.
    rows, sources : tuple of str
        Table rows and papers used.

    Examples
    --------
    >>> Spectrum.__name__
    'Spectrum'
    """

    anatomy: BodyPart | Volume
    montage: Montage | Implanted
    frequencies_hz: np.ndarray
    admittance_S: np.ndarray
    rows: tuple[str, ...]
    sources: tuple[str, ...]
    solutions_: tuple[tuple[Solution, Solution], ...]

    @property
    def impedance_ohm(self) -> np.ndarray:
        """Complex impedance that the drive sees at each frequency, (f,)."""
        s = np.asarray(self.montage.shares)
        return np.array([s @ np.linalg.pinv(y, rcond=1e-6) @ s for y in self.admittance_S])

    def drive_V_per_A(self, points_mm: np.ndarray) -> np.ndarray:
        """Complex potential per ampere of the drive at (n, 3) points, (f, n)."""
        s = np.asarray(self.montage.shares)
        both = [[part.leads_V_per_A(points_mm, exact=False) for part in pair] for pair in self.solutions_]
        return np.array([s @ real + 1j * (s @ imaginary) for real, imaginary in both])

    def pulse_V_per_A(self, points_mm: np.ndarray, pulse: Pulse) -> tuple[np.ndarray, np.ndarray]:
        """Course of the potential at points under a current pulse: times us (t,) and V per A of its peak (n, t)."""
        return self._through(pulse, self.drive_V_per_A(points_mm))

    def voltage_V_per_A(self, pulse: Pulse) -> tuple[np.ndarray, np.ndarray]:
        """Course of the voltage between the contacts under a current pulse: times us, and V per A of its peak."""
        t, v = self._through(pulse, self.impedance_ohm[:, None])
        return t, v[0]

    def current_A_per_V(self, pulse: Pulse) -> tuple[np.ndarray, np.ndarray]:
        """Course of the current under a voltage pulse: times us, and A per V of its peak.

        The source resistance of the montage's output stands in series.
        """
        load = self.impedance_ohm + self.montage.output.source_resistance_ohm
        t, i = self._through(pulse, 1.0 / load[:, None])
        return t, i[0]

    def _through(self, pulse: Pulse, response: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Send a pulse through a frequency response (f, n), taken as constant beyond the frequencies solved."""
        if self.frequencies_hz.size < 2:
            raise ParameterError(
                f"This spectrum was solved at {self.frequencies_hz[0]:g} Hz only; a pulse needs two or more"
                " frequencies. Solve at several, such as SPECTRUM_HZ."
            )
        step_us = pulse.duration_us / _SAMPLES_PER_PULSE
        t = (np.arange(_SAMPLES_PER_PULSE * (1 + _SETTLED)) + 0.5) * step_us
        spectrum = np.fft.rfft(pulse.value(t))
        f = np.fft.rfftfreq(t.size, step_us * 1e-6)
        at = np.log(np.clip(f, self.frequencies_hz[0], self.frequencies_hz[-1]))
        knots = np.log(self.frequencies_hz)
        real, imaginary = (np.asarray(PchipInterpolator(knots, f(response))(at)) for f in (np.real, np.imag))
        smooth = real + 1j * imaginary
        out = np.fft.irfft(smooth.T * spectrum, n=t.size)
        keep = t <= 2 * pulse.duration_us
        return t[keep], out[:, keep]


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """How far a resistive field is from the one with complex conductivity, for one pulse.

    Parameters
    ----------
    rms_share : float
        Root mean square of the difference over places and the length of the pulse, as a share of that of the
        potential.
    shape_share : float
        The same after the best common factor is taken out: what remains is a change of the pulse's shape.
    largest_share : float
        Largest difference at any time, as a share of the largest potential; it stands at the edges of the pulse.
    text : str
        The answer in words.

    Examples
    --------
    >>> Departure(rms_share=0.004, shape_share=0.002, largest_share=0.03, text="").rms_share
    0.004
    """

    rms_share: float
    shape_share: float
    largest_share: float
    text: str


def solve_spectrum(
    anatomy: BodyPart | Volume,
    montage: Montage | Implanted,
    frequencies_hz: tuple[float, ...] = SPECTRUM_HZ,
    method: str = "auto",
    *,
    cell_mm: float | None = None,
    order: int | None = None,
    like: Field | None = None,
) -> Spectrum:
    """Potential per ampere at several frequencies, with complex conductivity of tissues, thin layers and contacts.

    Parameters
    ----------
    anatomy : BodyPart or Volume
        The body part; its tissues are looked up by name in the table ``dispersion``, its thin layers also in
        ``membranes``.
    montage : Montage or Implanted
        Pads, or leads and cuffs in a `Volume`; their contact impedance at each frequency is used.
    frequencies_hz : tuple of float
        One or more frequencies, rising, above 0 and up to 1 MHz; one serves a carrier, a pulse needs at least two.
    method : {"auto", "grid", "finite_elements"}
        Solver; ``"auto"`` takes finite elements for a `Volume` and the grid for all else.
    cell_mm, order : optional
        As for `solve_field` with that method; with ``like`` the order may be another than the field's.
    like : Field, optional
        A finite-element field of the same body and contacts, whose mesh is taken: meshing takes longest.

    Raises
    ------
    ParameterError
        If a frequency or a pad is out of range, a tissue has no dispersion, or the method cannot hold the body.

    Examples
    --------
    >>> solve_spectrum.__name__
    'solve_spectrum'
    """
    f = np.asarray(frequencies_hz, dtype=float)
    if not (f.size and np.all(np.diff(f) > 0) and f[0] > 0 and f[-1] <= _HIGHEST_HZ):
        raise ParameterError(
            f"solve_spectrum: frequencies_hz is {frequencies_hz}; give one or more, rising, above 0 and up to"
            f" {_HIGHEST_HZ:g} Hz."
        )
    if method not in _METHODS:
        raise ParameterError(f"solve_spectrum: unknown method '{method}'.{near_name(method, _METHODS)}")
    if isinstance(anatomy, Spine) and isinstance(montage, Implanted):
        anatomy = anatomy.solids()
    if method == "finite_elements" or isinstance(anatomy, Volume):
        admittance, solutions, more = element_spectrum(anatomy, montage, f, cell_mm, order, like)
    elif isinstance(montage, Implanted):
        raise ParameterError(
            f"solve_spectrum: implanted contacts in a {type(anatomy).__name__}; they need a Spine or a Volume."
        )
    else:
        admittance, solutions, more = _on_grid(anatomy, montage, f, cell_mm)
    return Spectrum(
        anatomy=anatomy,
        montage=montage,
        frequencies_hz=f,
        admittance_S=np.array(admittance),
        rows=tuple(dict.fromkeys((*rows_used(anatomy, montage), *more))),
        sources=("cheng1989", "lynch1964", "gabriel1996"),
        solutions_=tuple(solutions),
    )


def _on_grid(anatomy: BodyPart, montage: Montage, f: np.ndarray, cell_mm: float | None) -> tuple[list, list, list]:
    check_fit(anatomy, montage)
    grid = body_grid(anatomy, montage, cell_mm)
    admittance, solutions = [], []
    for hz in f:
        factors = tuple(relative_dispersion(t.name, hz) for t in anatomy.tissues)
        impedance = tuple(complex(p.interface.impedance_ohm_m2(hz)) for p in montage.pads)
        made = assemble(grid, montage.pads, impedance, factors)
        units = unit_potentials(made, _TOLERANCE)
        y = admittance_of(made, units)
        leads = contact_leads(made, units, np.linalg.pinv(y, rcond=1e-6))
        admittance.append(y)
        parts = (np.ascontiguousarray(np.real(leads)), np.ascontiguousarray(np.imag(leads)))
        solutions.append((BodySolution(grid, parts[0]), BodySolution(grid, parts[1])))
    found = (dispersion_row(t.name) for t in anatomy.tissues)
    return admittance, solutions, [r.key for r in found if r is not None]


def compare_resistive(field: Field, spectrum: Spectrum, points_mm: np.ndarray, pulse: Pulse) -> Departure:
    """How far the resistive field is off for a pulse, at some points.

    Parameters
    ----------
    field : Field
        The resistive field.
    spectrum : Spectrum
        The same body and pads by frequency.
    points_mm : (n, 3) array
        Where it matters, such as along a nerve.
    pulse : Pulse
        Current pulse.

    Examples
    --------
    >>> compare_resistive.__name__
    'compare_resistive'
    """
    t, v = spectrum.pulse_V_per_A(points_mm, pulse)
    plain = np.outer(field.drive_V_per_A(points_mm), pulse.value(t))
    inside = t <= pulse.duration_us
    v, plain = v[:, inside], plain[:, inside]
    scaled = plain * (np.sum(v * plain) / np.sum(plain * plain))
    whole = np.sqrt(np.mean(plain**2))
    rms, shape = (float(np.sqrt(np.mean((v - p) ** 2)) / whole) for p in (plain, scaled))
    largest = float(np.abs(v - plain).max() / np.abs(plain).max())
    verdict = "can stand" if rms <= RESISTIVE_WITHIN_SHARE else "is an approximation"
    text = (
        f"For this pulse the resistive field differs by {100 * rms:.2g} % (root mean square) from the one with complex"
        f" conductivity, by {100 * shape:.2g} % in the shape alone, and by {100 * largest:.2g} % at the edges of the"
        f" pulse: it {verdict} (limit {100 * RESISTIVE_WITHIN_SHARE:g} %)."
    )
    return Departure(rms_share=rms, shape_share=shape, largest_share=largest, text=text)
