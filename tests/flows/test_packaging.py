"""What an installed Copydesk consists of: its wheel is built here and run from an empty folder."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The files of the wheel, unpacked as an installer does."""
    wheels = pytest.importorskip("hatchling.builders.wheel", reason="hatchling is not installed")
    folder = tmp_path_factory.mktemp("wheel")
    builder = wheels.WheelBuilder(str(ROOT))
    (wheel,) = builder.build(directory=str(folder / "built"), versions=["standard"])
    zipfile.ZipFile(wheel).extractall(folder / "site")
    return folder / "site"


def test_a_wheel_brings_three_packages_and_no_other(installed):
    names = {path.name for path in installed.iterdir()}
    assert {name for name in names if not name.endswith(".dist-info")} == {
        "flows",
        "ingest",
        "storage",
    }


@pytest.mark.parametrize("package", ["flows", "ingest", "storage"])
def test_each_package_says_that_it_has_types(installed, package):
    assert (installed / package / "py.typed").is_file()


def test_a_wheel_has_every_page_of_the_sample_newsroom(installed):
    def served(sample):
        hosts = sample.glob("*.example")
        return {str(f.relative_to(sample)) for host in hosts for f in host.rglob("*.*")}

    pages = served(ROOT / "deploy" / "sample")
    assert len(pages) > 60
    assert served(installed / "flows" / "sample" / "data" / "sample") == pages


@pytest.mark.filterwarnings("ignore")
def test_the_demo_of_an_installed_copydesk_works_in_an_empty_folder(installed, tmp_path):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", "COPYDESK_"))}
    env |= {
        "PYTHONPATH": str(installed),
        "PREFECT_HOME": str(tmp_path / "prefect"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }
    (tmp_path / "empty").mkdir()
    program = "import sys, flows; print(flows.__file__); from flows.cli.app import main; main()"
    shown = subprocess.run(
        [sys.executable, "-c", program, "demo"],
        cwd=tmp_path / "empty",
        env=env,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert shown.startswith(str(installed))
    assert "Run 1 finished" in shown
    assert (tmp_path / "empty" / "demo.duckdb").is_file()
