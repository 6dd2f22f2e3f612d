"""A text as lines: where each begins and ends, and what it says without its decoration.

Only *live* lines count, those that hold anything but white space and decoration; they are
numbered from 0 and all predicates speak of them. Offsets are code points of the text given.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate

from cleaner.fold import DECORATION, fold

#: What editors, ``grep -n`` and ``tomllib`` count as the end of a line.
_LINE_END = re.compile(r"\r\n?|\n")


class Lines:
    """The live lines of a text.

    ``cores`` holds each live line folded and stripped of its decoration; it is what ``line``,
    ``after``, ``tail`` and ``block`` patterns see.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.folded = fold(text)
        self._raw = self.folded.split("\n")
        self._starts = [0, *accumulate(len(line) + 1 for line in self._raw)]
        stripped = [line.strip(DECORATION) for line in self._raw]
        self._live = [number for number, core in enumerate(stripped) if core]
        self.cores = [core for core in stripped if core]

    def __len__(self) -> int:
        return len(self.cores)

    def span(self, line: int) -> tuple[int, int]:
        """Return the start and end of a live line with its line end, which the last line may lack."""
        number = self._live[line]
        return self._starts[number], min(self._starts[number + 1], len(self.text))

    def content(self, line: int) -> tuple[int, str]:
        """Return where a live line starts and its folded text without trailing space."""
        number = self._live[line]
        return self._starts[number], self._raw[number].rstrip()

    def raw(self, line: int) -> str:
        """Return a live line folded, with its decoration."""
        return self._raw[self._live[line]]

    @cached_property
    def joined(self) -> str:
        """The cores, one a line, between line ends: what the prefilter scans."""
        return "\n" + "\n".join(self.cores) + "\n"


class LineNumbers:
    """Line numbers of offsets into one text, counted from 1."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(end for match in _LINE_END.finditer(text) if (end := match.end()) < len(text))]

    def of(self, offset: int) -> int:
        """Return the number of the line that holds the code point at ``offset``."""
        return bisect_right(self._starts, offset)
