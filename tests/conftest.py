"""What every test run has: a rule cache of its own, repeatable random examples, the shipped rules loaded once."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import subprocess
import sys
import sysconfig
import time
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import hypothesis
import pytest

import given
from cleaner.loading import load
from cleaner.pipeline import Cleaner
from cleaner.prefilter import Everything
from cleaner.rulecache import patterns_name
from cleaner.rulefiles import shipped_folder
from cleaner.rulemodel import schema_text
from cleaner.ruleset import RuleSet
from command import Command, runner

# Processes of a pool import the main module, which is pytest here and of no use to them, and find the rest imported.
sys.modules["__main__"].__spec__ = None
sys.modules["__main__"].__dict__.pop("__file__", None)
multiprocessing.set_forkserver_preload(["cleaner.batch.work"])

hypothesis.settings.register_profile("default", deadline=None, derandomize=True, max_examples=60)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=2000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(scope="session", autouse=True)
def rule_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep the user's own cache out of the tests, and the tests out of it; the shipped rules are in this one."""
    base = tmp_path_factory.getbasetemp()
    with pytest.MonkeyPatch.context() as patch:
        prepared = _prepared(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base, patch)
        folder = tmp_path_factory.mktemp("caches") / "cache"
        shutil.copytree(prepared, folder)
        patch.setenv("DECHAFF_CACHE", str(folder))
        yield folder


def _prepared(base: Path, patch: pytest.MonkeyPatch) -> Path:
    """Return the cache that all processes of a test run copy: the first one makes it, which takes half a minute."""
    making, made = base / "rules-being-loaded", base / "rules-loaded"
    try:
        making.mkdir()
    except FileExistsError:
        while not made.exists():
            time.sleep(0.1)
        return made
    (making / "cache").mkdir()
    patch.setenv("DECHAFF_CACHE", str(making / "cache"))
    try:
        # An installation has looked at the patterns already.
        with suppress(OSError):
            shutil.copy(Path(sysconfig.get_path("purelib"), "cleaner", "rules", patterns_name()), making / "cache")
        # In a process of its own: measuring coverage would slow it down several times.
        subprocess.run([sys.executable, "-c", "from cleaner.loading import load; load()"], cwd=given.ROOT, check=False)
    finally:
        # Whatever is wrong, each process finds it out for itself.
        (making / "cache").rename(made)
    return made


_schema = cache(schema_text)


@pytest.fixture(scope="session")
def library(rule_cache: Path) -> RuleSet:
    """The shipped rules, all profiles, loaded once."""
    return load()


@pytest.fixture(scope="session")
def shipped(library: RuleSet) -> Cleaner:
    """The cleaner that people get by default."""
    return Cleaner(library)


@pytest.fixture(scope="session")
def unfiltered(library: RuleSet) -> Cleaner:
    """The same, every rule tried on every line."""
    return Cleaner(library, prefilter=Everything)


@pytest.fixture(scope="session")
def junk_lines() -> list[str]:
    """Lines that the shipped rules say they remove: the examples of their files."""
    tables = [
        table for file in sorted(shipped_folder().rglob("*.toml")) for table in tomllib.loads(file.read_text("utf-8")).get("rule", ())
    ]
    examples = [example for table in tables if "html" not in table for example in table.get("removes", ()) if isinstance(example, str)]
    return [line for example in examples for line in example.split("\n") if line]


@pytest.fixture
def few_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of four rules in place of the shipped ones, for tests of what is done with rules."""
    folder = tmp_path / "shipped"
    folder.mkdir()
    (folder / "ads.toml").write_text(given.filled(given.rule("line = 'advertisement'\nwhy = 'A label.'", "label")))
    (folder / "share.toml").write_text(
        given.filled(
            given.rule("line = 'share this'", "line") + given.rule("span = ' \\(share\\)'", "span")
            + given.rule("line = 'sponsored: .*'\nconfidence = 'aggressive'", "bold")
        )
    )  # fmt: skip
    monkeypatch.setattr("cleaner.rulefiles.shipped_folder", lambda: folder)
    return folder


@pytest.fixture
def command(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command line: a function that takes its arguments and returns what it printed and its exit code."""
    return runner(capfd, monkeypatch)


@pytest.fixture
def small_library(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose shipped library is a handful of rules, for tests that would have to load all of it."""
    root = tmp_path_factory.mktemp("checkout")
    shutil.copytree(Path(__file__).parent / "small_library", root / "rules")
    (root / "rules" / "rule.schema.json").write_text(_schema(), "utf-8")
    (root / "fixtures" / "clean").mkdir(parents=True)
    (root / "fixtures" / "clean" / "en-loft.txt").write_text(
        "The loft was opened on Monday.\n\nNobody had been there for years.\n", "utf-8"
    )
    for module in ("cleaner.rulefiles", "cleaner.library", "cleaner.lint", "cleaner.cli.rules"):
        monkeypatch.setattr(f"{module}.shipped_folder", lambda: root / "rules")
    return root
