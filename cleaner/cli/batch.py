"""``clean batch``: dumps of any size, in parallel, with counts that add up."""

from __future__ import annotations

import sys
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from cleaner.cli.app import DONE, INTERRUPTED, WRONG, fail, names, preparing
from cleaner.config import Settings, find
from cleaner.errors import ConfigError
from cleaner.pipeline import MAX_REMOVED
from cleaner.project import Project, Wanted

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)

_MB = 1 << 20


class SourceFormat(str, Enum):
    """What all sources are taken for."""

    jsonl = "jsonl"
    csv = "csv"
    parquet = "parquet"
    warc = "warc"
    files = "files"


class Target(str, Enum):
    """What outputs are written as."""

    txt = "txt"
    jsonl = "jsonl"
    parquet = "parquet"


class Engine(str, Enum):
    """What does the work."""

    local = "local"
    spark = "spark"


class Sidecar(str, Enum):
    """The form of the record of what was removed."""

    clean = "clean"
    dolma = "dolma"


@app.command(context_settings={"help_option_names": ["-h", "--help"]})
def batch(
    sources: Annotated[list[str], typer.Argument(metavar="SOURCE...", help="Files, folders or globs; - is JSON Lines on standard input.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the run: data/, counts, failures and report go there.")],
    format_: Annotated[
        SourceFormat | None, typer.Option("--from", help="Take all sources for this instead of going by their names.")
    ] = None,
    to: Annotated[Target | None, typer.Option("--to", help="Write this instead of the format of each source.")] = None,
    text_field: Annotated[str, typer.Option("--text-field", help="Field or column with the text (guessed).")] = "",
    html_field: Annotated[str, typer.Option("--html-field", help="Field or column with the page, whose main content is taken.")] = "",
    url_field: Annotated[str, typer.Option("--url-field", help="Field or column with the page's address (guessed).")] = "",
    id_field: Annotated[str, typer.Option("--id-field", help="Field or column with the document's id (guessed).")] = "",
    removals: Annotated[
        list[Sidecar] | None, typer.Option("--removals", help="Also write what was removed: clean (for `clean restore`) or dolma.")
    ] = None,
    only_failures: Annotated[
        Path | None, typer.Option("--only-failures", help="Only the documents in this failures.jsonl of another run.")
    ] = None,
    restart: Annotated[bool, typer.Option("--restart", help="Throw away the run that is in --out and begin again.")] = False,
    workers: Annotated[int, typer.Option("--workers", "-j", min=0, help="Processes; 0: one for each processor.")] = 0,
    timeout: Annotated[float, typer.Option("--timeout", min=0.1, help="Seconds after which a document is given up.")] = 60,
    max_memory: Annotated[int, typer.Option("--max-memory", min=0, help="MB that a worker may hold; 0: any.")] = 4096,
    max_document: Annotated[int, typer.Option("--max-document", min=1, help="MB above which a document is not read.")] = 50,
    engine: Annotated[Engine, typer.Option("--engine", help="local: processes of this machine; spark: Apache Spark.")] = Engine.local,
    master: Annotated[str, typer.Option("--master", help="Address of Spark, for --engine spark.")] = "local[*]",
    select: Annotated[list[str] | None, typer.Option("--select", help="Only these families, rules or globs (commas).")] = None,
    ignore: Annotated[list[str] | None, typer.Option("--ignore", help="Not these families, rules or globs (commas).")] = None,
    rules: Annotated[list[Path] | None, typer.Option("--rules", help="A rule file or folder to stack on the shipped rules.")] = None,
    profile: Annotated[str | None, typer.Option("--profile", help="safe (default) or aggressive.")] = None,
    max_removed: Annotated[
        float | None,
        typer.Option("--max-removed", min=0, max=1, help=f"Refuse to remove more than this share of the prose ({MAX_REMOVED})."),
    ] = None,
    isolated: Annotated[bool, typer.Option("--isolated", help="Ignore clean.toml and pyproject.toml.")] = False,
) -> None:
    """Clean SOURCES into a folder. Run the same command again to go on after a crash, a kill or a full disk.

    Exit code 2 says that documents failed or were refused: failures.jsonl in the folder names them.
    """
    from cleaner.batch.model import Fields, Limits
    from cleaner.batch.options import Options
    from cleaner.batch.run import run
    from cleaner.cli.progress import Progress, summary, wrong

    if workers > 512:
        raise ConfigError("--workers: more than 512 processes is more than one machine does")
    project = Project(
        Settings() if isolated else find(Path.cwd()),
        Wanted(tuple(rules or ()), names(select), names(ignore), profile or "", max_removed),
        preparing,
    )
    cleaner = project.widest() if project.settings.by_file else project.cleaner(Path())
    taken = {SourceFormat.csv: "table"}.get(format_, format_.value) if format_ else ""
    options = Options(
        sources,
        out,
        fields=Fields(text_field, html_field, url_field, id_field),
        format=taken,
        to=to.value if to else "",
        removals=tuple(sorted({each.value for each in removals or ()})),
        only_failures=only_failures,
        restart=restart,
        workers=workers,
        timeout=timeout,
        memory=max_memory * _MB,
        limits=Limits(document=max_document * _MB),
        project=project.settings,
    )
    progress = Progress(sys.stderr)
    try:
        if engine is Engine.spark:
            from cleaner.adapters.spark import clean_dump

            outcome = clean_dump(master, options, cleaner, progress)
        else:
            outcome = run(options, cleaner, progress)
    except KeyboardInterrupt:
        progress.note("stopped; run the same command again to go on")
        raise typer.Exit(INTERRUPTED) from None
    for line in summary(outcome, out):
        print(line, file=sys.stderr)
    faults = wrong(outcome.total)
    if faults:
        fail(f"{faults}: see {out / 'failures.jsonl'}")
    raise typer.Exit(WRONG if faults else DONE)
