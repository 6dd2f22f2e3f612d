"""The built wheel: what people install, not the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

import given

pytestmark = pytest.mark.component

#: A dirty document whose clean twin every release reaches.
FIXTURE = given.FIXTURES / "dirty" / "en-blog-wordpress.txt"


def run(*command: object, cwd: Path | None = None) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "DECHAFF", "COV_"))}
    return subprocess.run([str(part) for part in command], cwd=cwd, check=True, capture_output=True, text=True, env=environment).stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, given.ROOT)
    return next(folder.glob("dechaff-*.whl"))


def test_holds_package_and_rules_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"cleaner"}
    shipped = {path.relative_to(given.ROOT).as_posix() for path in (given.ROOT / "rules").rglob("*.toml")}
    assert shipped <= {name.removeprefix("cleaner/") for name in names}
    modules = {path.relative_to(given.ROOT).as_posix() for path in (given.ROOT / "cleaner").rglob("*.py")}
    assert modules <= set(names)


def test_installs_and_cleans_in_a_fresh_environment(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=True)
    binaries = tmp_path / "env" / "bin"
    run(binaries / "python", "-m", "pip", "install", "--quiet", wheel)
    assert run(binaries / "clean", FIXTURE, cwd=tmp_path) == FIXTURE.with_suffix(".clean").read_text("utf-8")
    page = given.FIXTURES / "html" / "en-tidal-mill-blog.html"
    assert run(binaries / "clean", page, cwd=tmp_path) == page.with_suffix(".clean").read_text("utf-8")
    where = run(binaries / "python", "-c", "from cleaner.rulefiles import shipped_folder; print(shipped_folder())", cwd=tmp_path).strip()
    assert Path(where).is_relative_to(tmp_path / "env")
    run(binaries / "python", "-W", "error", "-c", "import cleaner; assert cleaner.clean('a \\n') == 'a\\n'", cwd=tmp_path)
