"""``clean FILE...``: clean files to stdout, in place, or only tell what would change."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from cleaner import report
from cleaner.baseline import Baseline
from cleaner.cli.app import DONE, WOULD_CHANGE, WRONG, fail, mistyped, names, preparing
from cleaner.config import Settings, find, places
from cleaner.errors import ConfigError, ReadError, RuleTimeout, WriteError
from cleaner.pipeline import MAX_REMOVED
from cleaner.project import Outcome, Project, Wanted
from cleaner.readers import PageReader, Source, content, read_bytes
from cleaner.report import Finding
from cleaner.types import Document, Rule, Stats
from cleaner.verdicts import Memory
from cleaner.writers import write_file

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
    github = "github"
    sarif = "sarif"


class OutputFormat(str, Enum):
    """What the text of a page is written as."""

    txt = "txt"
    markdown = "markdown"


class _Act(Enum):
    """What is done with a cleaned file."""

    print = "print"
    write = "write"
    check = "check"
    diff = "diff"


@app.command(context_settings={"help_option_names": ["-h", "--help"]})
def files(
    ctx: typer.Context,
    inputs: Annotated[list[str], typer.Argument(metavar="FILE...", help="Files to clean; - is standard input.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the cleaned text to this file.")] = None,
    write: Annotated[bool, typer.Option("--write", "-w", help="Clean text files in place.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Only list what would go; exit 1 if anything would change.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Only show a unified diff; exit 1 if anything would change.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Say on stderr what went, by which rule, where that is and why.")] = False,
    statistics: Annotated[bool, typer.Option("--statistics", help="Print counts by family and rule on stderr.")] = False,
    format_: Annotated[
        Format,
        typer.Option("--format", help="text; json: text and removals, an object a line; github or sarif: findings of --check or --write."),
    ] = Format.text,
    kind: Annotated[Kind, typer.Option("--from", help="Take inputs for text or HTML instead of looking.")] = Kind.auto,
    output_format: Annotated[
        OutputFormat, typer.Option("--output-format", help="Of pages: txt, or markdown, which keeps headings, emphasis and links.")
    ] = OutputFormat.txt,
    url: Annotated[str | None, typer.Option("--url", help="The page's address, for the rules of its site.")] = None,
    stdin_filename: Annotated[str, typer.Option("--stdin-filename", help="What to call standard input.")] = "-",
    select: Annotated[list[str] | None, typer.Option("--select", help="Only these families, rules or globs (commas).")] = None,
    ignore: Annotated[list[str] | None, typer.Option("--ignore", help="Not these families, rules or globs (commas).")] = None,
    rules: Annotated[list[Path] | None, typer.Option("--rules", help="A rule file or folder to stack on the shipped rules.")] = None,
    profile: Annotated[str | None, typer.Option("--profile", help="safe (default) or aggressive.")] = None,
    max_removed: Annotated[
        float | None,
        typer.Option("--max-removed", min=0, max=1, help=f"Refuse to remove more than this share of the prose ({MAX_REMOVED})."),
    ] = None,
    fix_mojibake: Annotated[bool, typer.Option("--fix-encoding", help="Repair mojibake first, with ftfy.")] = False,
    exit_non_zero_on_fix: Annotated[
        bool, typer.Option("--exit-non-zero-on-fix", help="With --write: name the files that were changed and exit 1 if there are any.")
    ] = False,
    baseline: Annotated[
        Path | None, typer.Option("--baseline", metavar="FILE", help="With --check: pass over the findings that this file lists.")
    ] = None,
    update_baseline: Annotated[bool, typer.Option("--update-baseline", help="List the findings in the baseline file instead.")] = False,
    force_exclude: Annotated[bool, typer.Option("--force-exclude", help="Heed the project's excludes for files named here, too.")] = False,
    isolated: Annotated[bool, typer.Option("--isolated", help="Ignore clean.toml and pyproject.toml.")] = False,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="With --check or --write: look again at files that were found clean before.")
    ] = False,
) -> None:
    """Clean FILES: plain text or HTML in, plain text out (`clean a.txt` is `clean files a.txt`)."""
    if sum((write, check, diff, output is not None)) > 1:
        raise ConfigError("--write, --check, --diff and --output exclude each other")
    act = _Act.write if write else _Act.check if check or update_baseline else _Act.diff if diff else _Act.print
    if format_ in (Format.github, Format.sarif) and act not in (_Act.check, _Act.write):
        raise ConfigError(f"--format {format_.value} lists findings; use it with --check or --write")
    if update_baseline and baseline is None:
        raise ConfigError("--update-baseline wants --baseline FILE: the file to write")
    if baseline and act is not _Act.check:
        raise ConfigError("--baseline is for --check; to keep a line from --write, list it with `clean protect FILE:LINE`")
    # It was made before the command line was parsed: only if both understood the same is it of use.
    memory: Memory | None = ctx.obj if ctx.obj and ctx.obj.names == inputs and not no_cache else None
    if memory:
        memory.rests_on(places(Path.cwd()))
    settings = Settings() if isolated else find(Path.cwd())
    if memory:
        kept = settings.protected()
        memory.rests_on([*map(Path, settings.rules), *(rules or ()), *filter(None, (kept, baseline))])
    wanted = Wanted(tuple(rules or ()), names(select), names(ignore), profile or "", max_removed)
    project = Project(settings, wanted, preparing)

    def page(data: bytes, address: str | None, label: str) -> Document:
        return project.cleaner(Path(label)).extract(data, address, True, label, output_format is OutputFormat.markdown)

    known = Baseline(baseline, {} if update_baseline and not baseline.exists() else None) if baseline else None
    printer = _Printer(act, format_, explain, exit_non_zero_on_fix, output)
    stats = Stats()
    dirty = False
    listed: list[Finding] = []
    done: list[str] = []
    for name in inputs:
        label = stdin_filename if name == "-" else name
        if force_exclude and project.settings.excluded(Path(label)):
            if name == "-" and act is _Act.print and format_ is Format.text:
                # An editor takes what comes back for its text.
                printer.copy(sys.stdin.buffer.read())
            if memory:
                memory.learn(memory.mark(name, None))
            continue
        try:
            data = _data(name, act is _Act.write)
            mark = memory.mark(name, data) if memory else b""
            if memory and memory.knows(mark):
                continue
            outcome = project.clean(_source(data, name, label, kind.value, url, act is _Act.write, page), fix_mojibake)
            if act is _Act.write and outcome.changed:
                write_file(Path(name), outcome.data())
        except (ReadError, RuleTimeout, WriteError) as error:
            printer.fault(f"{report.shown(label)}: {error}" if isinstance(error, RuleTimeout) else _one_line(str(error), label))
            stats += Stats(failed=1)
            continue
        stats += report.tally(outcome.cleaned, outcome.changed)
        if outcome.cleaned.refused:
            printer.fault(f"{report.shown(label)}: refused, left as it was: {outcome.cleaned.refused}")
        elif act is _Act.print and outcome.source.kind == "text" and not outcome.source.document.text:
            # A hook leaves an empty file in peace; somebody who asks for its text is told.
            printer.fault(f"{report.shown(label)}: is empty, there is nothing to clean")
            continue
        elif outcome.source.kind == "html" and not outcome.source.document.text:
            fail(f"{report.shown(label)}: no main content found in this page")
        findings = list(outcome.findings())
        done.append(label)
        if update_baseline:
            listed += findings
            continue
        if known:
            findings = list(known.new(findings))
        dirty |= bool(findings)
        printer.show(outcome, findings)
        if memory and not findings and _needs_nothing(outcome, act):
            memory.learn(mark)
    printer.close()
    if memory:
        memory.keep()
    if statistics:
        _say(report.statistics(stats))
    if printer.faults:
        if update_baseline:
            fail(f"{baseline}: not written, because of that")
        raise typer.Exit(WRONG)
    if known and update_baseline:
        count, paths = known.write(done, listed)
        fail(f"{baseline}: lists {count} findings in {paths} files")
    would_change = dirty and (act in (_Act.check, _Act.diff) or (write and exit_non_zero_on_fix))
    raise typer.Exit(WOULD_CHANGE if would_change else DONE)


class _Printer:
    """What a run prints of each file, as it comes or, where a format or a file wants all of it, at the end."""

    def __init__(self, act: _Act, format_: Format, explain: bool, name_written: bool, output: Path | None) -> None:
        self._act = act
        self._format = format_
        self._explain = explain
        self._name_written = name_written
        self._output = output
        self._collected: list[str] = []
        self._findings: list[tuple[Finding, Rule | None]] = []
        self.faults: list[str] = []

    def fault(self, message: str) -> None:
        """Tell of a file that could not be done."""
        fail(message)
        self.faults.append(message)

    def show(self, outcome: Outcome, findings: list[Finding]) -> None:
        cleaned = outcome.cleaned
        if self._explain:
            _say(report.explanation(cleaned, outcome.rule))
        elif self._format is Format.text and self._act is _Act.check:
            _say(map(str, findings))
        elif self._format is Format.text and self._name_written and outcome.changed:
            _say([report.written(cleaned)])
        if self._format is Format.json:
            self._out([report.to_json(report.record(cleaned, outcome.rule)) + "\n"])
        elif self._format is Format.github:
            self._out(report.annotation(finding) + "\n" for finding in findings)
        elif self._format is Format.sarif:
            self._findings += [(finding, outcome.rule(finding.rule) if finding.rule else None) for finding in findings]
        elif self._act is _Act.diff:
            self._out(report.diff(cleaned, sys.stdout.isatty()))
        elif self._act is _Act.print:
            self._out([cleaned.text])

    def copy(self, data: bytes) -> None:
        """Pass on what is left as it is."""
        self._out([data.decode("utf-8", "surrogateescape")])

    def close(self) -> None:
        if self._format is Format.sarif:
            from cleaner import __version__, sarif

            self._out([report.to_json(sarif.log(self._findings, self.faults, __version__), indent=1) + "\n"])
        if self._output is not None:
            write_file(self._output, "".join(self._collected).encode("utf-8", "surrogatepass"))
        sys.stdout.flush()

    def _out(self, pieces: Iterable[str]) -> None:
        if self._output is not None:
            self._collected += pieces
        else:
            sys.stdout.writelines(pieces)


def _data(name: str, in_place: bool) -> bytes:
    if name == "-":
        if in_place:
            raise ReadError("standard input cannot be written in place; leave out --write")
        return sys.stdin.buffer.read()
    try:
        return content(Path(name))
    except ReadError as error:
        raise ReadError(f"{error}{mistyped(name) if not Path(name).exists() else ''}") from None


def _source(data: bytes, name: str, label: str, kind: str, url: str | None, in_place: bool, page: PageReader) -> Source:
    source = read_bytes(data, label if name == "-" else str(Path(name)), kind, url, page)
    if in_place and source.kind == "html":
        raise ReadError(f"{name}: is HTML, which is never rewritten as text in place; use --output, or exclude it")
    return source


def _needs_nothing(outcome: Outcome, act: _Act) -> bool:
    """Return whether a file without findings is done with by our own rules alone; how pages and guessed encodings are read is not ours."""
    ours = outcome.source.kind == "text" and outcome.source.encoding.startswith("utf-")
    return ours and not outcome.cleaned.refused and not (act is _Act.write and outcome.changed)


def _one_line(message: str, label: str) -> str:
    return message.replace(label, report.shown(label), 1)


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        print(line, file=sys.stderr)
