"""A user's own ``html`` rules hold wherever pages are read: a file, a project, a batch, the library."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleaner import Cleaner
from command import Command
from pages import STORY, article

RULE = """[[rule]]
id = "kiosk"
why = "A note of the pier."
removes = [{ from = '<p>a</p><div class="pier-note">b</div>', to = '<p>a</p>' }]
keeps = ['<div class="pier">a</div>']
[rule.html]
tokens = ["pier-note"]
"""
PAGE = article('<div class="pier-note"><p>Buy a ticket for the tour of the harbour at the kiosk, any day.</p></div>')


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few_rules: Path) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    Path("in/a.html").write_text(PAGE, "utf-8")
    Path("own.toml").write_text(RULE, "utf-8")


def test_library() -> None:
    assert "kiosk" in Cleaner().clean_html(PAGE).text
    assert "kiosk" not in Cleaner(["own.toml"]).clean_html(PAGE).text


def test_named_on_the_command_line(command: Command) -> None:
    assert "kiosk" in command("--isolated", "in/a.html").out
    done = command("--isolated", "--rules", "own.toml", "--explain", "in/a.html")
    assert "kiosk" not in done.out
    assert done.err.splitlines()[:2] == ["in/a.html: rule [own/kiosk] div.pier-note", "    own.toml:1: A note of the pier."]


def test_named_in_the_settings(command: Command) -> None:
    Path("clean.toml").write_text('rules = ["own.toml"]\n', "utf-8")
    assert command("in/a.html").out.splitlines()[1:] == STORY


def test_in_a_batch(command: Command) -> None:
    done = command("batch", "in", "--out", "out", "--rules", "own.toml", "--isolated", "-j", "1")
    assert done.code == 0
    assert Path("out/data/a.html.txt").read_text("utf-8").splitlines()[1:] == STORY
