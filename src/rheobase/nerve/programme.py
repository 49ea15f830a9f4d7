"""Turn the arithmetic of a membrane into instructions for the kernel.

The flow of a model is called once with symbols in place of numbers. What it does to them is written down as a list of
operations, equal ones once; a sum that takes a product becomes one fused operation; then each result is given a
register that is free at the time. `log`, `exp` and `sqrt` here work on symbols and on numbers alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import ParameterError
from rheobase.kernel import OPERATIONS, PLACES
from rheobase.nerve.model import FibreModel

_NUMBERS = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "log": np.log, "exp": np.exp,
            "sqrt": np.sqrt}  # fmt: skip


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

    def number(self, value: float) -> Symbol:
        """Get the symbol of a constant."""
        return self._get("number", (float(value),))

    def of(self, operation: str, *operands: Any) -> Symbol:
        """Get the symbol of an operation; one on numbers alone is a number."""
        symbols = tuple(o if isinstance(o, Symbol) else self.number(o) for o in operands)
        if all(s.operation == "number" for s in symbols):
            return self.number(float(_NUMBERS[operation](*[s.of[0] for s in symbols])))
        if operation == "div" and symbols[1].operation == "number":
            return self.of("mul", symbols[0], 1.0 / symbols[1].of[0])
        if operation in ("add", "mul"):
            symbols = tuple(sorted(symbols, key=id))
        return self._get(operation, symbols)

    def _get(self, operation: str, of: tuple[Any, ...]) -> Symbol:
        key = (operation, *of)
        if key not in self.known:
            self.known[key] = Symbol(self, operation, of)
        return self.known[key]


def _function(name: str) -> Callable[[Any], Any]:
    def call(x: Any) -> Any:
        return x.book.of(name, x) if isinstance(x, Symbol) else _NUMBERS[name](x)

    call.__doc__ = f"Take {name} of a number, an array or a symbol."
    call.__name__ = call.__qualname__ = name
    return call


log, exp, sqrt = _function("log"), _function("exp"), _function("sqrt")
