"""What mined rules are worth: mined on half of a site's pages and applied to the other half, on labelled lines.

    python benchmarks/mining.py LINES.jsonl[.gz] [--extractor html_text] [--pages 4] [--eaten 20] [--sites] [--all] [--quick]

The file is that of ``cleaner/labelled.py``. Documents of articles on sites with enough pages count, copies of one
another aside. Three tables: mined rules alone; the shipped rules alone; the shipped rules with what mining adds to them.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from cleaner import labelled, score
from cleaner.labelled import Labelled
from cleaner.loading import build, load
from cleaner.mining import write
from cleaner.mining.counting import value
from cleaner.mining.duplicates import Duplicates
from cleaner.mining.gather import Seen
from cleaner.mining.miner import mine
from cleaner.mining.model import Candidate, Limits, Text
from cleaner.pipeline import Cleaner
from cleaner.ruleset import RuleSet

_ARTICLES = ("aeb", "fundus", "fundus-eval", "readability")


def wanted(each: Labelled, extractor: str, all_pages: bool = False) -> bool:
    about = each.properties
    article = all_pages or about.get("dataset") in _ARTICLES or about.get("page_type") == "article"
    return article and about.get("source_extractor") == extractor


def sites(corpus: list[Labelled], least: int) -> dict[str, list[Labelled]]:
    """Return the documents of sites that have enough of them, in an order of their own, copies left out."""
    by_site: dict[str, list[Labelled]] = defaultdict(list)
    for each in sorted(corpus, key=lambda each: sha256(each.id.encode()).hexdigest()):
        by_site[each.site].append(each)
    found = {}
    for name, documents in by_site.items():
        duplicates = Duplicates()
        kept = []
        for each in documents:
            seen = Seen(each.text, 0)
            if not duplicates.is_copy(seen.prose, value(0, "\n".join(seen.keys))):
                kept.append(each)
        if len(kept) >= least:
            found[name] = kept
    return found


def texts(documents: list[Labelled]) -> list[Text]:
    return [Text(each.id, each.text, each.site, each.url, each.site) for each in documents]


def source(candidates: list[Candidate]) -> str:
    return "".join(write.rule(each, accepted=True) for each in candidates)


def ruleset(candidates: list[Candidate], base: RuleSet | None) -> RuleSet:
    mined = build([("mined.toml", source(candidates))])
    if base is None:
        return mined
    return replace(base, rules=(*base.rules, *mined.rules), clues=(*base.clues, *mined.clues))


def run(
    by_site: dict[str, list[Labelled]], base: RuleSet | None, with_mined: bool, known: Cleaner | None
) -> tuple[score.Score, dict[str, score.Score]]:
    total = score.Score("safe")
    each_site = {}
    proposed = 0
    for name, documents in by_site.items():
        own = score.Score("safe")
        for learned, tried in ((documents[::2], documents[1::2]), (documents[1::2], documents[::2])):
            made = texts(learned)
            mined = mine(lambda made=made: iter(made), Limits(pages=2), known) if with_mined else None
            proposed += len(mined.candidates) if mined else 0
            cleaner = Cleaner(ruleset(mined.candidates, base) if mined else base, max_removed=1.0)
            addressed = [replace(each, url=each.url if site_fits(each) else f"https://{each.site}/") for each in tried]
            for part in (total, own):
                add(part, score.score(cleaner, addressed))
        each_site[name] = own
    if with_mined:
        print(f"{proposed} rules", file=sys.stderr)
    return total, each_site


def site_fits(each: Labelled) -> bool:
    return bool(each.url) and each.site in each.url


def add(total: score.Score, other: score.Score) -> None:
    total.documents += other.documents
    total.damaged += other.damaged
    total.refused += other.refused
    total.words += other.words
    total.total.gone += other.total.gone
    for name, tally in other.rules.items():
        mine_ = total.rules.setdefault(name, score.Tally())
        mine_.gone += tally.gone
        mine_.eaten += tally.eaten
        mine_.removals += tally.removals


def line(name: str, result: score.Score) -> str:
    gone, words = result.total.gone, result.words
    precision = (gone["junk"] + gone["meta"]) / max(1, sum(gone.values()))
    of_labelled = (gone["junk"] + gone["meta"]) / max(1, gone["junk"] + gone["meta"] + gone["content"])
    return (
        f"{name:34} {result.documents:4} documents  junk {gone['junk'] / max(1, words['junk']):7.2%}  "
        f"content {gone['content'] / max(1, words['content']):8.4%}  junk or meta of all removed {precision:.4f} "
        f"(of labelled ones {of_labelled:.4f})  damaged {result.damaged}"
    )


def kinds(result: score.Score) -> Iterator[str]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for name, tally in result.rules.items():
        if name.startswith("mined/"):
            tag = next((each for each in ("-head-", "-body-", "-tail-", "-template-", "-block-") if each in name), "?")
            found[tag] += tally.gone
    for tag, gone in found.items():
        yield f"    {tag:12} {dict(gone)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lines", type=Path)
    parser.add_argument("--extractor", action="append", help="Values of source_extractor (html_text and trafilatura).")
    parser.add_argument("--pages", type=int, default=4)
    parser.add_argument("--eaten", type=int, default=0)
    parser.add_argument("--sites", action="store_true")
    parser.add_argument("--all", action="store_true", help="Pages of every type, not articles alone.")
    parser.add_argument("--quick", action="store_true", help="Only mined rules alone.")
    args = parser.parse_args()
    for extractor in args.extractor or ["html_text", "trafilatura"]:
        start = time.process_time()
        by_site = sites([each for each in labelled.read(args.lines) if wanted(each, extractor, args.all)], args.pages)
        print(f"{extractor}: {len(by_site)} sites, {sum(map(len, by_site.values()))} documents")
        alone, own = run(by_site, None, True, None)
        print(line("mined", alone))
        print("\n".join(kinds(alone)))
        if args.sites:
            print("\n".join("    " + line(name, each) for name, each in own.items()))
        for piece in score.eaten(alone, args.eaten):
            print(piece)
        if not args.quick:
            shipped = load()
            print(line("safe", run(by_site, shipped, False, None)[0]))
            both, _ = run(by_site, shipped, True, Cleaner(shipped))
            print(line("safe and mined", both))
            mined_part = {name: tally for name, tally in both.rules.items() if name.startswith("mined/")}
            print("    of it mined:", dict(sum((tally.gone for tally in mined_part.values()), Counter())))
            for piece in score.eaten(replace(both, rules=mined_part), args.eaten):
                print(piece)
        print(f"{time.process_time() - start:.0f} s")


if __name__ == "__main__":
    main()
