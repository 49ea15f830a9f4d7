"""Sixteen numbers in one value: the vector types and the few operations the kernel is written in.

Plain loops do not reach the machine's vector width; explicit vector values do. Each operation takes sixteen float32 or
sixteen float64 alike, told by the type of what it is given, so that one source serves both precisions.
"""

# An intrinsic is written with a typing context that its callers do not pass.
# pyright: reportCallIssue=false

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic, models, register_model

from rheobase import __version__

LANES = 16
_I32, _I64 = ir.IntType(32), ir.IntType(64)


def _source_key() -> str:
    """Fingerprint of the whole kernel: compiled code is kept apart for each, since one file calls another."""
    sources = b"".join(p.read_bytes() for p in sorted(Path(__file__).parent.glob("*.py")))
    return sha256(sources).hexdigest()[:12]


def compiled(function: Any, **options: Any) -> Any:
    """Compile at the first call, and keep the machine code for the next process, apart for each version."""
    function.__qualname__ += f"_{__version__.replace('.', '_')}_{_source_key()}"  # names the file it is kept in
    settings: dict[str, Any] = {"nogil": True} | options
    out = njit(**settings)(function)
    with suppress(RuntimeError):  # no folder to keep it in can be written: compile anew in each process
        out.enable_caching()
    return out


class Vector(types.Type):
    """Sixteen numbers of one kind."""

    def __init__(self, scalar: types.Float):
        self.scalar = scalar
        super().__init__(name=f"Vector16x{scalar.name}")


_SINGLE, _DOUBLE = Vector(types.float32), Vector(types.float64)
_V32, _V64 = ir.VectorType(ir.FloatType(), LANES), ir.VectorType(ir.DoubleType(), LANES)


@register_model(Vector)
class _VectorModel(models.PrimitiveModel):
    def __init__(self, dmm: Any, fe_type: Vector):
        super().__init__(dmm, fe_type, _V32 if fe_type.scalar is types.float32 else _V64)


def _vector_of(scalar: types.Type) -> Vector:
    return _SINGLE if scalar == types.float32 else _DOUBLE


def _kind(numba_type: Vector) -> ir.VectorType:
    return _V32 if numba_type.scalar is types.float32 else _V64


def pointer(context: Any, builder: Any, array_type: Any, array: Any, index: Any, vector: ir.VectorType) -> Any:
    """Address of an element of an array, as that of a vector."""
    data = context.make_array(array_type)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index], inbounds=True), vector.as_pointer())


def spread(builder: Any, scalar: Any, vector: ir.VectorType) -> Any:
    """Sixteen (or as many as the vector has) copies of a scalar."""
    one = builder.insert_element(ir.Constant(vector, ir.Undefined), scalar, ir.Constant(_I32, 0))
    mask = ir.Constant(ir.VectorType(_I32, vector.count), [0] * vector.count)
    return builder.shuffle_vector(one, ir.Constant(vector, ir.Undefined), mask)


def call(builder: Any, name: str, operands: list[Any]) -> Any:
    """Call an LLVM intrinsic on vectors of one type."""
    kind = operands[0].type
    suffix = f"v{kind.count}f{32 if isinstance(kind.element, ir.FloatType) else 64}"
    signature = ir.FunctionType(kind, [o.type for o in operands])
    return builder.call(cgutils.get_or_insert_function(builder.module, signature, f"llvm.{name}.{suffix}"), operands)


def _align(vector: ir.VectorType) -> int:
    return 4 if vector is _V32 else 8


@intrinsic
def load(typingctx, array, index):
    """Sixteen neighbours from `index` on."""
    out = _vector_of(array.dtype)

    def codegen(context, builder, sig, args):
        kind = _kind(sig.return_type)
        return builder.load(pointer(context, builder, sig.args[0], args[0], args[1], kind), align=_align(kind))

    return out(array, types.intp), codegen


@intrinsic
def load_as(typingctx, array, index, like):
    """Sixteen float32 neighbours, widened if `like` is an array of float64."""
    out = _vector_of(like.dtype)

    def codegen(context, builder, sig, args):
        got = builder.load(pointer(context, builder, sig.args[0], args[0], args[1], _V32), align=4)
        return got if sig.return_type is _SINGLE else builder.fpext(got, _V64)

    return out(array, types.intp, like), codegen


@intrinsic
def store(typingctx, array, index, value):
    """Put sixteen numbers from `index` on."""

    def codegen(context, builder, sig, args):
        kind = _kind(sig.args[2])
        builder.store(args[2], pointer(context, builder, sig.args[0], args[0], args[1], kind), align=_align(kind))
        return context.get_dummy_value()

    return types.void(array, types.intp, value), codegen


@intrinsic
def every(typingctx, like, value):
    """Sixteen copies of a float64, in the precision of the array `like`."""
    out = _vector_of(like.dtype)

    def codegen(context, builder, sig, args):
        scalar = args[1] if sig.return_type is _DOUBLE else builder.fptrunc(args[1], ir.FloatType())
        return spread(builder, scalar, _kind(sig.return_type))

    return out(like, types.float64), codegen


def _binary(operation: str) -> Any:
    @intrinsic
    def apply(typingctx, a, b):
        def codegen(context, builder, sig, args):
            return getattr(builder, operation)(args[0], args[1])

        return a(a, b), codegen

    return apply


add = _binary("fadd")
sub = _binary("fsub")
mul = _binary("fmul")
div = _binary("fdiv")


@intrinsic
def sqrt(typingctx, a):
    """Square roots."""

    def codegen(context, builder, sig, args):
        return call(builder, "sqrt", list(args))

    return a(a), codegen


@intrinsic
def signed(typingctx, magnitude, sign):
    """Magnitudes of the first with the signs of the second."""

    def codegen(context, builder, sig, args):
        return call(builder, "copysign", list(args))

    return magnitude(magnitude, sign), codegen


@intrinsic
def fma(typingctx, a, b, c):
    """``a b + c``, rounded once."""

    def codegen(context, builder, sig, args):
        return call(builder, "fma", list(args))

    return a(a, b, c), codegen


@intrinsic
def fnma(typingctx, a, b, c):
    """``c - a b``, rounded once."""

    def codegen(context, builder, sig, args):
        return call(builder, "fma", [builder.fneg(args[0]), args[1], args[2]])

    return a(a, b, c), codegen


def _mask(builder: Any, lanes: Any) -> Any:
    return builder.zext(builder.bitcast(lanes, ir.IntType(LANES)), _I64)


@intrinsic
def crossed(typingctx, before, after, level):
    """Bit mask of the lanes that rise through the level."""

    def codegen(context, builder, sig, args):
        below = builder.fcmp_ordered("<", args[0], args[2])
        return _mask(builder, builder.and_(below, builder.fcmp_ordered(">=", args[1], args[2])))

    return types.int64(before, after, level), codegen


@intrinsic
def beyond(typingctx, value, level):
    """Bit mask of the lanes whose magnitude reaches the level, or is not a number."""

    def codegen(context, builder, sig, args):
        return _mask(builder, builder.fcmp_unordered(">=", call(builder, "fabs", [args[0]]), args[1]))

    return types.int64(value, level), codegen


@intrinsic
def outside(typingctx, value, low, high):
    """Bit mask of the lanes that do not lie between two levels, or are not a number."""

    def codegen(context, builder, sig, args):
        below = builder.fcmp_unordered("<", args[0], args[1])
        return _mask(builder, builder.or_(below, builder.fcmp_unordered(">", args[0], args[2])))

    return types.int64(value, low, high), codegen


def _shuffle(builder: Any, a: Any, b: Any, mask: list[int]) -> Any:
    return builder.shuffle_vector(a, b, ir.Constant(ir.VectorType(_I32, len(mask)), mask))


def _quarters(pattern: list[int]) -> list[int]:
    """A pattern over four elements of two operands, repeated in each quarter: such shuffles are the cheapest."""
    return [p % 4 + 4 * quarter + LANES * (p // 4) for quarter in range(4) for p in pattern]


_LOW, _HIGH = _quarters([0, 4, 1, 5]), _quarters([2, 6, 3, 7])
_LOW_PAIRS, _HIGH_PAIRS = _quarters([0, 1, 4, 5]), _quarters([2, 3, 6, 7])
_EVEN_QUARTERS = [4 * q + LANES * o + e for o in (0, 1) for q in (0, 2) for e in range(4)]
_ODD_QUARTERS = [4 * q + LANES * o + e for o in (0, 1) for q in (1, 3) for e in range(4)]


def _transpose(builder: Any, rows: list[Any]) -> list[Any]:
    """Sixteen rows of sixteen to sixteen columns: within quarters first, then the quarters themselves."""
    quads = []  # [rows 4g .. 4g + 3][k]: in quarter q, column 4q + k of those rows
    for g in range(0, LANES, 4):
        a, b, c, d = rows[g : g + 4]
        low, high = _shuffle(builder, a, b, _LOW), _shuffle(builder, a, b, _HIGH)
        low2, high2 = _shuffle(builder, c, d, _LOW), _shuffle(builder, c, d, _HIGH)
        pairs = [(low, low2), (low, low2), (high, high2), (high, high2)]
        quads.append([_shuffle(builder, *p, (_LOW_PAIRS, _HIGH_PAIRS)[k % 2]) for k, p in enumerate(pairs)])
    columns = [None] * LANES
    for k in range(4):
        q0, q1, q2, q3 = (quad[k] for quad in quads)
        for odd, mask in enumerate((_EVEN_QUARTERS, _ODD_QUARTERS)):
            upper, lower = _shuffle(builder, q0, q1, mask), _shuffle(builder, q2, q3, mask)
            columns[4 * odd + k] = _shuffle(builder, upper, lower, _EVEN_QUARTERS)
            columns[4 * (odd + 2) + k] = _shuffle(builder, upper, lower, _ODD_QUARTERS)
    return columns


@intrinsic
def look_up(typingctx, table, row_length, column, position, last, out, place):
    """Interpolate eight columns of the table at sixteen positions (in rows) and store them as eight float32 vectors.

    A row of the table holds, for each group of eight columns, eight values and then the eight steps to the next row.
    """

    def codegen(context, builder, sig, args):
        table, row_length, column, position, last, out, place = args
        kind = _kind(sig.args[3])
        position = call(builder, "maxnum", [position, ir.Constant(kind, [0.0] * LANES)])
        position = call(builder, "minnum", [position, last])
        index = builder.fptosi(position, ir.VectorType(_I32, LANES))
        part = builder.fsub(position, builder.sitofp(index, kind))
        if kind is _V64:
            part = builder.fptrunc(part, _V32)
        rows = []
        for lane in range(LANES):
            at = builder.sext(builder.extract_element(index, ir.Constant(_I32, lane)), _I64)
            at = builder.add(builder.mul(at, row_length), column)
            rows.append(builder.load(pointer(context, builder, sig.args[0], table, at, _V32), align=4))
        columns = _transpose(builder, rows)
        for c in range(8):
            value = call(builder, "fma", [part, columns[c + 8], columns[c]])
            at = builder.add(place, ir.Constant(_I64, LANES * c))
            builder.store(value, pointer(context, builder, sig.args[5], out, at, _V32), align=4)
        return context.get_dummy_value()

    return types.void(table, types.intp, types.intp, position, last, out, types.intp), codegen
