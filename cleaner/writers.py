"""Texts to files: aside and renamed, so that a file is the old one or the new one and never half of either."""

from __future__ import annotations

import codecs
import os
import stat
from contextlib import suppress
from io import FileIO
from pathlib import Path

from cleaner.errors import WriteError
from cleaner.readers import Source

#: What a text in these encodings begins with and Python does not write.
_BOM = {
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}


def encoded(text: str, source: Source) -> bytes:
    """Return ``text`` with the line ends and in the encoding of the source, or in UTF-8 where that cannot hold it."""
    if source.newline != "\n":
        text = text.replace("\n", source.newline)
    bom = _BOM.get(source.encoding, b"")
    try:
        return bom + text.encode(source.encoding)
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def write_file(path: Path, data: bytes) -> None:
    """Replace or create the file at ``path``, at once and whole; a link stays a link and the mode stays.

    Raises ``WriteError`` and leaves what was there before.
    """
    import shutil
    import tempfile

    target = Path(os.path.realpath(path))
    try:
        if path.exists() and not stat.S_ISREG(path.stat().st_mode):
            # A device or a pipe has no content to lose and must not be renamed over.
            path.write_bytes(data)
            return
        before = target.stat() if target.exists() else None
        if before and not (os.access(target, os.W_OK) and before.st_mode & 0o222):
            raise WriteError(f"{path}: is read-only; nothing was written")
        handle, aside = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}.", suffix=".tmp")
    except OSError as error:
        raise WriteError(f"{path}: cannot be written: {error.strerror or error}") from None
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        if before:
            shutil.copymode(target, aside)
        else:
            os.chmod(aside, 0o666 & ~_umask())
        if before and before.st_nlink > 1:
            _overwrite(target, data)
        else:
            os.replace(aside, target)
    except OSError as error:
        raise WriteError(f"{path}: cannot be written: {error.strerror or error}") from None
    finally:
        with suppress(OSError):
            os.unlink(aside)


def _overwrite(target: Path, data: bytes) -> None:
    """Write into a file that has other names, from which a rename would part it; put the old content back if that fails."""
    old = target.read_bytes()
    with target.open("r+b", buffering=0) as out:
        try:
            _fill(out, data)
        except BaseException:
            _fill(out, old)
            raise


def _fill(out: FileIO, data: bytes) -> None:
    out.seek(0)
    left = memoryview(data)
    while left:
        left = left[out.write(left) :]
    out.truncate()
    os.fsync(out.fileno())


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
