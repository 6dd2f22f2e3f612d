"""What a page says about itself: title, author, date, site and language, from its head and its structured data.

Read here and not by trafilatura, whose search for dates costs as much as the extraction.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from cleaner.html.tree import Element, text_of

ARTICLE_TYPES = frozenset(
    """Article NewsArticle BlogPosting ReportageNewsArticle AnalysisNewsArticle OpinionNewsArticle ReviewNewsArticle
    BackgroundNewsArticle LiveBlogPosting TechArticle ScholarlyArticle Report SocialMediaPosting Review Recipe HowTo""".split()
)
_TITLES = ("og:title", "twitter:title", "dc.title", "title")
_AUTHORS = ("author", "article:author", "dc.creator", "parsely-author", "byl", "sailthru.author", "citation_author")
_DATES = (
    "article:published_time", "og:published_time", "datepublished", "date", "dc.date", "dc.date.issued", "parsely-pub-date",
    "sailthru.date", "publishdate", "pubdate", "publication_date", "citation_publication_date", "article:published",
)  # fmt: skip
_DESCRIPTIONS = ("description", "og:description", "twitter:description", "dc.description", "dcterms.description")
_SITES = ("og:site_name", "application-name", "apple-mobile-web-app-title", "al:android:app_name")
_DATE = re.compile(r"(?:19|20)\d\d-[01]\d-[0-3]\d")
_SEPARATOR = re.compile(r"\s+[|\-–—:»·•/]+\s+|\s*[|»]\s*")
_BY = re.compile(r"(?:by|von|par|por|di|door|av|af)\s+", re.IGNORECASE)
#: JSON as it is found in pages: with comments, CDATA marks and raw line ends in strings.
_NOT_JSON = re.compile(r"^\s*(?://\s*)?(?:<!\[CDATA\[|<!--)|(?://\s*)?(?:\]\]>|-->)\s*;?\s*$")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?=$|[-_])")
_LONGEST_AUTHOR = 80
_authors = etree.XPath("//*[@rel = 'author' or @itemprop = 'author'][self::a or self::span or self::div or self::p or self::address]")
_MOST_NESTING = 6
_MOST_SITE_WORDS = 4


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the page says; ``known`` holds title, author, date, site, language and url as far as they were found.

    ``titles`` are all texts that the page calls its title, the longest forms among them with the
    name of the site; ``descriptions`` are all that it says of its content. ``types`` are the
    schema.org types of its structured data; ``properties`` its meta tags by name in lower case.
    """

    known: Mapping[str, str]
    titles: tuple[str, ...] = ()
    descriptions: tuple[str, ...] = ()
    types: frozenset[str] = frozenset()
    properties: Mapping[str, str] = field(default_factory=dict)


def is_address(url: str) -> bool:
    """Return whether the text is an address with a host, as far as can be told."""
    try:
        return bool(urlsplit(url).netloc)
    except ValueError:
        return False


def read(tree: Element) -> Metadata:
    """Return the metadata of a page."""
    properties = _properties(tree)
    objects = list(_objects(tree))
    types = frozenset(name for each in objects for name in _types(each))
    article: Mapping[str, Any] = next((each for each in objects if not ARTICLE_TYPES.isdisjoint(_types(each))), {})
    heading = tree.find(".//title")
    page_title = " ".join((heading.text or "").split()) if heading is not None else ""
    main_headings = [text_of(each) for each in tree.iter("h1")]
    site = _first(properties, _SITES) or _name(article.get("publisher"))
    title = _title(properties, article, page_title, main_headings, site)
    found = {
        "title": title,
        "author": _author(tree, properties, article),
        "date": _date(tree, properties, article),
        "site": site or _site_in(page_title, title),
        "language": _language(tree, properties),
        "url": _address(tree, properties),
    }
    titles = [properties.get(name, "") for name in _TITLES] + [str(article.get("headline") or ""), page_title, *main_headings]
    descriptions = [properties.get(name, "") for name in _DESCRIPTIONS] + [str(article.get("description") or "")]
    return Metadata(
        {name: " ".join(value.split()) for name, value in found.items() if value},
        tuple(dict.fromkeys(each for each in titles if each)),
        tuple(dict.fromkeys(filter(None, descriptions))),
        types,
        properties,
    )


def _properties(tree: Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for meta in tree.iter("meta"):
        key = meta.get("property") or meta.get("name") or meta.get("itemprop")
        content = meta.get("content")
        if key and content:
            found.setdefault(key.lower(), content.strip())
    return found


def _objects(tree: Element) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of the page's JSON-LD that have a type, outer ones first."""
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower() or not script.text:
            continue
        try:
            data = json.loads(_NOT_JSON.sub("", script.text), strict=False)
        except (ValueError, RecursionError):
            continue
        yield from _typed(data, _MOST_NESTING)


def _typed(data: object, depth: int) -> Iterator[Mapping[str, Any]]:
    if depth and isinstance(data, dict):
        if "@type" in data:
            yield data
        for value in data.values():
            yield from _typed(value, depth - 1)
    elif depth and isinstance(data, list):
        for value in data:
            yield from _typed(value, depth)


def _types(data: Mapping[str, Any]) -> list[str]:
    kind = data["@type"]
    return [str(each).rpartition("/")[2] for each in (kind if isinstance(kind, list) else [kind])]


def _title(properties: Mapping[str, str], article: Mapping[str, Any], page: str, headings: list[str], site: str) -> str:
    given = _first(properties, _TITLES) or str(article.get("headline") or "") or page
    parts = _SEPARATOR.split(given)
    # The page's heading is the title as its readers see it; what stands before and after it names the site.
    for heading in headings:
        if heading and (heading in given or heading in page) and len(heading) >= len(given) / 3:
            return heading
    if site and len(parts) > 1:
        kept = [part for part in parts if part.casefold() != site.casefold()]
        if len(kept) < len(parts):
            return given.replace(parts[-1], "").rstrip(" |-–—:»·•/") if parts[-1] not in kept else given
    # A bar stands in titles for nothing else than the name of the site behind it.
    before, bar, behind = given.rpartition(" | ")
    if bar and len(behind.split()) <= _MOST_SITE_WORDS < len(before):
        return before
    return given or (headings[0] if headings else "")


def _site_in(page: str, title: str) -> str:
    """Return the name of the site that the page's title carries behind its own."""
    rest = page.removeprefix(title) if title and page.startswith(title) else ""
    return rest.strip(" |-–—:»·•/") if _SEPARATOR.match(rest + " ") else ""


def _author(tree: Element, properties: Mapping[str, str], article: Mapping[str, Any]) -> str:
    candidates = [_name(article.get("author")), _first(properties, _AUTHORS)]
    for name in candidates:
        if name and "://" not in name and len(name) <= _LONGEST_AUTHOR:
            return _BY.sub("", name, count=1) if _BY.match(name) else name
    for element in _authors(tree):
        name = text_of(element)
        if name and len(name) <= _LONGEST_AUTHOR:
            return _BY.sub("", name, count=1) if _BY.match(name) else name
    return ""


def _date(tree: Element, properties: Mapping[str, str], article: Mapping[str, Any]) -> str:
    candidates = [str(article.get("datePublished") or ""), *(properties.get(name, "") for name in _DATES)]
    for value in candidates:
        if found := _DATE.search(value):
            return found[0]
    times = [element.get("datetime") or "" for element in tree.iter("time")]
    days = {found[0] for value in times if (found := _DATE.search(value))}
    return days.pop() if len(days) == 1 else ""


def _language(tree: Element, properties: Mapping[str, str]) -> str:
    for value in (tree.get("lang"), properties.get("og:locale"), properties.get("content-language")):
        if value and (found := _LANGUAGE.match(value.strip())):
            return found[0].lower()
    return ""


def _address(tree: Element, properties: Mapping[str, str]) -> str:
    for link in tree.iter("link"):
        if (link.get("rel") or "").lower() == "canonical" and is_address(link.get("href") or ""):
            return str(link.get("href"))
    given = properties.get("og:url", "")
    return given if is_address(given) else ""


def _name(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(filter(None, map(_name, value)))
    if isinstance(value, dict):
        return _name(value.get("name"))
    return value.strip() if isinstance(value, str) else ""


def _first(properties: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((properties[name] for name in names if properties.get(name)), "")
