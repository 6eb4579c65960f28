"""The bindings' package is loaded one submodule at a time."""

import os
import subprocess
import sys

import pytest

from shared import bindings
from shared.bindings import PACKAGE, SILENCE, install


@pytest.fixture
def not_imported(monkeypatch):
    """As in a process that has not imported the bindings yet."""
    for name in [name for name in sys.modules if name == PACKAGE or name.startswith(f"{PACKAGE}.")]:
        monkeypatch.delitem(sys.modules, name)
    return monkeypatch


def test_the_package_is_there_without_its_own_code_having_run(not_imported):
    assert not_imported
    install()
    package = sys.modules[PACKAGE]
    assert package.__spec__.name == PACKAGE
    assert package.__path__
    assert not hasattr(package, "__all__")
    assert [name for name in sys.modules if name.startswith(f"{PACKAGE}.")] == []


def test_a_package_that_is_there_already_is_left_alone(not_imported):
    install()
    first = sys.modules[PACKAGE]
    install()
    assert sys.modules[PACKAGE] is first
    assert not_imported


def test_a_package_that_is_not_installed_is_told_with_what_to_do(not_imported):
    not_imported.setattr(bindings, "PACKAGE", "cdktf_cdktf_provider_nowhere")
    with pytest.raises(
        ModuleNotFoundError, match="cdktf_cdktf_provider_nowhere is not installed: run `make`"
    ):
        install()


def test_a_single_file_in_its_place_is_not_taken_for_the_package(not_imported, tmp_path):
    (tmp_path / "only_a_file.py").write_text("")
    not_imported.syspath_prepend(tmp_path)
    not_imported.setattr(bindings, "PACKAGE", "only_a_file")
    with pytest.raises(ModuleNotFoundError, match="only_a_file is not installed"):
        install()


def test_jsiis_banner_is_silenced_unless_somebody_decided_otherwise(not_imported):
    not_imported.delenv(SILENCE, raising=False)
    install()
    # jsii compares with the major versions of Node in it
    assert os.environ[SILENCE] == bindings.SILENCED_NODE == "20"
    not_imported.setenv(SILENCE, "18,20")
    install()
    assert os.environ[SILENCE] == "18,20"


def test_importing_the_constructs_or_the_apps_loads_only_what_they_use():
    program = (
        "import sys, regions.systems\n"
        f"print(sum(1 for name in sys.modules if name.startswith('{PACKAGE}.') and name.count('.') == 1))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    # 2,139 when the package imports everything
    assert 30 < int(done.stdout) < 80
