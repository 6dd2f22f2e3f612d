"""Patterns under adversarial input: which could hang on a line that somebody else wrote."""

from __future__ import annotations

from time import thread_time

import regex

from cleaner import samples

#: Characters of a trial text: as much as a long paragraph.
SIZE = 3000
#: Seconds on a text of ``SIZE`` above which a pattern is slow. A linear one takes a thousandth of it; one that
#: takes the square of the length would take a minute on a page that is all in one line.
LIMIT = 0.05

_GIVE_UP = 0.5


def slowest(pattern: str, whole: bool) -> tuple[float, str] | None:
    """Return the seconds and the text with which the pattern is slow; None: it is fast on all that was tried.

    ``whole``: the pattern has to match a line from end to end, otherwise it is looked for inside.
    """
    compiled = regex.compile(pattern, regex.IGNORECASE)
    match = compiled.fullmatch if whole else compiled.search
    for text in samples.adversarial(pattern, SIZE):
        if _seconds(match, text) > LIMIT:
            # Others use the machine, too: only what is slow time and again counts.
            spent = min(_seconds(match, text) for _ in range(2))
            if spent > LIMIT:
                return spent, text
    return None


def _seconds(match: object, text: str) -> float:
    start = thread_time()
    try:
        match(text, timeout=_GIVE_UP)  # type: ignore[operator]
    except TimeoutError:
        return _GIVE_UP
    return thread_time() - start
