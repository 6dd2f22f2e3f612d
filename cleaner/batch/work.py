"""What a worker does: the records of a chunk, one by one, through the same ``Cleaner.clean`` as everything else."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from cleaner import removals
from cleaner.batch import streams
from cleaner.batch.formats import OF_FILES, files, format_of
from cleaner.batch.model import Bad, Blank, Choice, Done, Job, Record, Trouble, Work
from cleaner.batch.outputs import Outputs
from cleaner.errors import CleanError, ReadError
from cleaner.pipeline import Cleaner
from cleaner.types import Cleaned, Document, Stats

#: Ends a document in an output of texts; no cleaned text holds one.
TEXT_END = "\f\n"


class Processor:
    """Cleans chunks by a job's rules; keeps nothing of one for the next."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._cleaners: dict[Choice, Cleaner] = {}
        self._warm: set[Choice] = set()
        self._files = Outputs(Path(job.out), {}) if job.out else None
        # Made now, since the start is not timed; most runs need no other.
        self._cleaner = self._made(Choice())

    def __call__(self, work: Work, left_out: Mapping[int, str], mark: Callable[[int], None]) -> Done:
        """Return what became of the chunk; ``mark`` is told the number of each item before it is begun."""
        self._cleaner = self._made(work.choice)
        done = Done()
        pieces: list[Any] = []
        sidecar: list[bytes] = []
        dolma: list[bytes] = []
        mark(1)
        for index, record in enumerate(format_of(work.format).records(work) if work.chunk.items else (), 1):
            number = work.chunk.first + index - 1
            if isinstance(record, Blank):
                if not work.to:
                    pieces.append(record.content)
            elif work.only is not None and number not in work.only:
                done.tally.stats += Stats(skipped=1)
            else:
                name = record.id or f"{work.source}:{number}"
                cleaned: Cleaned | None = None
                try:
                    if isinstance(record, Bad) or index in left_out:
                        raise ReadError(record.message if isinstance(record, Bad) else left_out[index])
                    if not isinstance(record.data, str) or record.kind == "html":
                        self._warm_up(work.choice, mark, index)
                    cleaned = self._cleaner.clean(self._document(record))
                    piece = self._piece(record, cleaned, work.to)
                    if "clean" in self._job.removals:
                        sidecar.append(removals.to_line(self._entry(record, cleaned, number if work.source else 1, piece)))
                except Exception as error:
                    self._trouble(done, work, number, name, "failed", error)
                    cleaned = None
                else:
                    pieces.append(piece)
                    done.tally.count(cleaned, name)
                    if cleaned.refused:
                        self._trouble(done, work, number, name, "refused", cleaned.refused)
                if "dolma" in self._job.removals:
                    dolma.append(removals.to_line(removals.attributes(name, cleaned)))
            mark(index + 1 if index < work.chunk.units else 0)
        mark(0)
        if work.error:
            self._trouble(done, work, work.chunk.first + work.chunk.units, "", "failed", work.error)
        if self._files and work.format == "files" and not work.to:
            # Here and not in the parent, which has to keep up with all workers. Done twice they are the same.
            for file, content in pieces:
                self._files.place(file, content)
        else:
            done.output = self._joined(pieces, work)
        done.removals = streams.pack(b"".join(sidecar), "gzip")
        if "dolma" in self._job.removals:
            done.attributes = streams.pack(b"".join(dolma), work.compression if work.format == "jsonl" else "gzip")
        return done

    def _made(self, choice: Choice) -> Cleaner:
        made = self._cleaners.get(choice)
        if made is None:
            made = Cleaner(self._job.ruleset, self._job.select, choice.ignore, choice.profile, self._job.max_removed)
            self._cleaners[choice] = made
        return made

    def _document(self, record: Record) -> Document:
        return document(record, self._cleaner.extract)

    def _warm_up(self, choice: Choice, mark: Callable[[int], None], index: int) -> None:
        """Load what pages need before the first of them, outside the time that a document has."""
        if choice not in self._warm:
            mark(0)
            self._cleaner.extract("<p></p>")
            mark(index)
            self._warm.add(choice)

    @staticmethod
    def _piece(record: Record, cleaned: Cleaned, to: str) -> Any:
        if not to:
            same = record.kind in ("text", "none") or _is_text_file(record)
            return record.unchanged() if same and (not cleaned.changed or cleaned.refused) else record.render(cleaned.text)
        if to == "txt":
            return cleaned.text.replace("\f", "") + TEXT_END
        known = {name: value for name, value in cleaned.document.metadata.items() if value}
        row = {"id": record.id, **({"url": record.url} if record.url else {}), **known, **record.others(), "text": cleaned.text}
        return json.dumps(row, ensure_ascii=False, default=str) + "\n" if to == "jsonl" else row

    @staticmethod
    def _entry(record: Record, cleaned: Cleaned, number: int, piece: Any) -> dict[str, Any]:
        entry = removals.record(cleaned, number)
        if cleaned.changed and (raw := record.raw(cleaned.text)):
            entry["raw"] = raw
        if isinstance(record, files.FileRecord):
            entry["out"] = piece[0] if isinstance(piece, tuple) else ""
            if cleaned.changed and _is_text_file(record):
                entry.update(record.written())
        return entry

    @staticmethod
    def _joined(pieces: list[Any], work: Work) -> list[tuple[str, bytes]]:
        if not work.chunk.items:
            # A source that is empty, or ends in an error, still has an output, as far as an empty one is a file.
            nothing = "parquet" in (work.to, work.format) or (work.format in OF_FILES and not work.to)
            return [] if nothing else [("", b"")]
        if work.to == "parquet":
            from cleaner.batch.formats.parquet import from_rows

            return [("", from_rows(pieces))] if pieces else []
        if work.to:
            return [("", streams.pack("".join(pieces).encode("utf-8", "surrogatepass"), work.compression))]
        if work.format in OF_FILES:
            return pieces
        return [("", format_of(work.format).join(pieces, work, work.compression))]

    @staticmethod
    def _trouble(done: Done, work: Work, number: int, name: str, status: str, why: object) -> None:
        reason = f"{type(why).__name__}: {why}" if isinstance(why, Exception) and not isinstance(why, CleanError) else str(why)
        source, number = (work.source, number) if work.source else (name, 1)
        done.troubles.append(Trouble(source, number, name, status, reason))
        if status == "failed":
            done.tally.stats += Stats(failed=1)


def document(record: Record, extract: Callable[..., Document]) -> Document:
    """Return the document of a record, a page's main content taken by ``extract``; raises ``ReadError``."""
    if isinstance(record, files.FileRecord):
        return files.read(record, record.url, lambda data, url, name: extract(data, url, document_id=name))
    if record.kind == "html":
        return extract(record.data, record.url, document_id=record.id)
    return Document(record.id, str(record.data), record.url)


def _is_text_file(record: Record) -> bool:
    return isinstance(record, files.FileRecord) and record.source is not None and record.source.kind == "text"
