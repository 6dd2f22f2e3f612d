"""Which field holds what, when nobody said so: by its name and by what is in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cleaner.batch.model import Fields
from cleaner.errors import ReadError, did_you_mean

_TEXT = ("text", "content", "body", "article", "maintext", "article_text", "raw_text", "document", "raw_content", "contents")
_HTML = ("html", "raw_html", "page", "page_html", "html_content", "content_html")
_URL = ("url", "link", "source_url", "uri", "page_url", "canonical_url", "metadata.url", "meta.url", "WARC-Target-URI")
_ID = ("id", "_id", "doc_id", "document_id", "docid", "uuid", "guid", "identifier", "warc_record_id")


def guess(samples: Sequence[Mapping[str, Any]], given: Fields, name: str) -> Fields:
    """Return the fields of the samples that hold text or HTML, address and id; what is given is not doubted.

    Raises ``ReadError`` if neither a field for text nor one for HTML can be told.
    """
    names = {key for sample in samples for key in sample}
    if given.text or given.html:
        missing = [field for field in (given.text, given.html) if field and field not in names]
        if missing and samples:
            have = ", ".join(sorted(names))
            raise ReadError(f'{name}: no record among the first has a field "{missing[0]}"{did_you_mean(missing[0], names)} (have: {have})')
        text, html = given.text, given.html
    else:
        text = _first(samples, _TEXT)
        html = "" if text else _first(samples, _HTML)
        if not (text or html) and samples:
            raise ReadError(
                f"{name}: cannot tell which field holds the text (have: {', '.join(sorted(names))}); use --text-field or --html-field"
            )
    return Fields(text, html, given.url or _first(samples, _URL), given.id or _first(samples, _ID, (str, int)))


def value_of(record: Mapping[str, Any], path: str) -> Any:
    """Return a field, or with dots in its name a field of a field; None: it is not there."""
    if not path:
        return None
    if path in record:
        return record[path]
    value: Any = record
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _first(samples: Sequence[Mapping[str, Any]], names: Sequence[str], kinds: type | tuple[type, ...] = str) -> str:
    return next((name for name in names if any(isinstance(value_of(sample, name), kinds) for sample in samples)), "")
