"""Which pads carry the current, and by how much."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from rheobase.electrode import Output, Pad
from rheobase.errors import ParameterError, near_name

_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Montage:
    """Pads with their shares of the current, and the output stage that drives them.

    Parameters
    ----------
    pads : tuple of Pad
        Two or more, each with a name of its own. Positive shares sum to +1 (active), negative ones to -1 (return); a
        share of 0 is a pad that is on the skin but not connected.
    output : Output
        Output stage; the default is current-controlled.

    Raises
    ------
    ParameterError
        If there are fewer than two pads, two of one name, or shares that do not balance.

    Examples
    --------
    >>> from rheobase.electrode import Pad
    >>> a = Pad(name="a", width_mm=50, length_mm=50, along_mm=45, share=1.0)
    >>> b = Pad(name="b", width_mm=50, length_mm=50, along_mm=-45, share=-1.0)
    >>> Montage(pads=(a, b)).shares
    (1.0, -1.0)
    """

    pads: tuple[Pad, ...]
    output: Output = field(default_factory=Output)

    def __post_init__(self) -> None:
        if len(self.pads) < 2:
            raise ParameterError(f"Montage: {len(self.pads)} pads; a current needs at least 2 to flow between.")
        for name, count in Counter(self.names).items():
            if count > 1:
                raise ParameterError(f"Montage: {count} pads are named '{name}'. Give each pad a name of its own.")
        active, back = sum(s for s in self.shares if s > 0), sum(s for s in self.shares if s < 0)
        if abs(active + back) > _TOLERANCE:
            raise ParameterError(
                f"Montage: the shares of the pads sum to {active + back:+g}; they must sum to 0, for what enters the"
                " tissue must leave it. Let active pads sum to +1 and return pads to -1."
            )
        if abs(active - 1.0) > _TOLERANCE:
            raise ParameterError(
                f"Montage: the active shares sum to {active:g}; they must sum to +1 (and the return shares to -1)."
            )

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the pads, in order."""
        return tuple(p.name for p in self.pads)

    @property
    def shares(self) -> tuple[float, ...]:
        """Share of the current at each pad, in order."""
        return tuple(p.share for p in self.pads)

    def index(self, name: str) -> int:
        """Place of a pad in ``pads``.

        Raises
        ------
        ParameterError
            If there is no pad of this name.
        """
        if name not in self.names:
            raise ParameterError(f"Montage has no pad '{name}'.{near_name(name, self.names)}")
        return self.names.index(name)

    def pad(self, name: str) -> Pad:
        """One pad by name.

        Raises
        ------
        ParameterError
            If there is no pad of this name.
        """
        return self.pads[self.index(name)]
