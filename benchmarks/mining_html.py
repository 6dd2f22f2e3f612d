"""What mined rules for page elements are worth: mined on half of a site's pages and applied to the other half.

    python benchmarks/mining_html.py MANIFEST.jsonl [--pages 4]

A line of the manifest is {"id", "site", "url", "html_path", "gold_text"}, paths being relative to it. Prints precision,
recall and F1 over words, averaged over the pages of sites that have enough, without and with the mined rules.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter, defaultdict
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from statistics import fmean
from typing import Any

from cleaner.loading import build, load
from cleaner.mining import write
from cleaner.mining.elements import Elements
from cleaner.mining.model import Text
from cleaner.pipeline import Cleaner

Row = dict[str, Any]
_WORD = re.compile(r"\w+")


def agreement(gold: str, found: str) -> tuple[float, float, float]:
    left, right = (Counter(_WORD.findall(text.lower())) for text in (gold, found))
    both = sum((left & right).values())
    precision, recall = both / max(1, sum(right.values())), both / max(1, sum(left.values()))
    return precision, recall, 2 * precision * recall / (precision + recall) if both else 0.0


def address(row: Row) -> str:
    return row["url"] if row["site"] in (row["url"] or "") else f"https://{row['site']}/"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--pages", type=int, default=4)
    args = parser.parse_args()
    base = args.manifest.resolve().parent
    by_site: dict[str, list[Row]] = defaultdict(list)
    rows = [json.loads(line) for line in args.manifest.read_text("utf-8").split("\n") if line]
    for row in sorted(rows, key=lambda row: sha256(row["id"].encode()).hexdigest()):
        by_site[row["site"] or ""].append(row)
    shipped = load()
    plain = Cleaner(shipped)
    scores: dict[str, list[tuple[float, float, float]]] = {"without": [], "with": []}
    changed = 0
    for site, pages in by_site.items():
        if len(pages) < args.pages or not site:
            continue
        before = {row["id"]: plain.clean_html((base / row["html_path"]).read_bytes(), address(row), title=False).text for row in pages}
        for learned, tried in ((pages[::2], pages[1::2]), (pages[1::2], pages[::2])):
            elements = Elements(2)
            for row in learned:
                elements.add(Text(row["id"], before[row["id"]], site, address(row), site, (base / row["html_path"]).read_bytes()))
            candidates = elements.candidates()
            after = before
            if candidates:
                mined = build([("mined.toml", "".join(write.rule(each, accepted=True) for each in candidates))])
                cleaner = Cleaner(replace(shipped, rules=(*shipped.rules, *mined.rules), clues=(*shipped.clues, *mined.clues)))
                after = {
                    row["id"]: cleaner.clean_html((base / row["html_path"]).read_bytes(), address(row), title=False).text for row in tried
                }
                print(f"{site}: {', '.join(each.fields['html']['css'][0] for each in candidates)}")
            for row in tried:
                changed += after[row["id"]] != before[row["id"]]
                if row["gold_text"]:
                    scores["without"].append(agreement(row["gold_text"], before[row["id"]]))
                    scores["with"].append(agreement(row["gold_text"], after[row["id"]]))
    for name, found in scores.items():
        precision, recall, f1 = (100 * fmean(column) for column in zip(*found, strict=True))
        print(f"{name:8} precision {precision:.3f}  recall {recall:.3f}  F1 {f1:.3f}  ({len(found)} pages)")
    print(f"{changed} pages changed")


if __name__ == "__main__":
    main()
