"""Plug-ins: what Rheobase ships and what a third party brings are found in the same way."""

from __future__ import annotations

import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from rheobase import registry
from rheobase.errors import ParameterError, RheobaseError
from rheobase.registry import KINDS, get, members

ROOT = Path(__file__).resolve().parents[2]


def _announced():
    points = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"].get("entry-points", {})
    return {group: dict(names) for group, names in points.items()}


def _install(folder, name, points, code=""):
    """A package as an installer leaves it: its metadata beside its code."""
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
    lines = [f"[{group}]\n" + "".join(f"{k} = {v}\n" for k, v in names.items()) for group, names in points.items()]
    (info / "entry_points.txt").write_text("\n".join(lines), encoding="utf-8")
    if code:
        (folder / f"{name}.py").write_text(code, encoding="utf-8")


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """Rheobase as pyproject.toml announces it now, whatever was installed before."""
    folder = tmp_path / "shipped"
    folder.mkdir()
    _install(folder, "rheobase", _announced())
    monkeypatch.syspath_prepend(str(folder))
    return folder


@pytest.fixture
def third_party(tmp_path, shipped, monkeypatch):
    def install(points, code="", name="acme_stim"):
        folder = tmp_path / name
        folder.mkdir()
        _install(folder, name, points, code)
        monkeypatch.syspath_prepend(str(folder))

    return install


def test_every_announced_group_is_a_kind():
    assert set(_announced()) <= {f"rheobase.{kind}" for kind in KINDS}


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_member_that_is_announced_loads(kind):
    assert members(kind) == tuple(sorted(_announced().get(f"rheobase.{kind}", {})))
    for name in members(kind):
        assert get(kind, name) is not None


def test_what_is_installed_is_what_is_announced():
    try:
        installed = distribution("rheobase").entry_points
    except PackageNotFoundError:
        pytest.skip("running from the sources, not installed")
    found = {(p.group, p.name, p.value) for p in installed if p.group.startswith("rheobase.")}
    wanted = {(group, name, value) for group, names in _announced().items() for name, value in names.items()}
    assert found == wanted, "the installation is older than the sources: pip install -e ."


def test_a_third_party_member_is_found(third_party):
    third_party({"rheobase.modalities": {"shock": "acme_stim:Shock"}}, "class Shock:\n    id = 'shock'\n")
    assert "shock" in members("modalities")
    assert "tens" in members("modalities")
    assert get("modalities", "shock").id == "shock"


@pytest.mark.usefixtures("shipped")
def test_an_unknown_member_is_refused_with_a_near_name():
    with pytest.raises(ParameterError, match=r"There is no modality 'tnes'\. Did you mean 'tens'\?"):
        get("modalities", "tnes")


def test_an_unknown_kind_is_refused_with_a_near_name():
    with pytest.raises(ParameterError, match=r"no kind of plug-in 'modality'\. Did you mean 'modalities'\?"):
        members("modality")


def test_a_kind_without_members_says_so(monkeypatch):
    monkeypatch.setattr(registry, "_found", lambda kind: {})
    with pytest.raises(ParameterError, match=r"no device 'unit'\. None is installed"):
        get("devices", "unit")


def test_a_name_claimed_twice_is_refused_and_both_packages_named(third_party):
    third_party({"rheobase.modalities": {"tens": "acme_stim:Mine"}}, "class Mine: ...\n")
    with pytest.raises(ParameterError, match=r"modality 'tens' is offered more than once, by acme_stim and rheobase"):
        get("modalities", "tens")


def test_a_member_that_cannot_be_loaded_names_its_package(third_party):
    third_party({"rheobase.devices": {"ghost": "acme_stim.nothing:Ghost"}})
    with pytest.raises(RheobaseError, match=r"'ghost' of package acme_stim cannot be loaded.*Repair or uninstall"):
        get("devices", "ghost")


def test_a_third_party_safety_rule_is_kept_and_a_broken_one_stops_everything(third_party):
    from safety_cases import pads, programme

    from rheobase.safety import check

    third_party({"rheobase.safety_rules": {"strict": "acme_gone:rule"}}, name="acme_gone_x")
    with pytest.raises(RheobaseError, match="safety rule 'strict'"):
        check(programme(), montage=pads())
