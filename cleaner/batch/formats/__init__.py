"""The formats of dumps, one module each; see ``cleaner.batch.model.Format`` for what a module offers."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from cleaner.batch.model import Format

#: Ending of a name, without that of a compression -> format.
ENDINGS = {
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl",
    ".csv": "table", ".tsv": "table", ".tab": "table",
    ".parquet": "parquet", ".pq": "parquet",
    ".warc": "warc", ".wet": "warc",
    ".tar": "tar", ".tgz": "tar", ".zip": "zip",
    ".txt": "files", ".text": "files", ".md": "files", ".html": "files", ".htm": "files", ".xhtml": "files",
}  # fmt: skip

#: Formats whose sources hold one document or many files, each of which becomes a file.
OF_FILES = ("files", "tar", "zip")


def format_of(name: str) -> Format:
    """Return the module of a format, imported when first asked for."""
    home = "files" if name in OF_FILES else name
    return cast("Format", import_module(f"cleaner.batch.formats.{home}").FORMAT)
