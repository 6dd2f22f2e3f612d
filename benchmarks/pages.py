"""What a page costs against bare trafilatura: `python -m benchmarks.pages [FOLDER] [--rounds N] [--most N]`.

FOLDER holds pages (`*.html`, perhaps `*.html.gz`, at any depth); without it the made-up pages of the fixtures are taken. Processor time
in user mode; of each page the least of several rounds in which the candidates take turns.
"""

from __future__ import annotations

import argparse
import gzip
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import trafilatura

from cleaner.pipeline import Cleaner

FIXTURES = Path(__file__).parents[1] / "fixtures" / "html"


def pages(folder: Path, most: int) -> list[bytes]:
    """Return the pages under a folder, a sample of them if there are more than ``most``."""
    files = sorted([*folder.rglob("*.html"), *folder.rglob("*.html.gz")])
    chosen = random.Random(1).sample(files, most) if len(files) > most else files
    return [gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes() for file in chosen]


def against_trafilatura(samples: Sequence[bytes], rounds: int) -> list[tuple[str, float]]:
    """Return the seconds that trafilatura takes for all pages, and what extraction and the cleaning of its text take, times that."""
    cleaner = Cleaner()
    candidates: list[Callable[[bytes], object]] = [
        trafilatura.extract,
        lambda page: cleaner.extract(page, None, title=False),
        lambda page: cleaner.clean_html(page, None, title=False),
    ]
    least = [0.0] * len(candidates)
    for page in samples:
        best = [1e9] * len(candidates)
        for _ in range(rounds):
            for at, work in enumerate(candidates):
                began = time.thread_time()
                work(page)
                best[at] = min(best[at], time.thread_time() - began)
        least = [total + one for total, one in zip(least, best, strict=True)]
    bare, extracted, whole = least
    return [
        (f"trafilatura.extract of {len(samples)} pages, seconds", bare),
        ("pages to text, times that", extracted / bare),
        ("cleaning that text, times that", (whole - extracted) / bare),
        ("the whole path, times that", whole / bare),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=FIXTURES)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--most", type=int, default=200, help="Pages to take.")
    options = parser.parse_args()
    for what, value in against_trafilatura(pages(options.folder, options.most), options.rounds):
        print(f"  {what:58s} {value:>9.3g}")


if __name__ == "__main__":
    main()
