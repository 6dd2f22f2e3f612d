"""``clean impact``: what a change of rules does to a corpus, with a budget for CI."""

from __future__ import annotations

import sys
import tempfile
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from cleaner.cli.app import DONE, WOULD_CHANGE, fail
from cleaner.report import to_json

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)


class Format(str, Enum):
    """How the change is printed."""

    text = "text"
    json = "json"


@app.command(context_settings={"help_option_names": ["-h", "--help"]})
def impact(
    old: Annotated[str, typer.Argument(metavar="OLD", help="Rules as they were: shipped, a file or folder on top, or a git revision.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Rules as they are to be.")],
    sources: Annotated[list[str], typer.Argument(metavar="SOURCE...", help="Files, folders or globs, as of clean batch.")],
    fail_over: Annotated[
        str, typer.Option("--fail-over", help="Exit 1 if more than this share of the text is newly removed, as 0.1%.")
    ] = "100%",
    profile: Annotated[str, typer.Option("--profile", help="safe or aggressive.")] = "safe",
    format_: Annotated[Format, typer.Option("--format", help="text, or json.")] = Format.text,
) -> None:
    """Say what a change of rules removes and restores in SOURCES, by rule and with samples.

    A git revision stands for the rules/ folder in it; REVISION:PATH names another folder or file.
    """
    from cleaner.mining import impact as change
    from cleaner.mining.documents import documents

    budget = change.share_of(fail_over)
    with tempfile.TemporaryDirectory(prefix="clean-impact-") as folder:
        before, after = (change.rules(name, Path(folder) / side, profile) for side, name in (("old", old), ("new", new)))
        found = change.compare(before, after, documents(sources))
    if format_ is Format.json:
        print(to_json(change.record(found)))
    else:
        print("\n".join(change.report(found)))
    if found.share > budget:
        fail(f"{found.share:.3%} of the text is newly removed, more than the {budget:.3%} allowed (--fail-over)")
        raise typer.Exit(WOULD_CHANGE)
    if found.failed:
        print(f"clean: {found.failed} documents failed and are not counted", file=sys.stderr)
    raise typer.Exit(DONE)
