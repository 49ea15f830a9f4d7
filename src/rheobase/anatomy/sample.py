"""A body part of many people."""

from __future__ import annotations

from typing import Any, TypeVar

from rheobase.anatomy.mapped import MappedPart
from rheobase.anatomy.person import sample_people
from rheobase.errors import ParameterError

Part = TypeVar("Part", bound=MappedPart)
_MOST_TRIES = 20


def sample_parts(
    kind: type[Part], count: int, *, seed: int, sex: str | None = None, population: str = "civil", **given: Any
) -> tuple[Part, ...]:
    """Draw people and make a body part of each.

    Sizes of a person are drawn apart from the thickness of the fat, so that about one in a hundred has more fat than
    its girth has room for beside the bones; such a person is drawn again.

    Parameters
    ----------
    kind : type
        A mapped body part, such as ``Thigh``.
    count : int
        How many, at least 1.
    seed : int
        The same seed gives the same parts.
    sex : {"female", "male"}, optional
        Draw one sex only.
    population : {"civil", "army"}
        Whose body mass index and stature.
    **given
        Other parameters of the body part, the same for all.

    Raises
    ------
    ParameterError
        If sex or population is unknown, count is below 1, or hardly any person can have such a part.

    Examples
    --------
    >>> from rheobase.anatomy import LowerLeg
    >>> [round(leg.girth_mm(leg.along_mm_of(0.66))) for leg in sample_parts(LowerLeg, 2, seed=1, sex="male")]
    [441, 443]
    """
    made: list[Part] = []
    refused = ""
    for attempt in range(_MOST_TRIES):
        for person in sample_people(count, seed=seed + 100_003 * attempt, sex=sex, population=population):
            try:
                made.append(kind(person=person, **given))
            except ParameterError as cause:
                refused = str(cause)
            if len(made) == count:
                return tuple(made)
    raise ParameterError(
        f"Only {len(made)} of {_MOST_TRIES * count} people drawn can have this {kind.__name__}; the last was refused:"
        f" {refused}"
    )
