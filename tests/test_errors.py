from __future__ import annotations

import pickle

import pytest

from cleaner import errors
from cleaner.errors import CleanError, Problem, RuleError, RuleTimeout, did_you_mean
from cleaner.types import Location


@pytest.mark.parametrize("name", ["RuleError", "ConfigError", "ReadError", "WriteError", "RuleTimeout"])
def test_all_have_one_root_and_stand_in_the_tree(name: str) -> None:
    assert issubclass(getattr(errors, name), CleanError)
    assert name in (errors.__doc__ or "")


def test_a_problem_begins_with_its_place_and_names_its_rule() -> None:
    place = Location("r.toml", 3)
    assert str(Problem(place, "is wrong", "a/b")) == "r.toml:3 [a/b] is wrong"
    assert str(Problem(place, "is wrong")) == "r.toml:3 is wrong"


def test_rule_error_tells_all_problems_one_a_line() -> None:
    problems = [Problem(Location("r.toml", line), "is wrong") for line in (1, 2)]
    error = RuleError(iter(problems))
    assert error.problems == tuple(problems)
    assert str(error).splitlines() == ["r.toml:1 is wrong", "r.toml:2 is wrong"]


def test_rule_timeout_names_rule_and_time_and_travels_between_processes() -> None:
    error = pickle.loads(pickle.dumps(RuleTimeout("a/b", 2.0)))
    assert (error.rule, error.seconds) == ("a/b", 2.0)
    assert "a/b" in str(error)
    assert "2 s" in str(error)


def test_did_you_mean() -> None:
    assert did_you_mean("paywal", {"paywall": 1, "comments": 2}) == '; did you mean "paywall"?'
    assert did_you_mean("zzz", ["paywall"]) == ""
    assert did_you_mean("zzz", []) == ""
