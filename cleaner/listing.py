"""Rules listed: filtered, as lines of a table, in full for a reader, as data for a machine. Nothing here prints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cleaner.errors import ConfigError, did_you_mean
from cleaner.fold import fold
from cleaner.rulemodel import KINDS
from cleaner.types import Location, Predicate, Rule

_MOST_LITERALS = 8
_CONFIDENCES = ("safe", "aggressive", "report")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a listing is narrowed to; empty: everything."""

    text: str = ""
    language: str = ""
    confidence: str = ""
    kind: str = ""
    site: str = ""


def filtered(rules: Iterable[Rule], wanted: Wanted) -> list[Rule]:
    """Return the rules that fit, in their order; raises ``ConfigError`` for a kind or confidence that there is not."""
    for name, value, known in (("kind", wanted.kind, KINDS), ("confidence", wanted.confidence, _CONFIDENCES)):
        if value and value not in known:
            raise ConfigError(f'there is no {name} "{value}"{did_you_mean(value, known)} (have: {", ".join(known)})')
    needle = fold(wanted.text).casefold()
    return [
        rule
        for rule in rules
        if (not wanted.kind or rule.kind == wanted.kind)
        and (not wanted.confidence or rule.confidence == wanted.confidence)
        and (not wanted.language or language(rule) == wanted.language)
        and (not wanted.site or wanted.site in sites(rule))
        and (not needle or needle in fold("\n".join(_said(rule))).casefold())
    ]


def language(rule: Rule) -> str:
    """Return the two letters of the rule's language: its folder's, or what its own ``langs`` says; empty: none of one language."""
    folder = rule.location.path.split("/")[-2:-1]
    if folder and len(folder[0]) == 2 and folder[0].isalpha():
        return folder[0]
    named = [each.args for conjunction in rule.when for each in conjunction if each.name == "langs" and not each.negated]
    return str(named[0][0]) if named and len(named[0]) == 1 else ""


def sites(rule: Rule) -> tuple[str, ...]:
    """Return the sites that the rule is for; empty: any."""
    named = [each.args for conjunction in rule.when for each in conjunction if each.name == "sites" and not each.negated]
    return tuple(dict.fromkeys(str(site) for args in named for site in args))


def table(rules: Sequence[Rule]) -> Iterator[str]:
    """Yield one line a rule: id, kind, confidence, why."""
    if not rules:
        return
    width = max(len(rule.id) for rule in rules)
    kind = max(len(rule.kind) for rule in rules)
    confidence = max(len(rule.confidence) for rule in rules)
    for rule in rules:
        yield f"{rule.id:{width}}  {rule.kind:{kind}}  {rule.confidence:{confidence}}  {rule.why}"


def record(rule: Rule) -> dict[str, Any]:
    """Return the whole rule as JSON can hold it."""
    return {
        "id": rule.id,
        "family": rule.family,
        "kind": rule.kind,
        "pattern": rule.pattern or None,
        "until": rule.until or None,
        "of": list(rule.of),
        "when": [condition(conjunction) for conjunction in rule.when],
        "language": language(rule) or None,
        "sites": list(sites(rule)),
        "confidence": rule.confidence,
        "status": rule.status,
        "why": rule.why,
        "removes": [each.text if each.want is None else {"from": each.text, "to": each.want} for each in rule.removes],
        "keeps": list(rule.keeps),
        "source": rule.source or None,
        "added": rule.added or None,
        "where": str(rule.location),
    }


def details(rule: Rule, overridden: Sequence[Location], literals: Sequence[str] | None) -> Iterator[str]:
    """Yield all there is to know of a rule, for a reader; ``overridden`` are the places that it changes."""
    yield f"{rule.id}  ({rule.kind}, {rule.confidence}{', experimental' if rule.status != 'stable' else ''})"
    yield f"  {rule.why}"
    yield ""
    yield f"  defined in  {rule.location}"
    for earlier in overridden:
        yield f"  overrides   {earlier}"
    for name, value in (("source", rule.source), ("added", rule.added)):
        if value:
            yield f"  {name:10}  {value}"
    if rule.pattern:
        yield f"  {'from' if rule.until else 'pattern':10}  {rule.pattern}"
    if rule.until:
        yield f"  to          {rule.until}"
    if rule.of:
        yield f"  of          {', '.join(rule.of)}"
    if rule.kind in ("after", "block", "remnant"):
        yield f"  max_lines   {rule.max_lines}"
    if rule.kind == "tail":
        yield f"  max_prose_share  {rule.max_prose_share:g}"
    if rule.cut:
        yield f"  cut         {rule.cut:g}"
    if not rule.company:
        yield "  company     none: its lines make no others suspicious"
    if rule.most:
        yield f"  most        {rule.most} different lines of a document: where there are more, it does nothing"
    for number, conjunction in enumerate(rule.when):
        yield f"  {'or when' if number else 'when':10}  {condition(conjunction)}"
    if literals:
        some = " or ".join(repr(literal.strip()) for literal in literals[:_MOST_LITERALS])
        yield f"  tried where {some}{' or ...' if len(literals) > _MOST_LITERALS else ''} stands"
    removes = [each.text if each.want is None else f"{each.text}\n=>\n{each.want}" for each in rule.removes]
    for heading, texts in (("removes", removes), ("keeps", list(rule.keeps))):
        yield ""
        yield f"  {heading}"
        for text in texts:
            first, *rest = text.rstrip("\n").split("\n")
            yield f"    - {first}"
            yield from (f"      {line}".rstrip() for line in rest)


def condition(conjunction: Iterable[Predicate]) -> str:
    """Return a conjunction in words: ``head 20, not bullet``."""
    return ", ".join(map(_in_words, conjunction))


def _in_words(predicate: Predicate) -> str:
    arguments = [f"{each:g}" if isinstance(each, float) else str(each) for each in predicate.args]
    return " ".join([*(["not"] if predicate.negated else []), predicate.name, *arguments])


def _said(rule: Rule) -> Iterator[str]:
    yield from (rule.id, rule.why, rule.pattern, *rule.keeps)
    yield from (example.text for example in rule.removes)
