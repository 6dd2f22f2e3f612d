"""Where a document comes from: its site and its language."""

from __future__ import annotations

from functools import lru_cache

from cleaner.types import Document


def on_site(document: Document, *sites: str) -> bool:
    """Return whether the document's address is on one of the sites or their subdomains."""
    return not set(sites).isdisjoint(domains(document))


def domains(document: Document) -> list[str]:
    """Return the host of the document's address and the domains that it belongs to."""
    return _domains(document.url) if document.url else []


@lru_cache(maxsize=16)
def _domains(url: str) -> list[str]:
    from urllib.parse import urlsplit

    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        return []
    labels = host.split(".")
    return [".".join(labels[at:]) for at in range(len(labels))] if host else []


def in_language(document: Document, *languages: str) -> bool:
    """Return whether the document's language is known and one of those (two letters)."""
    return document.metadata.get("language", "").partition("-")[0].lower() in languages
