"""The inner loop once more, in plain numpy: slow, easy to read, the oracle of the compiled one.

Same arguments, same meaning, same order of work (see `rheobase.kernel.cable.advance`); only the arithmetic inside is
double precision. It stands in where nothing may be compiled (``NUMBA_DISABLE_JIT=1``).
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from rheobase.kernel.programme_numpy import run_programme

_LANES = 16


def advance(first_block, last_block, n_nodes, n_modes, n_sources, n_steps, v, z, x, state, amplitude, parent, node_c,
            node_diag, node_off, leak_i, conductance, mode_d, mode_k, mode_type, mode_drive, node_drive, waveform,
            table, table_low_mv, rows_per_mv, row_length, n_gates, term_start, term_gate, term_mv,
            shape, code, place, numbers, n_registers,
            level_mv, rest, rest_x, quiet_mv, quiet_gate, quiet_from, count_from, need, watch, spike, done,
            record_node, record, record_gate, record_state, sense_mode, sense_node, signal,
            event_node, event_step, event_count):  # fmt: skip
    """Carry blocks of sixteen fibres over `n_steps` steps, as the compiled loop of the same name does.

    Parameters
    ----------
    first_block, last_block, n_nodes, n_modes, n_sources, n_steps, v, z, x, state, amplitude, parent, node_c, node_diag
        See `rheobase.kernel.cable.advance`.
    node_off, leak_i, conductance, mode_d, mode_k, mode_type, mode_drive, node_drive, waveform, table, table_low_mv
        See there.
    rows_per_mv, row_length, n_gates, term_start, term_gate, term_mv, shape, code, place, numbers, n_registers
        See there.
    level_mv, rest, rest_x, quiet_mv, quiet_gate, quiet_from, count_from
        See there.
    need, watch, spike, done, record_node, record, record_gate, record_state, sense_mode, sense_node, signal
        See there.
    event_node, event_step, event_count
        See there.
    """
    blocks = rest.size // (n_nodes * _LANES)
    before = parent.reshape(blocks, n_nodes)
    before = np.where(before < -1, np.arange(-1, n_nodes - 1), before)  # nodes that are missing are coupled to nothing
    n_inter = n_nodes - 1
    kinds = mode_d.size // (n_modes * blocks * _LANES) if n_modes else 0
    contacts = signal.size // (n_steps * blocks * _LANES) if n_steps else 0

    def view(flat, *shape):
        return flat.reshape(blocks, *shape, _LANES)

    wave = waveform.reshape(n_sources, n_steps).astype(float)
    rows = table.reshape(-1, row_length // 16, 2, 8)[:, :, 0].reshape(-1, row_length // 2).astype(float)
    terms = [term_gate[term_start[t] : term_start[t + 1]] for t in range(term_mv.size)]
    for b in range(first_block, last_block):
        lane = slice(b * _LANES, (b + 1) * _LANES)
        view(spike, n_nodes)[b] = -1.0
        if done[lane].all():
            continue
        one = _Block(
            wave=wave, rows=rows, low_mv=table_low_mv, rows_per_mv=rows_per_mv, n_gates=n_gates, terms=terms,
            term_mv=term_mv.astype(float), kind=mode_type.reshape(blocks, n_inter)[b] if n_modes else None,
            parent=before[b], amplitude=view(amplitude, n_sources)[b],
            c=view(node_c, n_nodes)[b], diag=view(node_diag, n_nodes)[b], off=view(node_off, n_nodes)[b],
            leak=view(leak_i, n_nodes)[b], conductance=view(conductance, term_mv.size, n_nodes)[b],
            d=view(mode_d, kinds, n_modes)[b] if n_modes else None,
            k=view(mode_k, kinds, n_modes)[b] if n_modes else None,
            mode_drive=view(mode_drive, n_sources, n_inter, n_modes)[b] if n_modes else None,
            node_drive=view(node_drive, n_sources, n_nodes)[b], shape=view(shape, n_nodes, shape.size // v.size)[b],
            code=code, place=place, numbers=None if code is None else numbers.reshape(-1, _LANES)[:, 0],
        )  # fmt: skip
        near = (view(rest, n_nodes)[b], view(rest_x, n_nodes, n_gates)[b], quiet_mv, quiet_gate)
        ends = _Ends(level_mv, near, quiet_from, need[lane], watch[lane], done[lane])
        now = (view(v, n_nodes)[b], view(z, n_inter, n_modes)[b], view(x, n_nodes, n_gates)[b])
        now = (*now, view(state, n_nodes, state.size // v.size)[b])
        room = event_node.size // event_count.size
        kept = SimpleNamespace(
            node=record_node, v=record.reshape(blocks, record_node.size, n_steps, _LANES)[b],
            gate=record_gate.reshape(blocks, -1, n_steps, n_gates, _LANES)[b] if record_gate.size else None,
            state=record_state.reshape(blocks, record_node.size, n_steps, -1, _LANES)[b] if record_state.size else None,
            sense_mode=view(sense_mode, contacts, n_inter, n_modes)[b] if contacts and n_modes else None,
            sense_node=view(sense_node, contacts, n_nodes)[b] if contacts else None,
            signal=signal.reshape(blocks, contacts, n_steps, _LANES)[b] if contacts else None,
            event_node=event_node[b * room : (b + 1) * room], event_step=event_step[b * room : (b + 1) * room],
            event_count=event_count[b : b + 1], count_from=count_from,
        )  # fmt: skip
        _advance_block(one, ends, now, n_steps, view(spike, n_nodes)[b], kept)


class _Block(SimpleNamespace):
    """Arrays of one block in double precision, lanes last."""

    def __init__(self, **arrays):
        for name, value in arrays.items():
            single = isinstance(value, np.ndarray) and value.dtype == np.float32
            setattr(self, name, value.astype(float) if single else value)
        self.n_nodes = self.c.shape[0]
        self.n_modes = 0 if self.d is None else self.d.shape[1]

    def begin_modes(self, z, w, step):
        """Finish the modes of the step before, begin this one's, and give what they push into the two nodes."""
        z = self.finish_modes(z, w) * self.d[self.kind]
        for s, drive in enumerate(self.mode_drive):
            z = z + self.amplitude[s] * self.wave[s, step] * drive
        half = self.n_modes // 2
        even, odd = z[:, :half].sum(axis=1), z[:, half:].sum(axis=1)
        return z, even + odd, even - odd

    def finish_modes(self, z, w):
        """Add what the node potentials did to the modes."""
        half = self.n_modes // 2
        return z + self.k[self.kind] * np.repeat(w, [half, half], axis=1)

    def node_sums(self, v):
        """Sum and difference of the two nodes of each internode."""
        before, after = v[self.parent[1:]], v[1:]
        return np.stack([before + after, before - after], axis=1)

    def flow(self, v, x, state):
        """What a membrane programme says of the membrane current; moves the states."""
        if self.code is None:
            return 0.0, 0.0
        out = run_programme(self.code, self.place, self.numbers, v, x, state, self.shape)
        return out[:, 0], out[:, 1]

    def solve_nodes(self, v, x, flow, to_parent, to_child, step):
        """Backward Euler of the nodes, gates frozen, by elimination from the last and substitution from the first."""
        diag, right = self.diag + flow[0], self.c * v + self.leak + flow[1]
        for factors, g, reversal in zip(self.terms, self.conductance, self.term_mv, strict=True):
            for gate in factors:
                g = g * x[:, gate]
            diag += g
            right += g * reversal
        for s, drive in enumerate(self.node_drive):
            right += self.amplitude[s] * self.wave[s, step] * drive
        if self.n_modes:
            right[1:] += to_child
            np.add.at(right, self.parent[1:], to_parent)
        for n in range(self.n_nodes - 1, 0, -1):
            factor = self.off[n] / diag[n]
            diag[self.parent[n]] -= factor * self.off[n]
            right[self.parent[n]] += factor * right[n]
        right[0] /= diag[0]
        for n in range(1, self.n_nodes):
            right[n] = (right[n] + self.off[n] * right[self.parent[n]]) / diag[n]
        return right

    def move_gates(self, v, x):
        """Exponential step of every gate, A and B interpolated in the table."""
        position = np.clip((v - self.low_mv) * self.rows_per_mv, 0.0, len(self.rows) - 1.01)
        at = position.astype(int)
        part = (position - at)[..., None]
        row = np.moveaxis((1.0 - part) * self.rows[at] + part * self.rows[at + 1], -1, 1)
        return x + (row[:, : self.n_gates] - row[:, self.n_gates : 2 * self.n_gates] * x)


class _Ends:
    """When a lane is decided: it fired, or it is silent."""

    def __init__(self, level_mv, near, quiet_from, need, watch, done):
        self.level_mv, self.near, self.quiet_from = level_mv, near, quiet_from
        self.need, self.watch, self.done = need, watch, done

    def decide(self, step, v, x, spike):
        """Mark the lanes that are decided; true when all are."""
        fired = (spike >= 0).sum(axis=0)
        seen = (self.watch >= 0) & (np.take_along_axis(spike, np.maximum(self.watch, 0)[None], axis=0)[0] >= 0)
        seen |= (self.need > 0) & (fired >= self.need)
        rest, rest_x, quiet_mv, quiet_gate = self.near
        near = (np.abs(v - rest) < quiet_mv).all(axis=0)
        low, high = quiet_gate[:, :, None]
        near &= ((x - rest_x >= low) & (x - rest_x <= high)).all(axis=(0, 1))
        silent = near if step >= self.quiet_from else np.zeros(_LANES, dtype=bool)
        now = np.where(seen, 1, np.where(silent, 2, 0))
        self.done[:] = np.where(self.done == 0, now, self.done)
        return bool((self.done != 0).all())


def _note(step, v, new, level_mv, spike, kept):
    """First rise of every node, and every rise as long as there is room."""
    rose = (v < level_mv) & (new >= level_mv) if step >= kept.count_from else np.zeros(v.shape, dtype=bool)
    when = step + (level_mv - v) / np.where(rose, new - v, 1.0)
    first = rose & (spike < 0)
    spike[first] = when[first]
    for node, lane in zip(*np.nonzero(rose), strict=True):
        at = kept.event_count[0]
        if at < kept.event_node.size:
            kept.event_node[at], kept.event_step[at] = node * _LANES + lane, when[node, lane]
        if kept.event_node.size:
            kept.event_count[0] += 1


def _keep(one, step, v, z, w, x, more, kept):
    kept.v[:, step] = v[kept.node]
    if kept.gate is not None:
        kept.gate[:, step] = x[kept.node]
    if kept.state is not None:
        kept.state[:, step] = more[kept.node]
    if kept.signal is not None:
        kept.signal[:, step] = np.einsum("cnl,nl->cl", kept.sense_node, v)
        if one.n_modes:
            kept.signal[:, step] += np.einsum("cjml,jml->cl", kept.sense_mode, one.finish_modes(z, w))


def _advance_block(one, ends, state, n_steps, spike, kept):
    v, z, x, more = (s.astype(float) for s in state)
    w = np.zeros((one.n_nodes - 1, 2, _LANES))
    to_parent = to_child = 0.0
    for step in range(n_steps):
        if one.n_modes:
            z, to_parent, to_child = one.begin_modes(z, w, step)
        new = one.solve_nodes(v, x, one.flow(v, x, more), to_parent, to_child, step)
        _note(step, v, new, ends.level_mv, spike, kept)
        v = new
        if one.n_modes:
            w = one.node_sums(v)
        x = one.move_gates(v, x)
        _keep(one, step, v, z, w, x, more, kept)
        if step % 8 == 7 and ends.decide(step, v, x, spike):
            break
    else:
        ends.quiet_from = n_steps
        ends.decide(n_steps - 1, v, x, spike)
        if one.n_modes:
            z = one.finish_modes(z, w)
    for out, value in zip(state, (v, z, x, more), strict=True):
        out[...] = value
