"""Solids and electrodes as shapes of the mesher."""

from __future__ import annotations

from typing import Any

import numpy as np

from rheobase.anatomy import Block, Column, Shape, Solid
from rheobase.electrode import Contact, Cuff, Lead
from rheobase.field._netgen import packages

_BEYOND_MM = 1e-3  # wedges reach so far past what they cut, that no faces coincide
_FINER_AT_EDGES = 4.0  # the current of a metal contact leaves at its edges, which decide its resistance
_RIND_MM = 0.05  # thickness of the metal in a cuff's wall


def shape_of(shape: Shape) -> Any:
    """One solid."""
    occ = packages().occ
    if isinstance(shape, Block):
        return occ.Box(occ.Pnt(*shape.low_mm), occ.Pnt(*shape.high_mm))
    if isinstance(shape, Column):
        (low, high), (a, b) = shape.along_mm, shape.half_axes_mm
        at = occ.Pnt(*shape.centre_mm, low)
        if a == b:
            return occ.Cylinder(at, occ.Z, a, high - low)
        longer = occ.X if a > b else occ.Y  # the mesher wants the longer half axis first
        plane = occ.WorkPlane(occ.Axes(at, n=occ.Z, h=longer))
        return plane.Ellipse(max(a, b), min(a, b)).Face().Extrude(high - low)
    return occ.Cylinder(occ.Pnt(*shape.start_mm), occ.Vec(*shape.direction), shape.radius_mm, shape.length_mm)


def painted(solids: tuple[Solid, ...]) -> list[tuple[Solid, Any]]:
    """The solids cut so that none overlap: a later one takes its room from those before, within the first."""
    out: list[tuple[Solid, Any]] = []
    whole = shape_of(solids[0].shape)
    for solid in solids:
        own = shape_of(solid.shape) if out else whole
        if out and not _inside(solid.shape, solids[0].shape):
            own = own * whole
        joins = len(out) > 1 and _alike(out[-1][0], solid)  # pieces of one tissue become one solid
        last = out.pop()[1] if joins else None
        out = [(s, rest - own) for s, rest in out]
        out.append((solid, own if last is None else last + own))
    return [(s, rest) for s, rest in out if rest.solids]


def _alike(a: Solid, b: Solid) -> bool:
    return (a.tissue, a.cell_mm) == (b.tissue, b.cell_mm) and np.array_equal(a.direction, b.direction)


def _inside(shape: Shape, outer: Shape) -> bool:
    """Whether a column clearly lies within a block or a rounder column of the same length."""
    if not isinstance(shape, Column) or not isinstance(outer, Column | Block):
        return False
    if isinstance(outer, Block):
        low, high = np.array(outer.low_mm), np.array(outer.high_mm)
        c, h = np.array(shape.centre_mm), np.array(shape.half_axes_mm)
        across = np.all(c - h >= low[:2]) and np.all(c + h <= high[:2])
        return bool(across and shape.along_mm[0] >= low[2] and shape.along_mm[1] <= high[2])
    reach = np.hypot(*np.subtract(shape.centre_mm, outer.centre_mm)) + max(shape.half_axes_mm)
    within = shape.along_mm[0] >= outer.along_mm[0] and shape.along_mm[1] <= outer.along_mm[1]
    return bool(reach <= min(outer.half_axes_mm) and within)


def hollow(electrode: Lead | Cuff, cell_mm: float | None) -> Any:
    """The room an electrode takes up; its faces bear the names of its contacts, or ``"insulation"``."""
    occ = packages().occ
    if isinstance(electrode, Lead):
        inner, outer, reach = 0.0, electrode.radius_mm, (0.0, electrode.length_mm)
    else:
        inner, outer = electrode.inner_radius_mm, electrode.inner_radius_mm + electrode.wall_mm
        reach = (-electrode.length_mm / 2, electrode.length_mm / 2)
    metals = [(c, _metal(electrode, c, inner, outer, cell_mm)) for c in electrode.contacts]
    body = _tube(electrode, reach, inner, outer)
    for _, metal in metals:
        body = body - metal
    body.faces.name = "insulation"
    pieces = [body] if body.solids else []
    for contact, metal in metals:
        metal.faces.name = contact.name
        cell = cell_mm or min(contact.length_mm, np.deg2rad(contact.span_deg) * electrode.radius_mm) / 4
        metal.faces.maxh = cell
        metal.edges.maxh = cell / _FINER_AT_EDGES
        pieces.append(metal)
    return occ.Glue(pieces) if len(pieces) > 1 else pieces[0]


def _metal(electrode: Lead | Cuff, contact: Contact, inner: float, outer: float, cell_mm: float | None) -> Any:
    tube = _tube(electrode, contact.ends_mm, inner, outer if isinstance(electrode, Lead) else inner + _RIND_MM)
    if contact.is_ring:
        return tube
    return tube * _wedge(electrode, contact, outer)


def _tube(electrode: Lead | Cuff, ends_mm: tuple[float, float], inner: float, outer: float) -> Any:
    occ = packages().occ
    start = electrode.origin_mm + ends_mm[0] * electrode.axis
    at, way, length = occ.Pnt(*start), occ.Vec(*electrode.axis), ends_mm[1] - ends_mm[0]
    tube = occ.Cylinder(at, way, outer, length)
    return tube - occ.Cylinder(at, way, inner, length) if inner > 0 else tube


def _wedge(electrode: Lead | Cuff, contact: Contact, outer: float) -> Any:
    """A prism over the angles of a segment, wider than the electrode."""
    occ = packages().occ
    low = electrode.origin_mm + (contact.ends_mm[0] - _BEYOND_MM) * electrode.axis
    count = max(int(np.ceil(contact.span_deg / 60.0)), 1) + 1
    angles = np.deg2rad(contact.around_deg + contact.span_deg * (np.linspace(0, 1, count) - 0.5))
    frame = occ.WorkPlane(occ.Axes(occ.Pnt(*low), n=occ.Vec(*electrode.axis), h=occ.Vec(*electrode.across)))
    plane = frame.MoveTo(0, 0)
    for a in angles:
        plane = plane.LineTo(float(3 * outer * np.cos(a)), float(3 * outer * np.sin(a)))
    return plane.Close().Face().Extrude(contact.length_mm + 2 * _BEYOND_MM)
