"""The originals of a run's outputs, from the outputs and the sidecar that ``--removals`` wrote."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cleaner import removals
from cleaner.batch import names, sources, streams
from cleaner.batch.formats import OF_FILES, format_of
from cleaner.batch.journal import STATE
from cleaner.batch.model import Bad, Blank, Fields, Limits, Work
from cleaner.batch.outputs import Outputs
from cleaner.errors import ConfigError, ReadError
from cleaner.readers import Source, decode
from cleaner.types import Document
from cleaner.writers import encoded

#: Nothing that a run wrote is too large to be read again.
_LIMITS = Limits(document=1 << 40)


def restore(run: Path, out: Path) -> int:
    """Write what each output was before it was cleaned below ``out`` and return the number of documents.

    Of a page that is the text that was extracted from it. Records that failed are in no output and
    so not among the originals. Raises ``ConfigError`` for a folder that is no such run, ``ReadError``
    where outputs and sidecar do not fit.
    """
    try:
        plan = json.loads((run / STATE / "plan.json").read_bytes())
        listed = (run / STATE / "sources.jsonl").read_text("utf-8").splitlines()
    except (OSError, ValueError):
        raise ConfigError(f"{run}: is not the folder of a run of `clean batch`") from None
    if "clean" not in plan["removals"]:
        raise ConfigError(f"{run}: was written without --removals, so there is nothing to restore from")
    if out.exists() and any(out.iterdir()):
        raise ConfigError(f"{out}: is not empty; name a new folder")
    outputs = Outputs(out, {})
    to = plan["to"]
    count = 0
    entries = [sources.from_line(line) for line in listed]
    if any(entry.format == "files" for entry in entries):
        count += (
            _files(run, names.sidecar(""), outputs)
            if not names.loose_output(to)
            else _records(run, names.sidecar(""), names.loose_output(to), to, "", plan, outputs)
        )
    for entry in entries:
        if entry.format == "files":
            continue
        sidecar = names.sidecar(entry.name)
        if entry.format in OF_FILES and not names.target(entry.format, to):
            count += _files(run, sidecar, outputs)
        else:
            name, compression = names.output(entry, to)
            count += _records(run, sidecar, name, names.target(entry.format, to) or entry.format, compression, plan, outputs)
    outputs.checkpoint()
    outputs.settle()
    outputs.close()
    return count


def _files(run: Path, sidecar: str, outputs: Outputs) -> int:
    count = 0
    for entry in _sidecar(run / sidecar):
        path = run / "data" / entry["out"]
        try:
            data = path.read_bytes()
        except OSError as error:
            raise ReadError(f"{path}: cannot be read: {error.strerror}") from None
        if removals.changed(entry):
            _, compression = streams.split_ending(entry["out"])
            data = streams.pack(_restored(streams.unpack(data, compression), entry, str(path)), compression)
        outputs.place(entry["out"], data)
        count += 1
    return count


def _restored(data: bytes, entry: Mapping[str, Any], name: str) -> bytes:
    """Return the bytes of a text file as they were."""
    encoding, line_end = entry.get("encoding", "utf-8"), entry.get("line_end", "\n")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text, encoding = decode(data, name)
    text = text.removeprefix("\ufeff").replace(line_end, "\n")
    return encoded(removals.original(text, entry), Source(Document(name, ""), "text", encoding, "\n"))


def _records(run: Path, sidecar: str, name: str, format_: str, compression: str, plan: Mapping[str, Any], outputs: Outputs) -> int:
    """Restore an output of many records; they and the entries of the sidecar are in the same order."""
    if format_ == "txt":
        raise ConfigError(f"{run}: was written with --to txt, which cannot be turned back; only formats with records can")
    form = format_of(format_)
    path = run / "data" / name
    entries = _sidecar(run / sidecar)
    count = 0
    if not path.exists():
        return 0
    with streams.open_stream(path, compression) as stream:
        fields: Fields | None = None
        for chunk in form.chunks(stream, name, _LIMITS, 0):
            if fields is None:
                fields = form.guess(chunk, _written_fields(plan), name)
            work = Work(chunk, format_, name, name, "", compression, fields, (0, 0))
            pieces = []
            for record in form.records(work):
                if isinstance(record, Blank):
                    pieces.append(record.content)
                    continue
                entry = next(entries, None)
                if entry is None or isinstance(record, Bad):
                    raise ReadError(f"{path}: does not have the documents that {run / sidecar} tells of")
                pieces.append(
                    record.render(removals.original(str(record.data), entry), entry.get("raw", ""))
                    if removals.changed(entry)
                    else record.unchanged()
                )
                count += 1
            data = form.join(pieces, work, compression)
            if format_ == "parquet":
                outputs.append_table(name, data, **(chunk.head or {"whole": True}))
            else:
                outputs.append(name, data)
    outputs.finish(name)
    return count


def _written_fields(plan: Mapping[str, Any]) -> Fields:
    """Return where an output has its texts: where its source had them, or in ``text`` if they came from pages."""
    given = plan["fields"]
    return Fields(text=given.get("text") or ("text" if given.get("html") else ""))


def _sidecar(path: Path) -> Iterator[dict[str, Any]]:
    if not path.exists():
        return
    with streams.open_stream(path, "gzip") as lines:
        try:
            for line in lines:
                yield json.loads(line)
        except (ValueError, *streams.DAMAGED) as error:
            raise ReadError(f"{path}: is damaged: {error}") from None
