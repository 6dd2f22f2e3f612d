"""Which unusual characters a text holds: most texts hold few, and what is done about them need not look at the rest."""

from __future__ import annotations

from collections.abc import Mapping

#: Printable ASCII and the line feed, less the backtick, which is often a quote.
_PLAIN = bytes(code for code in range(0x20, 0x7F) if code != 0x60) + b"\n"


def unusual(text: str) -> set[str]:
    """Return the characters of ``text`` that are neither plain ASCII nor line feeds: controls, backticks and all others."""
    # Deleting bytes is the fastest way through a text that there is.
    return set(text.encode("utf-8", "surrogatepass").translate(None, _PLAIN).decode("utf-8", "surrogatepass"))


def replaced(text: str, others: Mapping[str, str]) -> str:
    """Return ``text`` with ``others`` in the place of unusual characters."""
    # A text holds few variants but often, and ``replace`` is fast.
    for character in unusual(text) & others.keys():
        text = text.replace(character, others[character])
    return text
