"""The verb: from limb and montage to potential per ampere."""

from __future__ import annotations

from rheobase.anatomy import BodyPart, LayeredLimb, Spine, Volume
from rheobase.errors import ParameterError, near_name
from rheobase.field.body_fitted import solve_body
from rheobase.field.field import Field
from rheobase.field.finite_elements import solve_elements
from rheobase.field.half_space import solve_half_space
from rheobase.field.layered_cylinder import solve_cylinder
from rheobase.field.lead import solve_lead, why_no_lead_grid
from rheobase.montage import Implanted, Montage, check_fit

METHODS = ("auto", "cylinder", "half_space", "grid", "lead", "finite_elements")


def solve_field(
    anatomy: BodyPart | Volume,
    montage: Montage | Implanted,
    method: str = "auto",
    *,
    contact: str = "complete",
    cell_mm: float | None = None,
    n_theta: int | None = None,
    n_z: int | None = None,
    order: int | None = None,
) -> Field:
    """Potential in a part of the body per ampere through its pads or implanted contacts.

    Parameters
    ----------
    anatomy : BodyPart or Volume
        The limb or other part; or solids or a mesh, for finite elements.
    montage : Montage or Implanted
        Pads, or leads and cuffs in a `Volume`, and output; they must fit on it.
    method : {"auto", "cylinder", "half_space", "grid", "lead", "finite_elements"}
        Solver. ``"cylinder"``: layered anisotropic cylinder by Fourier-Bessel series, exact in the layers.
        ``"half_space"``: the same layers laid flat, the innermost infinitely deep; for trunks and large thighs.
        ``"grid"``: trilinear hexahedra on a grid fitted to the body, for any part. ``"lead"``: the same on a grid
        around one lead in a `SolidBody` without sheets, whose outermost solid is a block along the lead or a column.
        ``"finite_elements"``: tetrahedra, for implants, spines, cuffs and images; needs NGSolve
        (``pip install 'rheobase[fem]'``). ``"auto"`` takes the cylinder for a `LayeredLimb`, for a `Volume` the lead
        where all borders within it are round shells about the lead or layers square to it, else finite elements (also
        if ``order`` is given), and the grid for all else.
    contact : {"complete", "uniform"}
        Pads as metal behind the contact impedance (complete electrode model), or with even current density. The
        second changes the potential by about 1 %, its second difference by several per cent; not for ``"grid"``.
    cell_mm : float, optional
        Size of a surface cell, mm, above 0; the default is 1 mm, or a tenth of the smallest pad if that is less. For
        ``"grid"`` it is the size at pad edges, which all other cells follow; the default is 1.2 mm, or a twentieth of
        the smallest pad. For ``"lead"`` it is the size at contact edges, likewise; the default is a 32nd of the lead's
        radius or of half the shortest contact. For ``"finite_elements"`` it is the size of elements on the contacts;
        the default is a quarter of each contact, or a tenth of the smallest pad.
    n_theta, n_z : int, optional
        Cells around and along a cylinder, even and at least 16, instead of ``cell_mm``. At 1 mm the resistance of
        5 cm pads is 0.4 % too high and the potential within 0.1 %; both errors fall with about the 1.5th power.

    order : int, optional
        Order of finite elements, 1 to 4; the default is 2, or 1 for a given mesh of more than 60,000 cells.

    Returns
    -------
    Field

    Raises
    ------
    ParameterError
        If method or contact is unknown, a pad does not fit, or the method cannot hold the anatomy.
    ConvergenceError
        If the currents under the pads or the field do not settle.

    Examples
    --------
    >>> from rheobase.field import solve_field
    >>> solve_field.__name__
    'solve_field'
    """
    if method not in METHODS:
        raise ParameterError(f"solve_field: unknown method '{method}'.{near_name(method, METHODS)}")
    if isinstance(anatomy, Spine) and isinstance(montage, Implanted):
        anatomy = anatomy.solids()
    if method == "lead" or (
        method == "auto" and order is None and not why_no_lead_grid(anatomy, montage, natural=True)
    ):
        _only_complete(anatomy, "lead", contact, n_theta, n_z)
        _no_order(order)
        return solve_lead(anatomy, montage, cell_mm=cell_mm)
    if isinstance(anatomy, Volume) or method == "finite_elements":
        return _by_elements(anatomy, montage, method, contact, cell_mm, n_theta, n_z, order)
    _no_order(order)
    if not isinstance(anatomy, BodyPart):
        raise ParameterError(f"solve_field: anatomy is a {type(anatomy).__name__}; give a BodyPart, such as Forearm().")
    if isinstance(montage, Implanted):
        raise ParameterError(
            f"solve_field: implanted contacts in a {type(anatomy).__name__}; they need a Spine or a Volume."
        )
    check_fit(anatomy, montage)
    if method == "grid" or not isinstance(anatomy, LayeredLimb):
        _only_complete(anatomy, method, contact, n_theta, n_z)
        return solve_body(anatomy, montage, cell_mm=cell_mm)
    if method == "half_space":
        _no_ring_cells(method, n_theta, n_z)
        return solve_half_space(anatomy, montage, contact=contact, cell_mm=cell_mm)
    return solve_cylinder(anatomy, montage, contact=contact, cell_mm=cell_mm, n_theta=n_theta, n_z=n_z)


def _by_elements(
    anatomy: BodyPart | Volume,
    montage: Montage | Implanted,
    method: str,
    contact: str,
    cell_mm: float | None,
    n_theta: int | None,
    n_z: int | None,
    order: int | None,
) -> Field:
    if method not in ("auto", "finite_elements"):
        raise ParameterError(
            f"solve_field: anatomy is a {type(anatomy).__name__}; method '{method}' cannot hold it. Use"
            " 'finite_elements'."
        )
    if contact != "complete":
        raise ParameterError(
            f"solve_field: contact is '{contact}'; finite elements have complete electrodes only."
            " Use contact='complete'."
        )
    _no_ring_cells("finite_elements", n_theta, n_z)
    if isinstance(anatomy, BodyPart) and isinstance(montage, Montage):
        check_fit(anatomy, montage)
    return solve_elements(anatomy, montage, cell_mm=cell_mm, order=order)


def _no_order(order: int | None) -> None:
    if order is not None:
        raise ParameterError(f"solve_field: order is {order}; it belongs to method 'finite_elements'. Leave it out.")


def _only_complete(anatomy: BodyPart | Volume, method: str, contact: str, n_theta: int | None, n_z: int | None) -> None:
    """Refuse what only the closed forms have."""
    if method not in ("auto", "grid", "lead"):
        raise ParameterError(
            f"solve_field: anatomy is a {type(anatomy).__name__}; method '{method}' needs a LayeredLimb. Use 'grid'."
        )
    if contact != "complete":
        raise ParameterError(
            f"solve_field: contact is '{contact}'; method '{'lead' if method == 'lead' else 'grid'}' has complete"
            " electrodes only. Use contact='complete'."
        )
    _no_ring_cells("lead" if method == "lead" else "grid", n_theta, n_z)


def _no_ring_cells(method: str, n_theta: int | None, n_z: int | None) -> None:
    if n_theta is not None or n_z is not None:
        raise ParameterError(
            f"solve_field: n_theta and n_z belong to method 'cylinder'. Use cell_mm for method '{method}'."
        )
