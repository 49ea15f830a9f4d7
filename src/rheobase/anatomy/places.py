"""Named places of a mapped body part: motor points, and the pads it is usually treated with."""

from __future__ import annotations

from dataclasses import dataclass

RULES = ("surface", "entry", "endings", "landmark")


@dataclass(frozen=True, slots=True, kw_only=True)
class MotorPoint:
    """Where a muscle is best reached from the skin, or where its nerve enters.

    Parameters
    ----------
    name, muscle : str
        Its name, and the muscle's.
    along_mm, around_deg : float
        Place on the skin.
    below_fascia_mm : float
        Depth of the motor endings below the fascia.
    spread_mm : float
        Standard deviation along the body between people: search within it, never trust one spot.
    rule : str
        ``"surface"``: least current with a pen electrode; ``"entry"``: where the nerve enters the muscle;
        ``"endings"``: densest nerve endings; ``"landmark"``: a clinical rule.
    row : str
        Table row it comes from.

    Examples
    --------
    >>> MotorPoint(name="vm", muscle="vastus_medialis", along_mm=-90.0, around_deg=-40.0, below_fascia_mm=8.0,
    ...            spread_mm=28.0, rule="surface", row="thigh.motor_vastus_medialis").muscle
    'vastus_medialis'
    """

    name: str
    muscle: str
    along_mm: float
    around_deg: float
    below_fascia_mm: float
    spread_mm: float
    rule: str
    row: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UsualPad:
    """One pad of a body part's usual montage.

    Parameters
    ----------
    name, site : str
        Name of the contact and of the site it sits on.
    width_mm, length_mm : float
        Size around and along the body.
    share : float
        Share of the current.

    Examples
    --------
    >>> UsualPad(name="a", site="vastus_medialis", width_mm=50.0, length_mm=50.0, share=1.0).share
    1.0
    """

    name: str
    site: str
    width_mm: float
    length_mm: float
    share: float
