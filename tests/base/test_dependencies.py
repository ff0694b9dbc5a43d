import re
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
IMPORT = re.compile(r"^\s*(?:import|from) (\w+)", re.MULTILINE)


def test_a_dependency_is_imported_or_its_line_says_why_it_is_not():
    written = (ROOT / "pyproject.toml").read_text("utf-8")
    asked = tomllib.loads(written)["project"]["dependencies"]
    explained = set(re.findall(r'"([^">=]+)[^"]*",\s*# not imported: \w', written))
    found = {
        name
        for package in ("flows", "ingest", "storage")
        for path in (ROOT / package).rglob("*.py")
        for name in IMPORT.findall(path.read_text("utf-8"))
    }
    owners = packages_distributions()
    imported = {plain(owner) for name in found for owner in owners.get(name, ())}
    idle = {name for one in asked if plain(name := re.split("[<>=]", one)[0]) not in imported}
    assert idle == explained


def plain(name):
    return re.sub("[-_.]+", "-", name).lower()
