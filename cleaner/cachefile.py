"""Files of the cache folder: where they are, whole or not there at all, and shown to be damaged if they are.

A cache is safe to delete, safe when several processes write at once (each writes aside and renames),
and done without where it cannot be read or written. What ``clean`` imports before it knows whether
there is anything to do imports next to nothing itself: this, ``verdicts`` and ``cli.entry``.
"""

from __future__ import annotations

import marshal
import os
import sys
from zlib import crc32

#: Bytes of a checksum, and of a length.
_SUM, _LENGTH = 4, 8

TYPE_CHECKING = False  # what ``typing`` says, without the milliseconds that it takes to load
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

#: Nanoseconds for which a file must have been left alone before its times of change are believed.
SETTLED = 2_000_000_000


def folder() -> str:
    """Return the cache folder: ``DECHAFF_CACHE``, or one of the user's."""
    if given := os.environ.get("DECHAFF_CACHE"):
        return given
    if sys.platform == "darwin":
        return os.path.expanduser("~/Library/Caches/dechaff")
    return os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "dechaff")


def store(file: str | os.PathLike[str], data: bytes) -> None:
    """Replace or create the file, or do nothing where that is not possible."""
    aside = f"{os.fspath(file)}.{os.urandom(6).hex()}.tmp"
    try:
        os.makedirs(os.path.dirname(aside), exist_ok=True)
        with open(aside, "xb", opener=_private) as out:
            out.write(data)
        os.replace(aside, file)
    except OSError:
        _remove(aside)
    except BaseException:
        _remove(aside)
        raise


def _private(file: str, flags: int) -> int:
    return os.open(file, flags, 0o600)


def _remove(file: str) -> None:
    from contextlib import suppress

    with suppress(OSError):
        os.unlink(file)


def state(found: os.stat_result) -> tuple[int, int, int, int]:
    """Return what changes with a file: inode, size, and its two times of change."""
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def settled(state: tuple[int, int, int, int], now: int) -> bool:
    """Return whether a file was left alone long enough before ``now``, in nanoseconds, for its next change to show in its times."""
    return max(state[2:]) < now - SETTLED


def sealed(plain: Any) -> bytes:
    """Return plain data as bytes that show if they are damaged: what is not whole must never reach ``marshal``."""
    data = marshal.dumps(plain)
    return crc32(data).to_bytes(_SUM, "big") + data


def unsealed(data: bytes) -> Any:
    """Return the data of ``sealed`` bytes; raises ``ValueError`` if they are damaged."""
    plain = memoryview(data)[_SUM:]
    if not plain or crc32(plain).to_bytes(_SUM, "big") != data[:_SUM]:
        raise ValueError("damaged")
    return marshal.loads(plain)  # noqa: S302


class Body:
    """What stands in the file ``name`` from ``start`` on, read as it is asked for; the file may be replaced or deleted meanwhile.

    On its way to another process it is read as a whole.
    """

    __slots__ = ("_data", "_file", "_name", "start")

    def __init__(self, name: str, file: int = -1, data: bytes = b"") -> None:
        self._name = name
        self._file = file
        self._data = data
        self.start = 0

    def __reduce__(self) -> tuple[Any, ...]:
        return Body, (self._name, -1, self.read(0, self.size - self.start))

    def __del__(self, close: Callable[[int], None] = os.close) -> None:
        # At the program's end the module may be gone before this.
        if self._file >= 0:
            close(self._file)

    @property
    def size(self) -> int:
        """The number of bytes of the whole file."""
        return os.fstat(self._file).st_size if self._file >= 0 else len(self._data)

    def read(self, start: int, end: int) -> bytes:
        """Return the bytes from ``start`` to ``end``, or what is left of them."""
        start, end = self.start + start, self.start + end
        return os.pread(self._file, end - start, start) if self._file >= 0 else self._data[start:end]

    def discard(self) -> None:
        """Delete the file, so that nobody reads it again, or do nothing where that is not possible."""
        _remove(self._name)


def bound(plain: Any, pieces: bytes) -> bytes:
    """Return plain data, and ``sealed`` pieces that are read one by one, as bytes that show if they are damaged."""
    head = sealed(plain)
    return b"".join((len(head).to_bytes(_LENGTH, "big"), len(pieces).to_bytes(_LENGTH, "big"), head, pieces))


def opened(name: str | os.PathLike[str]) -> tuple[Any, Body]:
    """Return the plain data of a file of ``bound`` bytes, and its pieces, of which none but the lengths are looked at.

    Raises ``ValueError`` if they are damaged, and ``OSError`` if the file cannot be read.
    """
    file = os.open(name, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    body = Body(os.fspath(name), file)
    if not hasattr(os, "pread"):
        body = Body(os.fspath(name), data=os.read(file, body.size))
    head, pieces = (int.from_bytes(body.read(at, at + _LENGTH), "big") for at in (0, _LENGTH))
    body.start = 2 * _LENGTH + head
    if body.size != body.start + pieces:
        raise ValueError("damaged")
    return unsealed(body.read(-head, 0)), body
