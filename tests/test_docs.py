"""What the documents show is what happens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

import cleaner
import given
from cleaner.cli.app import _COMMANDS, app
from cleaner.config import find
from cleaner.errors import RuleError
from cleaner.loading import build
from cleaner.pipeline import Cleaner
from cleaner.rulefiles import shipped_folder
from cleaner.ruleset import RuleSet

README = (given.ROOT / "README.md").read_text("utf-8")
PAGES = [given.ROOT / "README.md", given.ROOT / "CHANGELOG.md", *sorted((given.ROOT / "docs").rglob("*.md"))]


def block(name: str) -> str:
    """The code block below the comment of that name."""
    found = re.search(rf"<!-- {re.escape(name)} -->\n```\w*\n(.*?)```", README, re.DOTALL)
    assert found, f"README.md has no block {name!r}"
    return found[1]


def test_the_example_at_the_top(library: RuleSet) -> None:
    lines = block("example").splitlines()
    cleaned = Cleaner(library).clean(given.text(*[line[2:] for line in lines]))
    assert cleaned.text == given.text(*[line[2:] for line in lines if line.startswith("  ")])
    assert README.index("<!-- example -->") < 300


def test_help(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERMINAL_WIDTH", "100")
    shown = CliRunner().invoke(app, ["files", "--help"], prog_name="clean").stdout
    assert block("clean files --help").split() == shown.split(), f"paste this into README.md:\n{shown}"


def test_every_command_has_help() -> None:
    for name in _COMMANDS:
        assert CliRunner().invoke(app, [name, "--help"], prog_name="clean").exit_code == 0


def test_configuration(tmp_path: Path) -> None:
    (tmp_path / "clean.toml").write_text(block("clean.toml"))
    settings = find(tmp_path)
    assert settings.profile_of(tmp_path / "dumps" / "a.txt") == "aggressive"
    known = set(re.findall(r"(?m)^([a-z-]+) =|^\[([a-z-]+)\]", block("clean.toml")))
    assert {left or right for left, right in known} >= {"ignore", "rules", "profile", "max-removed", "exclude", "per-file-ignores"}


def test_rules() -> None:
    source = block("our-rules.toml")
    paywall = ("rules/paywall.toml", (shipped_folder() / "paywall.toml").read_text("utf-8"))
    conditions = ("rules/conditions.toml", (shipped_folder() / "conditions.toml").read_text("utf-8"))
    made = build([conditions, paywall, ("our-rules.toml", source)])
    rule = made.rule("our-rules/harbour-club")
    cleaner = Cleaner(made, max_removed=1)
    assert cleaner.clean(rule.removes[0].text).text == ""
    assert cleaner.clean(rule.keeps[0]).removals == ()
    assert not [each for each in made.rules if each.id == "paywall/join-free"]
    with pytest.raises(RuleError) as caught:
        build([("our-rules.toml", source.replace("line =", "lin ="))])
    assert f"clean: {caught.value.problems[0]}" == block("error").strip()


def test_python_examples(library: RuleSet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.pipeline.load", lambda paths: library)
    monkeypatch.setattr("cleaner.extract.load", lambda: library)
    source = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert source
    exec(source[1], {})  # noqa: S102


def test_fixtures_that_are_named_are_there() -> None:
    for name in re.findall(r"fixtures/[\w/.-]+\.(?:txt|html)", README):
        assert (given.ROOT / name).is_file(), name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?://)([^)#]+)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


def test_architecture_names_modules_that_are_there() -> None:
    named = set(
        re.findall(r"`([a-z]+)(?:\.[a-z]+)?`", (given.ROOT / "docs" / "architecture.md").read_text("utf-8").split("## What holds")[0])
    )
    modules = {path.stem for path in (given.ROOT / "cleaner").glob("*.py")} | {"regex", "when"}
    assert named <= modules


def test_changelog_has_a_part_for_rules() -> None:
    changelog = (given.ROOT / "CHANGELOG.md").read_text("utf-8")
    assert "## [Unreleased]" in changelog or f"## [{cleaner.__version__}]" in changelog
    assert "### Rules" in changelog
