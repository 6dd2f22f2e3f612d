"""Patterns as ``regex`` compiles them, carried from one process to the next.

Compiling a pattern takes ``regex`` about a millisecond of Python, and one file may need a hundred of
them, but what comes out is plain data that its C part takes in microseconds. That data is private to
one version of ``regex``: it is tagged with the version, sealed, and done without wherever it
does not fit.
"""

from __future__ import annotations

import marshal
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from zlib import compress, crc32, decompress, error

import regex
from regex import _main, _regex

#: Seconds that one pattern may take on one line before the document counts as failed.
TIMEOUT = 2.0

#: What is wrong with data that does not fit.
UNREADABLE = (ValueError, TypeError, EOFError, LookupError, OSError, OverflowError, error)


def build(pattern: str) -> regex.Pattern[str]:
    """Return the pattern, compiled to ignore case; raises ``regex.error``."""
    return regex.compile(pattern, regex.IGNORECASE, cache_pattern=False)


def frozen(pattern: str) -> bytes:
    """Return what the pattern compiles to, to be thawed by the same version of ``regex``; nothing: that cannot be told."""
    with _watched() as calls:
        build(pattern)
    if len(calls) != 1:
        return b""
    try:
        source, flags, code, *rest = calls[0]
        plain = [int(each) if isinstance(each, int) else each for each in rest]
        data = compress(marshal.dumps((source, int(flags), array("I", code).tobytes(), plain)))
    except UNREADABLE:
        return b""
    return crc32(data).to_bytes(4, "big") + data


def thawed(pattern: str, data: bytes) -> regex.Pattern[str]:
    """Return the compiled pattern, from ``frozen`` data if they are sound and of this pattern, anew if not."""
    try:
        if crc32(data[4:]) == int.from_bytes(data[:4], "big"):
            source, flags, code, rest = marshal.loads(decompress(data[4:]))  # noqa: S302
            if source == pattern:
                return _regex.compile(source, flags, array("I", code).tolist(), *rest)
    except UNREADABLE:
        pass
    return build(pattern)


@contextmanager
def _watched() -> Iterator[list[tuple[Any, ...]]]:
    """Note the arguments with which ``regex`` calls its C part."""
    calls: list[tuple[Any, ...]] = []
    real = _main._regex

    class Watched:
        @staticmethod
        def compile(*arguments: Any) -> Any:
            calls.append(arguments)
            return real.compile(*arguments)

        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

    _main._regex = Watched()
    try:
        yield calls
    finally:
        _main._regex = real
