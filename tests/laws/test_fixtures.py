"""Documents with a known right answer: clean ones come back as they are, dirty ones as their clean twin.

``fixtures_pending.toml`` names those whose answer is not reached yet, each with its reason; one that is reached after
all must leave the list.
"""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path

import pytest

import given
from cleaner.pipeline import Cleaner
from cleaner.readers import read_file

PENDING: dict[str, str] = tomllib.loads((given.ROOT / "tests" / "fixtures_pending.toml").read_text("utf-8"))


def fixtures(folder: str, suffix: str) -> list[object]:
    """The files of a folder, those that are pending marked as such."""
    names = sorted(path.name for path in (given.FIXTURES / folder).glob(f"*{suffix}"))
    return [
        pytest.param(
            given.FIXTURES / folder / name,
            id=name,
            marks=[pytest.mark.xfail(reason=reason, strict=True)] if (reason := PENDING.get(f"{folder}/{name}")) else [],
        )
        for name in names
    ]


def compare(cleaned: str, wanted: str, removals: object = "") -> None:
    difference = "\n".join(difflib.unified_diff(wanted.splitlines(), cleaned.splitlines(), "wanted", "got", lineterm="", n=0))
    assert cleaned == wanted, f"{difference}\n{removals}"


@pytest.mark.parametrize("path", fixtures("clean", ".txt"))
def test_clean_document_comes_back_untouched(path: Path, shipped: Cleaner) -> None:
    cleaned = shipped.clean(read_file(path).document)
    compare(cleaned.text, path.read_bytes().decode(), [removal.rule for removal in cleaned.removals])


@pytest.mark.parametrize("path", [*fixtures("dirty", ".txt"), *fixtures("html", ".html")])
def test_dirty_document_becomes_its_clean_twin(path: Path, shipped: Cleaner) -> None:
    compare(shipped.clean(read_file(path).document).text, path.with_suffix(".clean").read_bytes().decode())


def test_every_pending_fixture_is_there_and_has_a_reason() -> None:
    assert all((given.FIXTURES / name).is_file() and reason.strip() for name, reason in PENDING.items())


@pytest.mark.parametrize(("folder", "least"), [("clean", 40), ("dirty", 40), ("html", 15)])
def test_there_are_enough_in_enough_languages(folder: str, least: int) -> None:
    sources = [path for path in (given.FIXTURES / folder).iterdir() if path.suffix != ".clean"]
    assert len(sources) >= least
    assert len({path.name[:2] for path in sources}) >= 8
    twins = {path.stem for path in (given.FIXTURES / folder).glob("*.clean")}
    assert twins == (set() if folder == "clean" else {path.stem for path in sources})
