"""``clean restore``: the originals of a run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command(context_settings={"help_option_names": ["-h", "--help"]})
def restore(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a run of `clean batch --removals clean`.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="New folder for the originals.")],
) -> None:
    """Rebuild the original of every document of a RUN from its output and the record of what was removed."""
    from cleaner.batch.restore import restore as restored

    print(f"{restored(run, out):,} documents restored in {out}", file=sys.stderr)
