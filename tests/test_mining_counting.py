from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import given as examples
from hypothesis import strategies as st

from cleaner.mining import counting
from cleaner.mining.counting import HASH_BITS, Counts, value

DOCUMENTS = st.lists(st.sets(st.integers(0, 40), max_size=8), max_size=30)


def test_values_tell_groups_and_lines_apart_and_stay_the_same() -> None:
    assert value(3, "a") >> HASH_BITS == 3
    assert len({value(0, "a"), value(0, "b"), value(1, "a")}) == 3
    # From one process to the next, unlike Python's own hashes.
    assert value(7, "about us") == 8453779425207


@examples(documents=DOCUMENTS)
def test_counts_are_exact(documents: list[set[int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        counts = Counts(Path(folder))
        for document in documents:
            counts.add([*document, *document])
        wanted = Counter(each for document in documents for each in document)
        assert counts.frequent(lambda group: 2, 100, 100) == {each: count for each, count in wanted.items() if count >= 2}


def test_each_group_has_a_number_of_its_own(tmp_path: Path) -> None:
    counts = Counts(tmp_path)
    for _ in range(3):
        counts.add([value(0, "a"), value(1, "a")])
    assert counts.frequent(lambda group: 3 + group, 10, 10) == {value(0, "a"): 3}


def test_the_most_frequent_stay_where_there_are_too_many(tmp_path: Path) -> None:
    counts = Counts(tmp_path)
    for number in range(6):
        counts.add([value(0, str(line)) for line in range(number, 6)])
    counts.add([value(1, "x")])
    counts.add([value(1, "x")])
    assert set(counts.frequent(lambda group: 2, 2, 10)) == {value(0, "5"), value(0, "4"), value(1, "x")}
    assert set(counts.frequent(lambda group: 2, 9, 1)) == {value(0, "5")}


def test_what_waits_in_memory_is_bounded(tmp_path: Path) -> None:
    counts = Counts(tmp_path)
    for number in range(300):
        counts.add(range(number * 4000, number * 4000 + 4000))
    assert sum(map(len, counts._buffers)) <= counting._PARTS * counting._BUFFER
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) + 8 * sum(map(len, counts._buffers)) == 8 * 300 * 4000
