"""What was found before and is put up with: the list of a repository that starts dirty.

A JSON file of paths, relative to its folder, with the findings of each. Findings are told apart by
their text and not by their lines, so that an edit above one does not make it new; twice the same
text is two findings.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cleaner.errors import ConfigError
from cleaner.report import Finding, to_json
from cleaner.writers import write_file

#: Raise it when the form of the file changes.
FORM = 1

#: (rule, text) of each finding of a file; the rule is for people, rules get renamed.
Known = Mapping[str, Sequence[Sequence[str]]]


class Baseline:
    """The findings that a file lists; raises ``ConfigError`` if there is no such file or it is none of ours."""

    def __init__(self, file: Path, known: Known | None = None) -> None:
        self._file = file
        self._known = _read(file) if known is None else known

    def new(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Yield the findings that are not listed; of equal ones as many as are not."""
        left: dict[str, Counter[str]] = {}
        for finding in findings:
            key = self._key(finding.path)
            if key not in left:
                left[key] = Counter(text for _, text in self._known.get(key, ()))
            if left[key][finding.text]:
                left[key][finding.text] -= 1
            else:
                yield finding

    def write(self, paths: Iterable[str], findings: Iterable[Finding]) -> tuple[int, int]:
        """Store the findings in place of those listed for the files at ``paths``; return how many of how many files it lists then."""
        looked_at = {self._key(path) for path in paths}
        listed = {key: [list(entry) for entry in entries] for key, entries in self._known.items() if key not in looked_at}
        for finding in findings:
            listed.setdefault(self._key(finding.path), []).append([finding.rule, finding.text])
        data = {"form": FORM, "findings": {key: sorted(listed[key]) for key in sorted(listed)}}
        write_file(self._file, (to_json(data, indent=1) + "\n").encode())
        return sum(map(len, listed.values())), len(listed)

    def _key(self, path: str) -> str:
        return Path(os.path.relpath(path, self._file.parent)).as_posix()


def _read(file: Path) -> Known:
    try:
        import json

        data: Any = json.loads(file.read_bytes())
        known = data["findings"]
        if data["form"] != FORM or not all(isinstance(text, str) for entries in known.values() for _, text in entries):
            raise ValueError
    except FileNotFoundError:
        raise ConfigError(f"{file}: no such baseline; make it with --update-baseline") from None
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror or error}") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ConfigError(f"{file}: is no baseline that this version wrote; delete it and make it anew with --update-baseline") from None
    return dict(known)
