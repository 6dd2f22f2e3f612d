"""Every error that the package raises on purpose, on its own floor so that no module has to import another for one.

CleanError
+-- RuleError        a rule file is wrong; carries every problem found, each with its place
+-- ConfigError      an option or a configuration file is wrong
+-- ReadError        an input cannot be read or is not text
+-- WriteError       an output cannot be written
+-- RuleTimeout      a rule ran too long on a document
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cleaner.types import Location


class CleanError(Exception):
    """What a person did or has that stops the work; the message says what to do next."""


class Problem:
    """One fault of a rule file: where it is, which rule it is in, what is wrong."""

    __slots__ = ("location", "message", "rule")

    def __init__(self, location: Location, message: str, rule: str | None = None) -> None:
        self.location = location
        self.rule = rule
        self.message = message

    def __str__(self) -> str:
        subject = f" [{self.rule}]" if self.rule else ""
        return f"{self.location}{subject} {self.message}"

    def record(self) -> dict[str, str | int | None]:
        """Return the problem as JSON can hold it."""
        return {"path": self.location.path, "line": self.location.line, "rule": self.rule, "message": self.message}


class RuleError(CleanError):
    """One or more faults in rule files, all that were found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ConfigError(CleanError):
    """An option or a configuration file asks for something that cannot be."""


class ReadError(CleanError):
    """An input is missing, unreadable or not text."""


class WriteError(CleanError):
    """An output cannot be written; what was there before is still there."""


class RuleTimeout(CleanError):
    """A rule ran out of time on a document, which is left as it was."""

    def __init__(self, rule: str, seconds: float) -> None:
        self.rule = rule
        self.seconds = seconds
        super().__init__(f"rule {rule} ran longer than {seconds:g} s on this document; see `clean rules lint`")

    def __reduce__(self) -> tuple[type[RuleTimeout], tuple[str, float]]:
        return type(self), (self.rule, self.seconds)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean "x"?`` for the nearest known word, or nothing."""
    from difflib import get_close_matches

    near = get_close_matches(word, list(known), 1)
    return f'; did you mean "{near[0]}"?' if near else ""
