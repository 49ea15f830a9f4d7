"""What OpenSim computes: its muscle curves, one muscle that stretches its tendon, and moment arms of a leg.

Run in an environment with opensim (PyPI), never in Rheobase's own. Prints one JSON object. An .osim file of a leg may
be named as the first argument; the one in the wheel of pose2sim (Rajagopal's leg, scaled) was used for the table.
"""

import json
import sys

import numpy as np
import opensim

LENGTHS = [0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5]
VELOCITIES = [-1.0, -0.5, -0.25, 0.0, 0.25, 0.5, 1.0]
STRAINS = [0.0, 0.01, 0.02, 0.03, 0.04, 0.049]
# Tibialis anterior of the leg model, without pennation, as MuJoCo has it.
STRONGEST_N, OPTIMAL_M, SLACK_M = 1152.86, 0.06829948, 0.24046119
PATHS_M = [0.28, 0.29, 0.30, 0.31, 0.32, 0.33, 0.34]


def one_muscle():
    """A muscle between the ground and a slider."""
    model = opensim.Model()
    block = opensim.Body("block", 1.0, opensim.Vec3(0), opensim.Inertia(1, 1, 1))
    model.addBody(block)
    joint = opensim.SliderJoint("slider", model.getGround(), block)
    joint.updCoordinate().setName("reach")
    model.addJoint(joint)
    muscle = opensim.DeGrooteFregly2016Muscle()
    muscle.setName("muscle")
    muscle.set_max_isometric_force(STRONGEST_N)
    muscle.set_optimal_fiber_length(OPTIMAL_M)
    muscle.set_tendon_slack_length(SLACK_M)
    muscle.set_pennation_angle_at_optimal(0.0)
    muscle.set_ignore_tendon_compliance(False)
    muscle.set_ignore_activation_dynamics(True)
    muscle.set_ignore_passive_fiber_force(True)
    muscle.addNewPathPoint("fixed", model.getGround(), opensim.Vec3(0))
    muscle.addNewPathPoint("moving", block, opensim.Vec3(0))
    model.addForce(muscle)
    model.finalizeConnections()
    return model, muscle


def held_forces(activation):
    """Force over the length of the path, at rest, the tendon in equilibrium with the fibres."""
    out = []
    for path_m in PATHS_M:
        model, muscle = one_muscle()
        state = model.initSystem()
        model.getCoordinateSet().get("reach").setValue(state, path_m)
        model.updControls(state).set(0, activation)
        muscle.setActivation(state, activation)
        model.realizeVelocity(state)
        muscle.computeEquilibrium(state)
        model.realizeDynamics(state)
        out.append(muscle.getTendonForce(state))
    return out


def arms_cm(path):
    """Moment arms of the right knee and ankle."""
    model = opensim.Model(path)
    state = model.initSystem()
    out = {}
    for coordinate, angles, muscles in (
        ("knee_angle_r", (20, 40, 60, 80, 100), ("recfem_r", "vasint_r", "vaslat_r", "vasmed_r")),
        ("ankle_angle_r", (-28, -17, -5, 7, 18), ("tibant_r",)),
    ):
        joint = model.getCoordinateSet().get(coordinate)
        for name in muscles:
            seen = []
            for angle in angles:
                joint.setValue(state, np.deg2rad(angle))
                model.assemble(state)
                model.realizePosition(state)
                seen.append(round(100 * model.getMuscles().get(name).computeMomentArm(state, joint), 3))
            out[name] = {"angle_deg": angles, "arm_cm": seen}
        joint.setValue(state, 0.0)
    return out


def main():
    """Print all of it."""
    opensim.Logger.setLevelString("off")
    _, muscle = one_muscle()
    muscle.finalizeFromProperties()
    out = {
        "version": opensim.GetVersion(),
        "length_share": [muscle.calcActiveForceLengthMultiplier(x) for x in LENGTHS],
        "velocity_share": [muscle.calcForceVelocityMultiplier(x) for x in VELOCITIES],
        "tendon_share": [muscle.calcTendonForceMultiplier(1.0 + x) for x in STRAINS],
        "held_N": {str(a): held_forces(a) for a in (1.0, 0.3)},
    }
    if len(sys.argv) > 1:
        out["arms"] = arms_cm(sys.argv[1])
    print(json.dumps(out))


if __name__ == "__main__":
    main()
