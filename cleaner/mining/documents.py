"""The documents of sources, read once, as `clean batch` reads them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from cleaner.extract import extract
from cleaner.mining.corpus import SourceCorpus
from cleaner.mining.model import Text


def documents(sources: Sequence[str]) -> Iterator[Text]:
    """Yield the documents of files, folders and globs, pages by the default rules; what cannot be read is passed over."""
    with tempfile.TemporaryDirectory(prefix="clean-") as folder:
        yield from SourceCorpus(sources, extract, Path(folder))()
