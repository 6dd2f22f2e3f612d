"""Plain, gzip and zstd streams: read with bounded memory, written in pieces that can be appended to one another."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from cleaner.errors import CleanError

ENDINGS = {".gz": "gzip", ".gzip": "gzip", ".zst": "zstd", ".zstd": "zstd"}
SUFFIX = {"gzip": ".gz", "zstd": ".zst", "": ""}

#: What reading a damaged stream raises.
DAMAGED = (EOFError, gzip.BadGzipFile, zlib.error, OSError)

_LEVEL = {"gzip": 6, "zstd": 3}
_READ = 1 << 18


def split_ending(name: str) -> tuple[str, str]:
    """Return ``name`` without the ending of a compression, and that compression."""
    dot = name.rfind(".")
    compression = ENDINGS.get(name[dot:].lower()) if dot >= 0 else None
    return (name[:dot], compression) if compression else (name, "")


def open_stream(source: Path | BinaryIO, compression: str) -> BinaryIO:
    """Return the content as a stream of bytes, decompressed as it is read.

    Reading raises ``EOFError`` or another of ``DAMAGED`` where the stream is cut short or wrong.
    """
    raw: Any = source.open("rb") if isinstance(source, Path) else source
    if compression == "gzip":
        return io.BufferedReader(_Gzip(raw), _READ)
    if compression == "zstd":
        return io.BufferedReader(_Zstd(raw), _READ)
    return cast("BinaryIO", raw)


def pack(data: bytes, compression: str) -> bytes:
    """Return ``data`` as a whole gzip member or zstd frame, always the same; several after one another are a valid stream."""
    if not data or not compression:
        return data
    if compression == "gzip":
        return gzip.compress(data, _LEVEL["gzip"], mtime=0)
    return cast("bytes", zstandard().ZstdCompressor(level=_LEVEL["zstd"]).compress(data))


def unpack(data: bytes, compression: str) -> bytes:
    """Return the content of a whole stream."""
    return open_stream(io.BytesIO(data), compression).read() if compression else data


def lines(stream: BinaryIO, limit: int) -> Iterator[bytes | int]:
    """Yield lines with their ends; of one longer than ``limit`` bytes only its size, and never the whole in memory."""
    while line := stream.readline(limit + 1):
        if len(line) <= limit or line.endswith(b"\n"):
            yield line
            continue
        size = len(line)
        while not line.endswith(b"\n") and (line := stream.readline(_READ)):
            size += len(line)
        yield size


def zstandard() -> Any:
    """Return the module; raises ``CleanError`` that says how to get it."""
    return needed("zstandard", "zstd files")


def needed(module: str, what: str, extra: str = "batch") -> Any:
    """Return an optional module; raises ``CleanError`` that says how to get it."""
    from importlib import import_module

    try:
        return import_module(module)
    except ImportError:
        raise CleanError(f'{what}: this needs more than the basic installation; run `pip install "dechaff[{extra}]"`') from None


class _Unpacked(io.RawIOBase):
    """A stream that is read from beginning to end and closes the one beneath it."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        # As far as to say where it is, which readers of WARC ask.
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if (offset, whence) != (0, io.SEEK_CUR):
            raise io.UnsupportedOperation("a compressed stream is read from beginning to end")
        return self._position

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


class _Gzip(_Unpacked):
    """Members of gzip one after another; unlike the library's own reader it gives all that comes before a damaged place."""

    def __init__(self, raw: BinaryIO) -> None:
        super().__init__(raw)
        self._file = gzip.GzipFile(fileobj=raw)

    def readinto(self, buffer: Any) -> int:
        data = self._file.read1(len(buffer))
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)


class _Zstd(_Unpacked):
    """Frames of zstd one after another; unlike the library's own reader it tells when the last is cut short."""

    def __init__(self, raw: BinaryIO) -> None:
        super().__init__(raw)
        # Dumps made with --long have windows of up to 2 GB.
        self._library = zstandard()
        self._frame: Any = None
        self._compressed = b""
        self._plain = memoryview(b"")

    def readinto(self, buffer: Any) -> int:
        while not self._plain:
            if not self._compressed:
                self._compressed = self._raw.read(1 << 16)
                if not self._compressed:
                    if self._frame is not None:
                        raise EOFError("the stream ends in the middle of a zstd frame")
                    return 0
            if self._frame is None:
                self._frame = self._library.ZstdDecompressor(max_window_size=1 << 31).decompressobj()
            try:
                self._plain = memoryview(self._frame.decompress(self._compressed))
            except self._library.ZstdError as error:
                raise OSError(f"not valid zstd: {error}") from None
            self._compressed = self._frame.unused_data if self._frame.eof else b""
            if self._frame.eof:
                self._frame = None
        size = min(len(buffer), len(self._plain))
        buffer[:size] = self._plain[:size]
        self._plain = self._plain[size:]
        self._position += size
        return size
