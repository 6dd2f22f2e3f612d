"""Candidates as a rule file: each with its evidence in comments above it, and as JSON beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from cleaner.mining.model import ZONES, Candidate, Mined
from cleaner.report import excerpt

HEAD = """\
# Rules that `clean mine` proposes. Go through them with `clean mine --review {name}`: until one is accepted it only reports.
"""
_MOST_KEEPS = 2
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


def rule(candidate: Candidate, accepted: bool = False) -> str:
    """Return the table of a candidate; one that was ``accepted`` edits, the others only report."""
    lines = ["[[rule]]", f"id = {_string(candidate.name)}", f"why = {_string(candidate.why)}"]
    for key, value in candidate.fields.items():
        lines.append(f"{key} = {toml(value, key in ('line', 'span', 'tail', 'after', 'from', 'to'))}")
    if candidate.sites:
        lines.append(f"sites = {toml(list(candidate.sites))}")
    lines.append(f"removes = {toml(list(candidate.removes))}")
    lines.append(f"keeps = {toml(list(candidate.keeps[:_MOST_KEEPS]))}")
    if not accepted:
        lines += ['status = "experimental"', 'confidence = "report"']
    lines.append('source = "mined"')
    return "\n".join(lines) + "\n"


def comments(candidate: Candidate) -> str:
    """Return the evidence for a candidate as comments."""
    evidence = candidate.evidence
    zones = ", ".join(f"{name} {count}" for name, count in zip(ZONES, evidence.zones, strict=True))
    share = evidence.documents / max(1, evidence.pages)
    where = f"on {evidence.documents:,} of {evidence.pages:,} documents ({share:.0%}), {evidence.occurrences:,} lines; {zones}"
    said = [
        f"{candidate.group}: {where}",
        f"would remove {evidence.characters:,} characters, {evidence.share:.2%} of this group's text",
    ]
    for context in evidence.contexts:
        said += [f"in {context.document}:", *(f"    {mark} {text}" for mark, text in _marked(context.before, context.text, context.after))]
    said += [f"near miss: {text}" for text in evidence.near[:3]]
    return "".join(f"# {_one_line(line)}\n" for line in said)


def file(candidates: Iterable[Candidate], name: str, before: str = "") -> str:
    """Return the text of a rule file of candidates below what it holds ``before``, with its evidence."""
    parts = [before.rstrip("\n") + "\n" if before.strip() else HEAD.format(name=name)]
    parts += [f"\n{comments(each)}{rule(each)}" for each in candidates]
    return "".join(parts)


def evidence(mined: Mined) -> dict[str, Any]:
    """Return everything that was mined as JSON can hold it."""
    return {
        "documents": mined.documents,
        "copies": mined.copies,
        "failed": mined.failed,
        "groups": mined.groups,
        "characters": mined.characters,
        "left_out": mined.left_out,
        "candidates": [{"key": each.key, **asdict(each), "keeps": list(each.keeps[:_MOST_KEEPS])} for each in mined.candidates],
    }


def toml(value: Any, pattern: bool = False) -> str:
    """Return a value as TOML has it; a pattern unescaped where that is possible."""
    if isinstance(value, Mapping):
        inner = ", ".join(f"{key} = {toml(each, pattern or key in ('from', 'to'))}" for key, each in value.items())
        return f"{{ {inner} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(toml(each) for each in value)}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    text = str(value)
    return f"'{text}'" if pattern and "'" not in text and not _CONTROL.search(text) else _string(text)


def _string(text: str) -> str:
    # JSON escapes all that TOML must have escaped, but for the last control character.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _marked(*texts: str) -> Sequence[tuple[str, str]]:
    return [(mark, excerpt(text)) for mark, text in zip((" ", "-", " "), texts, strict=True) if text]


def _one_line(text: str) -> str:
    return _CONTROL.sub(" ", text)
