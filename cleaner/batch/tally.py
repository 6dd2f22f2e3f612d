"""What a run counts: documents, rules, sites, and a few samples of each rule. Bounded in size however much goes through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit

from cleaner.types import Cleaned, Stats

#: Sites beyond so many are counted together.
MAX_SITES = 5_000
OTHER_SITES = "(other sites)"
SAMPLES_PER_RULE = 8
_SAMPLES_PER_SITE = 2
TOP_DOCUMENTS = 50
_CONTEXT = 80
_EXCERPT = 400


@dataclass(slots=True)
class Site:
    """The counts of one site, sizes in code points, removals by family."""

    documents: int = 0
    characters: int = 0
    removed: int = 0
    families: Counter[str] = field(default_factory=Counter)

    def add(self, other: Site) -> None:
        """Add another's counts to these."""
        self.documents += other.documents
        self.characters += other.characters
        self.removed += other.removed
        self.families.update(other.families)


@dataclass(slots=True)
class Tally:
    """The counts of a part of a run; those of consecutive parts add up, in order, to those of the whole."""

    stats: Stats = field(default_factory=Stats)
    sites: dict[str, Site] = field(default_factory=dict)
    #: Code points removed by each rule.
    removed: Counter[str] = field(default_factory=Counter)
    #: Rule -> what it removed, with the text before and after.
    samples: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    #: The documents that lost most code points.
    top: list[dict[str, Any]] = field(default_factory=list)

    def count(self, cleaned: Cleaned, place: str) -> None:
        """Count one document; ``place`` says where it is."""
        # Once a document, beside which cleaning a short one is not much more: counts are added where they are.
        text = cleaned.document.text
        name = site_of(cleaned.document.url)
        site = self.sites.get(name)
        if site is None:
            site = self.sites[name] = Site()
        families: dict[str, int] = {}
        hits = self.stats.rules
        gone = 0
        for removal in cleaned.removals:
            rule = removal.rule
            size = removal.end - removal.start
            gone += size
            hits[rule] += 1
            self.removed[rule] += size
            family = rule.partition("/")[0]
            families[family] = families.get(family, 0) + 1
            site.families[family] += 1
            samples = self.samples.get(rule)
            if samples is None:
                samples = self.samples[rule] = []
            if _wanted(samples, name):
                samples.append({
                    "site": name,
                    "document": place,
                    "before": text[max(0, removal.start - _CONTEXT) : removal.start],
                    "text": removal.text[:_EXCERPT],
                    "after": text[removal.end : removal.end + _CONTEXT],
                })  # fmt: skip
        site.documents += 1
        site.characters += len(text)
        site.removed += gone
        before, refused, changed = self.stats, bool(cleaned.refused), cleaned.changed
        self.stats = Stats(
            before.cleaned + (changed and not refused), before.unchanged + (not changed and not refused), before.refused + refused,
            before.failed, before.skipped, before.characters + len(text), before.removed + gone, hits,
        )  # fmt: skip
        if gone:
            self.top.append({"document": place, "site": name, "removed": gone, "characters": len(text), "families": families})
            if len(self.top) > 4 * TOP_DOCUMENTS:
                self.top = _most(self.top)

    def add(self, other: Tally) -> None:
        """Add the counts of the part that follows."""
        self.stats += other.stats
        self.removed.update(other.removed)
        for name, site in other.sites.items():
            if name not in self.sites and len(self.sites) >= MAX_SITES:
                name = OTHER_SITES
            self.sites.setdefault(name, Site()).add(site)
        for rule, samples in other.samples.items():
            mine = self.samples.setdefault(rule, [])
            for sample in samples:
                if _wanted(mine, sample["site"]):
                    mine.append(sample)
        self.top = _most([*self.top, *other.top])

    def record(self) -> dict[str, Any]:
        """Return the tally as JSON can hold it."""
        return {
            "stats": stats_record(self.stats),
            "sites": {name: [site.documents, site.characters, site.removed, dict(site.families)] for name, site in self.sites.items()},
            "removed": dict(self.removed),
            "samples": self.samples,
            "top": self.top,
        }


def tally_of(record: Mapping[str, Any]) -> Tally:
    """Return the tally that ``Tally.record`` described."""
    stats = dict(record["stats"])
    stats["rules"] = Counter(stats["rules"])
    sites = {
        name: Site(documents, characters, removed, Counter(families))
        for name, (documents, characters, removed, families) in record["sites"].items()
    }
    return Tally(Stats(**stats), sites, Counter(record["removed"]), dict(record["samples"]), list(record["top"]))


def stats_record(stats: Stats) -> dict[str, Any]:
    """Return counts as JSON can hold them."""
    return {each.name: dict(stats.rules) if each.name == "rules" else getattr(stats, each.name) for each in fields(Stats)}


def site_of(url: str | None) -> str:
    """Return the host of an address without ``www.``; empty: it has none."""
    if not url:
        return ""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")


def _wanted(samples: list[dict[str, str]], site: str) -> bool:
    return len(samples) < SAMPLES_PER_RULE and sum(sample["site"] == site for sample in samples) < _SAMPLES_PER_SITE


def _most(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(documents, key=lambda document: -int(document["removed"]))[:TOP_DOCUMENTS]
