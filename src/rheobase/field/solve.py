"""The verb: from limb and montage to potential per ampere."""

from __future__ import annotations

from rheobase.anatomy import LayeredLimb
from rheobase.errors import ParameterError, near_name
from rheobase.field.field import Field
from rheobase.field.layered_cylinder import solve_cylinder
from rheobase.montage import Montage, check_fit

METHODS = ("auto", "cylinder")


def solve_field(
    anatomy: LayeredLimb,
    montage: Montage,
    method: str = "auto",
    *,
    contact: str = "complete",
    cell_mm: float | None = None,
    n_theta: int | None = None,
    n_z: int | None = None,
) -> Field:
    """Potential in a limb per ampere through its pads.

    Parameters
    ----------
    anatomy : LayeredLimb
        The limb.
    montage : Montage
        Pads and output; they must fit on the limb.
    method : {"auto", "cylinder"}
        Solver. ``"cylinder"``: layered anisotropic cylinder by Fourier-Bessel series, exact in the layers.
    contact : {"complete", "uniform"}
        Pads as metal behind the contact impedance (complete electrode model), or with even current density. The
        second changes the potential by about 1 %, its second difference by several per cent.
    cell_mm : float, optional
        Size of a surface cell, mm, above 0; the default is 1 mm, or a tenth of the smallest pad if that is less.
    n_theta, n_z : int, optional
        Cells around and along the limb, even and at least 16, instead of ``cell_mm``. At 1 mm the resistance of
        5 cm pads is 0.4 % too high and the potential within 0.1 %; both errors fall with about the 1.5th power.

    Returns
    -------
    Field

    Raises
    ------
    ParameterError
        If method or contact is unknown, a pad does not fit, or the anatomy is not a layered limb.
    ConvergenceError
        If the currents under the pads do not settle.

    Examples
    --------
    >>> from rheobase.field import solve_field
    >>> solve_field.__name__
    'solve_field'
    """
    if method not in METHODS:
        raise ParameterError(f"solve_field: unknown method '{method}'.{near_name(method, METHODS)}")
    if not isinstance(anatomy, LayeredLimb):
        raise ParameterError(
            f"solve_field: anatomy is a {type(anatomy).__name__}; the cylinder solver needs a LayeredLimb."
        )
    check_fit(anatomy, montage)
    return solve_cylinder(anatomy, montage, contact=contact, cell_mm=cell_mm, n_theta=n_theta, n_z=n_z)
