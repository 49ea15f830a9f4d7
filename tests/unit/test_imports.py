"""Bodies and fields from elsewhere: what is read, and what is refused with what and where."""

import builtins

import numpy as np
import pytest

from rheobase.anatomy import Labels, Sheet, Tissue, image_body, mesh_body
from rheobase.electrode import FarReturn, Interface, Lead, MeshContact, percutaneous_lead
from rheobase.errors import ParameterError, ScenarioError
from rheobase.field import sampled_field, solve_field
from rheobase.io import load_image, load_labels, load_mesh, load_potentials
from rheobase.montage import Implanted

SALINE = Tissue(name="saline", sigma_transverse_S_per_m=0.2, sigma_axial_S_per_m=0.2)
TABLE = Labels(tissues={1: SALINE}, contacts={2: "a", 3: "b"}, outside=(0,))
LABELS = """
[labels.0]
role = "outside"
[labels.1]
name = "saline"
sigma_S_per_m = 0.2
[labels.2]
contact = "a"
[labels.3]
contact = "b"
"""


def image(shape=(8, 5, 5)):
    values = np.ones(shape, dtype=np.int16)
    values[0], values[-1] = 2, 3
    return values


def tetrahedra(values):
    """Every voxel cut into six tetrahedra along one diagonal."""
    count = np.array(values.shape) + 1
    nodes = np.indices(tuple(count)).reshape(3, -1).T.astype(float)
    cells, labels = [], []
    for order in ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)):
        at = np.stack(np.indices(values.shape), axis=-1).reshape(-1, 3)
        way = [at]
        for axis in order:
            way.append(way[-1] + np.eye(3, dtype=int)[axis])
        cells.append(np.stack([np.ravel_multi_index(tuple(w.T), tuple(count)) for w in way], axis=1))
        labels.append(values.ravel())
    return nodes, np.concatenate(cells), np.concatenate(labels)


def montage():
    metal = Interface(series_ohm_m2=1e-6)
    return Implanted(
        electrodes=(
            MeshContact(name="a", share=1.0, interface=metal),
            MeshContact(name="b", share=-1.0, interface=metal),
        )
    )


def test_image_file_gives_the_resistance_of_its_bar(tmp_path):
    nibabel = pytest.importorskip("nibabel")
    pytest.importorskip("ngsolve")
    affine = np.diag([0.5, 1.0, 1.0, 1.0])
    nibabel.save(nibabel.Nifti1Image(image(), affine), tmp_path / "bar.nii.gz")
    (tmp_path / "labels.toml").write_text(LABELS)
    body = load_image(tmp_path / "bar.nii.gz", tmp_path / "labels.toml")
    assert body.labels_at(np.array([[1.0, 2.0, 2.0], [1.0, 9.0, 2.0]])).tolist() == [0, -1]
    field = solve_field(body, montage())
    assert field.resistance_ohm == pytest.approx(6 * 0.5e-3 / (0.2 * 25e-6) + 2e-6 / 25e-6, rel=1e-6)


@pytest.mark.parametrize("kind", ["vtu", "msh"])
def test_mesh_file_gives_the_same(tmp_path, kind):
    meshio = pytest.importorskip("meshio")
    pytest.importorskip("ngsolve")
    nodes, cells, values = tetrahedra(image((5, 2, 2)))
    key = {"vtu": "label", "msh": "gmsh:physical"}[kind]
    data = {key: [values.astype(np.int32)]}
    if kind == "msh":
        data["gmsh:geometrical"] = [values.astype(np.int32)]
    made = meshio.Mesh(nodes * 1e-3, [("tetra", cells)], cell_data=data)
    made.write(tmp_path / f"bar.{kind}", **({"file_format": "gmsh22"} if kind == "msh" else {}))
    (tmp_path / "labels.toml").write_text(LABELS)
    body = load_mesh(tmp_path / f"bar.{kind}", tmp_path / "labels.toml", unit="m")
    field = solve_field(body, montage())
    assert field.resistance_ohm == pytest.approx(3e-3 / (0.2 * 4e-6) + 2e-6 / 4e-6, rel=1e-6)


def test_unknown_label_says_how_many_and_where():
    values = image()
    values[3, 2, 2:4] = 17
    with pytest.raises(ParameterError, match=r"Label 17 is not in the table: 2 cells around \(3, 2, 2.5\) mm"):
        image_body(values, np.eye(4), TABLE)


def test_a_hole_is_refused_with_its_place():
    values = image()
    values[3, 2, 2] = 0
    with pytest.raises(ParameterError, match=r"hole around \(3, 2, 2\) mm, 1 x 1 x 1 mm"):
        image_body(values, np.eye(4), TABLE)


def test_a_hole_in_a_mesh_is_refused():
    nodes, cells, values = tetrahedra(image((6, 3, 3)))
    middle = np.all(np.abs(nodes[cells].mean(axis=1) - [2.5, 1.5, 1.5]) < 0.5, axis=1)
    with pytest.raises(ParameterError, match=r"hole around \(2.5, 1.5, 1.5\) mm"):
        mesh_body(nodes, cells[~middle], values[~middle], TABLE)


def test_an_insulator_is_no_hole():
    values = image()
    values[3, 2, 2] = 5
    table = Labels(tissues={1: SALINE}, contacts={2: "a", 3: "b"}, insulators=(5,))
    assert len(image_body(values, np.eye(4), table).cells) == 6 * 25 - 1


def test_an_island_and_a_contact_on_nothing():
    values = np.zeros((9, 5, 5), dtype=int)
    values[:6] = image((6, 5, 5))
    values[8, 2, 2] = 1
    with pytest.raises(ParameterError, match=r"one island has 1 cells around \(8, 2, 2\) mm"):
        image_body(values, np.eye(4), TABLE)
    values[8, 2, 2] = 4
    table = Labels(tissues={1: SALINE}, contacts={2: "a", 3: "b", 4: "c"}, outside=(0,))
    with pytest.raises(ParameterError, match=r"Contact 'c' \(label 4\) touches no tissue: its 1 cells"):
        image_body(values, np.eye(4), table)
    table = Labels(tissues={1: SALINE}, contacts={2: "a", 3: "b", 6: "d"}, outside=(0, 4))
    with pytest.raises(ParameterError, match=r"Contact 'd' \(label 6\) touches no tissue: no cell bears its label"):
        image_body(values, np.eye(4), table)


def test_broken_meshes():
    nodes, cells, values = tetrahedra(image((3, 1, 1)))
    flat = nodes.copy()
    flat[:, 2] = 0.0
    with pytest.raises(ParameterError, match="cells are flat"):
        mesh_body(flat, cells, values, TABLE)
    with pytest.raises(ParameterError, match="A face belongs to 4 cells"):
        mesh_body(nodes, np.concatenate([cells, cells[:1], cells[:1]]), np.append(values, [1, 1]), TABLE)
    with pytest.raises(ParameterError, match=r"shape \(18, 3\)"):
        mesh_body(nodes, cells[:, :3], values, TABLE)
    with pytest.raises(ParameterError, match="names node 99"):
        mesh_body(nodes, np.where(cells == 3, 99, cells), values, TABLE)
    with pytest.raises(ParameterError, match="three dimensions"):
        image_body(np.ones((3, 3)), np.eye(4), TABLE)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("[label.1]\ntissue = 'fat'", "unknown key 'label'. Did you mean 'labels'"),
        ("[labels.one]\ntissue = 'fat'", r"labels.one: give each label as a table under its number"),
        ("[labels.1]\ntisue = 'fat'", r"labels.1: unknown key 'tisue'. Did you mean 'tissue'"),
        ("[labels.1]\nname = 'x'", r"labels.1: is no tissue"),
        ("[labels.1]\nrole = 'outsid'", "unknown role 'outsid'. Did you mean 'outside'"),
        ("[labels.1]\ntissue='fat'\n[sheets.dura]\nencloses = ['fat']", r"sheets.dura: give 'encloses' and"),
        ("labels = ", "cannot be read as a table of labels"),
    ],
)
def test_label_tables_are_checked(tmp_path, text, match):
    (tmp_path / "labels.toml").write_text(text)
    with pytest.raises(ScenarioError, match=match):
        load_labels(tmp_path / "labels.toml")


def test_labels_without_tissue_or_twice():
    with pytest.raises(ParameterError, match="no label is a tissue"):
        Labels(tissues={})
    with pytest.raises(ParameterError, match="label 1 stands twice"):
        Labels(tissues={1: SALINE}, insulators=(1,))


def test_contacts_of_mesh_and_montage_must_agree():
    pytest.importorskip("ngsolve")
    body = image_body(image((4, 2, 2)), np.eye(4), TABLE)
    wrong = Implanted(electrodes=(MeshContact(name="aa", share=1.0), MeshContact(name="b", share=-1.0)))
    with pytest.raises(ParameterError, match="mesh has no contact 'aa'"):
        solve_field(body, wrong)
    with pytest.raises(ParameterError, match="Contact 'b' of the mesh is not in the montage"):
        solve_field(body, Implanted(electrodes=(MeshContact(name="a", share=1.0), FarReturn(share=-1.0))))
    lead = percutaneous_lead(middle_mm=(0, 0, 0), shares={"c1": 1.0, "c2": -1.0})
    assert isinstance(lead, Lead)
    with pytest.raises(ParameterError, match="takes MeshContact and FarReturn only"):
        solve_field(body, Implanted(electrodes=(lead, MeshContact(name="a"), MeshContact(name="b"))))


def test_sheet_messages():
    with pytest.raises(ParameterError, match="resistance_ohm_m2 is 0"):
        Sheet(name="dura", encloses=("csf",), resistance_ohm_m2=0.0)
    with pytest.raises(ParameterError, match="encloses no tissue"):
        Sheet(name="dura", encloses=(), resistance_ohm_m2=1.0)


def test_without_ngsolve_the_error_names_the_extra(monkeypatch):
    real = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name.startswith(("ngsolve", "netgen")):
            raise ImportError(f"No module named '{name}'")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(ParameterError, match=r"pip install 'rheobase\[fem\]'"):
        solve_field(image_body(image((4, 2, 2)), np.eye(4), TABLE), montage())


def test_potentials_of_a_line_grid_and_cloud(tmp_path):
    """1 A from a point in saline, sampled three ways: near the truth between the samples."""

    def true(p):
        return 1e3 / (4 * np.pi * 0.2 * np.linalg.norm(p - np.array([0, 5.0, 0]), axis=1))

    z = np.linspace(-20, 20, 81)
    line = np.column_stack([0 * z, 0 * z, z])
    grid = np.stack(np.meshgrid(*[np.linspace(-2, 2, 17)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    cloud = np.random.default_rng(1).uniform(-2, 2, (4000, 3))
    for points, at, tolerance in (
        (line, np.array([[0.0, 0, 0.3]]), 1e-4),
        (grid, np.array([[0.3, 0.1, -1.2]]), 1e-4),
        (cloud, np.array([[0.3, 0.1, -1.2]]), 1e-2),
    ):
        field = sampled_field(points, true(points))
        assert field.drive_V_per_A(at) == pytest.approx(true(at), rel=tolerance)
        assert np.isnan(field.resistance_ohm)
    with pytest.raises(
        ParameterError, match=r"1 of 1 points lie outside the samples of the field, the first at \(0, 1"
    ):
        sampled_field(line, true(line)).drive_V_per_A(np.array([[0.0, 1.0, 0.0]]))


def test_csv_as_comsol_writes_it(tmp_path):
    z = np.linspace(-0.02, 0.02, 41)
    lines = ["% Model: nerve.mph", "% x, y, z, V1, V2", *(f"0, 0, {a}, {0.1 - a}, {0.2 + a}" for a in z)]
    (tmp_path / "out.csv").write_text("\n".join(lines))
    field = load_potentials(tmp_path / "out.csv", {"V1": 1.0, "V2": -0.5}, current_mA=2.0, unit="m")
    at = np.array([[0.0, 0.0, 5.0]])
    assert field.drive_V_per_A(at) == pytest.approx((0.095 - 0.5 * 0.205) / 2e-3)
    assert field.shares.tolist() == [1.0, -0.5, -0.5]


def test_vtu_and_thresholds_from_it(tmp_path):
    """A sampled field serves the fibre models like any other."""
    meshio = pytest.importorskip("meshio")
    from rheobase.nerve import activation_thresholds, stimulus_of, uniform_fibre
    from rheobase.pulse import monophasic

    nodes, cells, _ = tetrahedra(np.ones((4, 4, 60)))
    nodes = nodes * [1.0, 1.0, 1.0] - [2.0, 2.0, 30.0]
    v = 1e-3 / (4 * np.pi * 0.2 * np.linalg.norm(nodes - [0, 8.0, 0], axis=1) * 1e-3)
    meshio.Mesh(nodes, [("tetra", cells)], point_data={"V": v}).write(tmp_path / "f.vtu")
    field = load_potentials(tmp_path / "f.vtu", {"V": 1.0}, current_mA=1.0)
    fibre = uniform_fibre("mrg_discrete", diameter_um=10.0, nodes=41)
    z = fibre.arc_um * 1e-3
    points = np.column_stack([0 * z, 0 * z, z - z.mean()])
    stimulus = stimulus_of(monophasic(width_us=200))
    true = (1e3 / (4 * np.pi * 0.2 * np.hypot(8.0, points[:, 2])))[None]
    got, want = (
        activation_thresholds([fibre], [p], stimulus).threshold_mA[0] for p in (field.drive_V_per_A(points)[None], true)
    )
    assert got == pytest.approx(want, rel=0.05)


@pytest.mark.parametrize(
    ("text", "kwargs", "match"),
    [
        ("a,b,c,V\n0,0,0,1", {}, "no header with the columns x, y, z"),
        ("x,y,z,W\n0,0,0,1", {}, "has no column 'V'"),
        ("x,y,z,V\n0,0,0,1\n0,0,one,2", {}, "line 3: column 'z' is 'one'; give a number"),
        ("x,y,z,V\n0,0,0", {}, "line 2: column 'V' is missing"),
        ("x,y,z,V\n", {}, "holds no points"),
        ("x,y,z,V\n0,0,0,1", {"current_mA": 0.0}, "current_mA is 0.0 mA"),
        ("x,y,z,V\n0,0,0,1", {"unit": "cm"}, "Unknown unit of length 'cm'"),
        ("x,y,z,V\n0,0,0,1", {"potential_unit": "uV"}, "Unknown unit of potential 'uV'"),
    ],
)
def test_csv_messages(tmp_path, text, kwargs, match):
    (tmp_path / "f.csv").write_text(text)
    with pytest.raises(ScenarioError, match=match):
        load_potentials(tmp_path / "f.csv", {"V": 1.0}, **{"current_mA": 1.0, **kwargs})


def test_sampled_messages():
    with pytest.raises(ParameterError, match=r"points_mm has shape \(3, 3\)"):
        sampled_field(np.zeros((3, 3)), np.zeros(3))
    with pytest.raises(ParameterError, match="all points coincide"):
        sampled_field(np.zeros((5, 3)), np.zeros(5))
    points = np.column_stack([np.zeros((5, 2)), [0, 1, 1, 2, 3]])
    with pytest.raises(ParameterError, match="two points coincide"):
        sampled_field(points, np.zeros(5))
    with pytest.raises(ParameterError, match="of point 2 is not finite"):
        sampled_field(np.arange(15.0).reshape(5, 3), np.array([0, 1, np.nan, 2, 3]))
