"""Muscle curves, a muscle with its tendon, and moment arms beside OpenSim, in an environment of its own.

Run: python benchmarks/opensim.py --env FOLDER [--leg LEG.osim]. The first run makes the environment with pip. What
comes out stands in the tables `published_muscle` and `published_movement`, where `rheobase validate` reads it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from pathlib import Path

import numpy as np
from fibres import make

from rheobase.effect import length_factor, stretched_factor, tendon_factor, velocity_factor
from rheobase.tables import row

SIDE = Path(__file__).parent / "peers" / "opensim_side.py"


def line(name: str, theirs: object, ours: object) -> None:
    """The largest difference of two runs of figures."""
    a, b = np.asarray(theirs, float), np.asarray(ours, float)
    print(f"{name:52s} {np.abs(a - b).max():10.2g}   of {np.abs(a).max():.4g}")


def main() -> None:
    """Make the environment, ask OpenSim, print the largest differences."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--env", type=Path, required=True, help="folder for the environment of OpenSim")
    parser.add_argument("--leg", help="an .osim file with the coordinates and muscles of Rajagopal's leg")
    given = parser.parse_args()
    python, said = make(given.env / "opensim", "opensim", "numpy")
    if python is None:
        raise SystemExit(f"OpenSim could not be installed: {said}")
    asked = [str(python), str(SIDE), *([given.leg] if given.leg else [])]
    theirs = json.loads(subprocess.run(asked, capture_output=True, text=True, check=True).stdout.splitlines()[-1])
    curves, held = row("published_muscle.opensim_curves"), row("published_muscle.opensim_held")
    print(f"OpenSim {theirs['version']}; largest difference")
    line("active force over length", theirs["length_share"], length_factor(curves["length_relative"]))
    line("force over velocity", theirs["velocity_share"], velocity_factor(curves["velocity_relative"]))
    line("tendon force over stretch", theirs["tendon_share"], tendon_factor(curves["tendon_strain"]))
    path, slack = np.array(held["path_m"]) / held["optimal_m"], held["slack_m"] / held["optimal_m"]
    for share in held["active_share"]:
        ours = held["strongest_N"] * stretched_factor(path, slack, share)
        line(f"muscle with its tendon, {100 * share:g} % active (N)", theirs["held_N"][str(share)], ours)
    for muscle, arms in theirs.get("arms", {}).items():
        print(f"arm of {muscle}, cm: {arms['arm_cm']} at {arms['angle_deg']} deg")


if __name__ == "__main__":
    main()
