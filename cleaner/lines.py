"""A text as lines: where each begins and ends, and what it says without its decoration.

Only *live* lines count, those that hold anything but white space and decoration; they are
numbered from 0 and all predicates speak of them. Offsets are code points of the text given.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate

from cleaner import bits
from cleaner.fold import DECORATION, fold

#: What editors, ``grep -n`` and ``tomllib`` count as the end of a line.
_LINE_END = re.compile(r"\r\n?|\n")

#: A line this long that no sentence ends, with a line right below it that goes on in lower case, was wrapped.
_WRAPPED = re.compile(
    r"(?m)^[^\n]{40,120}[^\n.!?:;\s\"')\]>|][ \t]*\n(?=[ \t]*[a-z\u00df-\u00f6\u00f8-\u00ff\u0430-\u045f\u03ac-\u03ce\u0101-\u017f])"
)
#: This many such places, and this share of the lines that could be one, make a text a wrapped one.
_LEAST_WRAPS = 4
_WRAP_SHARE = 0.4


class Lines:
    """The live lines of a text.

    ``cores`` holds each live line folded and stripped of its decoration; it is what ``line``,
    ``after``, ``tail`` and ``block`` patterns see. In a text that was wrapped at a fixed width the
    lines of a paragraph count as one.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        raw = text.split("\n")
        self._starts = [0, *accumulate(len(line) + 1 for line in raw)]
        if _is_wrapped(text):
            self._live, cores = _paragraphs(raw)
        else:
            stripped = [line.strip(DECORATION) for line in raw]
            self._live = [(number, number) for number, core in enumerate(stripped) if core]
            cores = [core for core in stripped if core]
        #: The cores, one a line, between line ends: what the prefilter scans.
        self.joined = fold("\n".join(["", *cores, ""]))
        self.cores = self.joined.split("\n")[1:-1] if cores else []

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

    def content(self, line: int) -> tuple[int, str]:
        """Return where a live line starts and its folded text without trailing space."""
        first, last = self._live[line]
        if first == last:
            return self._starts[first], self._folded_lines[first].rstrip()
        start, end = self.span(line)
        return start, self.folded[start:end].rstrip().replace("\n", " ")

    @cached_property
    def _folded_lines(self) -> list[str]:
        return self.folded.split("\n")

    @cached_property
    def close(self) -> int:
        """The set of the live lines right below another, without a blank line between."""
        return bits.of([line > 0 and self._live[line - 1][1] + 1 == first for line, (first, _) in enumerate(self._live)])

    def raw(self, line: int) -> str:
        """Return a live line folded, with its decoration."""
        return self.content(line)[1]


def _is_wrapped(text: str) -> bool:
    wraps = len(_WRAPPED.findall(text)) if "\n" in text else 0
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
