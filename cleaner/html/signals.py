"""What kind of page this is, by points: an article, or something that an article extractor cuts short."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import etree

from cleaner.html.metadata import ARTICLE_TYPES, Metadata
from cleaner.html.tree import Element, length

_FORUM_HOST = re.compile(r"^(?:forums?|community|boards?|discuss|discussion|talk)\.")
_FORUM_PATH = re.compile(
    r"/(?:forums?|threads?|topics?|discussions?|viewtopic\.php|showthread\.php|boards|comments|talk)(?:[/?-]|$)", re.IGNORECASE
)
_LISTING_PATH = re.compile(
    r"/(?:category|categories|collections?|products?|pdp|dp|ip|itm|shop|store|services?|solutions?|browse|search|tags?|best|lists?|directory|pricing"
    r"|features?|compare|buy)(?:[/?.-]|$)",
    re.IGNORECASE,
)
_MANUAL = re.compile(
    r"//(?:docs?|developers?|wiki|help|support|manual|reference)\.|/(?:docs?|documentation|reference|manuals?|guides?|tutorials?|tech_notes"
    r"|glossary|help|api|wiki|usersguide|handbook|man-pages)(?:/|$)",
    re.IGNORECASE,
)
_DATED_PATH = re.compile(r"/(?:19|20)\d\d/|/(?:19|20)\d\d-?[01]\d|\d{6,}")
#: A query that chooses a page, not one that tells where the reader came from.
_CONTENT_QUERY = re.compile(r"(?:^|&)(?!srsltid|utm_|gclid|fbclid|ref|source|lang|hl)\w+=")
_PAGE_FILE = re.compile(r"\.(?:html?|php|aspx?)$", re.IGNORECASE)
_THREAD_TYPES = frozenset(("DiscussionForumPosting", "QAPage"))
_SHOP_TYPES = frozenset(("Product", "ItemList", "CollectionPage", "Service", "LocalBusiness", "Store", "ProductGroup", "OfferCatalog"))
_SLUG_WORD = re.compile(r"[-_]")
_AUTHOR_PROPERTIES = ("author", "dc.creator", "article:author", "parsely-author", "byl", "article:published_time")
_LONG_PARAGRAPH = 150
_signed = etree.XPath(
    "boolean(//*[@rel = 'author' or @itemprop = 'author' or @itemprop = 'datePublished' or @itemprop = 'headline']"
    "[self::a or self::span or self::time or self::div or self::h1 or self::p])"
)


@dataclass(frozen=True, slots=True)
class Points:
    """How much speaks for a page that is not an article, and what."""

    total: int
    reasons: tuple[str, ...]


def points(tree: Element, url: str | None, metadata: Metadata) -> Points:
    """Return the points for a page that is not an article; negative ones are for an article."""
    split = urlsplit(url or "")
    path = split.path
    segments = [part for part in path.split("/") if part]
    last = segments[-1] if segments else ""
    kind = metadata.properties.get("og:type", "").lower()
    slug = sum(word.isalpha() for word in _SLUG_WORD.split(last))
    votes = (
        (3, "address of a forum", bool(_FORUM_HOST.match(split.hostname or "") or _FORUM_PATH.search(path))),
        (2, "structured data of a thread", not _THREAD_TYPES.isdisjoint(metadata.types)),
        (2, "address of a listing", bool(_LISTING_PATH.search(path))),
        (3, "front page", bool(url) and not segments and not _CONTENT_QUERY.search(split.query)),
        (1, f"og:type {kind}", kind not in ("", "article")),
        (1, "structured data of a shop or listing", not _SHOP_TYPES.isdisjoint(metadata.types)),
        (-2, "dated address", bool(_DATED_PATH.search(path))),
        (-1, "structured data of an article", not ARTICLE_TYPES.isdisjoint(metadata.types)),
        (-1, "og:type article", kind == "article"),
        (-1, "author or date", _is_signed(tree, metadata)),
        (-1, "one article element", sum(1 for _ in tree.iter("article")) == 1),
        (-1, "address made of a title", slug >= 4),
        (-1, "address of a file", bool(_PAGE_FILE.search(path))),
    )
    hits = [(value, reason) for value, reason, holds in votes if holds]
    return Points(sum(value for value, _ in hits), tuple(f"{reason} {value:+d}" for value, reason in hits))


def is_manual(url: str | None) -> bool:
    """Return whether the address is one of documentation."""
    return bool(url and _MANUAL.search(url))


def long_paragraphs(tree: Element) -> int:
    """Return the characters in the page's long paragraphs."""
    return sum(size for size in map(length, tree.iter("p")) if size > _LONG_PARAGRAPH)


def _is_signed(tree: Element, metadata: Metadata) -> bool:
    if any(metadata.properties.get(name) for name in _AUTHOR_PROPERTIES):
        return True
    return bool(_signed(tree))
