"""All of `clean mine`: a dump to a file of proposed rules, its evidence as JSON and as a page."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

from cleaner.batch import streams
from cleaner.batch.model import Fields
from cleaner.mining import write
from cleaner.mining.corpus import By, SourceCorpus
from cleaner.mining.elements import Elements
from cleaner.mining.miner import Tick, mine
from cleaner.mining.model import Limits, Mined
from cleaner.mining.page import page
from cleaner.mining.rulebook import decided
from cleaner.mining.verify import verified
from cleaner.pipeline import Cleaner
from cleaner.writers import write_file


@dataclass(frozen=True, slots=True)
class Job:
    """What is mined and where the result goes; ``rules`` are rule files that are in use beside the shipped ones."""

    sources: Sequence[str]
    out: Path
    by: By = By.site
    of: str = ""
    fields: Fields = field(default_factory=Fields)
    limits: Limits = field(default_factory=Limits)
    rules: Sequence[Path] = ()


def run(job: Job, tick: Tick | None = None) -> Mined:
    """Mine and write the rule file with its evidence; rules accepted in it before stay, rejected ones do not come back.

    Raises ``ConfigError``, ``ReadError`` and ``RuleError``.
    """
    # Now, and not after hours of reading.
    streams.needed("jinja2", "mining")
    tick = tick or (lambda *_: None)
    accepted, known = decided(job.out)
    job.out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="clean-mine-") as folder:
        # The file may be in use already: of what is in it, only what was accepted counts.
        in_use = [path for path in job.rules if path.resolve() != job.out.resolve()]
        if accepted:
            in_use.append(Path(folder) / f"{job.out.stem}.toml")
            in_use[-1].write_text(accepted, "utf-8")
        cleaner = Cleaner(in_use)
        spill = Path(folder) / "spill"
        spill.mkdir()
        corpus = SourceCorpus(job.sources, cleaner.extract, spill, job.by, job.of, job.fields)
        elements = Elements(job.limits.pages)
        mined = mine(corpus, job.limits, cleaner, tick, elements.add)
        mined.failed = corpus.failed
        if job.by is By.site:
            mined.candidates += elements.candidates()
        new = [each for each in mined.candidates if each.key not in known]
        if len(new) < len(mined.candidates):
            mined.left_out["decided before"] = len(mined.candidates) - len(new)
        tick("testing", len(new))
        passed = verified(new, in_use)
        mined.candidates = list(passed.candidates)
        mined.left_out.update(passed.reasons)
    _write(job.out, mined, accepted)
    return mined


def evidence_file(out: Path) -> Path:
    """Return where the evidence for the rules in a file is."""
    return out.with_suffix(".evidence.json")


def page_file(out: Path) -> Path:
    """Return where the page of evidence for the rules in a file is."""
    return out.with_suffix(".html")


def _write(out: Path, mined: Mined, accepted: str) -> None:
    record = write.evidence(mined)
    write_file(out, write.file(mined.candidates, out.name, accepted).encode("utf-8", "backslashreplace"))
    # Into a buffer, for ``dumps`` would hold a million pieces before it joins them.
    evidence = StringIO()
    json.dump(record, evidence, ensure_ascii=False, indent=1)
    write_file(evidence_file(out), f"{evidence.getvalue()}\n".encode("utf-8", "backslashreplace"))
    write_file(page_file(out), page(record, out.name).encode("utf-8", "backslashreplace"))
