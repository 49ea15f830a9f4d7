"""The share of NGSolve: the reference limb by its own means; runs in its own environment, prints a line of JSON.

Coaxial cylinders with the outline of both pads printed on the skin, curved tetrahedra, metal behind a contact impedance
at +1 and -1 V, conjugate gradients with BDDC or a sparse Cholesky factorisation, whichever the task asks for. The mesh
is finer at the pads, and finer still at their edges if the task says so. See ../fields.py.
"""

from __future__ import annotations

import json
import sys
import time

import ngsolve
import numpy as np
from netgen import occ


def shell(task: dict, pad: dict) -> occ.TopoDS_Shape:
    """A thin shell over the skin under one pad."""
    r, low = task["layers"][-1]["radius_mm"], pad["along_mm"] - pad["length_mm"] / 2
    tube = occ.Cylinder(occ.Pnt(0, 0, low), occ.Z, r + 1, pad["length_mm"])
    tube = tube - occ.Cylinder(occ.Pnt(0, 0, low), occ.Z, r, pad["length_mm"])
    half = pad["width_mm"] / r / 2
    flat = occ.WorkPlane(occ.Axes(occ.Pnt(0, 0, low), n=occ.Z, h=occ.X)).MoveTo(0, 0)
    for angle in (-half, 0.0, half):
        flat = flat.LineTo(3 * r * np.cos(angle), 3 * r * np.sin(angle))
    out = tube * flat.Close().Face().Extrude(pad["length_mm"])
    out.mat("pad")
    out.faces.name = pad["name"]
    out.faces.maxh = task["pad_cell_mm"]
    out.edges.maxh = task["edge_cell_mm"]
    return out


def meshed(task: dict) -> ngsolve.Mesh:
    half, rings, inner = task["length_mm"] / 2, [], None
    for layer in task["layers"]:
        whole = occ.Cylinder(occ.Pnt(0, 0, -half), occ.Z, layer["radius_mm"], 2 * half)
        ring = whole if inner is None else whole - inner
        ring.mat(layer["name"])
        rings.append(ring)
        inner = whole
    glued = occ.Glue(rings + [shell(task, p) for p in task["pads"]])
    tissue = occ.Compound([s for s in glued.solids if s.name != "pad"])
    raw = occ.OCCGeometry(tissue).GenerateMesh(
        maxh=task["body_cell_mm"], grading=task["grading"], curvaturesafety=task["bends"], segmentsperedge=0.6
    )
    mesh = ngsolve.Mesh(raw)
    mesh.Curve(task["order"])
    return mesh


def solved(task: dict, mesh: ngsolve.Mesh) -> tuple[ngsolve.GridFunction, float]:
    """Potential at pads of +1 and -1 V, and the current (A) that one of them gives."""
    space = ngsolve.H1(mesh, order=task["order"])
    u, v = space.TnT()
    sigma = {}
    for layer in task["layers"]:
        t, a = layer["across_S_per_m"], layer["along_S_per_m"]
        sigma[layer["name"]] = ngsolve.CF((t, 0, 0, 0, t, 0, 0, 0, a), dims=(3, 3))
    form, load = ngsolve.BilinearForm(space, symmetric=True), ngsolve.LinearForm(space)
    form += 1e-3 * (mesh.MaterialCF(sigma) * ngsolve.grad(u)) * ngsolve.grad(v) * ngsolve.dx
    gel = 1e-6 / task["contact_ohm_m2"]
    for pad in task["pads"]:
        form += gel * u * v * ngsolve.ds(pad["name"])
        load += gel * pad["share"] * v * ngsolve.ds(pad["name"])
    near = ngsolve.Preconditioner(form, "bddc") if task["iterate"] else None
    form.Assemble()
    load.Assemble()
    out = ngsolve.GridFunction(space)
    if near is None:
        out.vec.data = form.mat.Inverse(inverse="sparsecholesky") * load.vec
    else:
        out.vec.data = ngsolve.CGSolver(form.mat, near.mat, tol=1e-9, maxiter=500) * load.vec
    first = task["pads"][0]
    faces = mesh.Boundaries(first["name"])
    current = ngsolve.Integrate(gel * (first["share"] - out), mesh, ngsolve.BND, definedon=faces)
    return out, current


def run(task: dict) -> dict:
    begin = time.process_time()
    mesh = meshed(task)
    middle = time.process_time()
    found, current = solved(task, mesh)
    end = time.process_time()
    x, y, z = np.array(task["points_mm"]).T
    return {
        "mesh_s": middle - begin,
        "solve_s": end - middle,
        "unknowns": found.space.ndof,
        "cells": mesh.ne,
        "resistance_ohm": 2.0 / current,
        "potential_V_per_A": (found(mesh(x, y, z)).ravel() / current).tolist(),
    }


def main() -> None:
    ngsolve.ngsglobals.msg_level = 0
    task = json.loads(sys.argv[1])
    found = [run(task) for _ in range(task["repeats"])]
    print(json.dumps(min(found, key=lambda f: f["mesh_s"] + f["solve_s"])))


if __name__ == "__main__":
    main()
