"""Files that were found to need nothing, remembered so that a hook's next run need not look at them again.

Only one verdict is remembered: nothing to do, nothing to print, exit code 0. It holds for the very
bytes of a file under its name, and for all that it rests on:

- the command line as it was typed, the folder, Python, and where Python looks for modules;
- the program, the shipped rules and ``regex``, by the state of their files: inode, size, and times of
  change, which the system sets and which must be settled;
- settings, rule files, the protect list and the baseline, by their content, or that they are not there.

If any of it is another, the memory is not used. All of it is taken down before it is read and
compared once more before a verdict is stored. The memory itself only ever answers "all known";
everything else is done by a whole run, which passes over the files that it knows.
"""

from __future__ import annotations

import os
import stat
import sys
from time import time_ns

from cleaner import cachefile

try:
    from _blake2 import blake2b  # ``hashlib`` loads all of OpenSSL, which takes longer than all else here
except ImportError:
    from hashlib import blake2b

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

#: Raise it when what is remembered changes its form or meaning.
FORM = 2

#: Options that a remembered command line may have, and those that a value follows. Of any other, nothing is remembered.
_SWITCHES = {"--check", "--write", "-w", "--exit-non-zero-on-fix", "--force-exclude", "--isolated"}
_VALUED = {"--baseline", "--ignore", "--max-removed", "--profile", "--rules", "--select"}
_ACTS = {"--check", "--write", "-w"}

#: Verdicts of one command line in one folder, and such command lines; the oldest go.
_MOST_VERDICTS = 20_000
_MOST_MEMORIES = 50

_PROGRAM = os.path.dirname(os.path.abspath(__file__))

_BYTES = 16


def recall(words: list[str]) -> Memory | None:
    """Return the memory of a command line, if it is of the plain kind that hooks have: options, perhaps ``--``, names of files."""
    at = 0
    while at < len(words):
        option, equals, _ = words[at].partition("=")
        if words[at] in _SWITCHES or (equals and option in _VALUED):
            at += 1
        elif option in _VALUED:
            at += 2
        else:
            break
    names = words[at:]
    if names[:1] == ["--"]:
        names = names[1:]
    elif any(name.startswith("-") for name in names):
        return None
    if not names or "-" in names or _ACTS.isdisjoint(words[:at]):
        return None
    try:
        return Memory(words[:at], names)
    except OSError:  # there is no folder to be in
        return None


class Memory:
    """What is remembered of one command line in one folder; ``names`` are the files that it names."""

    def __init__(self, options: list[str], names: list[str]) -> None:
        self.names = names
        self._began = time_ns()
        self._asked = [FORM, options, os.getcwd(), sys.getfilesystemencoding(), sys.version, list(map(str, sys.path)), _PROGRAM]
        self._file = os.path.join(cachefile.folder(), f"verdicts-{_digest(repr(self._asked).encode()).hex()}.bin")
        #: How things were found: (way of telling a change, path) -> what changes with it.
        self._found: dict[tuple[str, str], bytes] = {}
        #: What the verdicts of this run rest on, likewise.
        self._grounds: dict[tuple[str, str], bytes] = {}
        self._known: frozenset[bytes] | None = None
        self._confirmed: dict[bytes, None] = {}
        self._real: dict[str, str] = {}

    def knows_all(self) -> bool:
        """Return whether every file is known to need nothing, so that there is nothing to run."""
        grounds, verdicts = self._stored()
        if not verdicts or any(self._look(*each) != found for each, found in grounds.items()):
            return False
        known = frozenset(verdicts)
        return all(self.mark(name, None) in known or self._read(name) in known for name in self.names)

    def _read(self, name: str) -> bytes:
        """Return the mark of a file; of what can be read only once, or not at all, nothing."""
        try:
            if not stat.S_ISREG(os.stat(name).st_mode):
                return b""
            with open(name, "rb") as file:
                return self.mark(name, file.read())
        except OSError:
            return b""

    # -- for a whole run

    def rests_on(self, paths: Iterable[Path]) -> None:
        """Take down the program and these files and folders of rules, which need not be there; to be called before they are read."""
        for place in [*(("state", folder) for folder in _programs()), *(("content", os.path.abspath(path)) for path in paths)]:
            self._grounds[place] = self._look(*place)

    def mark(self, name: str, data: bytes | None) -> bytes:
        """Return what stands for the file of that name with that content; None: whatever it holds."""
        # Settings may speak of a file by its name, its place, and the place that a link leads to.
        place = b"\0".join((os.fsencode(name), os.fsencode(self._place(name)), b""))
        return _digest(place if data is None else b"".join((place, b"=", data)))

    def knows(self, mark: bytes) -> bool:
        """Return whether the file is known to need nothing."""
        if self._known is None:
            grounds, verdicts = self._stored()
            self._known = frozenset(verdicts) if grounds == self._grounds else frozenset()
        if mark in self._known:
            self._confirmed[mark] = None
        return mark in self._known

    def learn(self, mark: bytes) -> None:
        """Remember, from ``keep`` on, that the file needs nothing."""
        self._confirmed[mark] = None

    def keep(self) -> None:
        """Store what was learned, unless something that it rests on has changed meanwhile or a moment before."""
        if self._confirmed.keys() <= (self._known or frozenset()) or not self._unchanged():
            return
        grounds, verdicts = self._stored()
        # Known ones come last, too: what no run has asked for goes first.
        kept = [mark for mark in verdicts if mark not in self._confirmed] if grounds == self._grounds else []
        marks = [*kept, *self._confirmed][-_MOST_VERDICTS:]
        plain = [(way, path, found) for (way, path), found in self._grounds.items()]
        cachefile.store(self._file, cachefile.sealed((self._asked, plain, b"".join(marks))))
        _forget_oldest(os.path.dirname(self._file))

    def _stored(self) -> tuple[dict[tuple[str, str], bytes], list[bytes]]:
        """Return what the verdicts in the cache rest on, and them; nothing, if there are none to be trusted."""
        try:
            with open(self._file, "rb") as file:
                asked, plain, marks = cachefile.unsealed(file.read())
            if asked == self._asked:
                return {(way, path): found for way, path, found in plain}, [marks[at : at + _BYTES] for at in range(0, len(marks), _BYTES)]
        except (OSError, ValueError, TypeError, EOFError):
            pass
        return {}, []

    def _look(self, way: str, path: str) -> bytes:
        if (way, path) not in self._found:
            self._found[way, path] = _WAYS[way](path)
        return self._found[way, path]

    def _unchanged(self) -> bool:
        """Return whether all that this run rests on is as it was, and the program was left alone long enough to tell."""
        if any(_WAYS[way](path) != found for (way, path), found in self._grounds.items()):
            return False
        return all(cachefile.settled(state, self._began) for folder in _programs() for _, state in _states(folder))

    def _place(self, name: str) -> str:
        """Return where a name leads to, all links followed."""
        if os.path.islink(name):
            return os.path.realpath(name)
        folder, name = os.path.split(name)
        if folder not in self._real:
            self._real[folder] = os.path.realpath(folder)
        return f"{self._real[folder]}/{name}"


def _programs() -> tuple[str, ...]:
    """Return the folders of all that decides about a file, but for Python."""
    import regex

    from cleaner.rulefiles import shipped_folder

    return _PROGRAM, str(shipped_folder()), os.path.dirname(regex.__file__)


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=_BYTES).digest()


def _state(folder: str) -> bytes:
    """Return what changes with any file in the folder or beneath."""
    return _digest(repr(_states(folder)).encode())


def _states(folder: str) -> list[tuple[str, tuple[int, int, int, int]]]:
    states = []
    for entry in _beneath(folder):
        try:
            states.append((entry.path, cachefile.state(entry.stat())))
        except OSError:  # a link that leads nowhere, which is how some editors lock a file
            continue
    return sorted(states)


def _beneath(folder: str) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.is_dir():
                yield entry
            elif entry.name != "__pycache__":
                yield from _beneath(entry.path)


def _content(path: str) -> bytes:
    """Return what changes with a file's content, with any rule file's in a folder, and with whether it is there."""
    try:
        if not os.path.isdir(path):
            with open(path, "rb") as file:
                return _digest(file.read())
        files = sorted(entry.path for entry in _beneath(path) if entry.name.endswith(".toml"))
        return _digest(b"\0".join(each for file in files for each in (os.fsencode(file), _content(file))))
    except OSError as error:
        return str(error.errno).encode()


_WAYS = {"state": _state, "content": _content}


def _forget_oldest(folder: str) -> None:
    try:
        with os.scandir(folder) as entries:
            memories = [entry for entry in entries if entry.name.startswith("verdicts-") and entry.name.endswith(".bin")]
        for entry in sorted(memories, key=lambda entry: entry.stat().st_mtime_ns)[:-_MOST_MEMORIES]:
            os.unlink(entry.path)
    except OSError:
        pass
