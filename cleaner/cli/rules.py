"""``clean rules``: look at the rule library, test it, add to it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from cleaner import examples, library, listing
from cleaner.cli.app import DONE, WOULD_CHANGE, fail
from cleaner.config import Settings, find
from cleaner.errors import ConfigError, Problem
from cleaner.library import Library
from cleaner.report import to_json
from cleaner.ruleset import shipped_folder

app = typer.Typer(
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Look at the rule library, test it, add to it.",
)


class Format(str, Enum):
    """How results are printed."""

    text = "text"
    json = "json"


Paths = Annotated[list[Path] | None, typer.Argument(metavar="[PATH]...", help="Rule files or folders; none: your project's, or the shipped library.")]
Stacked = Annotated[list[Path] | None, typer.Option("--rules", help="A rule file or folder to stack on the shipped rules.")]
Selected = Annotated[list[str] | None, typer.Option("--select", help="Only these families, rules or globs (commas).")]
Formatted = Annotated[Format, typer.Option("--format", help="text, or json.")]
Isolated = Annotated[bool, typer.Option("--isolated", help="Ignore clean.toml and pyproject.toml.")]


@app.command("list")
def list_(
    text: Annotated[str | None, typer.Argument(metavar="[TEXT]", help="Only rules that say this in their id, reason, pattern or examples.")] = None,
    select: Selected = None,
    language: Annotated[str | None, typer.Option("--language", help="Only rules of this language (two letters).")] = None,
    confidence: Annotated[str | None, typer.Option("--confidence", help="Only safe, aggressive or report rules.")] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="Only rules of this kind: line, span, block, after, tail, lines, repeat, ...")] = None,
    site: Annotated[str | None, typer.Option("--site", help="Only rules of this site.")] = None,
    rules: Stacked = None,
    format_: Formatted = Format.text,
    isolated: Isolated = False,
) -> None:
    """List the rules: one line each, or all of it as JSON."""
    read = library.read(select=_names(select), stacked=_stacked(rules, isolated))
    wanted = listing.Wanted(text or "", language or "", confidence or "", kind or "", site or "")
    found = listing.filtered(read.asked, wanted)
    if format_ is Format.json:
        print(to_json([listing.record(rule) for rule in found]))
        return
    for line in listing.table(found):
        print(line)
    print(f"{len(found)} of {len(read.ruleset.rules)} rules", file=sys.stderr)


@app.command()
def test(
    paths: Paths = None,
    select: Selected = None,
    clean: Annotated[
        list[Path] | None, typer.Option("--clean", help="Documents, or folders of them, without any junk: nothing in them may go.")
    ] = None,
    format_: Formatted = Format.text,
    isolated: Isolated = False,
) -> None:
    """Run the rules' examples: what they remove must go, what they keep must stay. Exit 1 if anything fails."""
    read = _asked(paths, select, isolated)
    documents = _documents(clean or _own_documents())
    with _progress(len(read.asked), "testing") as tick:
        outcome = examples.run(read, documents, tick)
    summary = f"{outcome.rules} rules, {outcome.examples} examples, {outcome.documents} clean documents"
    if outcome.skipped:
        summary += f"; {outcome.skipped} examples of html rules were not run"
    _conclude(outcome.problems, summary, format_)


def _conclude(problems: Sequence[Problem], summary: str, format_: Format) -> None:
    """Print what was found, and leave with 1 if that is anything."""
    if format_ is Format.json:
        entries = [{"path": each.location.path, "line": each.location.line, "rule": each.rule, "message": each.message} for each in problems]
        print(json.dumps({"summary": summary, "problems": entries}, ensure_ascii=False, indent=1))
    else:
        for problem in problems:
            print(problem, file=sys.stderr)
    print(f"{summary}: {f'{len(problems)} problems' if len(problems) > 1 else 'one problem' if problems else 'all is well'}", file=sys.stderr)
    raise typer.Exit(WOULD_CHANGE if problems else DONE)


def _asked(paths: Sequence[Path] | None, select: list[str] | None, isolated: bool) -> Library:
    """Return the library with the rules of ``paths`` asked for; no paths: the project's own rules, or the shipped ones."""
    read = library.read(paths or _stacked(None, isolated), _names(select))
    for path in dict.fromkeys(problem.location.path for problem in read.left_out):
        fail(f"{path}: left out, because it has faults of its own")
    return read


def _stacked(rules: Sequence[Path] | None, isolated: bool) -> list[Path]:
    settings = Settings() if isolated else find(Path.cwd())
    return [*map(Path, settings.rules), *(rules or ())]


def _names(values: list[str] | None) -> tuple[str, ...]:
    return tuple(name.strip() for value in values or () for name in value.split(",") if name.strip())


def _own_documents() -> list[Path]:
    """Return the folder of known-clean documents that a checkout has beside its rules."""
    folder = shipped_folder().parent / "fixtures" / "clean"
    return [folder] if folder.is_dir() else []


def _documents(paths: Sequence[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise ConfigError(f"{path}: no such document or folder")
        found += sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
    return found


@contextmanager
def _progress(length: int, label: str) -> Iterator[Callable[[], None]]:
    """Show a bar on a terminal and nothing in a pipe; the value is to be called once a step."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    with typer.progressbar(length=length, label=label, file=sys.stderr) as bar:
        yield lambda: bar.update(1)
