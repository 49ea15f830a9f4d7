"""The inner loop once more, in plain numpy: slow, easy to read, the oracle of the compiled one.

Same arguments, same meaning, same order of work (see `rheobase.kernel.cable.advance`); only the arithmetic inside is
double precision. It stands in where nothing may be compiled (``NUMBA_DISABLE_JIT=1``).
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

_LANES = 16


def advance(first_block, last_block, n_nodes, n_modes, n_sources, n_steps, v, z, x, amplitude, node_c, node_diag,
            node_off, leak_i, conductance, mode_d, mode_k, mode_type, mode_side, mode_drive, node_drive, waveform,
            table, table_low_mv, rows_per_mv, row_length, n_gates, term_start, term_gate, term_mv,
            level_mv, rest, quiet_mv, quiet_from, need, watch, spike, done, record_node, record):  # fmt: skip
    """Carry blocks of sixteen fibres over `n_steps` steps, as the compiled loop of the same name does.

    Parameters
    ----------
    first_block, last_block, n_nodes, n_modes, n_sources, n_steps, v, z, x, amplitude, node_c, node_diag, node_off
        See `rheobase.kernel.cable.advance`.
    leak_i, conductance, mode_d, mode_k, mode_type, mode_side, mode_drive, node_drive, waveform, table, table_low_mv
        See there.
    rows_per_mv, row_length, n_gates, term_start, term_gate, term_mv, level_mv, rest, quiet_mv, quiet_from, need
        See there.
    watch, spike, done, record_node, record
        See there.
    """
    blocks = amplitude.size // _LANES
    n_inter = n_nodes - 1
    kinds = mode_d.size // (n_modes * amplitude.size) if n_modes else 0

    def view(flat, *shape):
        return flat.reshape(blocks, *shape, _LANES)

    node = (n_nodes,)
    wave = waveform.reshape(n_sources, n_steps).astype(float)
    rows = table.reshape(-1, row_length).astype(float)
    terms = [term_gate[term_start[t] : term_start[t + 1]] for t in range(term_mv.size)]
    for b in range(first_block, last_block):
        lane = slice(b * _LANES, (b + 1) * _LANES)
        view(spike, *node)[b] = -1.0
        if done[lane].all():
            continue
        one = _Block(
            wave=wave, rows=rows, low_mv=table_low_mv, rows_per_mv=rows_per_mv, n_gates=n_gates, terms=terms,
            term_mv=term_mv.astype(float), kind=mode_type.reshape(blocks, n_inter)[b] if n_modes else None,
            side=mode_side.reshape(blocks, n_inter)[b] if n_modes else None,
            amplitude=view(amplitude)[b], c=view(node_c, *node)[b], diag=view(node_diag, *node)[b],
            off=view(node_off, *node)[b], leak=view(leak_i, *node)[b],
            conductance=view(conductance, term_mv.size, n_nodes)[b],
            d=view(mode_d, kinds, n_modes)[b] if n_modes else None,
            k=view(mode_k, kinds, n_modes)[b] if n_modes else None,
            mode_drive=view(mode_drive, n_sources, n_inter, n_modes)[b] if n_modes else None,
            node_drive=view(node_drive, n_sources, n_nodes)[b],
        )  # fmt: skip
        ends = _Ends(level_mv, view(rest, *node)[b], quiet_mv, quiet_from, need[lane], watch[lane], done[lane])
        state = (view(v, *node)[b], view(z, n_inter, n_modes)[b], view(x, n_nodes, n_gates)[b])
        taken = record.reshape(blocks, record_node.size, n_steps, _LANES)[b]
        _advance_block(one, ends, state, n_steps, view(spike, *node)[b], taken, record_node)


class _Block(SimpleNamespace):
    """Arrays of one block in double precision, lanes last."""

    def __init__(self, **arrays):
        for name, value in arrays.items():
            single = isinstance(value, np.ndarray) and value.dtype == np.float32
            setattr(self, name, value.astype(float) if single else value)
        self.n_nodes = self.c.shape[0]
        self.n_modes = 0 if self.d is None else self.d.shape[1]
        self.between = np.zeros(0) if self.side is None else (self.side == 0)[:, None]

    def begin_modes(self, z, w, step):
        """Finish the modes of the step before, begin this one's, and give what they push into the two nodes."""
        z = self.finish_modes(z, w) * self.d[self.kind]
        for s, drive in enumerate(self.mode_drive):
            z = z + self.amplitude * self.wave[s, step] * drive
        half = self.n_modes // 2
        first, second = z[:, :half].sum(axis=1), z[:, half:].sum(axis=1)
        both, side = first + second, self.side[:, None]
        before = np.where(side > 0, 0.0, both)
        after = np.where(self.between, first - second, np.where(side > 0, both, 0.0))
        return z, before, after

    def finish_modes(self, z, w):
        """Add what the node potentials did to the modes."""
        half = self.n_modes // 2
        return z + self.k[self.kind] * np.repeat(w, [half, half], axis=1)

    def node_sums(self, v):
        """Sum and difference of the two nodes of each internode; the one node's potential where it is open."""
        before, after = v[:-1], v[1:]
        only = np.where(self.side[:, None] > 0, after, before)
        sums = np.where(self.between, before + after, only)
        return np.stack([sums, np.where(self.between, before - after, only)], axis=1)

    def solve_nodes(self, v, x, before, after, step):
        """Backward Euler of the nodes, gates frozen, by elimination and substitution."""
        diag, right = self.diag.copy(), self.c * v + self.leak
        for factors, g, reversal in zip(self.terms, self.conductance, self.term_mv, strict=True):
            for gate in factors:
                g = g * x[:, gate]
            diag += g
            right += g * reversal
        for s, drive in enumerate(self.node_drive):
            right += self.amplitude * self.wave[s, step] * drive
        right[:-1] += before
        right[1:] += after
        factor = np.zeros_like(diag)
        for n in range(self.n_nodes):
            if n > 0:
                diag[n] -= self.off[n - 1] * factor[n - 1]
                right[n] += self.off[n - 1] * right[n - 1]
            right[n] /= diag[n]
            factor[n] = self.off[n] / diag[n]
        for n in range(self.n_nodes - 2, -1, -1):
            right[n] += factor[n] * right[n + 1]
        return right

    def move_gates(self, v, x):
        """Exponential step of every gate, A and B interpolated in the table."""
        position = np.clip((v - self.low_mv) * self.rows_per_mv, 0.0, len(self.rows) - 1.01)
        at = position.astype(int)
        part = (position - at)[..., None]
        row = np.moveaxis((1.0 - part) * self.rows[at] + part * self.rows[at + 1], -1, 1)
        return row[:, : self.n_gates] + row[:, self.n_gates : 2 * self.n_gates] * x


class _Ends:
    """When a lane is decided: it fired, or it is silent."""

    def __init__(self, level_mv, rest, quiet_mv, quiet_from, need, watch, done):
        self.level_mv, self.rest, self.quiet_mv, self.quiet_from = level_mv, rest, quiet_mv, quiet_from
        self.need, self.watch, self.done = need, watch, done

    def decide(self, step, v, spike):
        """Mark the lanes that are decided; true when all are."""
        fired = (spike >= 0).sum(axis=0)
        seen = (self.watch >= 0) & (np.take_along_axis(spike, np.maximum(self.watch, 0)[None], axis=0)[0] >= 0)
        seen |= (self.need > 0) & (fired >= self.need)
        near = (np.abs(v - self.rest) < self.quiet_mv).all(axis=0)
        silent = near if step >= self.quiet_from else np.zeros(_LANES, dtype=bool)
        now = np.where(seen, 1, np.where(silent, 2, 0))
        self.done[:] = np.where(self.done == 0, now, self.done)
        return bool((self.done != 0).all())


def _advance_block(one, ends, state, n_steps, spike, record, record_node):
    v, z, x = (s.astype(float) for s in state)
    w = np.zeros((one.n_nodes - 1, 2, _LANES))
    before = after = 0.0
    for step in range(n_steps):
        if one.n_modes:
            z, before, after = one.begin_modes(z, w, step)
        new = one.solve_nodes(v, x, before, after, step)
        rose = (v < ends.level_mv) & (new >= ends.level_mv) & (spike < 0)
        spike[rose] = step + ((ends.level_mv - v) / np.where(rose, new - v, 1.0))[rose]
        v = new
        if one.n_modes:
            w = one.node_sums(v)
        x = one.move_gates(v, x)
        record[:, step] = v[record_node]
        if step % 8 == 7 and ends.decide(step, v, spike):
            break
    else:
        ends.quiet_from = n_steps
        ends.decide(n_steps - 1, v, spike)
        if one.n_modes:
            z = one.finish_modes(z, w)
    for out, value in zip(state, (v, z, x), strict=True):
        out[...] = value
