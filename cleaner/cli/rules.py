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

from cleaner import catalogue, examples, labelled, library, listing, rulemodel, score, skeleton
from cleaner import lint as checks
from cleaner.cli.app import DONE, WOULD_CHANGE, fail, names
from cleaner.config import Settings, find
from cleaner.errors import ConfigError, Problem, did_you_mean
from cleaner.labelled import Labelled
from cleaner.library import Library
from cleaner.pipeline import Cleaner
from cleaner.report import counted, to_json
from cleaner.rulefiles import shipped_folder
from cleaner.writers import write_file

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


class By(str, Enum):
    """What a table of scores has a line for."""

    family = "family"
    rule = "rule"
    both = "both"


Paths = Annotated[
    list[Path] | None, typer.Argument(metavar="[PATH]...", help="Rule files or folders; none: your project's or the shipped ones.")
]
Stacked = Annotated[list[Path] | None, typer.Option("--rules", help="A rule file or folder to stack on the shipped rules.")]
Selected = Annotated[list[str] | None, typer.Option("--select", help="Only these families, rules or globs (commas).")]
Formatted = Annotated[Format, typer.Option("--format", help="text, or json.")]
Isolated = Annotated[bool, typer.Option("--isolated", help="Ignore clean.toml and pyproject.toml.")]


@app.command("list")
def list_(
    text: Annotated[
        str | None, typer.Argument(metavar="[TEXT]", help="Only rules in whose id, reason, pattern or examples this stands.")
    ] = None,
    select: Selected = None,
    language: Annotated[str | None, typer.Option("--language", help="Only rules of this language (two letters).")] = None,
    confidence: Annotated[str | None, typer.Option("--confidence", help="Only safe, aggressive or report rules.")] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="Only rules of this kind: line, span, after, tail, ...")] = None,
    site: Annotated[str | None, typer.Option("--site", help="Only rules of this site.")] = None,
    rules: Stacked = None,
    format_: Formatted = Format.text,
    isolated: Isolated = False,
) -> None:
    """List the rules: one line each, or all of it as JSON."""
    read = library.read(select=names(select), stacked=_stacked(rules, isolated), examples=bool(text) or format_ is Format.json)
    wanted = listing.Wanted(text or "", language or "", confidence or "", kind or "", site or "")
    found = listing.filtered(read.asked, wanted)
    if format_ is Format.json:
        print(to_json([listing.record(rule) for rule in found]))
        return
    for line in listing.table(found):
        print(line)
    print(f"{len(found)} of {len(read.ruleset.rules)} rules", file=sys.stderr)


@app.command("test")
def run_examples(
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
    counts = (outcome.rules, "rule"), (outcome.examples, "example"), (outcome.documents, "clean document")
    summary = ", ".join(counted(*each) for each in counts)
    _conclude(outcome.problems, summary, format_)


@app.command()
def show(
    rule_id: Annotated[str, typer.Argument(metavar="ID", help="The rule, as family/name.")],
    rules: Stacked = None,
    format_: Formatted = Format.text,
    isolated: Isolated = False,
) -> None:
    """Show one rule: where it comes from, what it overrides, its pattern, conditions and examples."""
    read = library.read(stacked=_stacked(rules, isolated), examples=False)
    rule = read.in_full(rule_id)
    overridden = [each.location for each in read.definitions(rule.id) if each.location != rule.location]
    if format_ is Format.json:
        print(to_json({**listing.record(rule), "overrides": list(map(str, overridden))}))
        return
    at = next(number for number, each in enumerate(read.ruleset.rules) if each.id == rule.id)
    for line in listing.details(rule, overridden, read.ruleset.clues[at].literals):
        print(line)


@app.command()
def lint(
    paths: Paths = None,
    select: Selected = None,
    corpus: Annotated[list[Path] | None, typer.Option("--corpus", help="Labelled lines: find rules that match none of them.")] = None,
    skip: Annotated[list[str] | None, typer.Option("--skip", help=f"Leave out these checks (commas): {', '.join(checks.NAMES)}.")] = None,
    notes: Annotated[bool, typer.Option("--notes", help="Print also what is worth knowing and no mistake.")] = False,
    format_: Formatted = Format.text,
    isolated: Isolated = False,
) -> None:
    """Look for likely mistakes in rules: too greedy, too slow, without effect, not really tested. Exit 1 if any are found."""
    skipped = names(skip)
    for name in skipped:
        if name not in checks.NAMES:
            raise ConfigError(f'there is no check "{name}"{did_you_mean(name, checks.NAMES)} (have: {", ".join(checks.NAMES)})')
    read = _asked(paths, select, isolated)
    texts = (document.text for path in corpus or () for document in labelled.read(path))
    with _progress(len(read.asked), "linting") as tick:
        found = checks.run(read, texts, skipped, tick)
    if notes and format_ is Format.text:
        for each in found:
            if each.note:
                print(f"{each.named}: only a note", file=sys.stderr)
    _conclude([each.named for each in found if not each.note], counted(len(read.asked), "rule"), format_)


@app.command()
def new(
    rule_id: Annotated[str, typer.Argument(metavar="FAMILY/NAME", help="What the rule is to be called.")],
    remove: Annotated[str, typer.Option("--remove", help="A line that must go; the pattern starts out as that line.")] = "",
    into: Annotated[Path | None, typer.Option("--into", help="Add the rule to FOLDER/FAMILY.toml instead of printing it.")] = None,
) -> None:
    """Print a rule to fill in, every part of it explained, or add it to a file."""
    family, _ = skeleton.parts(rule_id)
    taken = {rule.id: rule for rule in library.read(examples=False).ruleset.rules}
    if rule_id in taken:
        fail(skeleton.override(rule_id, taken[rule_id].location))
    if into is None:
        sys.stdout.write(skeleton.rule(rule_id, remove).lstrip("\n"))
        return
    file = into / f"{family}.toml"
    before = file.read_text("utf-8") if file.exists() else ""
    into.mkdir(parents=True, exist_ok=True)
    write_file(file, skeleton.file(rule_id, remove, before).encode())
    fail(f"{file}: fill in the rule at its end, then run `clean rules test {into}`")


@app.command()
def schema() -> None:
    """Print the JSON Schema of a rule file, for editors (rules/rule.schema.json)."""
    sys.stdout.write(rulemodel.schema_text())


@app.command("score")
def score_(
    corpus: Annotated[Path, typer.Argument(metavar="CORPUS", help="Labelled lines: a .jsonl or .jsonl.gz file.")],
    profile: Annotated[str, typer.Option("--profile", help="safe or aggressive.")] = "safe",
    select: Selected = None,
    where: Annotated[list[str] | None, typer.Option("--where", help="Only documents with this property, as key=value.")] = None,
    sample: Annotated[int, typer.Option("--sample", min=0, help="Only about this many documents, the same ones each time.")] = 0,
    no_url: Annotated[bool, typer.Option("--no-url", help="Hide the documents' addresses: no site rules.")] = False,
    by: Annotated[By, typer.Option("--by", help="Tabulate families, rules or both.")] = By.both,
    eaten: Annotated[int, typer.Option("--eaten", min=0, help="List this many pieces of content that went.")] = 0,
    save: Annotated[Path | None, typer.Option("--save", help="Also write the figures here, for the catalogue.")] = None,
    rules: Stacked = None,
    format_: Formatted = Format.text,
    isolated: Isolated = False,
) -> None:
    """Measure what rules are worth and cost on labelled lines: words of junk removed and of content lost."""
    cleaner = Cleaner(_stacked(rules, isolated), select=names(select), profile=profile)
    documents = list(labelled.read(corpus, _properties(where)))
    documents = labelled.sampled(documents, sample) if sample else documents
    with _progress(len(documents), "measuring") as tick:
        result = score.score(cleaner, _ticking(documents, tick), profile, not no_url)
    if save:
        write_file(save, (json.dumps(score.record(result), ensure_ascii=False, indent=1) + "\n").encode())
    if format_ is Format.json:
        print(to_json(score.record(result)))
        return
    for name in ("family", "rule") if by is By.both else (by.value,):
        print("\n".join([*score.table(result, name), ""]))
    for line in score.eaten(result, eaten):
        print(line)
    damage = f"{result.damaged} lost more than 5 % of their content, {result.refused} refused, {result.failed} failed"
    print(f"{counted(result.documents, 'document')}; {damage}", file=sys.stderr)


@app.command("catalogue")
def catalogue_(
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Where to write it (docs/rules.md); - prints it.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 if the page is out of date.")] = False,
    scores: Annotated[Path | None, typer.Option("--scores", help="Figures saved by `clean rules score --save`.")] = None,
    paths: Paths = None,
) -> None:
    """Write the catalogue of the rules, with their measured worth and cost."""
    docs = shipped_folder().parent / "docs"
    output = output or docs / "rules.md"
    text = catalogue.page(library.read(paths or ()), catalogue.scores(scores or docs / "rule-scores.json"))
    if str(output) == "-":
        sys.stdout.write(text)
    elif not check:
        output.parent.mkdir(parents=True, exist_ok=True)
        write_file(output, text.encode())
    elif not output.is_file() or output.read_text("utf-8") != text:
        fail(f"{output}: is out of date; run `clean rules catalogue`")
        raise typer.Exit(WOULD_CHANGE)


def _properties(where: list[str] | None) -> dict[str, str]:
    pairs = [each.partition("=") for each in where or ()]
    for key, equals, value in pairs:
        if not (key and equals):
            raise ConfigError(f'--where wants key=value, not "{key}{equals}{value}"')
    return {key: value for key, _, value in pairs}


def _ticking(documents: Sequence[Labelled], tick: Callable[[], None]) -> Iterator[Labelled]:
    for document in documents:
        yield document
        tick()


def _conclude(problems: Sequence[Problem], summary: str, format_: Format) -> None:
    """Print what was found, and leave with 1 if that is anything."""
    verdict = f"{len(problems)} problems" if len(problems) > 1 else "one problem" if problems else "all is well"
    if format_ is Format.json:
        print(json.dumps({"summary": summary, "problems": [each.record() for each in problems]}, ensure_ascii=False, indent=1))
    else:
        for problem in problems:
            print(problem, file=sys.stderr)
    print(f"{summary}: {verdict}", file=sys.stderr)
    raise typer.Exit(WOULD_CHANGE if problems else DONE)


def _asked(paths: Sequence[Path] | None, select: list[str] | None, isolated: bool) -> Library:
    """Return the library with the rules of ``paths`` asked for; no paths: the project's own rules, or the shipped ones."""
    read = library.read(paths or _stacked(None, isolated), names(select))
    for path in dict.fromkeys(problem.location.path for problem in read.left_out):
        fail(f"{path}: left out, because it has faults of its own")
    return read


def _stacked(rules: Sequence[Path] | None, isolated: bool) -> list[Path]:
    settings = Settings() if isolated else find(Path.cwd())
    return [*map(Path, settings.rules), *(rules or ())]


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
