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

TYPE_CHECKING = False  # what ``typing`` says, without the milliseconds that it takes to load
if TYPE_CHECKING:
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
    return crc32(data).to_bytes(4, "big") + data


def unsealed(data: bytes) -> Any:
    """Return the data of ``sealed`` bytes; raises ``ValueError`` if they are damaged."""
    if crc32(memoryview(data)[4:]) != int.from_bytes(data[:4], "big"):
        raise ValueError("damaged")
    return marshal.loads(memoryview(data)[4:])  # noqa: S302
