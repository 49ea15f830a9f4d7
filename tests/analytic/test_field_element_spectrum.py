"""Complex conductivity by finite elements: circuits in series, coaxial layers, and the grid on a limb."""

import numpy as np
import pytest

from rheobase.anatomy import Column, Labels, Layer, PlainSolids, Sheet, Solid, Tissue, image_body
from rheobase.electrode import Contact, FarReturn, Interface, Lead, MeshContact, Pad
from rheobase.errors import ParameterError
from rheobase.field import PlainLimb, limb_reference, solve_field, solve_spectrum
from rheobase.field._element_solution import ElementSolution
from rheobase.field._element_spectrum import complex_leads
from rheobase.field._elements import Factors
from rheobase.field.dispersion import membrane_row, relative_dispersion, relative_membrane
from rheobase.montage import Implanted, Montage

pytest.importorskip("ngsolve", reason="finite elements need the extra 'fem'")

LEAKY = Interface(series_ohm_m2=1e-3, parallel_ohm_m2=0.02, capacitance_F_per_m2=2e-3)
SHEET = Sheet(name="perineurium 1", encloses=("fat",), resistance_ohm_m2=0.02)
HZ = (30.0, 1e3, 1e4, 1e5)


def bar(sheets=(SHEET,)):
    """Muscle and fat in a row between two plates, with a membrane between them."""
    image = np.broadcast_to(np.array([9, 1, 1, 1, 2, 2, 8])[:, None, None], (7, 2, 2))
    tissues = {
        1: Tissue(name="muscle", sigma_transverse_S_per_m=0.1, sigma_axial_S_per_m=0.4),
        2: Tissue(name="fat", sigma_transverse_S_per_m=0.03, sigma_axial_S_per_m=0.03),
    }
    return image_body(image, np.eye(4), Labels(tissues=tissues, contacts={9: "a", 8: "b"}), membranes=sheets)


def plates():
    return Implanted(
        electrodes=tuple(MeshContact(name=n, share=s, interface=LEAKY) for n, s in (("a", 1.0), ("b", -1.0)))
    )


def test_layers_between_plates_are_impedances_in_series():
    """Tissues, membrane and contacts, each with its own dispersion, exactly."""
    spectrum = solve_spectrum(bar(), plates(), HZ)
    area = 4e-6
    want = [
        (
            3e-3 / (0.1 * relative_dispersion("muscle", hz))
            + 2e-3 / (0.03 * relative_dispersion("fat", hz))
            + 0.02 * relative_membrane("perineurium 1", hz)
            + 2 * LEAKY.impedance_ohm_m2(hz)
        )
        / area
        for hz in HZ
    ]
    assert spectrum.impedance_ohm == pytest.approx(np.array(want), rel=1e-9)
    v = spectrum.drive_V_per_A(np.array([[1.0, 0.5, 0.5], [2.0, 0.5, 0.5]]))
    step = [1e-3 / (0.1 * relative_dispersion("muscle", hz)) / area for hz in HZ]
    assert v[:, 0] - v[:, 1] == pytest.approx(np.array(step), rel=1e-9)
    assert {"dispersion.muscle", "dispersion.fat", "membranes.perineurium"} <= set(spectrum.rows)


def test_the_perineurium_is_a_circuit_that_was_measured():
    """From its resistance to a steady current it falls to a third at 10 kHz, where it is mostly a capacitor."""
    low, high = relative_membrane("perineurium 3", 0.01), relative_membrane("perineurium 3", 1e5)
    assert low == pytest.approx(1.0, abs=1e-3)
    # beyond all resistances only the first capacitance is left: |Z| C w = 1
    assert abs(high) * 439.0 * 0.078e-6 * 2 * np.pi * 1e5 == pytest.approx(1.0, abs=0.02)
    assert membrane_row("scarless saline") is None
    assert relative_membrane("dura", 1e4) == 1.0 / relative_dispersion("dura", 1e4)
    with pytest.raises(ParameterError, match="no dispersion for tissue 'tape'"):
        membrane_row("tape")


def test_between_coaxial_contacts_the_potential_is_logarithmic_in_each_layer():
    """A wire in muscle within fat, by curved elements: ln r over complex conductivity, from layer to layer."""
    ends, length = (-5.0, 5.0), 10.0
    tissues = tuple(
        Tissue(name=n, sigma_transverse_S_per_m=s, sigma_axial_S_per_m=s) for n, s in (("fat", 0.03), ("muscle", 0.2))
    )
    body = PlainSolids(
        tissues=tissues,
        stack=tuple(
            Solid(tissue=n, shape=Column(half_axes_mm=(r, r), along_mm=ends))
            for n, r in (("fat", 20.0), ("muscle", 8.0))
        ),
    )
    metal = Interface(series_ohm_m2=1e-4)
    wire = Contact(name="wire", along_mm=length / 2, length_mm=length, share=1.0, interface=metal)
    lead = Lead(contacts=(wire,), diameter_mm=2.0, tip_mm=(0.0, 0.0, ends[0]), length_mm=length)
    montage = Implanted(electrodes=(lead, FarReturn(share=-1.0, on="round")))
    field = solve_field(body, montage, cell_mm=1.0, order=3)
    spectrum = solve_spectrum(body, montage, HZ, like=field)
    r = np.array([2.0, 4.0, 7.9, 8.1, 12.0, 18.0])
    v = spectrum.drive_V_per_A(np.column_stack([r, 0 * r, 0 * r + 1.0]))
    for at, hz in zip(v, HZ, strict=True):
        muscle, fat = 0.2 * relative_dispersion("muscle", hz), 0.03 * relative_dispersion("fat", hz)
        inner = np.log(8.0 / np.minimum(r, 8.0)) / muscle
        want = (inner + np.log(20.0 / np.maximum(r, 8.0)) / fat) / (2 * np.pi * length * 1e-3)
        assert np.abs((at - at[-1]) - (want - want[-1])).max() < 1e-3 * np.abs(want).max()


def test_a_common_complex_factor_scales_the_admittance():
    field, c = solve_field(bar(), plates()), 0.8 + 0.6j
    solution = field.solution_
    assert isinstance(solution, ElementSolution)
    problem, volume = solution.problem, solution.volume
    z = tuple(e.interface.contact_impedance_ohm_m2 / c for e in plates().contacts)
    y, (real, imaginary) = complex_leads(problem, volume, Factors((c, c), (1 / c,)), z)
    assert y == pytest.approx(c * field.admittance_S, rel=1e-9)
    p = np.array([[1.0, 0.5, 0.5], [4.7, 0.2, 0.3]])
    got = real.leads_V_per_A(p, exact=False) + 1j * imaginary.leads_V_per_A(p, exact=False)
    assert got == pytest.approx(field.lead_V_per_A(p) / c, rel=1e-9)


def compare_on_limb(limb, montage, points, hz, **settings):
    ours = solve_spectrum(limb, montage, hz, "finite_elements", **settings)
    grid = solve_spectrum(limb, montage, hz, cell_mm=2.0)
    v, w = ours.drive_V_per_A(points), grid.drive_V_per_A(points)
    return np.abs(ours.impedance_ohm / grid.impedance_ohm - 1), np.linalg.norm(v - w, axis=1) / np.linalg.norm(
        w, axis=1
    )


def test_a_small_limb_as_on_the_grid():
    """Muscle under fat, pads with capacitance: complex potential at depth and impedance, at four frequencies."""
    layers = tuple(
        Layer(name=n, outer_radius_mm=r, sigma_transverse_S_per_m=t, sigma_axial_S_per_m=a)
        for n, r, t, a in (("muscle", 22.0, 0.1, 0.3), ("fat", 30.0, 0.03, 0.03))
    )
    limb = PlainLimb(stack=layers, length_mm=200.0)
    skin = Interface(series_ohm_m2=0.3, parallel_ohm_m2=1.0, capacitance_F_per_m2=1e-4)
    pads = tuple(
        Pad(name=n, width_mm=40.0, length_mm=40.0, along_mm=40.0 * s, share=float(s), interface=skin)
        for n, s in (("a", 1), ("b", -1))
    )
    points = np.array([[r, 0.0, z] for r in (10.0, 18.0, 21.0) for z in (-60.0, -40.0, -10.0, 25.0, 60.0)])
    impedance, potential = compare_on_limb(limb, Montage(pads=pads), points, HZ, order=2, cell_mm=6.0)
    assert impedance.max() < 0.01
    assert potential.max() < 0.01


@pytest.mark.slow
def test_the_reference_limb_as_on_the_grid():
    r = limb_reference()
    impedance, potential = compare_on_limb(r.anatomy, r.montage, r.points_mm, (100.0, 1e3, 1e4, 1e5))
    assert impedance.max() < 0.01
    assert potential.max() < 0.005


def test_a_mesh_is_taken_only_from_the_same_body():
    field = solve_field(bar(), plates())
    again = solve_spectrum(bar(), plates(), (1e3,), like=field)
    found, given = again.solutions_[0][0], field.solution_
    assert isinstance(found, ElementSolution)
    assert isinstance(given, ElementSolution)
    assert found.problem.made is given.problem.made
    with pytest.raises(ParameterError, match="of another body or of other contacts"):
        solve_spectrum(bar(), plates(), (1e3,), like=field, cell_mm=2.0)
    other = solve_field(limb_reference().anatomy, limb_reference().montage, cell_mm=5.0)
    with pytest.raises(ParameterError, match="method 'cylinder', which has no mesh of elements"):
        solve_spectrum(bar(), plates(), (1e3,), like=other)
    with pytest.raises(ParameterError, match="implanted contacts in a PlainLimb"):
        solve_spectrum(limb_reference().anatomy, plates(), (1e3,))
