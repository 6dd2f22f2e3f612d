"""JSON Lines: one object a line. Only the bytes of the text's value change; an unchanged line stays as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from cleaner.batch import streams
from cleaner.batch.formats.chunking import chunked
from cleaner.batch.formats.guessing import guess, value_of
from cleaner.batch.model import Bad, Blank, Chunk, Fields, Limits, Work
from cleaner.errors import ReadError

#: Its ``scan_once``, which tells where a value ends, is known to all versions of Python but not to its stubs.
_DECODER: Any = json.JSONDecoder(strict=False)
_UNESCAPED = json.JSONEncoder(ensure_ascii=False).encode
#: The object's brace, with the other one if it is empty; a name with its colon; what stands between two members, or ends them.
_OPENS = re.compile(r"\ufeff?[ \t\r\n]*\{[ \t\r\n]*(\}?)").match
_NAME = re.compile(r'"((?:[^"\\]|\\.)*+)"[ \t\r\n]*:[ \t\r\n]*', re.DOTALL).match
_GOES_ON = re.compile(r"[ \t\r\n]*([,}])[ \t\r\n]*").match
_ARRAY = "; an array is turned into them by `jq -c '.[]'`"
#: Records that are looked at to tell which field is which.
_LOOKED_AT = 20

#: Where in its line a member's value stands, in code points.
Spans = Mapping[str, tuple[int, int]]


@dataclass(slots=True)
class JsonRecord:
    """One line. ``target`` is the field whose value is replaced."""

    number: int
    id: str
    url: str | None
    kind: str
    data: str
    line: str
    values: Mapping[str, Any]
    spans: Spans
    target: str
    metadata: Mapping[str, str] = field(default_factory=dict)

    def unchanged(self) -> str:
        return self.line

    def render(self, text: str, raw: str = "") -> str:
        if self.target in self.spans:
            start, end = self.spans[self.target]
            return self.line[:start] + (raw or self._encoded(text, self.line[start:end])) + self.line[end:]
        # The page came from another field: the text is a member more.
        end = self.line.rindex("}")
        comma = ", " if self.values else ""
        return f"{self.line[:end].rstrip()}{comma}{json.dumps(self.target)}: {self._encoded(text, self.line)}{self.line[end:]}"

    def raw(self, text: str) -> str:
        start, end = self.spans.get(self.target, (0, 0))
        written = self.line[start:end]
        # The same text can be written with escapes or without: what was chosen is seen in the cleaned one, if at all.
        return "" if self.kind != "text" or written == self._encoded(self.data, self._encoded(text, written)) else written

    def others(self) -> dict[str, Any]:
        return {name: value for name, value in self.values.items() if name != self.target}

    @staticmethod
    def _encoded(text: str, before: str) -> str:
        """Return the text as JSON: with escapes if what was there before had them, or if it must."""
        escaped = before.isascii() and "\\u" in before
        encoded = json.dumps(text) if escaped else _UNESCAPED(text)
        return encoded if escaped or encoded.isascii() or not _SURROGATE.search(encoded) else json.dumps(text)


_SURROGATE = re.compile("[\ud800-\udfff]")


class _JsonLines:
    def chunks(self, stream: BinaryIO, name: str, limits: Limits, skip: int) -> Iterator[Chunk]:
        return chunked(_lines(stream, limits), limits, skip, name)

    def guess(self, chunk: Chunk, given: Fields, name: str, to: str = "") -> Fields:
        samples = []
        wrong = None
        for item in chunk.items:
            if isinstance(item, bytes) and item.strip():
                try:
                    samples.append(members(decoded(item))[0])
                except ReadError as error:
                    wrong = error
            if len(samples) == _LOOKED_AT:
                break
        if wrong and not samples:
            hint = _ARRAY if any(isinstance(item, bytes) and item.lstrip()[:1] == b"[" for item in chunk.items[:1]) else ""
            raise ReadError(f"{name}: is not JSON Lines, one object a line: its first record {wrong}{hint}")
        return guess(samples, given, name)

    def records(self, work: Work) -> Iterator[JsonRecord | Bad | Blank]:
        fields = work.fields
        target = fields.text or "text"
        for number, item in enumerate(work.chunk.items, work.chunk.first):
            if isinstance(item, Bad):
                yield item
                continue
            try:
                line = decoded(item)
                if not line.strip("\ufeff \t\r\n"):
                    yield Blank(line)
                    continue
                values, spans = members(line)
            except ReadError as error:
                yield Bad(str(error))
                continue
            url = value_of(values, fields.url)
            name = value_of(values, fields.id)
            kind, data = _data(values, fields)
            if kind == "bad":
                yield Bad(data)
                continue
            yield JsonRecord(
                number, f"{work.source}:{number}" if name is None else str(name), url if isinstance(url, str) else None, kind, data,
                line, values, spans, target,
            )  # fmt: skip

    def join(self, pieces: list[str], work: Work, compression: str) -> bytes:
        return streams.pack("".join(pieces).encode("utf-8"), compression)


FORMAT = _JsonLines()


def _lines(stream: BinaryIO, limits: Limits) -> Iterator[tuple[bytes | Bad, int]]:
    for line in streams.lines(stream, limits.document):
        if isinstance(line, int):
            yield Bad(f"the line has {line:,} bytes, more than the {limits.document:,} allowed (--max-document)"), 0
        else:
            yield line, len(line)


def _data(values: Mapping[str, Any], fields: Fields) -> tuple[str, str]:
    for kind, name in (("html", fields.html), ("text", fields.text)):
        if name and name in values:
            value = values[name]
            if isinstance(value, str):
                return kind, value
            if value is not None:
                return "bad", f'its field "{name}" holds no text but {type(value).__name__}'
    wanted = [name for name in (fields.html, fields.text) if name]
    if any(name in values for name in wanted):
        return "none", ""
    return "bad", f"has no field {' or '.join(json.dumps(name) for name in wanted)}"


def decoded(line: bytes) -> str:
    """Return the line as text; raises ``ReadError``."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ReadError(f"is not UTF-8: byte {error.start + 1} of the line is wrong") from None


def members(line: str) -> tuple[dict[str, Any], Spans]:
    """Return the members of the object on a line and where each value stands; of equal names the last counts.

    Anything that Python's own decoder takes is taken (NaN, lone surrogates). Raises ``ReadError``.
    """
    values: dict[str, Any] = {}
    spans: dict[str, tuple[int, int]] = {}
    found = _OPENS(line)
    if found is None:
        raise ReadError("is not an object of JSON")
    at = found.end()
    closed = bool(found[1])
    try:
        while not closed:
            found = _NAME(line, at)
            if found is None:
                raise ReadError(f"is not valid JSON: expected a name and a colon at column {at + 1}")
            name = found[1] if "\\" not in found[1] else _DECODER.decode(f'"{found[1]}"')
            start = found.end()
            values[name], at = _DECODER.scan_once(line, start)
            spans[name] = (start, at)
            found = _GOES_ON(line, at)
            if found is None:
                raise ReadError(f'is not valid JSON: expected "," or "}}" at column {at + 1}')
            at = found.end()
            closed = found[1] == "}"
    except StopIteration as error:
        raise ReadError(f"is not valid JSON: expected a value at column {error.value + 1}") from None
    except json.JSONDecodeError as error:
        raise ReadError(f"is not valid JSON: {error.msg.removesuffix(' at')} at column {error.pos + 1}") from None
    except RecursionError:
        raise ReadError("is not valid JSON: nested too deeply") from None
    if line[at:].strip():
        raise ReadError(f"is not valid JSON: something follows the object at column {at + 1}")
    return values, spans
