"""Texts to files: aside and renamed, so that a file is the old one or the new one and never half of either."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from cleaner.errors import WriteError
from cleaner.readers import Source


def encoded(text: str, source: Source) -> bytes:
    """Return ``text`` with the line ends and in the encoding of the source, or in UTF-8 where that cannot hold it."""
    if source.newline != "\n":
        text = text.replace("\n", source.newline)
    try:
        return text.encode(source.encoding)
    except UnicodeEncodeError:
        return text.encode("utf-8")


def write_file(path: Path, data: bytes) -> None:
    """Replace or create the file at ``path``, at once and whole; a link stays a link and the mode stays.

    Raises ``WriteError`` and leaves what was there before.
    """
    target = Path(os.path.realpath(path))
    try:
        before = target.stat() if target.exists() else None
        if before and not os.access(target, os.W_OK):
            raise WriteError(f"{path}: is read-only; nothing was written")
        handle, aside = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
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
            # A rename would part the file from its other names; its content is safe aside until it is in.
            shutil.copyfile(aside, target)
            os.unlink(aside)
        else:
            os.replace(aside, target)
    except OSError as error:
        raise WriteError(f"{path}: cannot be written: {error.strerror or error}") from None
    finally:
        with suppress(OSError):
            os.unlink(aside)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
