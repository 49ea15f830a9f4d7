"""Which implanted contacts carry the current, and by how much."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from rheobase.electrode import Contact, Cuff, FarReturn, Lead, MeshContact, Output
from rheobase.errors import ParameterError, near_name

_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Implanted:
    """Electrodes inside the body with their shares of the current, and the output stage that drives them.

    Parameters
    ----------
    electrodes : tuple of Lead, Cuff, FarReturn or MeshContact
        The electrodes; their contacts together are the contacts of the field, in this order.
    output : Output
        Output stage; the default is current-controlled.

    Raises
    ------
    ParameterError
        If there are fewer than two contacts, two of one name, or shares that do not balance.

    Examples
    --------
    >>> from rheobase.electrode import FarReturn, percutaneous_lead
    >>> lead = percutaneous_lead(middle_mm=(0, 7.2, 0), shares={"c4": 1.0})
    >>> Implanted(electrodes=(lead, FarReturn(share=-1.0))).names[-1]
    'case'
    """

    electrodes: tuple[Lead | Cuff | FarReturn | MeshContact, ...]
    output: Output = field(default_factory=Output)

    def __post_init__(self) -> None:
        check_shares("Implanted", self.names, self.shares)

    @property
    def contacts(self) -> tuple[Contact | FarReturn | MeshContact, ...]:
        """Every contact, in order."""
        return tuple(c for e in self.electrodes for c in e.contacts)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the contacts, in order."""
        return tuple(c.name for c in self.contacts)

    @property
    def shares(self) -> tuple[float, ...]:
        """Share of the current at each contact, in order."""
        return tuple(c.share for c in self.contacts)

    @property
    def rows(self) -> tuple[str, ...]:
        """Table rows behind the electrodes."""
        own = (r for e in self.electrodes if isinstance(e, Lead | Cuff) for r in e.rows)
        return tuple(dict.fromkeys((*own, *(r for c in self.contacts for r in c.interface.rows))))

    def index(self, name: str) -> int:
        """Place of a contact in ``contacts``.

        Raises
        ------
        ParameterError
            If there is no contact of this name.
        """
        return index_of(self.names, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drive:
    """Contacts known by name only: those of a field that was solved elsewhere.

    Parameters
    ----------
    names : tuple of str
        Names of the contacts.
    shares : tuple of float
        Share of the current at each.
    output : Output
        Output stage.

    Raises
    ------
    ParameterError
        If there are fewer than two contacts, two of one name, or shares that do not balance.

    Examples
    --------
    >>> Drive(names=("tip", "case"), shares=(1.0, -1.0)).index("case")
    1
    """

    names: tuple[str, ...]
    shares: tuple[float, ...]
    output: Output = field(default_factory=Output)

    def __post_init__(self) -> None:
        check_shares("Drive", self.names, self.shares)

    @property
    def rows(self) -> tuple[str, ...]:
        """No table rows."""
        return ()

    def index(self, name: str) -> int:
        """Place of a contact in ``names``.

        Raises
        ------
        ParameterError
            If there is no contact of this name.
        """
        return index_of(self.names, name)


def index_of(names: tuple[str, ...], name: str) -> int:
    """Place of a name.

    Parameters
    ----------
    names : tuple of str
        Names of the contacts.
    name : str
        The one sought.

    Raises
    ------
    ParameterError
        If it is not there.

    Examples
    --------
    >>> index_of(("a", "b"), "b")
    1
    """
    if name not in names:
        raise ParameterError(f"There is no contact '{name}' here.{near_name(name, names)}")
    return names.index(name)


def check_shares(what: str, names: Iterable[str], shares: Iterable[float]) -> None:
    """Refuse contacts of one name, and shares that do not balance.

    Parameters
    ----------
    what : str
        Kind of montage, for the message.
    names : iterable of str
        Names of the contacts.
    shares : iterable of float
        Share of the current at each.

    Examples
    --------
    >>> check_shares("Drive", ("a", "b"), (1.0, -1.0))
    """
    names, shares = tuple(names), tuple(shares)
    if len(names) < 2 or len(names) != len(shares):
        raise ParameterError(f"{what}: {len(names)} contacts and {len(shares)} shares; give at least 2 of each.")
    for name, count in Counter(names).items():
        if count > 1:
            raise ParameterError(f"{what}: {count} contacts are named '{name}'. Give each a name of its own.")
    total, active = sum(shares), sum(s for s in shares if s > 0)
    if abs(total) > _TOLERANCE or abs(active - 1.0) > _TOLERANCE:
        raise ParameterError(
            f"{what}: the active shares sum to {active:g} and all of them to {total:g}; active contacts must sum to +1"
            " and return contacts to -1. Without another return use a FarReturn."
        )
