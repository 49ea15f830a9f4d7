"""Random fibres, fields and pulses: no NaN, no hang, and no bracket that a simulation of its own contradicts."""

import numpy as np
import pytest

from rheobase.nerve import (
    Status,
    Stimulus,
    activation_thresholds,
    fibre_model,
    stimulus_from_segments,
    tapered_fibre,
    uniform_fibre,
)
from rheobase.nerve.assemble import make_chunk
from rheobase.nerve.chunk import SPIKE_MV
from rheobase.nerve.lots import lots_of
from rheobase.nerve.run import run
from rheobase.registry import members

UPPER_MA, DT_MS = 500.0, 0.005
OWN_TEMPERATURE_C = {"hodgkin_huxley": (5.0, 12.0), "frankenhaeuser_huxley": (18.0, 24.0), "sweeney": (37.0, 37.0)}
RANGES_UM = {
    "mrg_interpolated": (2.0, 16.0),
    "pena": (1.1, 5.7),
    "sweeney": (5.0, 20.0),
    "frankenhaeuser_huxley": (5, 20),
}


def draw_fibre(g, model):
    """A fibre of a model at random; one in five is tapered where the model is a double cable."""
    if model == "mrg_interpolated" and g.random() < 0.4:
        return tapered_fibre(str(g.choice(["short", "long"])), parent_um=g.uniform(5.7, 16), length_mm=45.0)
    if model == "mrg_discrete":
        return uniform_fibre(model, diameter_um=g.choice([2.0, 5.7, 10.0, 16.0]), nodes=int(g.integers(15, 45)))
    low, high = RANGES_UM.get(model, (0.3, 2.0))
    if model == "hodgkin_huxley":
        low, high = 100.0, 500.0
    continuous = fibre_model(model).cable == "continuous"
    spacing = {"spacing_um": 25.0 if low < 10 else 500.0} if continuous else {}
    nodes = int(g.integers(60, 120) if continuous else g.integers(15, 45))
    return uniform_fibre(
        model, diameter_um=g.uniform(low, high), nodes=nodes, passive_ends=bool(g.integers(2)), **spacing
    )


def draw_field(g, fibre):
    """Two sources near and far, of either sign, each with a potential along the fibre."""
    rows = []
    for _ in range(2):
        place = fibre.node_arc_um[int(g.integers(fibre.nodes))]
        r_mm = np.hypot(10 ** g.uniform(-1, 1.2), (fibre.arc_um - place) / 1000)
        rows.append(g.choice([-1, 1]) / (4e-3 * np.pi * 0.3 * r_mm))
    return np.array(rows)


def draw_stimulus(g, tail_ms):
    """Two sources, each with its own phases."""
    pulses = []
    for _ in range(2):
        phases = [(g.uniform(0.02, 0.6), s * g.uniform(0.1, 1.0)) for s in g.choice([-1, 0, 1], 3)] + [(0.05, 0.7)]
        pulses.append(stimulus_from_segments(phases, tail_ms=tail_ms, dt_ms=DT_MS))
    steps = max(p.samples.shape[1] for p in pulses)
    samples = np.stack([np.pad(p.samples[0], (0, steps - p.samples.shape[1])) for p in pulses])
    return Stimulus(samples=samples, dt_ms=DT_MS, pulse_end_ms=max(p.pulse_end_ms for p in pulses))


def arrives(fibres, phi, stimulus, amplitude, warm_C):
    """Whether a spike passes 90 % of each fibre, every step of the window taken, in another order than the search's."""
    out = np.zeros(len(fibres), dtype=bool)
    for lot in lots_of(fibres[::-1]):
        index = len(fibres) - 1 - lot
        chunk = make_chunk([fibres[i] for i in index], [phi[i] for i in index], dt_ms=DT_MS, temperature_C=warm_C)
        lanes = chunk.layout.lanes
        trial = np.repeat(np.resize(amplitude[index], lanes)[:, None], 2, axis=1)
        got = run(chunk, chunk.fresh(), stimulus.samples, trial, level_mV=SPIKE_MV - chunk.model.rest_mV)
        watched = [int(0.9 * (fibres[i].nodes - 1)) for i in index]
        out[index] = got.spike_step[np.arange(len(index)), watched] >= 0
        assert np.isfinite(chunk.state[0]).all()
    return out


def sweep(seed, model, count):
    g = np.random.default_rng(seed)
    warm_C = g.uniform(*OWN_TEMPERATURE_C.get(model, (33.0, 39.0)))
    tail_ms = 12.0 if fibre_model(model).cable == "continuous" else 4.0
    stimulus = draw_stimulus(g, tail_ms)
    fibres = [draw_fibre(g, model) for _ in range(count)]
    phi = [draw_field(g, f) for f in fibres]
    found = activation_thresholds(fibres, phi, stimulus, upper_mA=UPPER_MA, temperature_C=warm_C)
    assert not np.isnan(found.threshold_mA).any()
    assert not np.isnan(found.lower_mA).any()
    fires = np.isfinite(found.threshold_mA)
    spontaneous = found.status == Status.SPONTANEOUS
    assert (fires == np.isin(found.status, [Status.FOUND, Status.END_EXCITATION, Status.SPONTANEOUS])).all()
    ratio = (found.threshold_mA / np.maximum(found.lower_mA, 1e-300))[fires & ~spontaneous]
    assert (ratio < 1.01 * (1 + 1e-9)).all()
    assert (ratio > 1.0).all()
    above = arrives(fibres, phi, stimulus, np.where(fires, found.threshold_mA, 0.0), warm_C)
    below = arrives(fibres, phi, stimulus, found.lower_mA, warm_C)
    assert above[fires].all(), np.flatnonzero(fires & ~above)
    assert not below[~spontaneous].any(), np.flatnonzero(below & ~spontaneous)
    return count


MODELS = members("fibres")


@pytest.mark.parametrize("model", MODELS)
def test_a_few_of_every_model(model):
    assert sweep(1, model, 20) == 20


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS)
def test_ten_thousand_in_all(model):
    rounds = -(-10_000 // (32 * len(MODELS)))
    assert sum(sweep(100 + i, model, 32) for i in range(rounds)) * len(MODELS) >= 10_000
