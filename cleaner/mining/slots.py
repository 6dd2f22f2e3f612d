"""A line as a pattern: what varies in it becomes a slot, everything else stands as it is.

Numbers are slots in every line; names and dates are in the lines that repeat but for them ("By NAME", "Published DATE").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import regex

NUMBER, NAME, DATE = "0", "N", "M"

_DIGITS = re.compile(r"\d+")
#: Numbers next to each other count as one, as the parts of "12,300" or "4/5/2031" do.
_NUMBERS = re.compile(r"0[0 ]*0")
_ASCII = {code: " " if not chr(code).isalnum() else "0" if chr(code).isdigit() else chr(code) for code in range(128) if code != ord("\n")}
_OTHER = re.compile(r"[^\w\n]+|_+")
_MONTHS = (
    "jan feb mar apr may jun jul aug sep sept oct nov dec january february march april june july august september october november "
    "december monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun januar februar m\u00e4rz mai juni juli "
    "oktober dezember montag dienstag mittwoch donnerstag freitag samstag sonntag janvier f\u00e9vrier mars avril juin juillet ao\u00fbt "
    "septembre octobre novembre d\u00e9cembre lundi mardi mercredi jeudi vendredi samedi dimanche enero febrero marzo abril mayo junio "
    "julio agosto septiembre octubre noviembre diciembre gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre "
    "janeiro fevereiro mar\u00e7o maio junho julho setembro outubro dezembro am pm gmt utc est cet bst"
)
_DATE_WORDS = frozenset(_MONTHS.split())
#: A word that opens a credit, after which even one name makes a template.
OPENERS = frozenset(
    "by von par por di de da av af door autor author auteur text texto redaktion photo foto image picture photograph via source "
    "written published updated posted \u0430\u0432\u0442\u043e\u0440".split()
)
#: The most words that a line with slots has.
_MOST_WORDS = 12
_SPECIAL = re.compile(r"[.^$*+?{}\[\]|()\\]")
_TWO_LETTERS = re.compile(r"[^\W\d_].*?[^\W\d_]")
_LETTERS = re.compile(r"[^\W\d_]")
_NUMBER_PATTERN = r"\d[\d.,:/]*"
_NAME_PATTERN = r"\S+(?: \S+){0,4}"
_DATE_PATTERN = r"\S{2,12}"


def keys(joined: str) -> list[str]:
    """Return what each line of a folded text says, without case, punctuation and the values of numbers."""
    # Most texts are ASCII alone, for which a table is much faster than patterns; both say the same of the same line.
    plain = joined.lower().translate(_ASCII) if joined.isascii() else _OTHER.sub(" ", _DIGITS.sub("0", joined.casefold()))
    return [" ".join(line.split()) for line in _NUMBERS.sub("0", plain).split("\n")]


def template(core: str) -> str | None:
    """Return what a short unfinished line says with its names and dates left open; None: it has none, or nothing else.

    >>> template("By Ada Lind"), template("Published May 4, 2031"), template("Two comments")
    ('by N', 'published M 0 0', None)
    """
    if not 0 < core.count(" ") < _MOST_WORDS or core.islower():
        return None
    tokens = core.split()
    if not any(token[:1].isupper() for token in tokens[1:]) and tokens[0].casefold() not in _DATE_WORDS:
        return None
    kinds = [_kind(token, first=number == 0) for number, token in enumerate(tokens)]
    if not {NAME, DATE} & set(kinds):
        return None
    said: list[str] = []
    for kind in kinds:
        if kind and not (kind == NAME and said[-1:] == [NAME]):
            said.append(kind)
    literal = [word for word in said if word not in (NUMBER, NAME, DATE)]
    if not any(len(word) > 1 for word in literal):
        return None
    return " ".join(said)


def line_pattern(core: str) -> str:
    """Return a pattern that matches a line as it is, whatever its numbers."""
    return _escaped(core)


def template_pattern(core: str) -> str:
    """Return a pattern that matches a line whatever its names, dates and numbers."""
    parts: list[str] = []
    for number, token in enumerate(core.split()):
        kind = _kind(token, first=number == 0)
        made = {NAME: _NAME_PATTERN, DATE: _DATE_PATTERN}.get(kind) or _escaped(token)
        if not (made == _NAME_PATTERN and parts[-1:] == [_NAME_PATTERN]):
            parts.append(made)
    return " ".join(parts)


def alternatives(patterns: Iterable[str]) -> str:
    """Return one pattern for any of several, each once."""
    return "|".join(dict.fromkeys(patterns))


def merged(cores: Sequence[str], most: int = 4) -> list[str]:
    """Return the few patterns that match most of the lines of one template, those that match more lines first."""
    left = list(cores)
    found: list[str] = []
    while left and len(found) < most:
        tried = {template_pattern(core) for core in left[:50]}
        best, rest = "", left
        for pattern in sorted(tried):
            match = regex.compile(pattern, regex.IGNORECASE).fullmatch
            unmatched = [core for core in left if not match(core, timeout=1)]
            if len(unmatched) < len(rest):
                best, rest = pattern, unmatched
        if not best:
            break
        found.append(best)
        left = rest
    return found


def letters(text: str) -> int:
    """Return how many letters the text has."""
    return len(_LETTERS.findall(text))


def says_something(key: str) -> bool:
    """Return whether there are two letters in a text."""
    return _TWO_LETTERS.search(key) is not None


def _kind(token: str, first: bool) -> str:
    """Return the slot that a token is, or what it says if it is none."""
    plain = token
    if not token.isalpha():
        plain = _OTHER.sub("", token)
        if any(map(str.isdigit, plain)):
            return NUMBER
    if plain.casefold() in _DATE_WORDS and plain[:1].isupper():
        return DATE
    if not first and plain[:1].isupper():
        return NAME
    return plain.casefold()


def _escaped(text: str) -> str:
    """Return a text as a pattern in small letters; numbers match any other."""
    parts = []
    at = 0
    for found in re.finditer(r"\d[\d.,:/]*", text):
        parts += [_literal(text[at : found.start()]), _NUMBER_PATTERN]
        at = found.end()
    return "".join([*parts, _literal(text[at:])])


def _literal(text: str) -> str:
    # Some capitals have small forms of more than one letter, which would not match them.
    small = text.lower()
    return _SPECIAL.sub(r"\\\g<0>", small if len(small) == len(text) else text)
