from __future__ import annotations

import json

import pytest

from batches import CLEANER, dirty
from cleaner.batch import tally as tallies
from cleaner.batch.tally import Tally, site_of, tally_of
from cleaner.types import Document


def counted(numbers: range) -> Tally:
    made = Tally()
    for n in numbers:
        made.count(CLEANER.clean(Document(str(n), dirty(n), f"https://www.s{n % 10}.example/{n}")), f"d{n}")
    return made


def test_parts_add_up_to_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    whole, parts = counted(range(60)), Tally()
    for first in range(0, 60, 7):
        parts.add(tally_of(json.loads(json.dumps(counted(range(first, min(60, first + 7))).record()))))
    assert parts.stats == whole.stats
    assert parts.sites == whole.sites
    assert parts.removed == whole.removed
    assert parts.samples == whole.samples


def test_it_stays_small_however_much_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallies, "MAX_SITES", 4)
    monkeypatch.setattr(tallies, "TOP_DOCUMENTS", 3)
    made = Tally()
    for first in range(0, 100, 20):
        part = counted(range(first, first + 20))
        assert len(part.top) <= 12
        made.add(part)
    assert len(made.sites) == 5
    assert sum(site.documents for site in made.sites.values()) == 100
    assert made.sites[tallies.OTHER_SITES].documents == 60
    assert [document["removed"] for document in made.top] == sorted((document["removed"] for document in made.top), reverse=True)
    assert len(made.top) == 3
    assert max(len(samples) for samples in made.samples.values()) <= tallies.SAMPLES_PER_RULE


@pytest.mark.parametrize(
    ("url", "site"),
    [
        (None, ""),
        ("", ""),
        ("https://www.a.example/x", "a.example"),
        ("http://[broken", ""),
        ("no address", ""),
        ("https://B.example:80", "b.example"),
    ],
)
def test_sites(url: str | None, site: str) -> None:
    assert site_of(url) == site
