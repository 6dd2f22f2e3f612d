"""CONTRIBUTING.md, followed literally: its commands and its rule, in its order."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from command import Command

PAGE = (Path(__file__).parents[1] / "CONTRIBUTING.md").read_text("utf-8")
FIRST_RULE = PAGE.partition("## A first rule")[2].partition("\n## ")[0]
BLOCKS = [(kind, re.sub("(?m)^   ", "", body)) for kind, body in re.findall(r"   ```(\w+)\n(.*?)   ```", FIRST_RULE, re.DOTALL)]


def test_the_first_rule(tmp_path: Path, command: Command, small_library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    article = "The loft was opened on Monday.\n\nGet our letter by carrier pigeon every Sunday!\n"
    Path("article.txt").write_text(article, "utf-8")
    assert command("--isolated", "article.txt").out == article
    outputs = []
    for kind, body in BLOCKS:
        if kind == "toml":
            started = tomllib.loads(Path("my-rules/newsletter.toml").read_text("utf-8"))["rule"][0]
            filled = tomllib.loads(body)["rule"][0]
            assert started["removes"][0] == filled["removes"][0]
            assert started.keys() == filled.keys()
            Path("my-rules/newsletter.toml").write_text(body, "utf-8")
            continue
        for line in body.strip().splitlines():
            program, *arguments = shlex.split(line)
            assert program == "clean"
            done = command(*arguments)
            assert done.code == 0, done.err
            outputs.append(done)
    assert outputs[-1].out == "The loft was opened on Monday.\n"
    assert len(outputs) == 4


def test_the_rule_as_it_was_started_is_found_unfinished(
    tmp_path: Path, command: Command, small_library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    command(*shlex.split(BLOCKS[0][1])[1:])
    done = command("rules", "test", "my-rules")
    assert done.code == 2
    assert re.search(r'my-rules/newsletter\.toml:\d+ \[newsletter/carrier-pigeon\] "why" should have at least 1 character', done.err)
    assert re.search(r'my-rules/newsletter\.toml:\d+ \[newsletter/carrier-pigeon\] "keeps', done.err)
