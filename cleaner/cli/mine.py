"""``clean mine``: a dump to rules for what repeats in it, and their review."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer

from cleaner.cli.app import DONE, fail
from cleaner.config import Settings, find
from cleaner.errors import ConfigError, did_you_mean

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)

_EVERY = 0.5
_CLEAR = "\r\033[K"


@app.command(context_settings={"help_option_names": ["-h", "--help"]})
def mine(
    sources: Annotated[list[str] | None, typer.Argument(metavar="SOURCE...", help="Files, folders or globs, as of clean batch.")] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="The rule file to write; evidence goes beside it.")] = Path("mined.toml"),
    group_by: Annotated[
        str, typer.Option("--group-by", help="What shares its furniture: site, dir, field:NAME or regex:PATTERN (of the address or id).")
    ] = "site",
    min_documents: Annotated[int, typer.Option("--min-documents", min=2, help="A line repeats if so many documents have it,")] = 2,
    min_share: Annotated[float, typer.Option("--min-share", min=0, max=1, help="and this share of its group's.")] = 0.01,
    min_pages: Annotated[int, typer.Option("--min-pages", min=2, help="Leave groups of fewer documents alone.")] = 4,
    review: Annotated[
        Path | None, typer.Option("--review", metavar="FILE", help="Go through the rules of a mined file: accept, reject, edit.")
    ] = None,
    text_field: Annotated[str, typer.Option("--text-field", help="Field or column with the text (guessed).")] = "",
    html_field: Annotated[str, typer.Option("--html-field", help="Field or column with the page.")] = "",
    url_field: Annotated[str, typer.Option("--url-field", help="Field or column with the page's address (guessed).")] = "",
    rules: Annotated[list[Path] | None, typer.Option("--rules", help="A rule file or folder to stack on the shipped rules.")] = None,
    isolated: Annotated[bool, typer.Option("--isolated", help="Ignore clean.toml and pyproject.toml.")] = False,
) -> None:
    """Propose rules for the lines and page elements that repeat in SOURCES, each with its evidence and tested.

    A proposed rule only reports. Go through them with --review; those you accept work like any others.
    """
    if review is not None:
        if sources:
            raise ConfigError("--review goes through a file that is there; mine and review in two steps")
        _review(review)
        return
    if not sources:
        raise ConfigError("name what to mine: clean mine SOURCE... -o mined.toml")
    from cleaner.batch.model import Fields
    from cleaner.mining.corpus import By
    from cleaner.mining.job import Job, page_file, run
    from cleaner.mining.model import Limits

    kind, _, of = group_by.partition(":")
    if kind not in By.__members__:
        raise ConfigError(f'--group-by: there is no "{kind}"{did_you_mean(kind, By.__members__)} (have: {", ".join(By.__members__)})')
    settings = Settings() if isolated else find(Path.cwd())
    limits = Limits(min_documents, min_share, min_pages)
    fields = Fields(text_field, html_field, url_field)
    ticker = _Ticker()
    mined = run(Job(sources, output, By(kind), of, fields, limits, [*map(Path, settings.rules), *(rules or ())]), ticker)
    ticker.clear()
    print(
        f"clean: {mined.documents:,} documents in {mined.groups:,} groups, {mined.copies:,} copies set aside, {mined.failed:,} failed",
        file=sys.stderr,
    )
    if not mined.candidates:
        without = mined.left_out.get("documents without a group", 0)
        hint = "; no document has an address: try --group-by dir" if without == mined.documents and kind == "site" else ""
        print(f"clean: nothing to propose{hint}", file=sys.stderr)
        raise typer.Exit(DONE)
    print(f"clean: {len(mined.candidates):,} rules proposed in {output}, evidence in {page_file(output)}", file=sys.stderr)
    print(f"clean: go through them with `clean mine --review {output}`", file=sys.stderr)


class _Ticker:
    """Shows how far mining is, on a terminal only."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._last = 0.0

    def __call__(self, step: str, count: int) -> None:
        now = time.monotonic()
        if self._terminal and now - self._last >= _EVERY:
            self._last = now
            print(f"{_CLEAR}{step}: {count:,}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Take the line off the terminal."""
        if self._terminal:
            print(_CLEAR, end="", file=sys.stderr, flush=True)


def _review(path: Path) -> None:
    from cleaner.mining.review import session
    from cleaner.mining.rulebook import RuleBook

    book = RuleBook(path)
    if not book.pending:
        print(f"clean: {path}: nothing is left to decide", file=sys.stderr)
        return
    outcome = session(book, _ask, lambda text: print(text, file=sys.stderr), _edited)
    print(
        f"clean: {path}: {outcome.accepted} accepted, {outcome.rejected} rejected, {len(book.pending)} still to decide",
        file=sys.stderr,
    )


def _ask(prompt: str) -> str:
    print(prompt, end="", file=sys.stderr, flush=True)
    line = sys.stdin.readline()
    return line.strip() if line else "q"


def _edited(table: str) -> str | None:
    """Return the table as the person's editor left it; None: it could not be run."""
    command = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    with tempfile.TemporaryDirectory(prefix="clean-") as folder:
        file = Path(folder) / "rule.toml"
        file.write_text(table, "utf-8")
        try:
            done = subprocess.run([*command, str(file)], check=False)  # noqa: S603
        except OSError as error:
            fail(f"{command[0]}: cannot be run: {error.strerror}; set EDITOR")
            return None
        text = file.read_text("utf-8")
    return text if not done.returncode and text != table else None
