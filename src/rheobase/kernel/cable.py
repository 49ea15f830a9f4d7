"""The inner loop: fibres as lanes, sixteen to a block, one implicit step of nodes and internodes at a time.

Everything arrives as flat arrays whose last axis is the lane, state and parameters all float32 or all float64. A node
carries the membrane; an internode carries up to twenty linear modes (none for a single cable). Nodes form a chain or a
tree: internode j joins node j + 1 to its parent, an earlier node. Per step, in this order:

1. modes:  z <- d (z + k w) + stimulus, with w = sum or difference of the two node potentials
2. nodes:  backward Euler with the gates frozen, one elimination from the last node to the first; where a membrane is
           a programme (see `rheobase.kernel.programme`), it is carried out before and its states move then
3. gates:  x <- x + (A(v) - B(v) x) from a table made for (model, dt, temperature)

Step 1 finishes the previous step's modes and begins the next one's, so each mode is read and written once a step.
"""

# An intrinsic is written with a typing context that its callers do not pass.
# pyright: reportCallIssue=false

from __future__ import annotations

import numpy as np
from numba import njit

from rheobase.kernel.programme import run_programme
from rheobase.kernel.vector import (
    add,
    beyond,
    compiled,
    crossed,
    div,
    every,
    fma,
    fnma,
    load,
    load_as,
    look_up,
    mul,
    outside,
    store,
    sub,
)

# In every loop a `lane` is one of sixteen, and arrays are indexed by (..., node or mode) * 16. Arrays have room for
# `n_nodes` nodes a lane, of which the lanes of a block have `used`.


@njit(nogil=True, forceinline=True)
def _modes(step, block, n_nodes, used, n_modes, n_sources, n_steps, n_types, z, w, to_parent, to_child, push,
           waveform, mode_d, mode_k, mode_type, mode_drive):  # fmt: skip
    """Finish the modes of the step before and begin those of this one; four sums run side by side."""
    lanes = 16
    half = n_modes // 2
    n_inter = n_nodes - 1
    tiny = every(z, 1e-25)  # keeps decaying modes out of the slow denormal range
    driven = False
    for s in range(n_sources):
        driven = driven or waveform[s * n_steps + step] != 0.0
    for j in range(used - 1):
        kind = (block * n_types + mode_type[block * n_inter + j]) * n_modes * lanes
        at = (block * n_inter + j) * n_modes * lanes
        w_even, w_odd = load(w, 2 * j * lanes), load(w, (2 * j + 1) * lanes)
        even = every(z, 0.0)
        even2, odd, odd2 = even, even, even
        for m in range(0, half, 2):
            e, o = m * lanes, (m + half) * lanes
            e2, o2 = e + lanes, o + lanes
            ze = fma(load(mode_k, kind + e), w_even, load(z, at + e))
            ze2 = fma(load(mode_k, kind + e2), w_even, load(z, at + e2))
            zo = fma(load(mode_k, kind + o), w_odd, load(z, at + o))
            zo2 = fma(load(mode_k, kind + o2), w_odd, load(z, at + o2))
            if driven:
                ze, ze2 = mul(load(mode_d, kind + e), ze), mul(load(mode_d, kind + e2), ze2)
                zo, zo2 = mul(load(mode_d, kind + o), zo), mul(load(mode_d, kind + o2), zo2)
                for s in range(n_sources):
                    drive = ((block * n_sources + s) * n_inter + j) * n_modes * lanes
                    now = load(push, s * lanes)
                    ze = fma(now, load(mode_drive, drive + e), ze)
                    ze2 = fma(now, load(mode_drive, drive + e2), ze2)
                    zo = fma(now, load(mode_drive, drive + o), zo)
                    zo2 = fma(now, load(mode_drive, drive + o2), zo2)
            else:
                ze, ze2 = fma(load(mode_d, kind + e), ze, tiny), fma(load(mode_d, kind + e2), ze2, tiny)
                zo, zo2 = fma(load(mode_d, kind + o), zo, tiny), fma(load(mode_d, kind + o2), zo2, tiny)
            store(z, at + e, ze)
            store(z, at + e2, ze2)
            store(z, at + o, zo)
            store(z, at + o2, zo2)
            even, even2, odd, odd2 = add(even, ze), add(even2, ze2), add(odd, zo), add(odd2, zo2)
        even, odd = add(even, even2), add(odd, odd2)
        store(to_parent, j * lanes, add(even, odd))
        store(to_child, j * lanes, sub(even, odd))


@njit(nogil=True, forceinline=True)
def _finish_modes(block, n_nodes, used, n_modes, n_types, z, w, mode_k, mode_type):
    """Add what the last step's node potentials did to the modes."""
    lanes = 16
    for j in range(used - 1):
        kind = (block * n_types + mode_type[block * (n_nodes - 1) + j]) * n_modes * lanes
        at = (block * (n_nodes - 1) + j) * n_modes * lanes
        for m in range(n_modes):
            side = load(w, (2 * j + (m >= n_modes // 2)) * lanes)
            store(z, at + m * lanes, fma(load(mode_k, kind + m * lanes), side, load(z, at + m * lanes)))


@njit(nogil=True, forceinline=True)
def _nodes(step, block, n_nodes, used, n_modes, n_sources, n_steps, n_gates, tree, parent, v, x, to_parent, to_child,
           push, node_c, node_diag, node_off, leak_i, conductance, node_drive, waveform, term_start, term_gate, term_mv,
           extra, factor, right_side, joined):  # fmt: skip
    """Build the node equations with the gates frozen and eliminate from the last node to the first."""
    lanes = 16
    n_terms = term_mv.size
    one, zero = every(v, 1.0), every(v, 0.0)
    from_d, from_r = zero, zero
    for back in range(used):
        n = used - 1 - back
        at = (block * n_nodes + n) * lanes
        diag = load(node_diag, at)
        right = fma(load(node_c, at), load(v, at), load(leak_i, at))
        for term in range(n_terms):
            g = load(conductance, ((block * n_terms + term) * n_nodes + n) * lanes)
            for f in range(term_start[term], term_start[term + 1]):
                g = mul(g, load(x, at * n_gates + term_gate[f] * lanes))
            diag = add(diag, g)
            right = fma(g, every(v, term_mv[term]), right)
        if extra.size > 0:  # what a membrane programme left: conductance and offset
            diag = add(diag, load(extra, (2 * n) * lanes))
            right = add(right, load(extra, (2 * n + 1) * lanes))
        for s in range(n_sources):
            if waveform[s * n_steps + step] != 0.0:
                drive = ((block * n_sources + s) * n_nodes + n) * lanes
                right = fma(load(push, s * lanes), load(node_drive, drive), right)
        if n_modes > 0 and n > 0:
            right = add(right, load(to_child, (n - 1) * lanes))
        if tree:
            diag = sub(diag, load(joined, 2 * n * lanes))
            right = add(right, load(joined, (2 * n + 1) * lanes))
            store(joined, 2 * n * lanes, zero)
            store(joined, (2 * n + 1) * lanes, zero)
        diag, right = sub(diag, from_d), add(right, from_r)
        inverse = div(one, diag)
        off = load(node_off, at)
        c = mul(off, inverse)
        d = mul(right, inverse)
        store(factor, n * lanes, c)
        store(right_side, n * lanes, d)
        from_d, from_r = mul(off, c), mul(off, d)
        if n_modes > 0 and n > 0:
            from_r = add(from_r, load(to_parent, (n - 1) * lanes))
        if tree:
            p = parent[block * n_nodes + n]
            if p != n - 1 and p >= 0:  # the parent lies further back: leave it a note
                store(joined, 2 * p * lanes, add(load(joined, 2 * p * lanes), from_d))
                store(joined, (2 * p + 1) * lanes, add(load(joined, (2 * p + 1) * lanes), from_r))
                from_d, from_r = zero, zero


@njit(nogil=True, forceinline=True)
def _note(step, block, n, at, rose, v, now, level_mv, spike, fired, event_node, event_step, event_count):
    """Write down, with the fraction of the step, that lanes rose through the level at a node."""
    lanes = 16
    for lane in range(lanes):
        if (rose >> lane) & 1:
            old = np.float64(v[at + lane])
            when = step + (level_mv - old) / (np.float64(now[n * lanes + lane]) - old)
            if spike[at + lane] < 0.0:
                spike[at + lane] = when
                fired[lane] += 1
            room = event_node.size // event_count.size
            if room > 0:
                if event_count[block] < room:
                    event_node[block * room + event_count[block]] = n * lanes + lane
                    event_step[block * room + event_count[block]] = when
                event_count[block] += 1


@njit(nogil=True, forceinline=True)
def _substitute(step, block, n_nodes, used, n_modes, tree, parent, v, w, factor, right_side, level_mv, count_from,
                spike, fired, event_node, event_step, event_count):  # fmt: skip
    """Substitute from the first node on, note spikes, and leave the node sums that drive the modes."""
    lanes = 16
    level = every(v, level_mv)
    before = every(v, 0.0)
    for n in range(used):
        at = (block * n_nodes + n) * lanes
        if tree and n > 0 and parent[block * n_nodes + n] != n - 1:
            before = load(v, (block * n_nodes + parent[block * n_nodes + n]) * lanes)
        now = fma(load(factor, n * lanes), before, load(right_side, n * lanes))
        rose = crossed(load(v, at), now, level)
        if rose != 0 and step >= count_from:
            store(right_side, n * lanes, now)
            _note(step, block, n, at, rose, v, right_side, level_mv, spike, fired, event_node, event_step, event_count)
        store(v, at, now)
        if n > 0 and n_modes > 0:
            store(w, 2 * (n - 1) * lanes, add(before, now))
            store(w, (2 * n - 1) * lanes, sub(before, now))
        before = now


@njit(nogil=True, forceinline=True)
def _gates(block, n_nodes, used, n_gates, v, x, table, table_low_mv, rows_per_mv, row_length, rows):
    """Move every gate with its exact exponential step at the new potential."""
    lanes = 16
    low, per_mv = every(v, table_low_mv), every(v, rows_per_mv)
    last_row = every(v, table.size // row_length - 1.01)
    for n in range(used):
        at = (block * n_nodes + n) * lanes
        position = mul(sub(load(v, at), low), per_mv)
        for group in range(row_length // 16):
            look_up(table, row_length, group * 16, position, last_row, rows, group * 8 * lanes)
        for g in range(n_gates):
            i = at * n_gates + g * lanes
            old = load(x, i)
            move = fnma(load_as(rows, (n_gates + g) * lanes, x), old, load_as(rows, g * lanes, x))
            store(x, i, add(old, move))


@njit(nogil=True, forceinline=True)
def _decide(step, block, n_nodes, used, n_gates, v, x, rest, rest_x, quiet_mv, quiet_gate, quiet_from, need, watch,
            spike, fired, done):  # fmt: skip
    """Mark lanes that have fired or fallen silent; true when all sixteen are decided.

    Silent means that potentials and gates are near rest: a gate that is not may still fire the fibre.
    """
    lanes = 16
    loud = 0
    if step >= quiet_from:
        quiet = every(v, quiet_mv)
        for n in range(used):
            at = (block * n_nodes + n) * lanes
            loud |= beyond(sub(load(v, at), load(rest, at)), quiet)
        for g in range(n_gates):
            if loud == 65535:
                break
            low, high = every(v, quiet_gate[0, g]), every(v, quiet_gate[1, g])
            for n in range(used):
                at = ((block * n_nodes + n) * n_gates + g) * lanes
                loud |= outside(sub(load(x, at), load(rest_x, at)), low, high)
    open_lanes = 0
    for lane in range(lanes):
        i = block * lanes + lane
        if done[i] == 0:
            at = watch[i]
            seen = at >= 0 and spike[(block * n_nodes + at) * lanes + lane] >= 0.0
            if seen or (need[i] > 0 and fired[lane] >= need[i]):
                done[i] = 1
            elif step >= quiet_from and (loud >> lane) & 1 == 0:
                done[i] = 2
            else:
                open_lanes += 1
    return open_lanes == 0


@njit(nogil=True, forceinline=True)
def _record(step, block, n_nodes, n_modes, n_gates, n_steps, n_types, v, z, w, x, state, record_node, record,
            record_gate, record_state, sense_mode, sense_node, signal, mode_k, mode_type):  # fmt: skip
    """Keep potentials and gates of chosen nodes, and what a contact sees of the whole fibre."""
    lanes = 16
    for r in range(record_node.size):
        at = ((block * record_node.size + r) * n_steps + step) * lanes
        node = block * n_nodes + record_node[r]
        store(record, at, load(v, node * lanes))
        if record_gate.size > 0:
            for g in range(n_gates):
                store(record_gate, at * n_gates + g * lanes, load(x, (node * n_gates + g) * lanes))
        if record_state.size > 0:
            n_states = state.size // v.size
            for s in range(n_states):
                store(record_state, at * n_states + s * lanes, load(state, (node * n_states + s) * lanes))
    contacts = signal.size // (n_steps * (rest_blocks(v, n_nodes)) * lanes)
    n_inter = n_nodes - 1
    for c in range(contacts):
        seen = every(v, 0.0)
        for n in range(n_nodes):
            weight = load(sense_node, ((block * contacts + c) * n_nodes + n) * lanes)
            seen = fma(weight, load(v, (block * n_nodes + n) * lanes), seen)
        if n_modes > 0:
            for j in range(n_inter):
                kind = (block * n_types + mode_type[block * n_inter + j]) * n_modes * lanes
                for m in range(n_modes):
                    side = load(w, (2 * j + (m >= n_modes // 2)) * lanes)
                    mode = load(z, ((block * n_inter + j) * n_modes + m) * lanes)
                    mode = fma(load(mode_k, kind + m * lanes), side, mode)
                    weight = load(sense_mode, (((block * contacts + c) * n_inter + j) * n_modes + m) * lanes)
                    seen = fma(weight, mode, seen)
        store(signal, ((block * contacts + c) * n_steps + step) * lanes, seen)


@njit(nogil=True, forceinline=True)
def _on_line(array):
    """The array from its first cache line on; it must have sixteen numbers to spare."""
    return array[(-array.ctypes.data % 64) // array.itemsize :]


@njit(nogil=True, forceinline=True)
def rest_blocks(v, n_nodes):
    """How many blocks the state holds."""
    return v.size // (n_nodes * 16)


@compiled
def advance(first_block, last_block, n_nodes, n_modes, n_sources, n_steps, v, z, x, state, amplitude, parent, node_c,
            node_diag, node_off, leak_i, conductance, mode_d, mode_k, mode_type, mode_drive, node_drive, waveform,
            table, table_low_mv, rows_per_mv, row_length, n_gates, term_start, term_gate, term_mv,
            shape, code, place, numbers, n_registers,
            level_mv, rest, rest_x, quiet_mv, quiet_gate, quiet_from, count_from, need, watch, spike, done,
            record_node, record, record_gate, record_state, sense_mode, sense_node, signal,
            event_node, event_step, event_count):  # fmt: skip
    """Carry blocks of sixteen fibres over `n_steps` steps; the module says how.

    Parameters
    ----------
    first_block, last_block : int
        Range of blocks to work on, so that threads can share the arrays.
    n_nodes, n_modes, n_sources, n_steps : int
        Nodes a lane, modes an internode (0 or a multiple of 4), stimulus sources, steps.
    v, z, x : (block, node; lane), (block, internode, mode; lane), (block, node, gate; lane)
        State, changed in place: potential from the nominal rest (mV), modes (nA), gates.
    state, shape : (block, node, row; lane)
        States of a membrane programme, changed in place, and numbers of its geometry; empty without one.
    amplitude : (block, source; lane)
        Factor of each source (mA, or nA for a current into a node).
    parent : int64 (block, node)
        Node before each, earlier in the order; -1 for the first, and below that for the last nodes of a block if no
        lane has them: they are left as they are.
    node_c, node_diag, node_off, leak_i : (block, node; lane)
        c/dt, constant diagonal, coupling to the parent (uS), leak conductance times its reversal (nA).
    conductance : (block, term, node; lane)
        Largest conductance of each current term (uS).
    mode_d, mode_k : (block, type, mode; lane)
        Decay factor and gain (uS) of each mode, by type of internode; the first half follow the sum of the two node
        potentials, the second half the difference.
    mode_type : int64 (block, internode)
        Type of the internode.
    mode_drive, node_drive : (block, source, internode, mode; lane), (block, source, node; lane)
        What one unit of a source does to each mode in one step (nA) and to each node (nA).
    waveform : (source, step)
        Waveform of each source.
    table, table_low_mv, rows_per_mv, row_length
        Gate table, float32: columns are A of all gates, then B of all gates; a row holds eight values and their eight
        steps to the next row, then the next eight.
    n_gates, term_start, term_gate, term_mv
        Gates a node; per current term its gates and its reversal potential (mV from the nominal rest).
    code, place, numbers, n_registers
        Membrane programme (see `rheobase.kernel.programme.run_programme`); `code` is None where there is none.
    level_mv, quiet_mv, quiet_gate, quiet_from, count_from
        Level of a spike (mV from the nominal rest), how near to rest is silent (mV, and how far below and above its
        rest each gate may be, float64 (2, gate)), steps from which silence and spikes count.
    rest, rest_x : (block, node; lane), (block, node, gate; lane)
        Where each node rests (mV from the nominal rest), and its gates.
    need, watch : int64 (block; lane)
        A lane has fired when node `watch` has (if not negative) or `need` nodes have (if positive).
    spike : float32 (block, node; lane)
        Out: step, with fraction, at which a node first rises through the level; -1 if it does not.
    done : int64 (block; lane)
        In: 0, or anything else for a lane that need not be waited for; a block without any 0 is left as it is.
        Out: 1 fired, 2 silent, 0 undecided after the last step.
    record_node, record, record_gate, record_state : int64 (recorded node), (block, recorded node, step; lane), (the
        same, gate; lane), (the same, state; lane)
        Out: potential (from the nominal rest), gates and states of chosen nodes; any may be empty.
    sense_mode, sense_node, signal : (block, contact, internode, mode; lane), (block, contact, node; lane), (block,
        contact, step; lane)
        Weights of a recording contact, and out: what it sees; may be empty.
    event_node, event_step, event_count : int64 (block, room), float64 (block, room), int64 (block)
        Out: every rise through the level, as node * 16 + lane and step; the count goes on when the room is used up.
    """
    lanes = 16
    n_types = 1
    if n_modes > 0:
        n_types = mode_d.size // (n_modes * rest_blocks(v, n_nodes) * lanes)
    size = n_nodes * lanes
    work = _on_line(np.zeros(8 * size + (n_sources + 2) * lanes, v.dtype))
    w, joined = work[: 2 * size], work[2 * size : 4 * size]
    to_parent, to_child = work[4 * size : 5 * size], work[5 * size : 6 * size]
    factor, right_side = work[6 * size : 7 * size], work[7 * size : 8 * size]
    push = work[8 * size : 8 * size + (n_sources + 1) * lanes]
    if code is not None:  # where it is None, the compiler leaves all this out
        extra = _on_line(np.zeros(2 * size + lanes, v.dtype))
        registers = _on_line(np.zeros((n_registers * 8 + 1) * lanes, v.dtype))
        where = np.zeros((place.shape[0], 3), np.int64)
    else:
        extra = np.zeros(0, v.dtype)
    n_states, n_shape = state.size // max(v.size, 1), shape.size // max(v.size, 1)
    rows = _on_line(np.zeros(row_length // 2 * lanes + lanes, np.float32))
    fired = np.zeros(lanes, np.int64)
    keeping = record_node.size + signal.size > 0
    for block in range(first_block, last_block):
        spike[block * n_nodes * lanes : (block + 1) * n_nodes * lanes] = np.float32(-1.0)
        fired[:] = 0
        open_lanes = 0
        for lane in range(lanes):
            open_lanes += done[block * lanes + lane] == 0
        if open_lanes == 0:
            continue
        used = n_nodes  # nodes that some lane of the block has
        while used > 1 and parent[block * n_nodes + used - 1] < -1:
            used -= 1
        tree = False
        for n in range(1, used):
            tree = tree or parent[block * n_nodes + n] != n - 1
        w[:] = 0.0
        joined[:] = 0.0
        for step in range(n_steps):
            for s in range(n_sources):
                now = every(v, waveform[s * n_steps + step])
                store(push, s * lanes, mul(now, load(amplitude, (block * n_sources + s) * lanes)))
            if n_modes > 0:
                _modes(step, block, n_nodes, used, n_modes, n_sources, n_steps, n_types, z, w, to_parent, to_child,
                       push, waveform, mode_d, mode_k, mode_type, mode_drive)  # fmt: skip
            if code is not None:
                run_programme(block, n_nodes, code, place, where, registers, numbers, v, x, state, shape, extra,
                              n_gates, n_states, n_shape)  # fmt: skip
            _nodes(step, block, n_nodes, used, n_modes, n_sources, n_steps, n_gates, tree, parent, v, x,
                   to_parent, to_child, push, node_c, node_diag, node_off, leak_i, conductance, node_drive, waveform,
                   term_start, term_gate, term_mv, extra, factor, right_side, joined)  # fmt: skip
            _substitute(step, block, n_nodes, used, n_modes, tree, parent, v, w, factor, right_side, level_mv,
                        count_from, spike, fired, event_node, event_step, event_count)  # fmt: skip
            _gates(block, n_nodes, used, n_gates, v, x, table, table_low_mv, rows_per_mv, row_length, rows)
            if keeping:
                _record(step, block, n_nodes, n_modes, n_gates, n_steps, n_types, v, z, w, x, state, record_node,
                        record, record_gate, record_state, sense_mode, sense_node, signal,
                        mode_k, mode_type)  # fmt: skip
            if step % 8 == 7 and _decide(step, block, n_nodes, used, n_gates, v, x, rest, rest_x, quiet_mv, quiet_gate,
                                         quiet_from, need, watch, spike, fired, done):  # fmt: skip
                break
        else:
            _decide(n_steps - 1, block, n_nodes, used, n_gates, v, x, rest, rest_x, quiet_mv, quiet_gate, n_steps, need,
                    watch, spike, fired, done)  # fmt: skip
            if n_modes > 0:
                _finish_modes(block, n_nodes, used, n_modes, n_types, z, w, mode_k, mode_type)
