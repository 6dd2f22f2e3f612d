"""HTML to a document: the page's main content by trafilatura, with the metadata that rules can use."""

from __future__ import annotations

from collections.abc import Iterator

from cleaner import repeats
from cleaner.types import Document

#: The title of a page stands among the first lines of its text, if it stands there at all.
_TITLE_LINES = 4


def extract(html: bytes | str, url: str | None = None, title: bool = True, document_id: str = "") -> Document:
    """Return the main content of a page as a document, its title as the first line.

    ``title=False``: the body alone. Bytes are decoded by trafilatura's own detection. A page
    without main content gives an empty text.
    """
    import trafilatura
    from trafilatura.metadata import extract_metadata

    tree = trafilatura.load_html(html) if html else None
    if tree is None:
        return Document(document_id, "", url)
    found = extract_metadata(tree, url, extensive=False)
    metadata = {
        "title": found.title,
        "author": found.author,
        "date": found.date,
        "site": found.sitename,
        "language": tree.get("lang") or found.language,
    }
    known = {name: value for name, value in metadata.items() if value}
    body = trafilatura.extract(tree, url=url, include_comments=False) or ""
    if body and known.get("title"):
        lines = list(_without_title(body.split("\n"), known["title"]))
        body = "\n".join([known["title"], *lines] if title else lines)
    return Document(document_id, body + "\n" if body else "", url or found.url, known)


def _without_title(lines: list[str], title: str) -> Iterator[str]:
    forms = repeats.title_forms(title)
    for number, line in enumerate(lines):
        if number >= _TITLE_LINES or not forms & repeats.title_forms(line):
            yield line
