"""``clean protect``: keep lines that a rule would remove."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from cleaner import protect
from cleaner.cli.app import fail
from cleaner.config import find
from cleaner.errors import ConfigError
from cleaner.project import Project
from cleaner.readers import read_file
from cleaner.report import excerpt

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)


@app.command("protect", context_settings={"help_option_names": ["-h", "--help"]})
def protect_(
    places: Annotated[list[str], typer.Argument(metavar="FILE:LINE...", help="Lines that must stay, as `clean --check` names them.")],
) -> None:
    """Keep lines that a rule would remove: list them in the project's clean-protect.txt."""
    settings = find(Path.cwd())
    kept = settings.protected()
    if kept is None:
        raise ConfigError("no clean.toml or [tool.clean] here or above; create a clean.toml, empty if you like, at your project's root")
    if settings.protect:
        protect.start(kept)
    project = Project(settings)
    lines = [line for place in places for line in _lines(project, place)]
    added = protect.add(kept, lines)
    for line in added:
        fail(f"{kept}: keeps {excerpt(line)}")


def _lines(project: Project, place: str) -> Iterable[str]:
    name, _, line = place.rpartition(":")
    if not (name and line.isdecimal() and int(line)):
        raise ConfigError(f"{place}: write it as FILE:LINE, as `clean --check FILE` does")
    lines = list(protect.removed_at(project.clean(read_file(Path(name), "text")).cleaned, int(line)))
    if not lines:
        raise ConfigError(f"{place}: no rule removes anything there; see `clean --check {name}`")
    return lines
