"""A text as lines: where each begins and ends, and what it says without its decoration.

Only *live* lines count, those that hold anything but white space and decoration; they are
numbered from 0 and all predicates speak of them. Offsets are code points of the text given.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property
from itertools import accumulate, compress

from cleaner import bits
from cleaner.charset import unusual
from cleaner.fold import DECORATION, fold

ENDERS = ".!?\u3002\uff01\uff1f\u061f\u06d4\u0964\u0965\u0589\u1362\uff0e\uff61"
_ENDERS = tuple(ENDERS)
CLOSERS = "\"')]*_}\u3009\u300b\u300d\u300f\u3011"
#: Letters of scripts that put no space between words.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f\uf900-\ufaff]")

#: What editors, ``grep -n`` and ``tomllib`` count as the end of a line.
_LINE_END = re.compile(r"\r\n?|\n")

#: A line this long that no sentence ends, with a line right below it that goes on in lower case, was wrapped.
_LOWER = r"[ \t]*[a-z\u00df-\u00f6\u00f8-\u00ff\u0430-\u045f\u03ac-\u03ce\u0101-\u017f]"
_GOES_ON = re.compile(rf"\n{_LOWER}")
_WRAPPED = re.compile(rf"(?m)^[^\n]{{40,120}}[^\n.!?:;\s\"')\]>|][ \t]*\n(?={_LOWER})")
#: This many such places, and this share of the lines that could be one, make a text a wrapped one.
_LEAST_WRAPS = 4
_WRAP_SHARE = 0.4

#: Code points of an abbreviation such as "U.S.A.".
_LONGEST_ABBREVIATION = 6


class Lines:
    """The live lines of a text.

    ``cores`` holds each live line folded and stripped of its decoration; it is what ``line``,
    ``after``, ``tail`` and ``block`` patterns see. In a text that was wrapped at a fixed width the
    lines of a paragraph count as one.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._away: set[int] = set()
        self._raw = text.split("\n")
        self._starts = [0, *accumulate(len(line) + 1 for line in self._raw)]
        self.wrapped = _is_wrapped(text)
        if self.wrapped:
            self._live, cores = _paragraphs(self._raw)
        else:
            stripped = [line.strip(DECORATION) for line in self._raw]
            self._live = [(number, number) for number, core in enumerate(stripped) if core]
            cores = [core for core in stripped if core]
        #: The cores, one a line, between line ends: what the prefilter scans.
        self.joined = fold("\n".join(["", *cores, ""]))
        self.cores = self.joined.split("\n")[1:-1] if cores else []

    def without(self, gone: int) -> Lines | None:
        """Return the lines of the text less the lines of that set; None: they must be read again from what is left of the text.

        Offsets stay those of the whole text. Much of what is known of the lines is taken over.
        """
        if self.wrapped:
            return None
        staying = [not gone >> line & 1 for line in range(len(self.cores))]
        left = Lines.__new__(Lines)
        left.text, left._raw, left._starts, left.wrapped = self.text, self._raw, self._starts, False
        left._live = list(compress(self._live, staying))
        left.cores = list(compress(self.cores, staying))
        left.joined = "\n".join(["", *left.cores, ""])
        left.words = list(compress(self.words, staying))
        left.ended = list(compress(self.ended, staying))
        left.contents = list(compress(self.contents, staying))
        left.casefolded = list(compress(self.casefolded, staying))
        left._blanks = list(compress(self._blanks, staying))
        # Lines that come to stand together may look wrapped now.
        left._away = self._away | {self._live[line][0] for line in bits.members(gone)}
        text = "\n".join([line for number, line in enumerate(self._raw) if number not in left._away])
        return None if _is_wrapped(text) else left

    @cached_property
    def folded(self) -> str:
        """The whole text, folded."""
        return fold(self.text)

    def __len__(self) -> int:
        return len(self.cores)

    def span(self, line: int) -> tuple[int, int]:
        """Return the start and end of a live line with its line end, which the last line may lack."""
        first, last = self._live[line]
        return self._starts[first], min(self._starts[last + 1], len(self.text))

    @cached_property
    def written(self) -> list[str]:
        """Each live line as it stands in the text: all that is known of the line alone follows from it."""
        raw = self._raw
        return ["\n".join(raw[first : last + 1]) if last > first else raw[first] for first, last in self._live]

    def content(self, line: int) -> tuple[int, str]:
        """Return where a live line starts and its folded text without trailing space."""
        return self._starts[self._live[line][0]], self.contents[line]

    @cached_property
    def contents(self) -> list[str]:
        """The folded text of each live line without trailing space."""
        if not self.wrapped:
            folded = self.folded.split("\n")
            return [folded[number].rstrip() for number, _ in self._live]
        return [self.folded[slice(*self.span(line))].rstrip().replace("\n", " ") for line in range(len(self._live))]

    def raw(self, line: int) -> str:
        """Return a live line folded, with its decoration."""
        return self.contents[line]

    @cached_property
    def casefolded(self) -> list[str]:
        """The cores without differences of case."""
        return self.joined.casefold().split("\n")[1:-1] if self.cores else []

    def say(self, texts: tuple[str, ...]) -> bool:
        """Return whether one of the case-folded texts stands in the live lines, over their ends, too."""
        known = self._said.get(texts)
        if known is None:
            said = " ".join(self.casefolded)
            known = self._said[texts] = any(text in said for text in texts)
        return known

    @cached_property
    def _said(self) -> dict[tuple[str, ...], bool]:
        return {}

    def holding(self, texts: Iterable[str]) -> int:
        """Return the set of the live lines whose case-folded core holds one of the texts, none of them empty or with a line end."""
        whole = "\n".join(["", *self.casefolded, ""])
        found = 0
        for text in texts:
            line, reached = -1, 0
            at = whole.find(text)
            while at >= 0:
                line += whole.count("\n", reached, at)
                found |= 1 << line
                reached = whole.find("\n", at)
                at = whole.find(text, reached)
        return found

    @cached_property
    def words(self) -> list[int]:
        """The number of words of each line; of Chinese, Japanese, Korean and Thai half the number of characters."""
        if not _UNSPACED.search("".join(unusual(self.joined))):
            return [core.count(" ") + 1 for core in self.cores]
        return [_words(core) for core in self.cores]

    @cached_property
    def ended(self) -> list[bool]:
        """Whether each line ends a sentence, closing quotes and brackets aside; an abbreviation alone ("U.S.") ends none."""
        return [
            (core[-1] in ENDERS or (core[-1] in CLOSERS and core.rstrip(CLOSERS).endswith(_ENDERS)))
            and not (len(core) <= _LONGEST_ABBREVIATION and "." in core.rstrip(CLOSERS)[:-1] and " " not in core and core[0].isalpha())
            for core in self.cores
        ]

    @cached_property
    def close(self) -> int:
        """The set of the live lines right below another, without a blank line between."""
        return bits.of([line > 0 and self._blanks[line - 1] == blanks for line, blanks in enumerate(self._blanks)])

    @cached_property
    def _blanks(self) -> list[int]:
        """The number of lines without text above each live line."""
        counts, live = [], 0
        for first, last in self._live:
            counts.append(first - live)
            live += last + 1 - first
        return counts


def _words(core: str) -> int:
    unspaced = len(_UNSPACED.findall(core))
    if unspaced * 2 <= len(core) - core.count(" "):
        return core.count(" ") + 1
    return max(1, unspaced // 2)


def _is_wrapped(text: str) -> bool:
    if len(_GOES_ON.findall(text)) < _LEAST_WRAPS:
        return False
    wraps = len(_WRAPPED.findall(text))
    return wraps >= _LEAST_WRAPS and wraps >= _WRAP_SHARE * sum(len(line) >= 40 for line in text.split("\n"))


def _paragraphs(raw: list[str]) -> tuple[list[tuple[int, int]], list[str]]:
    """Return the first and last line of each paragraph, and its text on one line."""
    live: list[tuple[int, int]] = []
    cores: list[str] = []
    for number, line in enumerate(raw):
        core = line.strip(DECORATION)
        if not core:
            continue
        if live and live[-1][1] == number - 1 and _continues(raw[number - 1], line):
            live[-1] = live[-1][0], number
            cores[-1] = f"{cores[-1]} {line.strip()}"
        else:
            live.append((number, number))
            cores.append(core)
    return live, cores


def _continues(above: str, line: str) -> bool:
    """Return whether a line of a wrapped text belongs to the paragraph of the line right above it."""
    return len(above) >= 40 and not line.startswith((" ", "\t", "-", "*", "#", ">", "|"))


class LineNumbers:
    """Line numbers of offsets into one text, counted from 1."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(end for match in _LINE_END.finditer(text) if (end := match.end()) < len(text))]

    def of(self, offset: int) -> int:
        """Return the number of the line that holds the code point at ``offset``."""
        return bisect_right(self._starts, offset)
