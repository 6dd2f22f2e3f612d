"""Strip site junk from article text, with rules as data and a record of all that was removed.

>>> import cleaner
>>> print(cleaner.clean("A dam broke on Monday.\\n\\nYour email address will not be published.\\n"), end="")
A dam broke on Monday.
"""

from __future__ import annotations

from functools import cache

TYPE_CHECKING = False  # what ``typing`` says, without the time that it takes to load
if TYPE_CHECKING:
    from typing import Any

    from cleaner.pipeline import Cleaner
    from cleaner.types import Cleaned, Document, Removal, Rule

__all__ = ["Cleaned", "Cleaner", "Document", "Removal", "Rule", "clean", "clean_html", "restore"]
__version__ = "0.1.0"

_HOMES = {
    "Cleaner": "cleaner.pipeline",
    "Cleaned": "cleaner.types",
    "Document": "cleaner.types",
    "Removal": "cleaner.types",
    "Rule": "cleaner.types",
    "restore": "cleaner.spans",
}


def clean(text: str, url: str | None = None) -> str:
    """Return plain text without its site junk, by the default rules; ``url`` lets site rules apply."""
    return _default().clean(text, url).text


def clean_html(html: bytes | str, url: str | None = None, title: bool = True) -> str:
    """Return a page's main content as clean plain text, its title on top; ``title=False``: the body alone."""
    return _default().clean_html(html, url, title).text


@cache
def _default() -> Cleaner:
    from cleaner.pipeline import Cleaner

    return Cleaner()


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
