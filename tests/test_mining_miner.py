from __future__ import annotations

from dataclasses import replace

import pytest

import given
from cleaner.loading import build
from cleaner.mining import write
from cleaner.mining.miner import mine
from cleaner.mining.model import Candidate, Limits, Mined, Text
from cleaner.pipeline import Cleaner
from cleaner.types import Document
from dumps import corpus, numbered, page, story

HEAD = ["Harbour and valley courier", "Letters to the pilot", "Tide tables of the week"]
TAIL = ["Heard on the quay this morning"]


def site(count: int = 6, head: list[str] | None = None, tail: list[str] | None = None) -> list[Text]:
    return [page(number, HEAD if head is None else head, TAIL if tail is None else tail) for number in range(count)]


def cleaner(mined: Mined) -> Cleaner:
    return Cleaner(build([("mined.toml", "".join(write.rule(each, accepted=True) for each in mined.candidates))]), max_removed=1)


def left(mined: Mined, text: Text) -> list[str]:
    return cleaner(mined).clean(Document("", text.text, text.url)).text.splitlines()


def varying(number: int) -> list[str]:
    """Lines that no other page has."""
    return [f"{numbered(number * 7 + line)} sails at noon" for line in range(3)]


def of_kind(mined: Mined, kind: str) -> list[Candidate]:
    return [each for each in mined.candidates if each.kind == kind]


def test_what_a_site_repeats_goes_from_pages_that_were_never_seen() -> None:
    mined = mine(corpus(*site()))
    fresh = page(90, HEAD, TAIL)
    assert left(mined, fresh) == fresh.text.splitlines()[3:-1]


def test_neighbours_are_one_rule_with_their_evidence() -> None:
    (head, tail) = sorted(mine(corpus(*site())).candidates, key=lambda each: len(each.removes), reverse=True)
    assert head.removes == tuple(HEAD)
    assert head.sites == ("one.example",)
    assert (head.evidence.documents, head.evidence.pages, head.evidence.occurrences, head.evidence.zones) == (6, 6, 18, (18, 0, 0))
    assert head.evidence.characters == 6 * sum(len(line) + 1 for line in HEAD)
    assert [each.text for each in head.evidence.contexts] == [HEAD[0]] * 3
    assert head.evidence.contexts[0].after == HEAD[1]
    assert tail.evidence.zones == (0, 0, 6)


def test_rules_hold_on_their_site_alone() -> None:
    mined = mine(corpus(*site()))
    elsewhere = page(90, HEAD, TAIL, "two.example")
    assert left(mined, elsewhere) == elsewhere.text.splitlines()


def test_numbers_do_not_matter() -> None:
    pages = [page(number, tail=[f"Issue {number} of the Courier, {number * 3} pages"]) for number in range(5)]
    mined = mine(corpus(*pages))
    assert left(mined, page(90, tail=["Issue 1,204 of the Courier, 9 pages"])) == page(90).text.splitlines()


def test_copies_are_set_aside_so_that_articles_do_not_look_like_junk() -> None:
    pages = site()
    copies = [replace(each, id=f"{each.id}-print", text=each.text.replace(HEAD[0], "Print version")) for each in pages]
    mined = mine(corpus(*pages, *copies))
    assert mined.copies == 6
    assert all(each.evidence.pages == 6 for each in mined.candidates)
    assert left(mined, pages[0]) == pages[0].text.splitlines()[3:-1]


def test_templates_become_one_rule() -> None:
    names = ["Ada Lind", "Bo Marr", "Cleo Sund", "Dag Holt", "Esme Vaar"]
    mined = mine(corpus(*[page(number, ["Morning edition of the Courier", f"Edited by {name}"]) for number, name in enumerate(names)]))
    template = next(each for each in mined.candidates if "NAME" in each.why)
    assert "Edited by Ada Lind" in template.removes
    assert left(mined, page(90, ["Edited by Finn Rook"])) == page(90).text.splitlines()
    inside = page(90).text.replace("\n", "\nEdited by Finn Rook had been lost.\n", 3)
    assert "Edited by Finn Rook had been lost." in cleaner(mined).clean(Document("", inside, "https://one.example/")).text


def test_what_stands_below_a_marker_goes_whatever_it_is() -> None:
    def tail(number: int) -> list[str]:
        return ["Heard on the quay this morning", *varying(number)]

    mined = mine(corpus(*[page(number, tail=tail(number)) for number in range(6)]))
    (rule,) = of_kind(mined, "tail")
    assert rule.fields["tail"] == "heard on the quay this morning"
    assert left(mined, page(90, tail=tail(90))) == page(90).text.splitlines()


def test_a_block_where_the_prose_below_forbids_to_take_all() -> None:
    def tail(number: int) -> list[str]:
        prose = "The courier is printed at the old pier and is read by all who live in the seven harbours of the coast today."
        return ["Heard on the quay this morning", *varying(number), prose]

    mined = mine(corpus(*[page(number, tail=tail(number), paragraphs=4) for number in range(6)]))
    (rule,) = of_kind(mined, "block")
    assert rule.fields["block"]["from"] == "heard on the quay this morning"
    assert left(mined, page(90, tail=tail(90))) == page(90).text.splitlines()


# -- guards


def test_headings_that_articles_share_stay() -> None:
    def with_heading(number: int, heading: str) -> Text:
        made = page(number)
        lines = made.text.splitlines()
        return replace(made, text="\n".join([*lines[:3], heading, *lines[3:]]) + "\n")

    for heading, reason in (
        ("Conclusion", "a heading that articles share"),
        ("The way ahead", "stands above paragraphs like a section heading"),
    ):
        mined = mine(corpus(*[with_heading(number, heading) for number in range(6)]))
        assert mined.candidates == []
        assert mined.left_out == {reason: 1}


def test_rows_of_data_stay() -> None:
    def listing(number: int) -> Text:
        rows = [f"{number * 10 + row} reviews, {row}.{number} of 5 stars, {row * 37} in stock" for row in range(1, 6)]
        made = page(number)
        return replace(made, text=made.text + "\n".join(rows) + "\n")

    mined = mine(corpus(*[listing(number) for number in range(6)]))
    assert mined.candidates == []
    assert mined.left_out == {"rows of data that differ in their numbers": 1}


def test_prose_wants_more_documents() -> None:
    sentence = "The courier is printed at the old pier and is read by all who live on the coast."
    twice = [page(number, tail=[sentence] if number < 2 else []) for number in range(6)]
    assert mine(corpus(*twice)).left_out == {"prose on too few documents": 1}
    assert mine(corpus(*[page(number, tail=[sentence]) for number in range(6)])).candidates


def test_a_line_that_says_little_stays_inside_articles() -> None:
    mined = mine(corpus(*[page(number, ["Sport", "Tides", "Quays", "Masts"]) for number in range(6)]))
    lines = story(90)
    inside = "\n".join([*lines[:2], "Sport", *lines[2:]])
    assert "Sport" in cleaner(mined).clean(Document("", inside, "https://one.example/")).text
    assert left(mined, page(90, ["Sport", "Tides", "Quays", "Masts"])) == page(90).text.splitlines()


def test_what_existing_rules_remove_is_not_proposed() -> None:
    known = given.cleaner(given.rule("line = 'heard on the quay.*'"))
    mined = mine(corpus(*site()), cleaner=known)
    assert [each.removes for each in mined.candidates] == [tuple(HEAD)]
    assert mined.left_out == {"removed by existing rules": 1}


# -- limits


def test_small_groups_are_left_alone() -> None:
    assert mine(corpus(*site(3))).candidates == []
    assert mine(corpus(*site(3)), Limits(pages=3)).candidates


@pytest.mark.parametrize(("pages", "needed"), [(3, 4), (4, 2), (100, 2), (500, 5), (1_000_000, 10_000)])
def test_how_many_documents_make_a_line_repeat(pages: int, needed: int) -> None:
    assert Limits().needed(pages) == needed


def test_documents_without_a_group_are_counted() -> None:
    mined = mine(corpus(*[replace(each, group="") for each in site()]))
    assert mined.candidates == []
    assert mined.left_out == {"documents without a group": 6}
    assert (mined.documents, mined.copies, mined.groups) == (6, 0, 0)


def test_groups_of_many_sites_make_rules_for_any() -> None:
    pages = [replace(each, site=f"s{number}.example", group="all") for number, each in enumerate(site(12))]
    assert {each.sites for each in mine(corpus(*pages)).candidates} == {()}
    pages = [replace(each, site=f"s{number % 2}.example") for number, each in enumerate(pages)]
    assert {each.sites for each in mine(corpus(*pages)).candidates} == {("s0.example", "s1.example")}


def test_the_same_corpus_gives_the_same_rules() -> None:
    first, second = (mine(corpus(*site())) for _ in range(2))
    assert first == second


def test_near_misses_are_prose_that_speaks_of_the_same() -> None:
    near = "The pilot read all the letters that had come in, and then he burned them in the stove of the old lock."
    pages = [page(number, ["Letters to the pilot"], paragraphs=5) for number in range(6)]
    pages[3] = replace(pages[3], text=f"{pages[3].text}{near}\n{story(77, 1)[0]}\n")
    (candidate,) = mine(corpus(*pages)).candidates
    assert candidate.evidence.near == (near,)
    assert candidate.keeps[0] == near
