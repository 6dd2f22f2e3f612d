"""The rule library as a page to read: ``docs/rules.md``, made from the rules and, where there are any, their measured figures."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cleaner.errors import ReadError
from cleaner.library import Library
from cleaner.listing import language, sites
from cleaner.types import Rule

_INTRO = """\
# The rules

Every rule that comes with `clean`: what it removes, on which texts, and why. This page is made from the files in
`rules/` by `clean rules catalogue`; to change it, change them. `clean rules show ID` prints one rule in full.

`safe` rules are on by default. `aggressive` rules need `--profile aggressive`. `report` rules never edit.
"""
_FIGURES = """
Junk and content are words of labelled lines ({documents:,} documents, profile `{profile}`) that the rules removed; a
word counts for the rule that removed it. `clean rules score` measures them.
"""
_EXAMPLE = 90


def scores(path: Path) -> Mapping[str, Any]:
    """Return saved figures, or nothing if there is no such file; raises ``ReadError`` for one that is damaged."""
    try:
        data = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ReadError(f"{path}: cannot be read: {error}; make it anew with `clean rules score CORPUS --save {path}`") from None
    if not isinstance(data, dict) or not {"rules", "families", "documents", "profile"} <= data.keys():
        raise ReadError(f"{path}: does not hold scores; make it anew with `clean rules score CORPUS --save {path}`")
    return data


def page(library: Library, figures: Mapping[str, Any] | None = None) -> str:
    """Return the catalogue as Markdown; the same library and figures give the same text."""
    figures = figures or {}
    families: dict[str, list[Rule]] = {}
    for rule in library.asked:
        families.setdefault(rule.family, []).append(rule)
    return "\n".join(
        [
            _INTRO.rstrip("\n"),
            *([_FIGURES.format(**figures).rstrip("\n")] if figures else []),
            "",
            f"{len(library.asked):,} rules in {len(families)} families.",
            "",
            *_overview(families, figures),
            *(line for family in sorted(families) for line in _family(family, families[family], library, figures)),
            "",
        ]
    )


def _overview(families: Mapping[str, Sequence[Rule]], figures: Mapping[str, Any]) -> Iterator[str]:
    yield from _header(["family", "rules", "languages", *(["junk", "content", "sites"] if figures else [])], left=3)
    for family in sorted(families):
        rules = families[family]
        languages = sorted({language(rule) for rule in rules} - {""})
        cells = [f"[{family}](#{family})", str(len(rules)), ", ".join(languages)]
        yield _row([*cells, *(_cells(figures["families"].get(family)) if figures else [])])


def _family(family: str, rules: Sequence[Rule], library: Library, figures: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", f"## {family}", "")
    if about := _about(family, rules, library):
        yield from (about, "")
    yield from _header(["rule", "what goes", "why", "for example", *(["junk", "content", "sites"] if figures else [])], left=4)
    for rule in sorted(rules, key=lambda rule: (language(rule), bool(sites(rule)))):
        marks = [rule.kind, *([rule.confidence] if rule.confidence != "safe" else []), *([", ".join(sites(rule))] if sites(rule) else [])]
        example = f"`{_code(rule.removes[0].text)}`" if rule.removes and rule.removes[0].want is None else ""
        cells = [f"`{rule.id.partition('/')[2]}`", _text("; ".join(marks)), _text(rule.why), example]
        yield _row([*cells, *(_cells(figures["rules"].get(rule.id)) if figures else [])])


def _about(family: str, rules: Sequence[Rule], library: Library) -> str:
    """Return what the comment at the top of the family's general file says."""
    paths = sorted({rule.location.path for rule in rules if not language(rule)}, key=lambda path: (path.count("/"), path))
    path = next((path for path in paths if Path(path).stem == family), "")
    said = []
    for line in library.files.get(path, "").split("\n"):
        if line.startswith("#:"):
            continue
        if not line.startswith("#"):
            break
        said.append(line.lstrip("# "))
    return " ".join(said)


def _header(names: Sequence[str], left: int) -> Iterator[str]:
    yield _row(names)
    yield _row([("---" if number < left else "---:") for number in range(len(names))])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(figures: Mapping[str, Any] | None) -> list[str]:
    return [f"{figures['junk']:,}", f"{figures['content']:,}", f"{figures['sites']:,}"] if figures else ["", "", ""]


def _text(text: str) -> str:
    return " ".join(text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_").split())


def _code(text: str) -> str:
    line = " ".join(text.replace("`", "'").replace("|", "\u00a6").split())
    return line if len(line) <= _EXAMPLE else line[: _EXAMPLE - 3] + "..."
