"""``clean suggest``: one bad line to a rule that removes it and its like."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cleaner.config import Settings, find
from cleaner.errors import ConfigError

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command(context_settings={"help_option_names": ["-h", "--help"]})
def suggest(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The document with the bad line, text or HTML.")],
    remove: Annotated[str, typer.Option("--remove", help="The line that must go, as it stands there.")],
    keep: Annotated[list[str] | None, typer.Option("--keep", help="A line that nearly matches and must stay.")] = None,
    corpus: Annotated[
        list[str] | None, typer.Option("--in", help="Files, folders or globs to look for near misses and other hits.")
    ] = None,
    family: Annotated[str, typer.Option("--family", help="The family of the rule (guessed).")] = "",
    into: Annotated[Path | None, typer.Option("--into", help="Add the rule to FOLDER/FAMILY.toml instead of printing it.")] = None,
    rules: Annotated[list[Path] | None, typer.Option("--rules", help="A rule file or folder to stack on the shipped rules.")] = None,
    isolated: Annotated[bool, typer.Option("--isolated", help="Ignore clean.toml and pyproject.toml.")] = False,
) -> None:
    """Print the most general rule that removes a line and its like, and nothing that is to be kept."""
    from cleaner.mining.documents import documents
    from cleaner.mining.suggest import suggest as suggested
    from cleaner.readers import read_file
    from cleaner.writers import write_file

    settings = Settings() if isolated else find(Path.cwd())
    text = read_file(file).document.text
    if remove.strip() not in text:
        raise ConfigError(f'{file}: has no line "{remove}"; copy it from the output of `clean {file}`')
    found = suggested(
        remove,
        keep or (),
        [text],
        (each.text for each in documents(corpus)) if corpus else (),
        [*map(Path, settings.rules), *(rules or ())],
        family,
    )
    if found.taken:
        print(f"clean: {found.taken} removes this line already, where its conditions hold", file=sys.stderr)
    print(f"clean: {sum(found.hits.values())} lines of {found.documents} documents would go:", file=sys.stderr)
    for line, count in found.hits.most_common(5):
        print(f"    {count} x {line}", file=sys.stderr)
    for line in found.near:
        print(f"    stays: {line}", file=sys.stderr)
    if into is None:
        sys.stdout.write(f"# family: {found.family}\n{found.table}")
        return
    target = into / f"{found.family}.toml"
    before = target.read_text("utf-8") if target.exists() else ""
    into.mkdir(parents=True, exist_ok=True)
    write_file(target, (f"{before.rstrip()}\n\n" if before.strip() else "").encode() + found.table.encode())
    print(f"clean: {target}: say why in the rule at its end, then run `clean rules test {into}`", file=sys.stderr)
