"""What a user installs: the wheel, whole, and sharing no name with anybody else's distribution."""

import subprocess
import sys
import sysconfig
import venv
from importlib.metadata import distributions
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
OURS = {"sportello", "kiosk", "counter", "display", "admin", "printers", "phone"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _build("wheel", ROOT, tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site-packages of a fresh environment that holds the wheel alone."""
    home = tmp_path_factory.mktemp("fresh")
    venv.create(home, with_pip=False)
    python = f"--python={home}/bin/python"
    _run(sys.executable, "-m", "pip", python, "install", "-q", "--no-deps", "--no-index", str(wheel))
    (site,) = home.glob("lib/python*/site-packages")
    return site


def test_every_top_level_name_is_there_and_belongs_to_sportello_alone(installed: Path) -> None:
    for name in OURS:
        assert (installed / name / "__init__.py").is_file(), name
        assert _owners(name, installed) == {"sportello"}


def test_no_dependency_brings_a_package_of_one_of_our_names() -> None:
    here = Path(sysconfig.get_path("purelib"))
    for name in OURS:
        assert _owners(name, here) <= {"sportello"}


def test_the_wheel_puts_nothing_else_at_the_top(installed: Path) -> None:
    (distribution,) = distributions(path=[str(installed)])
    files = distribution.files or []
    tops = {file.parts[0] for file in files if not file.parts[0].endswith(".dist-info") and ".." not in file.parts}
    assert tops == OURS


def test_the_command_stands_in_the_environment(installed: Path) -> None:
    assert (installed.parents[2] / "bin" / "sportello").is_file()


def test_front_end_files_are_inside_with_their_licences(wheel: Path) -> None:
    names = set(ZipFile(wheel).namelist())
    vendor = "sportello/static/vendor"
    assert {
        f"{vendor}/socket.io/socket.io.esm.min.js",
        f"{vendor}/bootstrap-italia/css/bootstrap-italia.min.css",
        f"{vendor}/bootstrap-italia/svg/sprites.svg",
        f"{vendor}/bootstrap/bootstrap.bundle.min.js",
        f"{vendor}/fonts/titillium-web-latin-600-normal.woff2",
        f"{vendor}/fonts/noto-sans-cyrillic-700-normal.woff2",
        f"{vendor}/fonts/noto-sans-arabic-used-700-normal.woff2",
        f"{vendor}/fonts/noto-sans-sc-chinese-simplified-400-normal.woff2",
        f"{vendor}/fonts/fonts.css",
        f"{vendor}/fonts/LICENSE-titillium-web",
        f"{vendor}/fonts/LICENSE-noto-sans-sc",
        f"{vendor}/socket.io/LICENSE",
    } <= names


def test_every_catalogue_is_inside_compiled(wheel: Path) -> None:
    expected = {str(po.with_suffix(".mo").relative_to(ROOT)) for po in (ROOT / "sportello").rglob("*.po")}
    assert expected, "the English catalogue is missing"
    assert expected <= set(ZipFile(wheel).namelist())


def test_every_template_stylesheet_and_script_is_inside(wheel: Path) -> None:
    kept = {".html", ".css", ".js", ".svg", ".sql", ".png"}
    expected = {
        str(file.relative_to(ROOT)) for ours in OURS for file in (ROOT / ours).rglob("*") if file.suffix in kept
    }
    assert expected <= set(ZipFile(wheel).namelist())


def test_the_example_charters_are_inside(wheel: Path) -> None:
    charters = ROOT / "charters"
    expected = {f"sportello/examples/{file.relative_to(charters)}" for file in charters.rglob("*.toml")}
    assert expected, "there is no example charter"
    assert expected <= set(ZipFile(wheel).namelist())


def test_the_source_distribution_makes_the_same_wheel_without_fetching_anything(
    wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _run("tar", "-xzf", str(_build("sdist", ROOT, tmp_path)), "-C", str(tmp_path))
    (sources,) = (folder for folder in tmp_path.iterdir() if folder.is_dir())
    monkeypatch.setenv("SPORTELLO_NPM", "/bin/false")  # a build that asked npm for anything would stop here
    again = _build("wheel", sources, tmp_path / "again")
    assert set(ZipFile(again).namelist()) == set(ZipFile(wheel).namelist())


def _build(kind: str, sources: Path, folder: Path) -> Path:
    _run(sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder), cwd=sources)
    (built,) = (file for file in folder.iterdir() if file.is_file())
    return built


def _run(*command: str, cwd: Path = ROOT) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def _owners(name: str, site: Path) -> set[str]:
    """The distributions that install a top-level package or module called `name`."""
    return {
        distribution.metadata["Name"]
        for distribution in distributions(path=[str(site)])
        for file in distribution.files or []
        if file.parts[0] in {name, f"{name}.py"}
    }


def test_everything_the_program_reads_is_inside(wheel: Path) -> None:
    """Templates of pages and of documents, styles, scripts, pictures, letters for print: what lies beside the code."""
    kinds = {".html", ".typ", ".txt", ".css", ".js", ".svg", ".ttf", ".woff2", ".toml", ".json"}
    beside = {
        str(path.relative_to(ROOT))
        for name in OURS
        for path in (ROOT / name).rglob("*")
        if path.suffix in kinds and path.is_file()
    }
    assert {Path(name).suffix for name in beside} >= {".html", ".typ", ".css", ".js", ".ttf"}
    assert beside - set(ZipFile(wheel).namelist()) == set()
