"""The command line run in this process, as ``clean ...`` would run it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from cleaner.cli import app


@dataclass(frozen=True)
class Done:
    """What a run printed and its exit code."""

    code: int
    out: str
    err: str


Command = Callable[..., Done]


def runner(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, start: Callable[[], None] = app.run) -> Command:
    """Return a function that runs ``clean`` with its arguments; ``app.run`` remembers nothing from run to run, ``entry.main`` does."""

    def run(*arguments: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["clean", *arguments])
        capfd.readouterr()
        code = 0
        try:
            start()
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else int(bool(error.code))
        out, err = capfd.readouterr()
        return Done(code, out, err)

    return run
