"""``clean report``: the page of a run, made anew from its record."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cleaner.writers import write_file

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command(context_settings={"help_option_names": ["-h", "--help"]})
def report(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a run of `clean batch`, or its run.json.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Where to write the page (report.html beside run.json).")] = None,
) -> None:
    """Write the page that shows what a RUN removed: by family, rule and site, with samples."""
    from cleaner.runreport import load, page

    record = load(run)
    target = output or (run if run.is_dir() else run.parent) / "report.html"
    write_file(target, page(record).encode("utf-8", "backslashreplace"))
    print(target, file=sys.stderr)
