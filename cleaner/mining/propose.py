"""Repeated lines of one group to candidate rules: neighbours together, markers of the end, blocks between two lines, templates."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cleaner.mining import guards, slots
from cleaner.mining.gather import MOST_BETWEEN, TAIL, Repeated
from cleaner.mining.model import ZONES, Candidate, Evidence

#: Two lines belong together if one follows the other this often, of all the times that the rarer one stands there.
_TOGETHER = 0.5
_MOST_TOGETHER = 40
#: A marker is worth more than the line that it is if on average so many lines below it vary.
_LEAST_VARYING = 1
_MOST_MARKERS = 6
#: On fewer documents two lines may have met by chance.
_BLOCK_DOCUMENTS, _BLOCK_SHARE = 3, 0.25
_MOST_PROSE_BELOW = 0.1
_SLACK = 0.01
#: Longer lines are matched by their beginning.
_LONGEST = 240
_MOST_EXAMPLES = 12
_FORMS = 3
#: The longest line that is shown as one of those that go with a marker, in characters.
_SHORT = 100
_ZONE_NAMES = {"head": "above the articles", "body": "within the articles", "tail": "below the articles"}


@dataclass(frozen=True, slots=True)
class Group:
    """A group whose lines were counted: ``characters`` of text on ``pages`` documents; ``sites`` are their hosts, if few."""

    name: str
    pages: int
    characters: int
    sites: tuple[str, ...]


def propose(group: Group, lines: Sequence[Repeated], left_out: Counter[str]) -> Iterator[Candidate]:
    """Yield the rules that a group's repeated lines make; ``left_out`` counts those that make none, by reason."""
    exact: list[Repeated] = []
    templates: list[Repeated] = []
    for line in sorted(lines, key=lambda each: each.value):
        if line.documents and line.occurrences:
            reason = guards.reason_against(line)
            if reason:
                left_out[reason] += 1
            else:
                (templates if line.is_template else exact).append(line)
    for template in templates:
        yield _template(group, template)
    instances = {key for template in templates for key in template.keys}
    exact = [line for line in exact if not instances & line.keys.keys()]
    markers = _markers(exact)
    if markers:
        yield _tail(group, markers)
    yield from _blocks(group, [line for line in exact if line not in markers])
    for together in _neighbours(exact):
        little = [line for line in together if guards.says_little(line)]
        if little:
            yield _lines(group, little, little=True)
        if len(little) < len(together):
            yield _lines(group, [line for line in together if line not in little], little=False)


# -- kinds


def _lines(group: Group, lines: Sequence[Repeated], little: bool) -> Candidate:
    zone = ZONES[max(range(3), key=lambda at: sum(line.zones[at] for line in lines))]
    count = f"{len(lines)} lines that stand together" if len(lines) > 1 else "A line that stands"
    fields: dict[str, Any] = {"line": slots.alternatives(pattern for line in lines for pattern in _patterns(line))}
    if little:
        fields["when"] = [{"outside_core": True}, {"run": {"min": 4, "max_words": 8}}]
    return _candidate(group, "line", lines, f"{count} {_ZONE_NAMES[zone]} of {group.name}", fields, zone)


def _template(group: Group, line: Repeated) -> Candidate:
    said = " ".join(
        {"N": "NAME", "M": "DATE", "0": "NUMBER"}.get(word, word) for word in (slots.template(next(iter(line.forms))) or "").split()
    )
    patterns = slots.merged([form for form, _ in line.forms.most_common()])
    fields: dict[str, Any] = {"line": slots.alternatives(patterns)}
    # A name may be any words: where the article is, a sentence might fit.
    fields["when"] = {"outside_core": True, "max_words": 12}
    return _candidate(group, "line", [line], f'Lines like "{said}" of {group.name}', fields, "template")


def _markers(lines: Sequence[Repeated]) -> list[Repeated]:
    """Return the lines at which the articles of a group end, if more stands below them than repeats."""
    found = [
        line
        for line in lines
        if line.ends
        and not line.is_prose
        and line.zones[TAIL] == line.occurrences == line.documents
        and line.prose_below <= _MOST_PROSE_BELOW
        and line.below >= _LEAST_VARYING * line.documents
        and not guards.says_little(line)
    ]
    # One that stands on few of the pages that another ends is a teaser that came twice.
    most = max((line.documents for line in found), default=0)
    found = [line for line in found if line.documents * 2 >= most]
    return sorted(found, key=lambda line: (-line.below, line.value))[:_MOST_MARKERS]


def _tail(group: Group, markers: Sequence[Repeated]) -> Candidate:
    share = min(_MOST_PROSE_BELOW, max(line.prose_below for line in markers) + _SLACK)
    fields = {"tail": slots.alternatives(pattern for line in markers for pattern in _patterns(line)), "max_prose_share": round(share, 3)}
    return _candidate(
        group, "tail", markers, f"What stands below the articles of {group.name}, from a line that ends them on", fields, "tail"
    )


def _blocks(group: Group, lines: Sequence[Repeated]) -> Iterator[Candidate]:
    """Yield rules for what varies between two lines that always follow each other below the articles."""
    known = {line.value: line for line in lines}
    for line in lines:
        if len(line.next) != 1 or line.zones[TAIL] != line.occurrences or guards.says_little(line):
            continue
        if line.documents < max(_BLOCK_DOCUMENTS, _BLOCK_SHARE * group.pages):
            continue
        (other, count), = line.next.items()  # fmt: skip
        end = known.get(other)
        gap = line.gaps[other]
        if end is None or end is line or count != line.occurrences or not 1 < gap < MOST_BETWEEN or guards.says_little(end):
            continue
        block = {
            "from": slots.alternatives(_patterns(line)), "to": slots.alternatives(_patterns(end)),
            "max_lines": min(1000, gap + gap // 2 + 3),
        }  # fmt: skip
        why = f"What stands between two lines below the articles of {group.name}"
        yield _candidate(group, "block", [line, end], why, {"block": block}, "block")


def _neighbours(lines: Sequence[Repeated]) -> Iterator[list[Repeated]]:
    """Yield the lines of each stretch that is on most pages the same, in their order, at most so many at a time."""
    known = {line.value: line for line in lines}
    home = {line.value: line.value for line in lines}
    size = Counter(home.values())

    def root(each: int) -> int:
        while home[each] != each:
            home[each] = each = home[home[each]]
        return each

    for line in lines:
        for other, count in line.next.most_common(3):
            end = known.get(other)
            if end is None or _zone(end) != _zone(line) or count < _TOGETHER * min(line.occurrences, end.occurrences):
                continue
            mine, theirs = root(line.value), root(other)
            if mine != theirs and size[mine] + size[theirs] <= _MOST_TOGETHER:
                home[theirs] = mine
                size[mine] += size[theirs]
    together: dict[int, list[Repeated]] = {}
    for line in lines:
        together.setdefault(root(line.value), []).append(line)
    for stretch in together.values():
        yield sorted(stretch, key=lambda line: (line.place / line.occurrences, line.value))


def _zone(line: Repeated) -> int:
    return max(range(3), key=lambda at: line.zones[at])


# -- what they share


def _candidate(group: Group, kind: str, lines: Sequence[Repeated], why: str, fields: dict[str, Any], tag: str) -> Candidate:
    gone = {"tail": max(line.below_characters for line in lines), "block": lines[0].between_characters}
    evidence = _evidence(group, lines, gone.get(kind) or sum(line.characters for line in lines))
    removes = _examples(kind, lines)
    why = f"{why} ({evidence.documents} of {evidence.pages} documents)."
    name = named(group.name, tag, next(iter(lines[0].forms)), json.dumps(fields, sort_keys=True))
    near = tuple(dict.fromkeys(text for line in lines for text in line.near))
    keeps = (*near, *_made_up(removes[0].split("\n")[0]))
    return Candidate(name, group.name, kind, why, fields, group.sites, removes, keeps, evidence)


def _evidence(group: Group, lines: Sequence[Repeated], gone: int) -> Evidence:
    head, body, tail = (sum(line.zones[at] for line in lines) for at in range(3))
    return Evidence(
        documents=max(line.documents for line in lines),
        pages=group.pages,
        occurrences=sum(line.occurrences for line in lines),
        zones=(head, body, tail),
        characters=gone,
        share=round(gone / max(1, group.characters), 5),
        contexts=tuple(lines[0].contexts),
        near=tuple(dict.fromkeys(text for line in lines for text in line.near)),
    )


def _examples(kind: str, lines: Sequence[Repeated]) -> tuple[str, ...]:
    """Return texts that the rule removes: real lines, each with a form of its own."""
    if kind == "tail":
        following = [context.after for context in lines[0].contexts[:1] if len(context.after) <= _SHORT]
        return ("\n".join([lines[0].contexts[0].text, *filter(None, following)]), *(_shown(line) for line in lines[1:]))
    if kind == "block":
        between = [context.after for context in lines[0].contexts[:1] if len(context.after) <= _SHORT]
        return ("\n".join([_shown(lines[0]), *filter(None, between), _shown(lines[1])]),)
    forms = [form for line in lines for form, _ in line.forms.most_common(3 if line.is_template else 1)]
    return tuple(dict.fromkeys(forms))[:_MOST_EXAMPLES]


def _shown(line: Repeated) -> str:
    return line.forms.most_common(1)[0][0]


def _patterns(line: Repeated) -> list[str]:
    """Return patterns for the forms of a line: the same but for punctuation, of which the commonest ones are taken."""
    return list(dict.fromkeys(_pattern(form) for form, _ in line.forms.most_common(_FORMS)))


def _pattern(form: str) -> str:
    if len(form) <= _LONGEST:
        return slots.line_pattern(form)
    head = form[:_LONGEST].rpartition(" ")[0] or form[:_LONGEST]
    return f"{slots.line_pattern(head)}.{{0,{2 * len(form)}}}"


def _made_up(line: str) -> Iterator[str]:
    """Yield sentences that nearly match: the line, or a word of it, in the middle of prose."""
    words = sorted(re.findall(r"[^\W\d_]+", line), key=lambda word: (-len(word), word))
    yield f'The old sign above the mill said "{line.rstrip(".!?")}" until the storm of that winter took it down.'
    for word in words[:2]:
        yield f"Nobody in the valley knew why the word {word} was painted on the old mill that winter."


def named(group: str, tag: str, form: str, content: str) -> str:
    """Return the rule's name within its file: group, kind, first words, and a digest that keeps it apart from others."""
    plain = unicodedata.normalize("NFKD", f"{group} {tag} {' '.join(form.split()[:4])}").encode("ascii", "ignore").decode().lower()
    words = "-".join(re.findall(r"[a-z0-9]+", plain))[:60].strip("-")
    return f"{words}-{sha256(f'{group} {content}'.encode('utf-8', 'replace')).hexdigest()[:6]}"
