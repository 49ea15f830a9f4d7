"""The share of OSS-DBS; runs in its own environment and prints one line of JSON. See ../fields.py.

Its own steps in its own order (geometry, mesh, conductivity from an image of one tissue, one frequency, impedance), as
its command line takes them, without files of results. Elements of second order, as is its default.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time

import ngsolve
import nibabel
import numpy as np
import ossdbs
from ossdbs.utils.settings import Settings


def xyz(x: float, y: float, z: float) -> dict[str, float]:
    return {"x[mm]": x, "y[mm]": y, "z[mm]": z}


def image(folder: str, half_mm: float) -> str:
    """An image in which everything is grey matter."""
    side = 2 * round(half_mm) + 4
    affine = np.diag([1.0, 1.0, 1.0, 1.0])
    affine[:3, 3] = -side / 2
    path = os.path.join(folder, "all_grey.nii.gz")
    nibabel.save(nibabel.Nifti1Image(np.ones((side,) * 3, dtype=np.int16), affine), path)
    return path


def settings(task: dict, folder: str) -> dict:
    lead, half = task["lead"], task["half_mm"]
    active = {"Contact_ID": lead["contact"], "Active": True, "Voltage[V]": 1.0}
    if task["edge_mm"]:
        active["MaxMeshSizeEdge"] = task["edge_mm"]
    if task["face_mm"]:
        active["MaxMeshSize"] = task["face_mm"]
    size = {
        "tip_length": lead["tip_mm"],
        "contact_length": lead["contact_mm"],
        "contact_spacing": lead["gap_mm"],
        "lead_diameter": lead["diameter_mm"],
        "total_length": lead["length_mm"],
    }
    electrode = {
        "Name": "PINSMedicalL301Custom",
        "CustomParameters": size,
        "Direction": xyz(0, 0, 1),
        "TipPosition": xyz(0, 0, lead["tip_at_mm"]),
        "Contacts": [active],
        "EncapsulationLayer": {"Thickness[mm]": 0.0},
    }
    given = {"permittivity": 0.0, "conductivity": task["sigma_S_per_m"]}
    materials = ("Blood", "Gray matter", "White matter", "CSF", "Unknown")
    return Settings(
        {
            "BrainRegion": {"Center": xyz(0, 0, 0), "Dimension": xyz(2 * half, 2 * half, 2 * half), "Shape": "Box"},
            "Electrodes": [electrode],
            "Surfaces": [{"Name": "BrainSurface", "Active": True, "Voltage[V]": 0.0}],
            "MaterialDistribution": {"MRIPath": image(folder, half)},
            "DielectricModel": {"Type": "Constant", "CustomParameters": dict.fromkeys(materials, given)},
            "Mesh": {"MeshingHypothesis": {"Type": task["mesh"]}},
            "StimulationSignal": {"Type": "Multisine", "ListOfFrequencies": [1000.0]},
            "OutputPath": folder,
            "ComputeImpedance": True,
        }
    ).complete_settings()


def run(task: dict, folder: str) -> dict:
    given = settings(task, folder)
    begin = time.process_time()
    mri, _ = ossdbs.load_images(given)
    geometry = ossdbs.ModelGeometry(ossdbs.generate_brain_model(given), ossdbs.generate_electrodes(given))
    ossdbs.set_contact_and_encapsulation_layer_properties(given, geometry)
    conductivity = ossdbs.ConductivityCF(
        mri,
        ossdbs.create_bounding_box(given["BrainRegion"]),
        ossdbs.prepare_dielectric_properties(given),
        given["MaterialDistribution"]["MRIMapping"],
        geometry.encapsulation_layers,
    )
    model = ossdbs.prepare_volume_conductor_model(given, geometry, conductivity, ossdbs.prepare_solver(given))
    signal = ossdbs.prepare_stimulation_signal(given)
    meshed = time.process_time()
    model.prepare_mesh_refinements(0)
    ossdbs.run_volume_conductor_model(given, model, signal)
    end = time.process_time()
    x, y, z = np.array(task["points_mm"]).T
    mesh = model.mesh.ngsolvemesh
    resistance = float(np.real(model.impedances[0]))
    at = np.asarray(model.potential(mesh(x, y, z))).ravel().real * resistance
    return {
        "mesh_s": meshed - begin,
        "solve_s": end - meshed,
        "resistance_ohm": resistance,
        "potential_V_per_A": at.tolist(),
        "unknowns": model.mesh.ngsolvemesh.nv if model._space is None else model._space.ndof,
        "cells": mesh.ne,
    }


def main() -> None:
    ngsolve.ngsglobals.msg_level = 0
    task = json.loads(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        found = [run(task, folder) for _ in range(task["repeats"])]
    best = min(found, key=lambda f: f["mesh_s"] + f["solve_s"])
    print(json.dumps(best))


if __name__ == "__main__":
    main()
