"""How fast cleaning is, as ratios within one run: `python -m benchmarks [--documents FILE] [--quick [--hundredfold]]`.

FILE holds a document a line, as JSON with a "text" and perhaps a "url"; without it the documents are made up. Processor
time of this process in user mode, the best of several rounds in which the candidates take turns: other programs on the
machine disturb all of them alike. What is not installed is left out.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import regex

from benchmarks.documents import Text, made_up, read
from benchmarks.pages import FIXTURES, against_trafilatura, pages
from benchmarks.startup import startup
from cleaner import patterns, rulecache
from cleaner.lines import Lines
from cleaner.loading import load
from cleaner.matchers import TIMEOUT
from cleaner.normalize import characters
from cleaner.pipeline import Cleaner
from cleaner.prefilter import Everything
from cleaner.ruleset import WHOLE_LINES, RuleSet
from cleaner.types import Clues, Document, Rule

Work = Callable[[Sequence[Text]], object]


def user() -> float:
    """Return the processor seconds that this process has spent in user mode."""
    return os.times().user


def rates(candidates: dict[str, Work], texts: Sequence[Text], rounds: int) -> dict[str, float]:
    """Return the megabytes a second that each candidate handles, the best of the rounds, taken in turn."""
    size = sum(len(text.text.encode("utf-8", "surrogatepass")) for text in texts) / 1e6
    best: dict[str, float] = {}
    for work in candidates.values():
        work(texts[:20])  # what is made once is made now
    for _ in range(rounds):
        for name, work in candidates.items():
            began = user()
            work(texts)
            best[name] = min(best.get(name, 1e9), max(user() - began, 0.01))
    return {name: size / seconds for name, seconds in best.items()}


def cleaning(cleaner: Cleaner) -> Work:
    def work(texts: Sequence[Text]) -> None:
        # The lines of one round come again in the next.
        cleaner._finder._phrases._recent.clear()
        for text in texts:
            cleaner.clean(Document("", text.text, text.url))

    return work


def naive(ruleset: RuleSet) -> Work:
    """A plain loop: every line against every compiled pattern."""
    tried = [
        (compiled.fullmatch if rule.kind in WHOLE_LINES else compiled.search)
        for rule in ruleset.rules
        if rule.pattern and rule.kind != "html"
        for compiled in [regex.compile(rule.pattern, regex.IGNORECASE, cache_pattern=False)]
    ]

    def work(texts: Sequence[Text]) -> None:
        for text in texts:
            for core in Lines(characters(text.text)[0]).cores:
                for match in tried:
                    match(core, timeout=TIMEOUT)

    return work


def phrases(ruleset: RuleSet) -> RuleSet:
    """Return the rules that have a pattern, without the structural ones."""
    return ruleset.subset([at for at, each in enumerate(ruleset.outlines) if each.phrase])


def json_there_and_back(texts: Sequence[Text]) -> None:
    import orjson

    for text in texts:
        orjson.dumps(orjson.loads(text.line))


def peers() -> dict[str, Work]:
    """Other cleaners, those that are installed."""
    found: dict[str, Work] = {}
    if find_spec("ftfy"):
        import ftfy

        found["ftfy.fix_text"] = lambda texts: [ftfy.fix_text(text.text) for text in texts]
    if find_spec("cleantext"):
        import cleantext

        found["clean-text"] = lambda texts: [cleantext.clean(text.text, lower=False) for text in texts]
    if find_spec("justext"):
        import justext

        stoplist = justext.get_stoplist("English")
        found["jusText (of <p> a line)"] = lambda texts: [
            justext.justext("".join(f"<p>{line}</p>" for line in text.text.split("\n")), stoplist) for text in texts
        ]
    if find_spec("datatrove"):
        from datatrove.data import Document as Row
        from datatrove.pipeline.filters import C4QualityFilter, FineWebQualityFilter

        for name, made in (("datatrove C4", C4QualityFilter), ("datatrove FineWeb", FineWebQualityFilter)):
            found[name] = partial(_filtered, made(), Row)
    return found


def _filtered(step: Any, row: Any, texts: Sequence[Text]) -> None:
    for text in texts:
        step.filter(row(text=text.text, id=""))


def multiplied(ruleset: RuleSet, times: int) -> RuleSet:
    """Return the rules with so many made-up ones that there are ``times`` as many."""
    draw = random.Random(times)
    syllables = [a + b for a in "bcdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er", "in", "ol", "us")]
    rules, clues = list(ruleset.rules), list(ruleset.clues)
    when = next(rule.when for rule in rules if rule.when)
    for number in range(len(rules) * (times - 1)):
        words = ["".join(draw.choices(syllables, k=draw.randint(1, 4))) for _ in range(4)]
        begins, ends = f"{words[0]} {words[1]} ", f" {words[2]} {words[3]}"
        pattern = f"{begins}(?:our |the )?.{{0,40}}{ends}[.!]?"
        rules.append(Rule(f"made-up/n{number}", "line", pattern, when=when if number % 2 else (), why="A made-up rule."))
        last = (f"{ends}\n", f"{ends}.\n", f"{ends}!\n")
        clues.append(Clues((f"\n{begins}"[:16],), (f"\n{begins}"[:24],), last, (), len(begins) + len(ends) + 45))
    return replace(ruleset, rules=tuple(rules), clues=tuple(clues))


def memory(ruleset: RuleSet) -> float:
    """Return the megabytes that a process which has loaded the stored rules and cleaned a text has more than one without rules."""
    program = (
        "import sys\nfrom pathlib import Path\nfrom cleaner import rulecache\nfrom cleaner.pipeline import Cleaner\n"
        "made = rulecache._unpack(Path(sys.argv[1]), 'k') if len(sys.argv) > 1 else None\n"
        "if made: Cleaner(made).clean('The council met on Monday.\\n\\nAll rights reserved.\\n' * 9000)\n"
        "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "rules")
        frozen, patterns.frozen = patterns.frozen, lambda _: b""
        try:
            file.write_bytes(rulecache._pack("k", ruleset))
        finally:
            patterns.frozen = frozen
        peaks = [
            min(int(subprocess.run([sys.executable, "-c", program, *given], check=True, capture_output=True).stdout) for _ in range(3))
            for given in ([str(file)], [])
        ]
    return (peaks[0] - peaks[1]) / 1e3


def show(title: str, rows: Sequence[tuple[str, object]]) -> None:
    print(f"\n{title}")
    for name, value in rows:
        print(f"  {name:58s} {value:>9.3g}" if isinstance(value, float) else f"  {name:58s} {value!s:>9}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--documents", type=Path, help='JSON Lines with "text"')
    parser.add_argument("--pages", type=Path, default=FIXTURES, help="a folder of HTML pages; otherwise made-up ones")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, no hundredfold rules")
    parser.add_argument("--hundredfold", action="store_true", help="a hundred times the rules all the same: takes a gigabyte")
    options = parser.parse_args()
    texts = read(options.documents) if options.documents else made_up(300)
    rounds = 3 if options.quick else 5
    library = load()
    safe = library.select()
    show("Documents", [("documents", len(texts)), ("megabytes", sum(len(text.text.encode()) for text in texts) / 1e6)])

    whole, pattern_rules = Cleaner(library), Cleaner(phrases(safe))
    candidates: dict[str, Work] = {"safe": cleaning(whole), "phrases": cleaning(pattern_rules)}
    if find_spec("orjson"):
        candidates["json"] = json_there_and_back
    got = rates({**candidates, **peers()}, texts, rounds)
    few = texts[:: max(1, len(texts) // 6)][:6]
    slow = rates({"naive": naive(safe)}, few, 1)["naive"]
    rows: list[tuple[str, object]] = [(f"{name}, MB/s", rate) for name, rate in got.items()]
    rows += [("loop over the same compiled rules, MB/s", slow)]
    rows += [("phrase rules, times the loop", got["phrases"] / slow), ("safe profile, times the loop", got["safe"] / slow)]
    rows += [("structural rules, times the cost of the phrase rules", got["phrases"] / got["safe"] - 1)]
    if "json" in got:
        rows += [("phrase rules, share of orjson.loads + dumps", got["phrases"] / got["json"])]
    show("Text", rows)
    assert all(Cleaner(safe, prefilter=Everything).clean(text.text) == Cleaner(safe).clean(text.text) for text in few[:2])

    rows = []
    for times in (10, 100) if options.hundredfold or not options.quick else (10,):
        many = multiplied(safe, times)
        pair = rates({"one": cleaning(whole), "many": cleaning(Cleaner(many))}, texts, rounds)
        rows += [
            (f"{times} times the rules, share of the speed", pair["many"] / pair["one"]),
            (f"{times} times the rules, MB", memory(many)),
        ]
    show("More rules", [("the shipped rules, MB", memory(safe)), *rows])
    show("Pages", against_trafilatura(pages(options.pages, 50 if options.quick else 200), 2 if options.quick else 4))
    show("Start", startup(5 if options.quick else 15))


if __name__ == "__main__":
    main()
