"""Lines that say again what the document says elsewhere: its title, another line, a passage, its own metadata.

Texts are compared by their words alone, without case, punctuation and typography.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache, partial

import regex

from cleaner import bits
from cleaner.fold import fold
from cleaner.lines import Lines
from cleaner.matchers import TIMEOUT

_WORDS = re.compile(r"[^\W_]+")
#: What stands between a title and the name of its site.
_SITE_SEPARATOR = re.compile(r"\s+[-|:>/]+\s+|\s*[|]\s*")
_BY = re.compile(r"(?:by|written by|von|par|por|di|de|av|af|door|autor(?:in)?|author|auteur|text|texto|redaktion|автор)\W+", re.IGNORECASE)
_MOST_DATE_WORDS = 8
#: Two headlines of one article, on the page and in its head, share this many words and this share of them.
_LEAST_SHARED_WORDS = 4
_SHARED_WORDS = 0.6


def words(text: str) -> str:
    """Return the words of ``text`` in lower case with a space on either side of each."""
    found = _WORDS.findall(fold(text).casefold())
    return f" {' '.join(found)} " if found else ""


def of_title(lines: Lines, among: int, title: str, headline: int = -1) -> int:
    """Return the lines of ``among`` that repeat the title, with or without the site's name behind it.

    Without a known title the document's first line is taken for it. One line stays: the shortest
    form, which is the one without the site's name; of equals the first, or below a longer form the ``headline``.
    """
    title = title or (lines.cores[0] if lines.cores else "")
    wanted = title_forms(title)
    if not wanted:
        return 0
    # Only a line that has the longest word of one of the forms can say it.
    telling = {max(form.split(), key=len) for form in wanted}
    found = [line for line in bits.members(among & lines.holding(telling)) if wanted & title_forms(lines.cores[line])]
    if len(found) < 2:
        return 0
    lengths = {line: len(words(lines.cores[line])) for line in found}
    kept = min(found, key=lambda line: (lengths[line], line))
    if kept != found[0] and lengths.get(headline) == lengths[kept]:
        # What stands between the page's name and its headline is its head.
        kept = headline
    return bits.these([line for line in found if line != kept])


def of_lines(lines: Lines, among: int) -> int:
    """Return the lines of ``among`` that are the same as an earlier line; one without words, such as ``...``, is no copy."""
    seen: set[str] = set()
    found = []
    wanted = set(bits.members(among))
    for line, core in enumerate(lines.cores):
        said = words(core)
        if said and said in seen and line in wanted:
            found.append(line)
        seen.add(said)
    return bits.these(found)


def of_passages(lines: Lines, among: int, ignoring: str) -> int:
    """Return the lines of ``among`` whose words stand in a longer line, or in an earlier one that is the same.

    ``ignoring`` is a pattern that must be found in the line and is left out of the comparison. Raises ``TimeoutError``
    if it takes longer than ``TIMEOUT`` seconds on one line.
    """
    search = partial(regex.compile(ignoring, regex.IGNORECASE).search, timeout=TIMEOUT) if ignoring else None
    candidates = [line for line in bits.members(among) if search is None or search(lines.cores[line])]
    if not candidates:
        return 0
    said = [words(core) for core in lines.cores]
    found = []
    for line in candidates:
        core = lines.cores[line]
        match = search(core) if search else None
        own = words(core[: match.start()] + " " + core[match.end() :]) if match else said[line]
        if own and any(
            own in other and number != line and (number < line or match or len(other) > len(own)) for number, other in enumerate(said)
        ):
            found.append(line)
    return bits.these(found)


def of_metadata(lines: Lines, among: int, kinds: Iterable[str], metadata: Mapping[str, str]) -> int:
    """Return the lines of ``among`` that are nothing but the document's known author, date or site."""
    known = {kind: metadata[kind] for kind in kinds if metadata.get(kind)}
    if not known:
        return 0
    return bits.these([line for line in bits.members(among) if any(_SAYS[kind](lines.cores[line], value) for kind, value in known.items())])


@lru_cache(maxsize=64)
def title_forms(text: str) -> frozenset[str]:
    """Return the words of a title, with and without the name of the site before or behind it."""
    whole = words(text)
    parts = _SITE_SEPARATOR.split(fold(text))
    forms = {whole}
    if len(parts) > 1:
        # The site's name stands behind the title, or before it.
        for part in (parts[0], parts[-1]):
            said = words(part)
            if said.count(" ") - 1 >= 3 and len(said) * 2 > len(whole):
                forms.add(said)
    return frozenset(form for form in forms if form)


def resembles(title: str, line: str) -> bool:
    """Return whether a line says the title, give or take some words: most of either's words are the other's.

    "What is new in 2.1" is no other form of "What is new in 2.0".
    """
    left, right = set(words(title).split()), set(words(line).split())
    shared = len(left & right)
    if shared < _LEAST_SHARED_WORDS or shared < _SHARED_WORDS * len(left | right):
        return False
    return not (any(map(str.isdigit, left - right)) and any(map(str.isdigit, right - left)))


def _says_author(line: str, author: str) -> bool:
    said = words(_BY.sub("", line, count=1) if _BY.match(line) else line)
    names = {words(name) for name in re.split(r"[;,]| and | & | und | et | y ", author)}
    return bool(said) and (said == words(author) or said in names)


def _says_date(line: str, date: str) -> bool:
    year, _, rest = date.partition("-")
    month, _, day = rest[:5].partition("-")
    if not (year.isdigit() and month.isdigit() and day.isdigit()):
        return False
    said = words(line).split()
    if not 3 <= len(said) <= _MOST_DATE_WORDS or year not in said:
        return False
    numbers = {word.lstrip("0") for word in said if word.isdigit()}
    named_month = any(word.isalpha() and len(word) >= 3 for word in said)
    ordinal = {day.lstrip("0") + ending for ending in ("st", "nd", "rd", "th")}
    return (day.lstrip("0") in numbers or bool(ordinal & set(said))) and (named_month or month.lstrip("0") in numbers)


def _says_site(line: str, site: str) -> bool:
    return words(line) == words(site)


_SAYS = {"author": _says_author, "date": _says_date, "site": _says_site}
