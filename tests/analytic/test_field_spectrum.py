"""Complex conductivity: the dispersion table against published values, and fields against circuits."""

import numpy as np
import pytest

import rheobase as rb
from rheobase.anatomy import Layer
from rheobase.electrode import Interface, Output, Pad
from rheobase.errors import ParameterError
from rheobase.field import PlainLimb, compare_resistive, gabriel_S_per_m, limb_reference, solve_field, solve_spectrum
from rheobase.field.body_fitted import admittance_of, assemble, body_grid, unit_potentials
from rheobase.field.dispersion import VACUUM_F_PER_M, dispersion_row, relative_dispersion
from rheobase.montage import Montage
from rheobase.validation._off_axis import OffAxisLimb

REF = limb_reference()


@pytest.mark.parametrize(
    ("tissue", "sigma", "eps"),
    [
        ("skin_dry", (0.0002001, 0.0002041, 0.0004513), 1.14e3),
        ("skin_wet", (0.0006574, 0.002932, 0.06584), 3.21e4),
        ("fat", (0.0224, 0.02383, 0.02441), 2.41e4),
        ("muscle", (0.3212, 0.3408, 0.3618), 4.35e5),
        ("bone", (0.02016, 0.02043, 0.02079), 2.7e3),
        ("spinal_cord", (0.02877, 0.0424, 0.08078), 6.99e4),
        ("white_matter", (0.06258, 0.06948, 0.08185), 6.98e4),
        ("csf", (2.0, 2.0, 2.0), 109.0),
    ],
)
def test_dispersion_at_1_10_and_100_khz(tissue, sigma, eps):
    f = np.array([1e3, 1e4, 1e5])
    got = gabriel_S_per_m(tissue, f)
    assert got.real == pytest.approx(np.array(sigma), rel=5e-4)
    assert got.imag[0] / (2 * np.pi * 1e3 * VACUUM_F_PER_M) == pytest.approx(eps, rel=5e-3)


def test_names_of_tissues_find_their_rows():
    assert dispersion_row("biceps muscle").id == "muscle"
    assert dispersion_row("dermis") is None
    assert relative_dispersion("muscle", 1000.0).real == pytest.approx(1.0)
    with pytest.raises(ParameterError, match=r"no dispersion for tissue 'musle'.*muscle"):
        dispersion_row("musle")
    with pytest.raises(ParameterError, match="purely resistive"):
        gabriel_S_per_m("dermis", 100.0)
    with pytest.raises(ParameterError, match="above 0 Hz"):
        gabriel_S_per_m("fat", 0.0)


def test_a_common_complex_factor_scales_the_admittance():
    part = OffAxisLimb(stack=REF.anatomy.layers, shift_mm=5.0)
    grid, c = body_grid(part, REF.montage, 3.0), 0.8 + 0.6j
    z = tuple(p.interface.contact_impedance_ohm_m2 for p in REF.montage.pads)
    found = []
    for factors, contact in ((None, z), ((c,) * len(part.tissues), tuple(v / c for v in z))):
        made = assemble(grid, REF.montage.pads, contact, factors)
        found.append(admittance_of(made, unit_potentials(made, 1e-9)))
    assert found[1] == pytest.approx(c * found[0], rel=1e-6)


def ring_limb():
    """Fat around muscle, and ring contacts on both end thirds: far from them current runs along z only."""
    stack = (("muscle", 20.0, 0.1, 0.3), ("fat", 30.0, 0.03, 0.03))
    layers = tuple(
        Layer(name=n, outer_radius_mm=r, sigma_transverse_S_per_m=t, sigma_axial_S_per_m=a) for n, r, t, a in stack
    )
    limb = PlainLimb(stack=layers, length_mm=600.0)
    metal = Interface(series_ohm_m2=0.01)
    pads = tuple(
        Pad(name=n, width_mm=2 * np.pi * 30.0, length_mm=40.0, along_mm=s * 270.0, share=float(s), interface=metal)
        for n, s in (("a", 1), ("b", -1))
    )
    return limb, Montage(pads=pads)


def test_between_rings_the_layers_carry_current_side_by_side():
    """Impedance of 100 mm of limb is 1 / sum(sigma* area) at every frequency."""
    limb, montage = ring_limb()
    f = (100.0, 2e3, 5e4)
    spectrum = solve_spectrum(limb, montage, f, cell_mm=2.0)
    v = spectrum.drive_V_per_A(np.array([[10.0, 0.0, -50.0], [10.0, 0.0, 50.0]]))
    area = np.pi * np.array([20.0**2, 30.0**2 - 20.0**2]) * 1e-6
    sigma = np.array([[0.3 * relative_dispersion("muscle", hz), 0.03 * relative_dispersion("fat", hz)] for hz in f])
    assert v[:, 1] - v[:, 0] == pytest.approx(0.1 / (sigma @ area), rel=3e-3)


def pair(interface, output=None):
    pads = tuple(
        Pad(name=p.name, width_mm=50, length_mm=50, along_mm=p.along_mm, share=p.share, interface=interface)
        for p in REF.montage.pads
    )
    return Montage(pads=pads, output=output or Output())


def resistive_limb():
    layer = Layer(name="dermis", outer_radius_mm=40.0, sigma_transverse_S_per_m=0.2, sigma_axial_S_per_m=0.2)
    return PlainLimb(stack=(layer,))


def test_a_leaky_capacitor_under_the_pads_charges_as_a_circuit():
    """Voltage at constant current, current at constant voltage: one exponential each, within the band solved."""
    contact = Interface(series_ohm_m2=0.3, parallel_ohm_m2=2.0, capacitance_F_per_m2=1e-4)  # 200 us
    montage = pair(contact, Output(control="voltage", source_resistance_ohm=100.0))
    limb = resistive_limb()
    s = solve_spectrum(limb, montage, (10.0, 100.0, 300.0, 600.0, 1e3, 2e3, 4e3, 1e4, 1e5), cell_mm=3.0)
    low, high = s.impedance_ohm[0].real, s.impedance_ohm[-1].real
    assert low - high == pytest.approx(2 * 2.0 / 2.5e-3, rel=0.05)
    pulse = rb.monophasic(width_us=400.0)
    t, v = s.voltage_V_per_A(pulse)
    inside = (t > 20.0) & (t < 380.0)
    want = high + (low - high) * (1.0 - np.exp(-t[inside] / 200.0))
    assert np.abs(v[inside]) == pytest.approx(want, rel=0.05)
    t, i = s.current_A_per_V(pulse)
    tau = 200.0 * (high + 100.0) / (low + 100.0)
    want = 1 / (low + 100.0) + (1 / (high + 100.0) - 1 / (low + 100.0)) * np.exp(-t[inside] / tau)
    assert np.abs(i[inside]) == pytest.approx(want, rel=0.08)


def test_a_resistive_body_needs_no_spectrum_and_says_so():
    contact = Interface(series_ohm_m2=0.3)
    limb, montage = resistive_limb(), pair(contact)
    spectrum = solve_spectrum(limb, montage, (10.0, 1e5), cell_mm=3.0)
    field = solve_field(limb, montage, method="grid", cell_mm=3.0)
    points = np.array([[20.0, 0.0, z] for z in (-50.0, 0.0, 30.0)])
    found = compare_resistive(field, spectrum, points, rb.biphasic(width_us=200.0))
    assert found.rms_share < 1e-5
    assert "can stand" in found.text
    assert spectrum.rows == ()


def test_dispersion_of_fat_and_muscle_is_told():
    limb, montage = ring_limb()
    spectrum = solve_spectrum(limb, montage, cell_mm=4.0)
    field = solve_field(limb, montage, method="grid", cell_mm=4.0)
    found = compare_resistive(field, spectrum, np.array([[10.0, 0.0, 50.0]]), rb.biphasic(width_us=200.0))
    assert 0.01 < found.rms_share < 0.15
    assert "is an approximation" in found.text
    assert "dispersion.muscle" in spectrum.rows


@pytest.mark.parametrize("frequencies_hz", [(), (200.0, 100.0), (0.0, 10.0), (10.0, 1e7)])
def test_wrong_frequencies_are_refused(frequencies_hz):
    with pytest.raises(ParameterError, match="one or more, rising, above 0 and up to 1e\\+06 Hz"):
        solve_spectrum(REF.anatomy, REF.montage, frequencies_hz)


def test_one_frequency_serves_a_carrier_and_no_pulse():
    limb, montage = ring_limb()
    carrier = solve_spectrum(limb, montage, (1e4,), cell_mm=6.0)
    point = np.array([[10.0, 0.0, 50.0]])
    assert carrier.drive_V_per_A(point).shape == (1, 1)
    with pytest.raises(ParameterError, match="solved at 10000 Hz only; a pulse needs two or more"):
        carrier.pulse_V_per_A(point, rb.biphasic(width_us=200.0))


def test_an_unknown_method_is_refused():
    with pytest.raises(ParameterError, match=r"unknown method 'gird'.*grid"):
        solve_spectrum(REF.anatomy, REF.montage, (1e4,), "gird")
