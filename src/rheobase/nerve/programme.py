"""Turn the arithmetic of a membrane into instructions for the kernel.

The flow of a model is called once with symbols in place of numbers. What it does to them is written down as a list of
operations, equal ones once; a sum that takes a product becomes one fused operation; then each result is given a
register that is free at the time. `log`, `exp`, `sqrt` and `held` here work on symbols and on numbers alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import ParameterError
from rheobase.kernel import OPERATIONS, PLACES

if TYPE_CHECKING:
    from rheobase.nerve.model import FibreModel

_NUMBERS = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "log": np.log, "exp": np.exp,
            "sqrt": np.sqrt, "max": np.fmax, "min": np.fmin}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Symbol:
    """A quantity that has no value yet: the result of an operation on others, or an input of the programme.

    Parameters
    ----------
    book : Book
        Where equal operations meet.
    operation : str
        Its name, ``"input"`` or ``"number"``.
    of : tuple
        Operands; of an input its place and row, of a number its value.
    serial : int
        How many came before it.

    Examples
    --------
    >>> book = Book()
    >>> a = book.input("state", 0)
    >>> (a + 2.0) is (a + 2.0), (2.0 * a - a).operation
    (True, 'sub')
    """

    book: Book
    operation: str
    of: tuple[Any, ...]
    serial: int

    def __add__(self, other: Any) -> Symbol:
        return self.book.of("add", self, other)

    def __radd__(self, other: Any) -> Symbol:
        return self.book.of("add", other, self)

    def __sub__(self, other: Any) -> Symbol:
        return self.book.of("sub", self, other)

    def __rsub__(self, other: Any) -> Symbol:
        return self.book.of("sub", other, self)

    def __mul__(self, other: Any) -> Symbol:
        return self.book.of("mul", self, other)

    def __rmul__(self, other: Any) -> Symbol:
        return self.book.of("mul", other, self)

    def __truediv__(self, other: Any) -> Symbol:
        return self.book.of("div", self, other)

    def __rtruediv__(self, other: Any) -> Symbol:
        return self.book.of("div", other, self)

    def __neg__(self) -> Symbol:
        return self.book.of("sub", 0.0, self)

    def __pow__(self, power: int) -> Symbol:
        if not (isinstance(power, int) and power > 0):
            raise ParameterError(f"A membrane's flow raises to {power!r}; only whole powers from 1 on are allowed.")
        half = self if power == 1 else self ** (power // 2)
        if power == 1:
            return self
        return half * half if power % 2 == 0 else half * half * self


@dataclass(frozen=True, slots=True)
class Book:
    """All operations of one programme, equal ones once.

    Parameters
    ----------
    known : dict
        Symbols by operation and operands.

    Examples
    --------
    >>> book = Book()
    >>> book.of("mul", 2.0, 3.0).of
    (6.0,)
    """

    known: dict[tuple[Any, ...], Symbol] = field(default_factory=dict)

    def input(self, place: str, row: int) -> Symbol:
        """Get the symbol of a row of one of the kernel's arrays."""
        return self._get("input", (place, row))

    def number(self, x: float) -> Symbol:
        """Get the symbol of a constant."""
        return self._get("number", (float(x),))

    def of(self, operation: str, *operands: Any) -> Symbol:
        """Get the symbol of an operation; one on numbers alone is a number."""
        symbols = tuple(o if isinstance(o, Symbol) else self.number(o) for o in operands)
        if all(s.operation == "number" for s in symbols):
            return self.number(float(_NUMBERS[operation](*[s.of[0] for s in symbols])))
        if operation == "div" and symbols[1].operation == "number":
            return self.of("mul", symbols[0], 1.0 / symbols[1].of[0])
        if operation in ("add", "mul"):
            symbols = tuple(sorted(symbols, key=lambda s: s.serial))
        return self._get(operation, symbols)

    def _get(self, operation: str, of: tuple[Any, ...]) -> Symbol:
        key = (operation, *of)
        if key not in self.known:
            self.known[key] = Symbol(self, operation, of, len(self.known))
        return self.known[key]


def _function(name: str) -> Callable[[Any], Any]:
    def call(x: Any) -> Any:
        return x.book.of(name, x) if isinstance(x, Symbol) else _NUMBERS[name](x)

    call.__doc__ = f"Take {name} of a number, an array or a symbol."
    call.__name__ = call.__qualname__ = name
    return call


log, exp, sqrt = _function("log"), _function("exp"), _function("sqrt")


def held(x: Any, least: Any, most: Any) -> Any:
    """Keep a number, an array or a symbol between two numbers.

    Parameters
    ----------
    x
        What to keep there.
    least, most
        The two, in the unit of `x`.

    Examples
    --------
    >>> [float(held(x, 1.0, 2.0)) for x in (0.5, 1.5, 2.5)]
    [1.0, 1.5, 2.0]
    """
    if isinstance(x, Symbol):
        return x.book.of("min", x.book.of("max", x, least), most)
    return np.fmin(np.fmax(x, least), most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """Instructions of a membrane for the kernel.

    Parameters
    ----------
    code : int64 array, shape (instructions, 5)
        Operation, place of the result, places of the operands.
    place : int64 array, shape (places, 2)
        Array and row of each place.
    numbers : float64 array, shape (numbers,)
        Constants.
    n_registers : int
        Results that are held at once.
    states, shape : tuple of str
        Names of the states, and of the numbers of the geometry (the last is the area), in the order of the kernel.

    Examples
    --------
    >>> from rheobase.nerve import fibre_model
    >>> made = programme_of(fibre_model("tigerholm"), 0.005, 37.0)
    >>> made.states, made.shape
    (('na_in', 'na_out', 'k_in', 'k_out'), ('surface_per_um', 'area'))
    """

    code: NDArray[np.int64]
    place: NDArray[np.int64]
    numbers: NDArray[np.float64]
    n_registers: int
    states: tuple[str, ...]
    shape: tuple[str, ...]


@lru_cache(maxsize=32)
def programme_of(model: FibreModel, dt_ms: float, temperature_C: float) -> Programme:
    """Write down the flow of a model's membrane for one step and temperature.

    Parameters
    ----------
    model : FibreModel
        One with a membrane.
    dt_ms, temperature_C : float
        Time step (above 0) and temperature of the nerve.

    Raises
    ------
    ParameterError
        If the flow returns no next value for a state, or uses what a programme cannot do.

    Examples
    --------
    >>> from rheobase.nerve import fibre_model
    >>> len(programme_of(fibre_model("tigerholm"), 0.005, 37.0).code) < 150
    True
    """
    membrane, book = model.membrane, Book()
    states = tuple(membrane.start(temperature_C))
    gates = [g.name for g in model.gates] + [c.name for c in membrane.columns]
    shape = (*membrane.shape(model.internodes(np.array([1.0]))), "area")
    v = book.input("potential", 0)
    known = {name: book.input("gate", i) for i, name in enumerate(gates)}
    known |= {name: book.input("state", i) for i, name in enumerate(states)}
    known |= {name: book.input("shape", i) for i, name in enumerate(shape)}
    here = SimpleNamespace(v_mV=v + model.rest_mV, temperature_C=temperature_C, dt_ms=dt_ms, **known)
    flow = membrane.flow(here)
    if set(flow.after) != set(states):
        raise ParameterError(
            f"The flow of model '{model.name}' gives {sorted(flow.after)} after a step, but its states are"
            f" {sorted(states)}. Return a next value for each state, and for nothing else."
        )
    area = known["area"]
    ends = [("flow", 0, flow.conductance * area), ("flow", 1, (flow.offset - flow.conductance * model.rest_mV) * area)]
    ends += [("state", i, flow.after[name]) for i, name in enumerate(states)]
    symbols = [(p, r, s if isinstance(s, Symbol) else book.number(s)) for p, r, s in ends]
    return _assemble(symbols, states, shape)


def _fused(operation: str, of: tuple[Symbol, ...], uses: Counter[Symbol]) -> tuple[str, tuple[Symbol, ...]]:
    """A sum or difference with a product that nothing else needs is one operation."""
    alone = [o.operation == "mul" and uses[o] == 1 for o in of]
    if operation == "add" and any(alone):
        i = alone.index(True)
        return "fma", (*of[i].of, of[1 - i])
    if operation == "sub" and alone[1]:
        return "fnma", (*of[1].of, of[0])
    if operation == "sub" and alone[0]:
        return "fms", (*of[0].of, of[1])
    return operation, of


def _in_order(ends: list[Symbol]) -> list[tuple[Symbol, str, tuple[Symbol, ...]]]:
    """Operations in an order in which each comes after its operands, the deeper operand first."""
    uses: Counter[Symbol] = Counter(ends)
    seen: set[Symbol] = set()

    def count(s: Symbol) -> None:
        if s in seen or s.operation in ("input", "number"):
            return
        seen.add(s)
        for o in s.of:
            uses[o] += 1
            count(o)

    for end in ends:
        count(end)
    depth: dict[Symbol, int] = {}
    out: list[tuple[Symbol, str, tuple[Symbol, ...]]] = []
    done: set[Symbol] = set()

    def deep(s: Symbol) -> int:
        if s not in depth:
            depth[s] = 0 if s.operation in ("input", "number") else 1 + max(deep(o) for o in s.of)
        return depth[s]

    def visit(s: Symbol) -> None:
        if s in done or s.operation in ("input", "number"):
            return
        done.add(s)
        operation, of = _fused(s.operation, s.of, uses)
        for o in sorted(of, key=deep, reverse=True):
            visit(o)
        out.append((s, operation, of))

    for end in ends:
        visit(end)
    return out


def _assemble(ends: list[tuple[str, int, Symbol]], states: tuple[str, ...], shape: tuple[str, ...]) -> Programme:
    order = _in_order([s for _, _, s in ends])
    steps = [(s, operation, of) for s, operation, of in order] + [(None, "copy", (s,)) for _, _, s in ends]
    last = {o: i for i, (_, _, of) in enumerate(steps) for o in of}
    places: dict[tuple[int, int], int] = {(0, 0): 0}  # operands that an operation does not have
    numbers: dict[float, int] = {}
    held: dict[Symbol, int] = {}
    free: list[int] = []
    n_registers, code = 0, []

    def place(kind: str, at: int) -> int:
        return places.setdefault((PLACES.index(kind), at), len(places))

    def where(s: Symbol) -> int:
        if s.operation == "input":
            return place(*s.of)
        if s.operation == "number":
            return place("number", numbers.setdefault(s.of[0], len(numbers)))
        return place("register", held[s])

    for i, (symbol, operation, of) in enumerate(steps):
        operands = [where(o) for o in of]
        free += [held.pop(o) for o in dict.fromkeys(of) if o in held and last[o] == i]
        if symbol is None:
            out = place(*ends[i - len(order)][:2])
        else:
            if not free:
                free.append(n_registers)
                n_registers += 1
            held[symbol] = free.pop()
            out = place("register", held[symbol])
        code.append([OPERATIONS.index(operation), out, *operands, *[0] * (3 - len(operands))])
    return Programme(
        code=np.array(code, dtype=np.int64), place=np.array(list(places), dtype=np.int64),
        numbers=np.array(list(numbers), dtype=float), n_registers=max(n_registers, 1), states=states, shape=shape,
    )  # fmt: skip
