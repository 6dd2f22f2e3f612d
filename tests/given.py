"""Rule sets, cleaners and lines for tests, made of as little text as a test needs to say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from cleaner import bits
from cleaner.lines import Lines
from cleaner.loading import build
from cleaner.pipeline import Cleaner
from cleaner.ruleset import RuleSet
from cleaner.shapes import Phrases, Shapes
from cleaner.types import Document

ROOT = Path(__file__).parents[1]
FIXTURES = ROOT / "fixtures"

#: A paragraph of 15 words that ends a sentence: prose by every measure below 25 words.
PROSE = "The old bridge across the river was closed on Monday after a crack was found."
#: 30 words: long prose, which goes only where a phrase rule names it.
LONG = (
    "The council met late in the evening and decided, after two hours of debate, that the market hall would be "
    "repaired before winter and opened again in the first week of May."
)


def paragraphs(count: int) -> list[str]:
    """Different prose lines of more than 15 words."""
    return [
        f"In year {number} the old mill by the lower river ground more grain than in all of the years before it." for number in range(count)
    ]


def ruleset(*sources: str) -> RuleSet:
    """The rules of TOML texts called one, two, ...; what a test does not care about is filled in."""
    names = ("one", "two", "three", "four")
    return build([(f"{name}.toml", filled(source)) for name, source in zip(names, sources, strict=False)], "made up")


def filled(source: str) -> str:
    """The TOML with why, removes and keeps in every rule that lacks them and does not override another."""
    head, *tables = re.split(r"(?m)^\[\[rule\]\]", source)
    done = [head]
    for table in tables:
        body = table.split("\n[[")[0]
        missing = "" if 'id = "one/' in body else "".join(f"\n{key} = {value}" for key, value in _NEEDED.items() if f"{key} =" not in body)
        done.append(f"[[rule]]{missing}{table}")
    return "".join(done)


_NEEDED = {"why": '"A test."', "removes": '["junk"]', "keeps": '["gold"]'}


def rule(body: str, name: str = "a") -> str:
    """One rule table."""
    return f'[[rule]]\nid = "{name}"\n{body}\n'


def cleaner(*sources: str, **options: Any) -> Cleaner:
    """A cleaner with the rules of the TOML texts alone; they may contain aggressive ones."""
    return Cleaner(ruleset(*sources), **{"profile": "aggressive", "max_removed": 1, **options})


def text(*lines: str) -> str:
    """Lines as a text with a final newline."""
    return "".join(f"{line}\n" for line in lines)


def gone(made: Cleaner, document: str | Document, url: str | None = None) -> list[str]:
    """What is removed, each removal's text without its line end."""
    return [removal.text.rstrip("\n") for removal in made.clean(document, url).removals]


def shapes(*lines: str, phrases: Phrases = lambda kind: 0, url: str | None = None, **metadata: str) -> Shapes:
    """The shapes of the lines."""
    content = text(*lines)
    return Shapes(Lines(content), Document("", content, url, metadata), phrases)


def phrases(**lines: list[int]) -> Phrases:
    """The lines that the patterns of each kind of phrase rule match."""
    return lambda kind: bits.these(lines.get(kind, []))
