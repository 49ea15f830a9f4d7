"""What the numbers of a segmented image or a mesh mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rheobase.anatomy.body import Tissue
from rheobase.errors import ParameterError


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """A table of labels: each number is a tissue, a contact, or an insulator.

    Parameters
    ----------
    tissues : mapping of int to Tissue
        Labels of tissue, each tissue under one name.
    contacts : mapping of int to str
        Labels of metal, with the name of the contact; it is cut out and its surface drives the field.
    insulators : tuple of int
        Labels of what carries no current, such as the shaft of a lead; it is cut out.
    outside : tuple of int
        Labels of what lies around the body, such as 0 in an image.

    Raises
    ------
    ParameterError
        If there is no tissue, or a number or name stands twice.

    Examples
    --------
    >>> water = Tissue(name="saline", sigma_transverse_S_per_m=1.76, sigma_axial_S_per_m=1.76)
    >>> Labels(tissues={1: water}, contacts={2: "a", 3: "b"}).known
    (1, 2, 3)
    """

    tissues: Mapping[int, Tissue]
    contacts: Mapping[int, str] = ()  # type: ignore[assignment]
    insulators: tuple[int, ...] = ()
    outside: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "contacts", dict(self.contacts))
        if not self.tissues:
            raise ParameterError("Labels: no label is a tissue; give at least one.")
        for what, numbers in (("label", self.known), ("name", [*self.names, *self.contacts.values()])):
            twice = sorted({n for n in numbers if list(numbers).count(n) > 1}, key=str)
            if twice:
                raise ParameterError(f"Labels: {what} {twice[0]} stands twice; each may stand once.")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the tissues, in order."""
        return tuple(t.name for t in self.tissues.values())

    @property
    def known(self) -> tuple[int, ...]:
        """Every label."""
        return (*self.tissues, *self.contacts, *self.insulators, *self.outside)
