"""The inner loop: fibres as lanes, sixteen to a block, one implicit step of nodes and internodes at a time.

Everything arrives as flat float32 arrays whose last axis is the lane. A node carries the membrane; an internode
carries up to twenty linear modes (none for a single cable). Per step, in this order:

1. modes:  z <- d (z + k w) + stimulus, with w = sum or difference of the two neighbouring node potentials
2. nodes:  backward Euler with the gates frozen, one tridiagonal solve
3. gates:  x <- A(v) + B(v) x from a table made for (model, dt, temperature)

Step 1 finishes the previous step's modes and begins the next one's, so each mode is read and written once a step.
Vector values are explicit (sixteen float32), because plain loops do not reach the machine's vector width. This file
stands alone, without any global but literals, so that its compiled form can be cached.
"""

# An intrinsic is written with a typing context that its callers do not pass.
# pyright: reportCallIssue=false

from __future__ import annotations

from contextlib import suppress

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic, models, register_model

from rheobase import __version__


def _compiled(function):
    """Compile at the first call, and keep the machine code for the next process, apart for each version."""
    function.__qualname__ += "_" + __version__.replace(".", "_")  # part of the name of the file it is kept in
    out = njit(nogil=True)(function)
    with suppress(RuntimeError):  # no folder to keep it in can be written: compile anew in each process
        out.enable_caching()
    return out


class _Vec(types.Type):
    """Sixteen float32 in one value."""

    def __init__(self):
        super().__init__(name="Vec16f32")


_vec = _Vec()
_F16 = ir.VectorType(ir.FloatType(), 16)
_F8 = ir.VectorType(ir.FloatType(), 8)
_I32 = ir.IntType(32)


@register_model(_Vec)
class _VecModel(models.PrimitiveModel):
    def __init__(self, dmm, fe_type):
        super().__init__(dmm, fe_type, _F16)


def _pointer(context, builder, array_type, array, index, vector):
    data = context.make_array(array_type)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index], inbounds=True), vector.as_pointer())


def _splat(builder, scalar, vector=_F16):
    one = builder.insert_element(ir.Constant(vector, ir.Undefined), scalar, ir.Constant(_I32, 0))
    mask = ir.Constant(ir.VectorType(_I32, vector.count), [0] * vector.count)
    return builder.shuffle_vector(one, ir.Constant(vector, ir.Undefined), mask)


def _call(builder, name, operands):
    kind = operands[0].type
    suffix = f"v{kind.count}f32" if isinstance(kind, ir.VectorType) else "f32"
    fn = cgutils.get_or_insert_function(
        builder.module, ir.FunctionType(kind, [o.type for o in operands]), f"llvm.{name}.{suffix}"
    )
    return builder.call(fn, operands)


@intrinsic
def _load(typingctx, array, index):
    def codegen(context, builder, sig, args):
        return builder.load(_pointer(context, builder, sig.args[0], args[0], args[1], _F16), align=4)

    return _vec(array, types.intp), codegen


@intrinsic
def _store(typingctx, array, index, value):
    def codegen(context, builder, sig, args):
        builder.store(args[2], _pointer(context, builder, sig.args[0], args[0], args[1], _F16), align=4)
        return context.get_dummy_value()

    return types.void(array, types.intp, _vec), codegen


@intrinsic
def _all(typingctx, value):
    def codegen(context, builder, sig, args):
        return _splat(builder, args[0])

    return _vec(types.float32), codegen


def _binary(operation):
    @intrinsic
    def call(typingctx, a, b):
        def codegen(context, builder, sig, args):
            return getattr(builder, operation)(args[0], args[1])

        return _vec(_vec, _vec), codegen

    return call


_add = _binary("fadd")
_sub = _binary("fsub")
_mul = _binary("fmul")
_div = _binary("fdiv")


@intrinsic
def _fma(typingctx, a, b, c):
    def codegen(context, builder, sig, args):
        return _call(builder, "fma", list(args))

    return _vec(_vec, _vec, _vec), codegen


@intrinsic
def _crossed(typingctx, before, after, level):
    """Bit mask of the lanes that rise through the level."""

    def codegen(context, builder, sig, args):
        rose = builder.and_(builder.fcmp_ordered("<", args[0], args[2]), builder.fcmp_ordered(">=", args[1], args[2]))
        return builder.zext(builder.bitcast(rose, ir.IntType(16)), ir.IntType(64))

    return types.int64(_vec, _vec, _vec), codegen


@intrinsic
def _beyond(typingctx, value, level):
    """Bit mask of the lanes whose magnitude reaches the level."""

    def codegen(context, builder, sig, args):
        far = builder.fcmp_unordered(">=", _call(builder, "fabs", [args[0]]), args[1])
        return builder.zext(builder.bitcast(far, ir.IntType(16)), ir.IntType(64))

    return types.int64(_vec, _vec), codegen


def _shuffle(builder, a, b, mask):
    return builder.shuffle_vector(a, b, ir.Constant(ir.VectorType(_I32, len(mask)), mask))


def _transpose(builder, rows):
    """Sixteen rows of eight to eight columns of sixteen, by three rounds of interleaving."""
    pairs = [_shuffle(builder, rows[i], rows[i + 8], list(range(16))) for i in range(8)]

    def interleave(a, b, unit):
        low, high = [], []
        for base in (0, 8):
            for start in range(0, 8, 2 * unit):
                low += [base + start + u for u in range(unit)] + [16 + base + start + u for u in range(unit)]
                high += [base + start + unit + u for u in range(unit)]
                high += [16 + base + start + unit + u for u in range(unit)]
        return _shuffle(builder, a, b, low), _shuffle(builder, a, b, high)

    regs = pairs
    for unit in (1, 2, 4):
        out = [None] * 8
        for i in range(8):
            if not i & unit:
                out[i], out[i | unit] = interleave(regs[i], regs[i | unit], unit)
        regs = out
    return regs


@intrinsic
def _look_up(typingctx, table, row_length, column, position, last, out, place):
    """Interpolate eight columns of the table at sixteen positions (in rows) and store them as eight vectors."""

    def codegen(context, builder, sig, args):
        table, row_length, column, position, last, out, place = args
        zero = _splat(builder, ir.Constant(ir.FloatType(), 0.0))
        position = _call(builder, "maxnum", [position, zero])
        position = _call(builder, "minnum", [position, last])
        index = builder.fptosi(position, ir.VectorType(_I32, 16))
        part = builder.fsub(position, builder.sitofp(index, _F16))
        rows = []
        for lane in range(16):
            at = builder.sext(builder.extract_element(index, ir.Constant(_I32, lane)), ir.IntType(64))
            at = builder.add(builder.mul(at, row_length), column)
            low = builder.load(_pointer(context, builder, sig.args[0], table, at, _F8), align=4)
            up = builder.load(_pointer(context, builder, sig.args[0], table, builder.add(at, row_length), _F8), align=4)
            share = _splat(builder, builder.extract_element(part, ir.Constant(_I32, lane)), _F8)
            rows.append(_call(builder, "fma", [share, builder.fsub(up, low), low]))
        for c, value in enumerate(_transpose(builder, rows)):
            at = builder.add(place, ir.Constant(ir.IntType(64), 16 * c))
            builder.store(value, _pointer(context, builder, sig.args[5], out, at, _F16), align=4)
        return context.get_dummy_value()

    return types.void(table, types.intp, types.intp, _vec, _vec, out, types.intp), codegen


@njit(nogil=True)
def _modes(step, first, last, block, n_nodes, n_modes, n_sources, n_steps, n_types, z, w, out, amplitude,
           mode_d, mode_k, mode_type, mode_side, mode_drive, waveform):  # fmt: skip
    """Finish the modes of the step before (unless first) and begin those of this one (unless last)."""
    lanes = 16
    half = n_modes // 2
    n_inter = n_nodes - 1
    zero = _all(np.float32(0.0))
    tiny = _all(np.float32(1e-25))  # keeps decaying modes out of the slow denormal range
    amp = _load(amplitude, block * lanes)
    driven = False
    if not last:
        for s in range(n_sources):
            driven = driven or waveform[s * n_steps + step] != np.float32(0.0)
    for j in range(n_inter):
        kind = (block * n_types + mode_type[block * n_inter + j]) * n_modes * lanes
        at = (block * n_inter + j) * n_modes * lanes
        side = mode_side[block * n_inter + j]
        for group in range(2):
            sum_ = zero
            drive_w = zero if first else _load(w, (2 * j + group) * lanes)
            for m in range(group * half, group * half + half):
                i = m * lanes
                zn = _fma(_load(mode_k, kind + i), drive_w, _load(z, at + i))
                if last:
                    _store(z, at + i, zn)
                    continue
                if driven:
                    zn = _mul(_load(mode_d, kind + i), zn)
                    for s in range(n_sources):
                        drive = ((block * n_sources + s) * n_inter + j) * n_modes * lanes + i
                        now = _mul(amp, _all(waveform[s * n_steps + step]))
                        zn = _fma(now, _load(mode_drive, drive), zn)
                else:
                    zn = _fma(_load(mode_d, kind + i), zn, tiny)
                _store(z, at + i, zn)
                sum_ = _add(sum_, zn)
            if group == 0:
                first_sum = sum_
            elif side == 0:
                _store(out, 2 * j * lanes, _add(first_sum, sum_))
                _store(out, (2 * j + 1) * lanes, _sub(first_sum, sum_))
            else:
                both = _add(first_sum, sum_)
                _store(out, 2 * j * lanes, zero if side > 0 else both)
                _store(out, (2 * j + 1) * lanes, both if side > 0 else zero)


@njit(nogil=True)
def _nodes(step, block, n_nodes, n_sources, n_steps, n_gates, v, x, out, amplitude, node_c, node_diag, node_off,
           leak_i, conductance, node_drive, waveform, term_start, term_gate, term_mv, c_prime, d_prime):  # fmt: skip
    """Build the node equations with the gates frozen and eliminate downwards."""
    lanes = 16
    n_terms = term_mv.size
    one = _all(np.float32(1.0))
    amp = _load(amplitude, block * lanes)
    back_c = _all(np.float32(0.0))
    back_d = back_c
    back_off = back_c
    for n in range(n_nodes):
        at = (block * n_nodes + n) * lanes
        diag = _load(node_diag, at)
        right = _fma(_load(node_c, at), _load(v, at), _load(leak_i, at))
        for term in range(n_terms):
            g = _load(conductance, ((block * n_terms + term) * n_nodes + n) * lanes)
            for f in range(term_start[term], term_start[term + 1]):
                g = _mul(g, _load(x, at * n_gates + term_gate[f] * lanes))
            diag = _add(diag, g)
            right = _fma(g, _all(term_mv[term]), right)
        for s in range(n_sources):
            now = waveform[s * n_steps + step]
            if now != np.float32(0.0):
                drive = ((block * n_sources + s) * n_nodes + n) * lanes
                right = _fma(_mul(amp, _all(now)), _load(node_drive, drive), right)
        if n > 0:
            right = _add(right, _load(out, (2 * n - 1) * lanes))
        if n < n_nodes - 1:
            right = _add(right, _load(out, 2 * n * lanes))
        inverse = _div(one, _sub(diag, _mul(back_off, back_c)))
        back_d = _mul(_fma(back_off, back_d, right), inverse)
        back_off = _load(node_off, at)
        back_c = _mul(back_off, inverse)
        _store(c_prime, n * lanes, back_c)
        _store(d_prime, n * lanes, back_d)


@njit(nogil=True)
def _substitute(step, block, n_nodes, n_modes, v, w, mode_side, c_prime, d_prime, level_mv, spike, fired):
    """Substitute back, note spikes, and leave the node sums that drive the modes."""
    lanes = 16
    level = _all(np.float32(level_mv))
    after = _all(np.float32(0.0))
    for back in range(n_nodes):
        n = n_nodes - 1 - back
        at = (block * n_nodes + n) * lanes
        now = _fma(_load(c_prime, n * lanes), after, _load(d_prime, n * lanes))
        rose = _crossed(_load(v, at), now, level)
        if rose != 0:
            _store(d_prime, n * lanes, now)
            for lane in range(lanes):
                if (rose >> lane) & 1 and spike[at + lane] < np.float32(0.0):
                    old = v[at + lane]
                    part = (np.float32(level_mv) - old) / (d_prime[n * lanes + lane] - old)
                    spike[at + lane] = np.float32(step) + part
                    fired[lane] += 1
        _store(v, at, now)
        if n < n_nodes - 1 and n_modes > 0:
            side = mode_side[block * (n_nodes - 1) + n]
            if side == 0:
                _store(w, 2 * n * lanes, _add(now, after))
                _store(w, (2 * n + 1) * lanes, _sub(now, after))
            else:
                only = after if side > 0 else now
                _store(w, 2 * n * lanes, only)
                _store(w, (2 * n + 1) * lanes, only)
        after = now


@njit(nogil=True)
def _gates(block, n_nodes, n_gates, v, x, table, table_low_mv, rows_per_mv, row_length, rows):
    """Move every gate with its exact exponential step at the new potential."""
    lanes = 16
    n_rows = table.size // row_length
    low = _all(np.float32(table_low_mv))
    per_mv = _all(np.float32(rows_per_mv))
    last_row = _all(np.float32(n_rows) - np.float32(1.01))
    for n in range(n_nodes):
        at = (block * n_nodes + n) * lanes
        position = _mul(_sub(_load(v, at), low), per_mv)
        for column in range(0, row_length, 8):
            _look_up(table, row_length, column, position, last_row, rows, column * lanes)
        for g in range(n_gates):
            i = at * n_gates + g * lanes
            a = _load(rows, g * lanes)
            _store(x, i, _fma(_load(rows, (n_gates + g) * lanes), _load(x, i), a))


@njit(nogil=True)
def _decide(step, block, n_nodes, v, rest, quiet_mv, quiet_from, need, watch, spike, fired, done):
    """Mark lanes that have fired or fallen silent; true when all sixteen are decided."""
    lanes = 16
    loud = 0
    if step >= quiet_from:
        quiet = _all(np.float32(quiet_mv))
        for n in range(n_nodes):
            at = (block * n_nodes + n) * lanes
            loud |= _beyond(_sub(_load(v, at), _load(rest, at)), quiet)
    open_lanes = 0
    for lane in range(lanes):
        i = block * lanes + lane
        if done[i] == 0:
            at = watch[i]
            seen = at >= 0 and spike[(block * n_nodes + at) * lanes + lane] >= np.float32(0.0)
            if seen or (need[i] > 0 and fired[lane] >= need[i]):
                done[i] = 1
            elif step >= quiet_from and (loud >> lane) & 1 == 0:
                done[i] = 2
            else:
                open_lanes += 1
    return open_lanes == 0


@_compiled
def advance(first_block, last_block, n_nodes, n_modes, n_sources, n_steps, v, z, x, amplitude, node_c, node_diag,
            node_off, leak_i, conductance, mode_d, mode_k, mode_type, mode_side, mode_drive, node_drive, waveform,
            table, table_low_mv, rows_per_mv, row_length, n_gates, term_start, term_gate, term_mv,
            level_mv, rest, quiet_mv, quiet_from, need, watch, spike, done, record_node, record):  # fmt: skip
    """Carry blocks of sixteen fibres over `n_steps` steps; the module says how.

    Parameters
    ----------
    first_block, last_block : int
        Range of blocks to work on, so that threads can share the arrays.
    n_nodes, n_modes, n_sources, n_steps : int
        Nodes a lane, modes an internode (0 or even), stimulus sources, steps.
    v, z, x : float32 arrays (block, node; lane), (block, internode, mode; lane), (block, node, gate; lane)
        State, changed in place: potential from the nominal rest (mV), modes (nA), gates.
    amplitude : float32 (block; lane)
        Factor of all sources (mA).
    node_c, node_diag, node_off, leak_i : float32 (block, node; lane)
        c/dt, constant diagonal, coupling to the next node (uS), leak conductance times its reversal (nA).
    conductance : float32 (block, term, node; lane)
        Largest conductance of each current term (uS).
    mode_d, mode_k : float32 (block, type, mode; lane)
        Decay factor and gain (uS) of each mode, by type of internode.
    mode_type, mode_side : int64 (block, internode)
        Type of the internode; side 0 between two nodes, 1 open to the next node only, -1 to the one before only.
    mode_drive, node_drive : float32 (block, source, internode, mode; lane), (block, source, node; lane)
        What 1 mA of a source does to each mode in one step (nA) and to each node (nA).
    waveform : float32 (source, step)
        Waveform of each source.
    table, table_low_mv, rows_per_mv, row_length
        Gate table: per row A of all gates, then B of all gates, padded to a multiple of eight.
    n_gates, term_start, term_gate, term_mv
        Gates a node; per current term its gates and its reversal potential (mV from the nominal rest).
    level_mv, quiet_mv, quiet_from
        Level of a spike (mV from the nominal rest), how near to rest is silent (mV), step from which silence counts.
    rest : float32 (block, node; lane)
        Where each node rests (mV from the nominal rest).
    need, watch : int64 (block; lane)
        A lane has fired when node `watch` has (if not negative) or `need` nodes have (if positive).
    spike : float32 (block, node; lane)
        Out: step, with fraction, at which a node first rises through the level; -1 if it does not.
    done : int64 (block; lane)
        In: 0, or anything else for a lane that need not be waited for; a block without any 0 is left as it is.
        Out: 1 fired, 2 silent, 0 undecided after the last step.
    record_node, record : int64 (recorded node), float32 (block, recorded node, step; lane)
        Out: potential of chosen nodes from the nominal rest; may be empty.
    """
    lanes = 16
    n_types = 1
    if n_modes > 0:
        n_types = mode_d.size // (n_modes * amplitude.size)
    w = np.zeros(2 * n_nodes * lanes, np.float32)
    out = np.zeros(2 * n_nodes * lanes, np.float32)
    c_prime = np.zeros(n_nodes * lanes, np.float32)
    d_prime = np.zeros(n_nodes * lanes, np.float32)
    rows = np.zeros(row_length * lanes, np.float32)
    fired = np.zeros(lanes, np.int64)
    for block in range(first_block, last_block):
        spike[block * n_nodes * lanes : (block + 1) * n_nodes * lanes] = np.float32(-1.0)
        fired[:] = 0
        open_lanes = 0
        for lane in range(lanes):
            open_lanes += done[block * lanes + lane] == 0
        if open_lanes == 0:
            continue
        for step in range(n_steps):
            if n_modes > 0:
                _modes(step, step == 0, False, block, n_nodes, n_modes, n_sources, n_steps, n_types, z, w, out,
                       amplitude, mode_d, mode_k, mode_type, mode_side, mode_drive, waveform)  # fmt: skip
            _nodes(step, block, n_nodes, n_sources, n_steps, n_gates, v, x, out, amplitude, node_c, node_diag,
                   node_off, leak_i, conductance, node_drive, waveform, term_start, term_gate, term_mv,
                   c_prime, d_prime)  # fmt: skip
            _substitute(step, block, n_nodes, n_modes, v, w, mode_side, c_prime, d_prime, level_mv, spike, fired)
            _gates(block, n_nodes, n_gates, v, x, table, table_low_mv, rows_per_mv, row_length, rows)
            for r in range(record_node.size):
                at = ((block * record_node.size + r) * n_steps + step) * lanes
                _store(record, at, _load(v, (block * n_nodes + record_node[r]) * lanes))
            if step % 8 == 7 and _decide(step, block, n_nodes, v, rest, quiet_mv, quiet_from, need, watch,
                                         spike, fired, done):  # fmt: skip
                break
        else:
            _decide(n_steps - 1, block, n_nodes, v, rest, quiet_mv, n_steps, need, watch, spike, fired, done)
            if n_modes > 0:
                _modes(n_steps, n_steps == 0, True, block, n_nodes, n_modes, n_sources, n_steps, n_types, z, w,
                       out, amplitude, mode_d, mode_k, mode_type, mode_side, mode_drive, waveform)  # fmt: skip
