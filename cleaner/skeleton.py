"""A rule to start from: the text of a rule file with everything that an author has to fill in, explained."""

from __future__ import annotations

import json
import re

import regex

from cleaner.errors import ConfigError
from cleaner.lines import Lines
from cleaner.normalize import characters
from cleaner.types import Location

_ID = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*)/([a-z0-9]+(?:-[a-z0-9]+)*)")

_HEAD = """\
# Rules of the family "{family}". Check them with `clean rules test`; `clean rules lint` finds likely mistakes.
"""

_RULE = """\

[[rule]]
id = "{name}"
# What it is and where it comes from, in one sentence.
why = ""
# The key says what goes. Give exactly one:
#   line = '...'    the whole line, if the pattern matches all of it
#   span = '...'    only the matched text, inside a line (for phrases glued to content)
#   after = '...'   a marker line ("Related") and the unfinished lines that follow it
#   tail = '...'    from the marker line to the end of the document, if hardly any prose follows
#   block = {{ from = '...', to = '...' }}   from a line to a line
# Patterns ignore case; quotes and dashes of all kinds match a plain ' " and -; bullets and the like
# round a line are not there.
line = {pattern}
# For words that could also be a heading or a sentence of an article: "label" (only in the company of
# other junk or outside the article), "opening", "closing" or "edge" (only near its first or last lines).
# when = "label"
# Only on some sites:
# sites = ["example.com"]
# What must go, and what must stay: a sentence of an article that nearly matches.
removes = [{removes}]
keeps = [""]
"""


def parts(rule_id: str) -> tuple[str, str]:
    """Return the family and the name of a new rule's id; raises ``ConfigError`` if it is no id."""
    found = _ID.fullmatch(rule_id)
    if not found:
        raise ConfigError(
            f'"{rule_id}" is no rule id: write family/name in small letters, digits and dashes, as in newsletter/weekly-digest'
        )
    return found[1], found[2]


def rule(rule_id: str, removes: str = "") -> str:
    """Return a rule to fill in; with an example line, its pattern is that line and nothing else."""
    _, name = parts(rule_id)
    core = next(iter(Lines(characters(removes)[0]).cores), "").lower()
    pattern = regex.escape(core, special_only=True, literal_spaces=True)
    return _RULE.format(name=name, pattern=_literal(pattern), removes=json.dumps(removes, ensure_ascii=False))


def file(rule_id: str, removes: str = "", before: str = "") -> str:
    """Return the text of the family's file with the new rule at the end of what it holds ``before``."""
    family, _ = parts(rule_id)
    return (before.rstrip("\n") + "\n" if before.strip() else _HEAD.format(family=family)) + rule(rule_id, removes)


def override(rule_id: str, place: Location) -> str:
    """Return a word for the author of a rule whose id is taken."""
    return f"{rule_id} is there already ({place}): a rule of the same id changes that one, and inherits what it does not name"


def _literal(pattern: str) -> str:
    """Return a pattern as a TOML string, unescaped where that is possible."""
    return f"'{pattern}'" if "'" not in pattern else json.dumps(pattern, ensure_ascii=False)
