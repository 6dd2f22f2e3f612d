"""Patterns under adversarial input: which could hang on a line that somebody else wrote."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from time import thread_time

from cleaner import samples
from cleaner.patterns import compiled

#: Characters of a trial text: as much as a long paragraph.
SIZE = 3000
#: Seconds on a text of ``SIZE`` above which a pattern is slow. A linear one takes a thousandth of it; one that
#: takes the square of the length would take a minute on a page that is all in one line.
LIMIT = 0.05

_GIVE_UP = 0.2


@cache
def slowest(pattern: str, whole: bool) -> tuple[float, str] | None:
    """Return the seconds and the text with which the pattern is slow; None: it is fast on all that was tried.

    ``whole``: the pattern has to match a line from end to end, otherwise it is looked for inside.
    """
    match = compiled(pattern).fullmatch if whole else compiled(pattern).search
    for text in samples.adversarial(pattern, SIZE):
        # What is slow once may have been disturbed by others on the machine.
        if _seconds(match, text) > LIMIT and (spent := _seconds(match, text)) > LIMIT:
            return spent, text
    return None


def _seconds(match: Callable[..., object], text: str) -> float:
    """Return the processor time of a match, which is broken off at ``_GIVE_UP``."""
    start = thread_time()
    with suppress(TimeoutError):
        match(text, timeout=_GIVE_UP)
    return thread_time() - start
