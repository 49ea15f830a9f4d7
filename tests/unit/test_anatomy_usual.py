"""Every body part with its usual pads: they fit, the field is solved, fibres end where they should."""

from __future__ import annotations

import numpy as np
import pytest
from anatomy_cases import PARTS

from rheobase.anatomy import Forearm, Knee, LowerLeg, Thigh, fascia_depth_mm, muscle_thickness_mm
from rheobase.errors import ParameterError
from rheobase.field import solve_field
from rheobase.field.reference import PlainLimb
from rheobase.montage import pad_pair, pads_at, usual_montage
from rheobase.nerve import bundle
from rheobase.tables import row


@pytest.mark.parametrize("kind", PARTS, ids=lambda k: k.__name__)
def test_it_solves_with_its_usual_pads(kind):
    part = kind()
    montage = usual_montage(part)
    field = solve_field(part, montage, cell_mm=7.0)
    assert 300.0 < field.resistance_ohm < 9000.0
    admittance = field.admittance_S
    assert np.allclose(admittance, admittance.T, rtol=1e-5, atol=1e-9)
    assert np.abs(admittance.sum(axis=1)).max() < 1e-5 * np.abs(admittance).max()
    for nerve in part.nerves.values():
        assert np.isfinite(field.drive_V_per_A(np.array(nerve.points_mm)[::40])).all()


def test_the_forearm_has_its_pair():
    assert usual_montage(Forearm()) == pad_pair(Forearm())


def test_pads_at_sites_share_the_return():
    pads = pads_at(Knee(), ("medial", "lateral", "popliteal"), size_mm=(40.0, 40.0))
    assert pads.shares == (1.0, -0.5, -0.5)
    assert pads.names == ("medial", "lateral", "popliteal")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            lambda: pads_at(Thigh(), ("vastus_medialis", "vastus_lat")),
            "There is no site 'vastus_lat' here. Did you mean",
        ),
        (
            lambda: pads_at(Thigh(), ("vastus_medialis", "rectus_femoris"), shares=(1.0,)),
            "pads_at: 1 shares for 2 sites; give one share for each site.",
        ),
        (lambda: pads_at(Thigh(), ("vastus_medialis", "rectus_femoris"), size_mm=(200.0, 300.0)), "overlap"),
        (lambda: pads_at(Thigh(), ("vastus_medialis",)), "1 pads; a current needs at least 2"),
    ],
)
def test_pads_that_cannot_be_are_refused(call, said):
    with pytest.raises(ParameterError) as caught:
        call()
    assert said in str(caught.value)


def test_a_part_without_usual_pads_says_so():
    limb = PlainLimb.__new__(PlainLimb)
    with pytest.raises(ParameterError, match=r"A PlainLimb has no usual montage\. Place pads by hand"):
        usual_montage(limb)


def test_fibres_end_in_skin_and_in_muscle_and_leave_along_their_layer():
    leg = LowerLeg()
    names = np.array([t.name for t in leg.tissues])
    pads = usual_montage(leg)
    fibres = bundle(leg, "deep_peroneal", count=30, seed=1, under=pads)
    kinds = {e.kind for e in fibres.endings}
    assert kinds == {"A-beta", "A-alpha", "A-delta"}
    for ending in fibres.endings:
        way = ending.points_mm(leg)
        tissue = names[leg.labels_at(way)]
        if ending.kind == "A-alpha":
            assert tissue[0] == "muscle"
        else:
            assert tissue[0] == "skin" or ending.depth_mm > leg.thickness_of_skin_mm - 0.4
            assert (tissue != "muscle").all()
            assert tissue[-1] == "fat"
        assert way[-1, 2] > max(p.along_mm + p.extent_mm / 2 for p in pads.pads) + 80.0


def test_no_motor_fibres_end_where_bone_or_tendon_lies_under_the_pad():
    knee = Knee()
    pads = pads_at(knee, ("medial", "lateral"))
    assert muscle_thickness_mm(knee, pads.pads[0].around_deg, pads.pads[0].along_mm) < 5.0
    fibres = bundle(knee, "saphenous", count=20, seed=1, under=pads)
    assert {e.kind for e in fibres.endings} == {"A-beta", "A-delta"}


def test_depth_of_fascia_and_muscle_follow_the_place():
    thigh = Thigh()
    shin, back = (thigh.layer_depth_mm("fat", a, 100.0) for a in (0.0, 180.0))
    assert fascia_depth_mm(thigh, 0.0, 100.0) == shin < back == fascia_depth_mm(thigh, 180.0, 100.0)
    point = thigh.motor_points["vastus_lateralis"]
    assert 20.0 < muscle_thickness_mm(thigh, point.around_deg, point.along_mm) < 70.0


def test_a_skin_nerve_has_no_motor_fibres():
    leg = LowerLeg()
    assert leg.nerve("sural").motor_share == 0.0
    assert {f.kind for f in bundle(leg, "sural", count=40, seed=1).trunk} == {"A-beta"}
    assert {f.kind for f in bundle(leg, "tibial", count=60, seed=1).trunk} == {"A-beta", "A-alpha"}
    assert row("lower_leg.nerve_sural")["motor_share"] == 0.0
