"""The end of a run in one record (run.json) and as a page to look at (report.html)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cleaner import webpage
from cleaner.batch.journal import Cursor
from cleaner.batch.tally import stats_record
from cleaner.errors import ConfigError
from cleaner.ruleset import RuleSet

#: Sites that the page shows; the record holds all that were counted.
_SITES_SHOWN = 500
_REASONS_SHOWN = 30
#: Reasons are the same if they differ in what follows so many characters.
_REASON = 60


def record(cursor: Cursor, plan: Mapping[str, Any], ruleset: RuleSet, failures: Path) -> dict[str, Any]:
    """Return all that is known of a run, as JSON can hold it; sizes in code points, ``bytes`` as read and unpacked."""
    tally = cursor.tally
    totals = stats_record(tally.stats)
    hits = Counter(totals.pop("rules"))
    places = {rule_id: at for at, rule_id in enumerate(ruleset.ids)}
    families: Counter[str] = Counter()
    rules = []
    for rule, count in sorted(hits.items(), key=lambda pair: (-pair[1], pair[0])):
        family = rule.partition("/")[0]
        families[family] += count
        why = ruleset.rules[places[rule]].why if rule in places else ""
        rules.append(
            {
                "id": rule,
                "family": family,
                "hits": count,
                "characters": tally.removed[rule],
                "why": why,
                "samples": tally.samples.get(rule, []),
            }
        )
    sites = [
        {
            "site": name,
            "documents": site.documents,
            "characters": site.characters,
            "removed": site.removed,
            "families": dict(site.families.most_common()),
        }
        for name, site in sorted(tally.sites.items(), key=lambda pair: (-pair[1].removed, pair[0]))
    ]
    return {
        "plan": dict(plan),
        "totals": {**totals, "documents": tally.stats.documents, "bytes": cursor.bytes, "sources": cursor.entry},
        "families": dict(families.most_common()),
        "rules": rules,
        "sites": sites,
        "documents": tally.top,
        "reasons": reasons(failures),
        "sessions": cursor.sessions,
        "pace": cursor.pace,
    }


def page(run: Mapping[str, Any]) -> str:
    """Return the page for a run's record: self-contained, everything from documents escaped, no script but its own."""
    totals = run["totals"]
    seconds = sum(float(session["seconds"]) for session in run["sessions"])
    values = {
        "run": run,
        "totals": totals,
        "share": totals["removed"] / totals["characters"] if totals["characters"] else 0,
        "seconds": seconds,
        "megabytes": totals["bytes"] / 1e6 / seconds if seconds else 0,
        "families": _bars(run["families"]),
        "sites": [
            {**site, "share": site["removed"] / max(1, site["characters"]), "first": list(site["families"].items())[:4]}
            for site in run["sites"][:_SITES_SHOWN]
        ],
        "pace": _line(run["pace"]),
    }
    return webpage.render("report.html", values)


def load(run: Path) -> dict[str, Any]:
    """Return the record of the run in a folder; raises ``ConfigError`` if there is none."""
    file = run / "run.json" if run.is_dir() else run
    try:
        record_: dict[str, Any] = json.loads(file.read_bytes())
        record_["totals"]["documents"]
    except (OSError, ValueError, KeyError, TypeError):
        raise ConfigError(f"{file}: is not the record of a finished run of `clean batch`") from None
    return record_


def reasons(failures: Path) -> list[dict[str, Any]]:
    """Return why documents failed or were refused, with the first document of each reason."""
    counts: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], str] = {}
    if failures.exists():
        with failures.open(encoding="utf-8") as lines:
            for line in lines:
                trouble = json.loads(line)
                key = (trouble["status"], "".join("#" if character.isdigit() else character for character in trouble["reason"][:_REASON]))
                if key in counts or len(counts) < 10 * _REASONS_SHOWN:
                    counts[key] += 1
                    first.setdefault(key, f"{trouble['source']}:{trouble['record']} {trouble['reason']}")
    return [
        {"status": status, "count": count, "example": first[status, reason]}
        for (status, reason), count in counts.most_common(_REASONS_SHOWN)
    ]


def _bars(families: Mapping[str, int]) -> list[dict[str, Any]]:
    most = max(families.values(), default=1)
    return [{"family": family, "hits": hits, "width": round(400 * hits / most, 1)} for family, hits in families.items()]


def _line(pace: Sequence[Sequence[float]], width: int = 600, height: int = 120) -> str:
    """Return documents over time as the points of an SVG polyline; empty: there are too few."""
    if len(pace) < 2 or not pace[-1][0] or not pace[-1][1]:
        return ""
    return " ".join(
        f"{width * seconds / pace[-1][0]:.1f},{height - height * documents / pace[-1][1]:.1f}"
        for seconds, documents, _ in [(0, 0, 0), *pace]
    )
