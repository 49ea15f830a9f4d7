"""Membranes that are arithmetic: a list of operations, each carried out on a tile of nodes of sixteen fibres at once.

An instruction is five numbers: the operation, where its result goes, and up to three operands. Places are numbered;
each is a row of one of the kernel's arrays, read and written where it lies. Going through the list costs little beside
the arithmetic, because every instruction works through a whole tile, whose registers stay in the nearest cache.
"""

# An intrinsic is written with a typing context that its callers do not pass.
# pyright: reportCallIssue=false

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from rheobase.kernel.vector import _DOUBLE, _V64, LANES, add, call, div, fma, fnma, mul, sub

TILE = 8
_I64 = ir.IntType(64)
_V64I = ir.VectorType(_I64, LANES)
_LOG_TERMS, _EXP_TERMS = 10, 12


@intrinsic
def address(typingctx, array):
    """Where an array begins, as a number."""

    def codegen(context, builder, sig, args):
        return builder.ptrtoint(context.make_array(sig.args[0])(context, builder, args[0]).data, _I64)

    return types.int64(array), codegen


@intrinsic
def load_at(typingctx, place):
    """Sixteen float64 at an address."""

    def codegen(context, builder, sig, args):
        return builder.load(builder.inttoptr(args[0], _V64.as_pointer()), align=8)

    return _DOUBLE(types.int64), codegen


@intrinsic
def store_at(typingctx, place, value):
    """Put sixteen float64 at an address."""

    def codegen(context, builder, sig, args):
        builder.store(args[1], builder.inttoptr(args[0], _V64.as_pointer()), align=8)
        return context.get_dummy_value()

    return types.void(types.int64, _DOUBLE), codegen


def _numbers(value: float) -> Any:
    return ir.Constant(_V64, [value] * LANES)


def _integers(value: int) -> Any:
    return ir.Constant(_V64I, [value] * LANES)


def _fma(builder: Any, a: Any, b: Any, c: Any) -> Any:
    return call(builder, "fma", [a, b, c])


@intrinsic
def root(typingctx, x):
    """Square root."""

    def codegen(context, builder, sig, args):
        return call(builder, "sqrt", list(args))

    return x(x), codegen


def _of_two(name: str) -> Any:
    @intrinsic
    def apply(typingctx, a, b):
        def codegen(context, builder, sig, args):
            return call(builder, name, list(args))

        return a(a, b), codegen

    return apply


larger, smaller = _of_two("maxnum"), _of_two("minnum")


@intrinsic
def logarithm(typingctx, x):
    """Natural logarithm of positive normal numbers, to a few units in the last place.

    With the mantissa m between 0.7 and 1.4 and s = (m - 1) / (m + 1), log m is 2 (s + s^3/3 + s^5/5 + ...).
    """

    def codegen(context, builder, sig, args):
        bits = builder.bitcast(args[0], _V64I)
        shifted = builder.sub(bits, _integers(0x3FE6A09E667F3BCD))  # bits of sqrt(1/2): moves where the exponent turns
        exponent = builder.ashr(shifted, _integers(52))
        mantissa = builder.bitcast(builder.sub(bits, builder.shl(exponent, _integers(52))), _V64)
        # To floating point without a conversion that older machines lack: an integer in the low bits of a large number.
        biased = builder.add(exponent, _integers(0x4338000000000000))
        count = builder.fsub(builder.bitcast(biased, _V64), _numbers(6755399441055744.0))
        s = builder.fdiv(builder.fsub(mantissa, _numbers(1.0)), builder.fadd(mantissa, _numbers(1.0)))
        square = builder.fmul(s, s)
        series = _numbers(2.0 / (2 * _LOG_TERMS - 1))
        for k in range(_LOG_TERMS - 2, -1, -1):
            series = _fma(builder, series, square, _numbers(2.0 / (2 * k + 1)))
        return _fma(builder, count, _numbers(0.6931471805599453), builder.fmul(s, series))

    return x(x), codegen


@intrinsic
def exponential(typingctx, x):
    """``exp``, held between those of -690 and 690."""

    def codegen(context, builder, sig, args):
        x = call(builder, "maxnum", [call(builder, "minnum", [args[0], _numbers(690.0)]), _numbers(-690.0)])
        magic = _numbers(6755399441055744.0)  # adding it leaves the nearest integer in the low bits
        moved = _fma(builder, x, _numbers(1.4426950408889634), magic)
        count = builder.fsub(moved, magic)
        rest = _fma(builder, count, _numbers(-0.6931471803691238), x)
        rest = _fma(builder, count, _numbers(-1.9082149292705877e-10), rest)
        term, terms = 1.0, [1.0]
        for k in range(1, _EXP_TERMS + 1):
            term /= k
            terms.append(term)
        series = _numbers(terms[-1])
        for value in terms[-2::-1]:
            series = _fma(builder, series, rest, _numbers(value))
        power = builder.shl(builder.bitcast(moved, _V64I), _integers(52))
        return builder.bitcast(builder.add(builder.bitcast(series, _V64I), power), _V64)

    return x(x), codegen


@intrinsic
def fms(typingctx, a, b, c):
    """``a b - c``, rounded once."""

    def codegen(context, builder, sig, args):
        return _fma(builder, args[0], args[1], builder.fneg(args[2]))

    return a(a, b, c), codegen


@njit(nogil=True)
def _settle(block, n_nodes, place, where, registers, numbers, v, x, state, shape, flow, n_gates, n_states, n_shape):
    """Address of each place at the first node, its step from node to node, and its step from tile to tile."""
    size = 16 * 8
    for i in range(place.shape[0]):
        kind, row = place[i, 0], place[i, 1]
        start, step = address(registers) + row * 8 * size, size
        if kind == 1:
            start, step = address(numbers) + row * size, 0
        elif kind == 2:
            start = address(v) + block * n_nodes * size
        elif kind == 3:
            start, step = address(x) + (block * n_nodes * n_gates + row) * size, n_gates * size
        elif kind == 4:
            start, step = address(state) + (block * n_nodes * n_states + row) * size, n_states * size
        elif kind == 5:
            start, step = address(shape) + (block * n_nodes * n_shape + row) * size, n_shape * size
        elif kind == 6:
            start, step = address(flow) + row * size, 2 * size
        where[i, 0], where[i, 1] = start, step
        where[i, 2] = 0 if kind < 2 else step


@njit(nogil=True)
def _carry_out(operation, count, out, out_step, a, a_step, b, b_step, c, c_step):
    """One instruction on `count` nodes."""
    for _ in range(count):
        first = load_at(a)
        if operation == 0:
            store_at(out, add(first, load_at(b)))
        elif operation == 1:
            store_at(out, sub(first, load_at(b)))
        elif operation == 2:
            store_at(out, mul(first, load_at(b)))
        elif operation == 3:
            store_at(out, div(first, load_at(b)))
        elif operation == 4:
            store_at(out, fma(first, load_at(b), load_at(c)))
        elif operation == 5:
            store_at(out, fms(first, load_at(b), load_at(c)))
        elif operation == 6:
            store_at(out, fnma(first, load_at(b), load_at(c)))
        elif operation == 7:
            store_at(out, logarithm(first))
        elif operation == 8:
            store_at(out, exponential(first))
        elif operation == 9:
            store_at(out, root(first))
        elif operation == 10:
            store_at(out, larger(first, load_at(b)))
        elif operation == 11:
            store_at(out, smaller(first, load_at(b)))
        else:
            store_at(out, first)
        out += out_step
        a += a_step
        b += b_step
        c += c_step


@njit(nogil=True)
def run_programme(block, n_nodes, code, place, where, registers, numbers, v, x, state, shape, flow,
                  n_gates, n_states, n_shape):  # fmt: skip
    """Carry out a programme on all nodes of a block.

    Parameters
    ----------
    block, n_nodes : int
        Which block, nodes a lane.
    code : int64 (instruction, 5)
        Operation (`rheobase.kernel.operations`), place of the result, places of up to three operands.
    place : int64 (place, 2)
        Which array (`rheobase.kernel.operations`) and which row of it.
    where, registers : int64 (place, 3), float64 (register, 8 nodes; lane)
        Scratch.
    numbers : float64 (number; lane)
        Constants, sixteen copies of each.
    v, x : float64 (block, node; lane), (block, node, gate; lane)
        Potential from the nominal rest (mV), gates.
    state, shape : float64 (block, node, row; lane)
        States, changed in place, and numbers of the geometry.
    flow : float64 (node, 2; lane)
        Out: slope (uS) and offset (nA) of the membrane current of this block.
    n_gates, n_states, n_shape : int
        Rows of `x`, `state` and `shape`.
    """
    _settle(block, n_nodes, place, where, registers, numbers, v, x, state, shape, flow, n_gates, n_states, n_shape)
    for first in range(0, n_nodes, 8):
        count = min(8, n_nodes - first)
        tile = first
        for i in range(code.shape[0]):
            o, a, b, c = code[i, 1], code[i, 2], code[i, 3], code[i, 4]
            _carry_out(
                code[i, 0], count,
                where[o, 0] + tile * where[o, 2], where[o, 1], where[a, 0] + tile * where[a, 2], where[a, 1],
                where[b, 0] + tile * where[b, 2], where[b, 1], where[c, 0] + tile * where[c, 2], where[c, 1],
            )  # fmt: skip
