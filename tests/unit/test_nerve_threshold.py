"""The threshold search: every status, every refusal, and independence of company and threads."""

import os

import numpy as np
import pytest
from nerve_cases import CATHODIC, mrg, point_potential, pulse

from rheobase.errors import ConvergenceError, ParameterError
from rheobase.nerve import (
    FibreModel,
    Status,
    Stimulus,
    activation_thresholds,
    fibre_model,
    stimulus_from_segments,
    tapered_fibre,
    uniform_fibre,
)
from rheobase.nerve.assemble import make_chunk
from rheobase.nerve.simulate import simulate
from rheobase.nerve.stimulus import silence


class Changed(FibreModel):
    """A model with other conductances (persistent and fast sodium, slow potassium, leak) or gates."""

    __slots__ = ("currents", "factors", "gates", "model")
    name, rest_mV, rows = "changed", -80.0, ()

    def __init__(self, *factors):
        self.model = fibre_model("mrg_interpolated")
        self.gates, self.currents, self.factors = self.model.gates, self.model.currents, factors

    def internodes(self, diameter_um):
        i = self.model.internodes(diameter_um)
        i.conductance_S_per_cm2[:] *= np.array(self.factors)[:, None]
        return i


def one(fibre, phi, stimulus=CATHODIC, **options):
    found = activation_thresholds([fibre], [phi], stimulus, **options)
    return found, Status(int(found.status[0]))


def test_found():
    fibre = mrg()
    phi = point_potential(fibre)
    found, status = one(fibre, phi)
    assert status is Status.FOUND
    assert found.start_node[0] == 10
    assert found.counts() == {"FOUND": 1}
    assert 1 < found.threshold_mA[0] / found.lower_mA[0] <= 1.01
    for amplitude, fires in ((found.threshold_mA[0], True), (found.lower_mA[0], False)):
        assert np.isfinite(simulate(fibre, phi, CATHODIC, amplitude).spike_ms[18]) == fires


def test_bound_exceeded():
    fibre = mrg()
    found, status = one(fibre, point_potential(fibre), upper_mA=0.1)
    assert status is Status.BOUND_EXCEEDED
    assert np.isinf(found.threshold_mA[0])
    assert found.lower_mA[0] == pytest.approx(0.1)
    assert found.start_node[0] == -1


def test_virtual_anode_block():
    """Nodes fire, but the watched one lies where there are no channels to carry the spike."""
    fibre = mrg(nodes=31, passive_ends=False, silent_nodes=12)
    found, status = one(fibre, point_potential(fibre, node=8), watch=[28], upper_mA=1.0)
    assert status is Status.VIRTUAL_ANODE_BLOCK
    assert np.isinf(found.threshold_mA[0])


@pytest.mark.parametrize(("distance_mm", "width_ms"), [(0.3, 1.0), (0.5, 0.1), (0.5, 3.0), (1.0, 1.0)])
def test_a_guess_beyond_the_block_comes_back(distance_mm, width_ms):
    """At 20 times threshold the flanks stop the spike; at still more it may escape again. The lowest is wanted."""
    fibre = mrg(nodes=31)
    phi, stimulus = point_potential(fibre, distance_mm), pulse(width_ms)
    want = one(fibre, phi, stimulus)[0].threshold_mA[0]
    for factor in (10.0, 20.0, 40.0):
        found, status = one(fibre, phi, stimulus, guess_mA=[factor * want], upper_mA=100 * want)
        assert status is Status.FOUND
        assert found.threshold_mA[0] == pytest.approx(want, rel=0.0101)


@pytest.mark.parametrize(("node", "start"), [(0, 1), (20, 19)])
def test_end_excitation(node, start):
    fibre = mrg()
    found, status = one(fibre, point_potential(fibre, node=node), watch=[10])
    assert status is Status.END_EXCITATION
    assert found.start_node[0] == start


def test_a_true_start_may_be_excited():
    fibre = tapered_fibre("short", parent_um=8.7, length_mm=40.0)
    phi = point_potential(fibre, node=0)
    assert one(fibre, phi, true_start=False)[1] is Status.END_EXCITATION
    assert one(fibre, phi, true_start=True)[1] is Status.FOUND


def test_spontaneous():
    fibre = uniform_fibre(Changed(1.0, 3.0, 0.5, 1.0), diameter_um=10.0, nodes=21)
    found, status = one(fibre, point_potential(fibre))
    assert status is Status.SPONTANEOUS
    assert found.threshold_mA[0] < 1e-6


def test_no_rest():
    fibre = uniform_fibre(Changed(1.0, 1.0, 0.0, 0.0), diameter_um=10.0, nodes=5)
    with pytest.raises(ConvergenceError, match=r"Model 'changed' has no rest near -80 mV at 37 C .* Check temperature"):
        make_chunk([fibre], [point_potential(fibre)], dt_ms=0.005, temperature_C=37.0)


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (Status.FOUND, "both were simulated"),
        (Status.BOUND_EXCEEDED, "Raise upper_mA"),
        (Status.VIRTUAL_ANODE_BLOCK, "Watch a nearer node"),
        (Status.END_EXCITATION, "Lengthen the fibre"),
        (Status.SPONTANEOUS, "Check temperature"),
    ],
)
def test_a_status_says_what_to_do(status, word):
    assert word in status.remedy


FIBRE = mrg()
PHI = point_potential(FIBRE)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"potential_mV_per_mA": []}, "1 fibres but 0 potentials"),
        ({"potential_mV_per_mA": [PHI[0]]}, r"shape \(221,\).*1 sources by 221 compartments"),
        ({"potential_mV_per_mA": [PHI[:, :-1]]}, r"shape \(1, 220\).*1 sources by 221 compartments"),
        ({"potential_mV_per_mA": [PHI * np.nan]}, "not finite.*may lie on the source"),
        ({"stimulus": stimulus_from_segments([(1.0, 0.0)], tail_ms=1.0, dt_ms=0.005)}, "samples .* zero.*Give a pulse"),
        ({"tolerance": 0.0}, "tolerance is 0.0 and upper_mA is 2000.0 mA; both must be above 0"),
        ({"upper_mA": np.nan}, "upper_mA is nan mA"),
        ({"watch": [21]}, "watch is node 21, but the fibre has nodes 0 to 20"),
        ({"watch": [1, 2]}, "watch has 2 entries for 1 fibres"),
        ({"need": 22}, "need is 22; the shortest fibre has 21 nodes"),
        ({"guess_mA": [np.nan]}, "guess_mA holds a value that is not above 0 mA"),
        ({"guess_mA": []}, "guess_mA has 0 entries for 1 fibres"),
    ],
)
def test_refusals(change, message):
    given = {"fibres": [FIBRE], "potential_mV_per_mA": [PHI], "stimulus": CATHODIC} | change
    with pytest.raises(ParameterError, match=message):
        activation_thresholds(**given)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Stimulus(samples=np.ones((1, 3)), dt_ms=0.0, pulse_end_ms=0.1), "dt_ms is 0.0 ms; it must be above 0"),
        (lambda: Stimulus(samples=np.array([[np.inf]]), dt_ms=0.1, pulse_end_ms=0.1), "not finite; remove NaN"),
        (lambda: silence(0.001, dt_ms=0.005), "duration_ms is 0.001 ms with dt_ms 0.005 ms; give at least one step"),
        (lambda: mrg(nodes=3), r"too short; give at least 3 \(4 nodes\)"),
        (lambda: mrg(silent_nodes=18), "silent_nodes is 18; a fibre of 21 nodes allows 0 to 17"),
        (lambda: mrg(1.5), "diameter_um 1.5 um is outside the range of model 'mrg_interpolated': 2 to 16 um"),
        (lambda: uniform_fibre("mrg_discrete", diameter_um=9.0, nodes=9), "9 um is not one of MRG's published"),
        (lambda: tapered_fibre("shrt", parent_um=8.7, length_mm=40.0), "Did you mean 'short'"),
        (lambda: tapered_fibre("short", parent_um=3.0, length_mm=40.0), "parent_um is 3 um"),
        (lambda: tapered_fibre("short", parent_um=8.7, length_mm=4.0), "length_mm is 4 mm; with taper 'short'"),
    ],
)
def test_refusals_of_parts(make, message):
    with pytest.raises(ParameterError, match=message):
        make()


def test_passive_ends_of_unlike_length_share_a_chunk():
    """A passive end is a node that only follows its internode, wherever it lies."""
    fibres = [mrg(10.0, nodes) for nodes in (21, 25, 41)]
    phi = [point_potential(f) for f in fibres]
    together = activation_thresholds(fibres, phi, CATHODIC, tolerance=1e-4)
    apart = [one(f, p, tolerance=1e-4)[0].threshold_mA[0] for f, p in zip(fibres, phi, strict=True)]
    np.testing.assert_array_equal(together.threshold_mA, apart)


def mixed_company():
    g = np.random.default_rng(3)
    tapers = [tapered_fibre("short", parent_um=d, length_mm=40.0) for d in (7.3, 8.7, 12.0)]
    thin = [uniform_fibre("pena", diameter_um=d, nodes=40, passive_ends=False) for d in (1.5, 3.0)]
    fibres = [*tapers, *thin, *(mrg(d) for d in np.linspace(5.7, 16, 20))]
    return fibres, [point_potential(f, g.uniform(0.5, 2.0), g.uniform(0, 0.5)) for f in fibres]


def test_company_does_not_matter():
    fibres, phi = mixed_company()
    together = activation_thresholds(fibres, phi, CATHODIC)
    apart = [one(f, p)[0] for f, p in zip(fibres, phi, strict=True)]
    np.testing.assert_allclose(together.threshold_mA, [a.threshold_mA[0] for a in apart], rtol=1e-6)
    np.testing.assert_array_equal(together.status, [a.status[0] for a in apart])
    backwards = activation_thresholds(fibres[::-1], phi[::-1], CATHODIC)
    np.testing.assert_allclose(backwards.threshold_mA[::-1], together.threshold_mA, rtol=1e-6)


def test_threads_do_not_matter(monkeypatch):
    fibres = [mrg(d) for d in np.linspace(5.7, 16, 300)]
    phi = [point_potential(f) for f in fibres]
    out = []
    for threads in (1, 3):
        monkeypatch.setattr(os, "cpu_count", lambda n=threads: n)
        out.append(activation_thresholds(fibres, phi, CATHODIC))
    for name in ("threshold_mA", "lower_mA", "status", "start_node"):  # only the effort may differ
        np.testing.assert_array_equal(getattr(out[0], name), getattr(out[1], name))


def test_need_counts_nodes_and_progress_is_told():
    told = []
    found, _ = one(FIBRE, PHI, need=5, progress=told.append)
    assert told == [1.0]
    assert found.threshold_mA[0] == pytest.approx(one(FIBRE, PHI)[0].threshold_mA[0], rel=0.02)


def test_a_good_guess_saves_work_only():
    fibres = [mrg(d) for d in np.linspace(6.0, 16.0, 32)]
    phi = [point_potential(f) for f in fibres]
    plain = activation_thresholds(fibres, phi, CATHODIC)
    helped = activation_thresholds(fibres, phi, CATHODIC, guess_mA=plain.threshold_mA * 1.01)
    assert helped.simulations < 0.7 * plain.simulations
    np.testing.assert_array_equal(helped.threshold_mA, plain.threshold_mA)  # the grid makes them the same


def test_two_sources_with_their_own_waveforms():
    """A source split into two that do the same is the same source; a far second one hardly matters."""
    twice = np.concatenate([0.3 * PHI, 0.7 * PHI])
    both = Stimulus(samples=np.repeat(CATHODIC.samples, 2, axis=0), dt_ms=0.005, pulse_end_ms=CATHODIC.pulse_end_ms)
    got = one(FIBRE, twice, both, tolerance=1e-5)[0].threshold_mA[0]
    assert got == pytest.approx(one(FIBRE, PHI, tolerance=1e-5)[0].threshold_mA[0], rel=1e-4)


def test_a_waveform_that_never_ends_is_searched_too():
    w = -np.sin(2 * np.pi * 5.0 * (np.arange(300) + 0.5) * 0.005)
    s = Stimulus(samples=w[None, :270], dt_ms=0.005, pulse_end_ms=1.35)
    found, status = one(FIBRE, PHI, s)
    assert status is Status.FOUND
    assert found.simulations <= 5 * 16
