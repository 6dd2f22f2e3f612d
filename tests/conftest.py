"""What every test run has: a rule cache of its own, repeatable random examples, the shipped rules loaded once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from cleaner.pipeline import Cleaner
from cleaner.prefilter import Everything
from cleaner.ruleset import load

hypothesis.settings.register_profile("default", deadline=None, derandomize=True, max_examples=60)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=2000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(scope="session", autouse=True)
def rule_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep the user's own cache out of the tests, and the tests out of it."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        patch.setenv("DECHAFF_CACHE", str(folder))
        yield folder


@pytest.fixture(scope="session")
def shipped(rule_cache: Path) -> Cleaner:
    """The cleaner that people get by default."""
    return Cleaner()


@pytest.fixture(scope="session")
def unfiltered(rule_cache: Path) -> Cleaner:
    """The same, every rule tried on every line."""
    return Cleaner(prefilter=Everything)


@pytest.fixture(scope="session")
def junk_lines() -> list[str]:
    """Lines that the shipped rules say they remove: the examples of their files."""
    rules = load(examples=True).rules
    return [line for rule in rules for example in rule.removes if example.want is None for line in example.text.split("\n") if line]
