"""``clean FILE...``: clean files to stdout, in place, or only tell what would change."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Annotated

import typer

from cleaner import report
from cleaner.cli.app import DONE, WOULD_CHANGE, WRONG, fail, mistyped
from cleaner.config import Settings, find
from cleaner.errors import ConfigError, ReadError, RuleTimeout
from cleaner.normalize import fix_encoding
from cleaner.pipeline import MAX_REMOVED, Cleaner
from cleaner.readers import Source, read_bytes, read_file
from cleaner.types import Cleaned, Document, Stats
from cleaner.writers import encoded, write_file

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)


class Kind(str, Enum):
    """What an input is taken for."""

    auto = "auto"
    text = "text"
    html = "html"


class Format(str, Enum):
    """How results are printed."""

    text = "text"
    json = "json"


@app.command(context_settings={"help_option_names": ["-h", "--help"]})
def files(
    inputs: Annotated[list[str], typer.Argument(metavar="FILE...", help="Files to clean; - is standard input.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the cleaned text to this file.")] = None,
    write: Annotated[bool, typer.Option("--write", "-w", help="Clean text files in place.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Only list what would go; exit 1 if anything would change.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Only show a unified diff; exit 1 if anything would change.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Say on stderr what went, by which rule, where that is and why.")] = False,
    statistics: Annotated[bool, typer.Option("--statistics", help="Print counts by family and rule on stderr.")] = False,
    format_: Annotated[Format, typer.Option("--format", help="text, or json: one object a line with text and removals.")] = Format.text,
    kind: Annotated[Kind, typer.Option("--from", help="Take inputs for text or HTML instead of looking.")] = Kind.auto,
    url: Annotated[str | None, typer.Option("--url", help="The page's address, for the rules of its site.")] = None,
    stdin_filename: Annotated[str, typer.Option("--stdin-filename", help="What to call standard input.")] = "-",
    select: Annotated[list[str] | None, typer.Option("--select", help="Only these families, rules or globs (commas).")] = None,
    ignore: Annotated[list[str] | None, typer.Option("--ignore", help="Not these families, rules or globs (commas).")] = None,
    rules: Annotated[list[Path] | None, typer.Option("--rules", help="A rule file or folder to stack on the shipped rules.")] = None,
    profile: Annotated[str | None, typer.Option("--profile", help="safe (default) or aggressive.")] = None,
    max_removed: Annotated[
        float | None, typer.Option("--max-removed", min=0, max=1, help=f"Refuse to remove more than this share of the prose ({MAX_REMOVED}).")
    ] = None,
    fix_mojibake: Annotated[bool, typer.Option("--fix-encoding", help="Repair mojibake first, with ftfy.")] = False,
    exit_non_zero_on_fix: Annotated[bool, typer.Option("--exit-non-zero-on-fix", help="With --write: exit 1 if a file was changed.")] = False,
    force_exclude: Annotated[bool, typer.Option("--force-exclude", help="Heed the project's excludes for files named here, too.")] = False,
    isolated: Annotated[bool, typer.Option("--isolated", help="Ignore clean.toml and pyproject.toml.")] = False,
) -> None:
    """Clean FILES: plain text or HTML in, plain text out (`clean a.txt` is `clean files a.txt`)."""
    settings = Settings() if isolated else find(Path.cwd())
    if sum((write, check, diff, output is not None)) > 1:
        raise ConfigError("--write, --check, --diff and --output exclude each other")

    @cache
    def cleaner(chosen: str, ignored: tuple[str, ...]) -> Cleaner:
        budget = max_removed if max_removed is not None else settings.max_removed
        return Cleaner(
            [*settings.rules, *(rules or ())],
            _names(select) or settings.select,
            ignored,
            chosen,
            MAX_REMOVED if budget is None else budget,
        )

    def clean(source: Source) -> tuple[Cleaned, Cleaner]:
        path = Path(source.document.id)
        ignored = (*settings.ignored(path), *_names(ignore))
        chosen = cleaner(profile or settings.profile_of(path), ignored)
        return chosen.clean(_repaired(source.document) if fix_mojibake else source.document), chosen

    cleaner(profile or settings.profile, (*settings.ignore, *_names(ignore)))
    stats = Stats()
    changed = wrong = False
    collected: list[str] = []
    for name in inputs:
        if force_exclude and settings.excluded(Path(name)):
            continue
        try:
            source = _read(name, stdin_filename, kind.value, url)
            if write and source.kind == "html":
                raise ReadError(f"{name}: is HTML, which is never rewritten as text in place; use --output")
            cleaned, chosen = clean(source)
        except (ReadError, RuleTimeout) as error:
            fail(error if isinstance(error, ReadError) else f"{name}: {error}")
            stats += Stats(failed=1)
            wrong = True
            continue
        stats += report.tally(cleaned)
        if cleaned.refused:
            fail(f"{name}: refused, left as it was: {cleaned.refused}")
            wrong = True
        elif not cleaned.text and cleaned.document.text == "" and source.kind == "html":
            fail(f"{name}: no main content found in this page")
        changed |= cleaned.changed
        if explain:
            _say(report.explanation(cleaned, chosen.rule))
        elif check and format_ is Format.text:
            _say(_would_change(cleaned))
        if format_ is Format.json:
            collected.append(report.to_json(report.record(cleaned, chosen.rule)) + "\n")
        elif diff:
            collected += report.diff(cleaned, sys.stdout.isatty())
        elif write:
            if cleaned.changed and not cleaned.refused:
                write_file(Path(name), encoded(cleaned.text, source))
        elif not check:
            collected.append(cleaned.text)
        if output is None:
            sys.stdout.write("".join(collected))
            collected.clear()
    if output is not None:
        write_file(output, "".join(collected).encode("utf-8", "surrogatepass"))
    sys.stdout.flush()
    if statistics:
        _say(report.statistics(stats))
    if wrong:
        raise typer.Exit(WRONG)
    would_change = changed and (check or diff or (write and exit_non_zero_on_fix))
    raise typer.Exit(WOULD_CHANGE if would_change else DONE)


def _read(name: str, stdin_name: str, kind: str, url: str | None) -> Source:
    if name == "-":
        return read_bytes(sys.stdin.buffer.read(), stdin_name, kind, url)
    try:
        return read_file(Path(name), kind, url)
    except ReadError as error:
        raise ReadError(f"{error}{mistyped(name) if not Path(name).exists() else ''}") from None


def _repaired(document: Document) -> Document:
    return Document(document.id, fix_encoding(document.text), document.url, document.metadata)


def _would_change(cleaned: Cleaned) -> Iterator[str]:
    yield from report.findings(cleaned)
    if cleaned.changed and not cleaned.removals:
        yield f"{cleaned.document.id}: white space or invisible characters would be normalized"


def _names(values: list[str] | None) -> tuple[str, ...]:
    return tuple(name.strip() for value in values or () for name in value.split(",") if name.strip())


def _say(lines: Iterator[str]) -> None:
    for line in lines:
        print(line, file=sys.stderr)
