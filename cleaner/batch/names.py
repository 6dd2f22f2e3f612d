"""What the outputs of a source are called, below the folder of a run."""

from __future__ import annotations

from cleaner.batch import streams
from cleaner.batch.model import Entry
from cleaner.errors import ConfigError

SUFFIX = {"jsonl": ".jsonl", "txt": ".txt", "parquet": ".parquet"}
FAILURES = "failures.jsonl"
#: The sidecar of loose files is called as if they came from a source of this name.
LOOSE = "files"

#: The format in which sources of a format are written if nothing else is asked for.
_NATIVE = {"jsonl": "jsonl", "parquet": "parquet", "files": "txt", "tar": "txt", "zip": "txt"}


def target(format_: str, to: str) -> str:
    """Return the format that a source's output is converted to; empty: it keeps its own."""
    return "" if to == _NATIVE.get(format_) else to


def output(entry: Entry, to: str) -> tuple[str, str]:
    """Return the name below ``data/`` of a source's output, and its compression."""
    plain, _ = streams.split_ending(entry.name)
    converted = target(entry.format, to)
    if converted:
        compression = "" if converted == "parquet" else entry.compression
        return plain + SUFFIX[converted] + streams.SUFFIX[compression], compression
    if entry.format == "warc" and not plain.endswith(".wet"):
        return f"{plain}.wet{streams.SUFFIX[entry.compression]}", entry.compression
    return entry.name, entry.compression


def loose_output(to: str) -> str:
    """Return the name below ``data/`` of the one output of all loose files; empty: each has its own."""
    converted = target("files", to)
    return f"documents{SUFFIX[converted]}" if converted else ""


class Taken:
    """The names of the outputs of a run's sources, none of which may be that of two."""

    def __init__(self, to: str) -> None:
        self._to = to
        self._owners: dict[str, str] = {}

    def take(self, entry: Entry) -> None:
        """Note the source's output; raises ``ConfigError`` if that of another one is called so."""
        if entry.format != "files":
            name, owner = output(entry, self._to)[0], entry.name
        elif together := loose_output(self._to):
            name, owner = together, "all loose files"
        elif self._to and entry.name.count(".") > 1:
            # What another source is converted to has one ending more than that source.
            name = owner = entry.name
        else:
            return
        other = self._owners.setdefault(name, owner)
        if other != owner:
            raise ConfigError(f"{other} and {owner} would both become data/{name}; rename one of them, or clean them in runs of their own")


def sidecar(source: str) -> str:
    """Return the name of the record of what was removed from a source."""
    return f"removals/{source or LOOSE}.jsonl.gz"


def attributes(source: str, format_: str) -> str:
    """Return the name of the same in Dolma's form, which goes by the name of the source."""
    return f"attributes/dechaff/{source or LOOSE}" + ("" if format_ == "jsonl" else ".jsonl.gz")
