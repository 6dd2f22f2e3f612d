from __future__ import annotations

import pytest

from cleaner.html.prune import Pruner
from cleaner.loading import build
from cleaner.mining import write
from cleaner.mining.elements import Elements
from cleaner.mining.model import Candidate, Text
from cleaner.pipeline import Cleaner
from cleaner.types import Document
from dumps import story

BOX = "Become a friend of the courier and read all of it."


def markup(number: int, inside: str) -> str:
    paragraphs = "".join(f"<p>{line}</p>" for line in story(number))
    return f'<html><body><h1>Case {number}</h1><div class="story">{paragraphs}{inside}</div></body></html>'


def candidates(*insides: str, shown: bool = True, site: str = "one.example") -> list[Candidate]:
    elements = Elements()
    for number, inside in enumerate(insides):
        text = "\n".join([*story(number), *([_plain(inside)] if shown else [])])
        elements.add(Text(str(number), text, site, f"https://{site}/{number}", site, markup(number, inside)))
    return elements.candidates()


def _plain(inside: str) -> str:
    from lxml import html

    return " ".join(html.fromstring(f"<div>{inside}</div>").text_content().split())


def test_an_element_whose_text_is_on_several_pages_goes() -> None:
    (rule,) = candidates(*[f'<aside class="friend-box"><p class="inner-call">{BOX}</p></aside>'] * 5)
    assert rule.fields == {"html": {"css": ["aside.friend-box"]}}
    assert rule.sites == ("one.example",)
    assert (rule.evidence.documents, rule.evidence.pages) == (5, 5)
    assert rule.evidence.contexts[0].text == BOX


def test_the_rule_takes_the_element_and_leaves_the_text() -> None:
    from lxml import html

    (rule,) = candidates(*[f'<aside class="friend-box">{BOX}</aside>'] * 5)
    made = build([("mined.toml", write.rule(rule, accepted=True))])
    tree = html.fromstring(markup(9, f'<aside class="friend-box">{BOX}</aside>'))
    pruner = Pruner(made.rules)
    assert pruner.prune(tree, Document("", "", "https://two.example/")) == []
    assert len(pruner.prune(tree, Document("", "", "https://one.example/9"))) == 1
    assert BOX not in tree.text_content()
    assert story(9)[0] in tree.text_content()


@pytest.mark.parametrize(
    "inside",
    [
        '<div class="note">{story}</div>',  # says something else on each page
        '<div class="x-4711938">{box}</div>',  # a name that a program made
        '<div class="flex">{box}</div>',  # a name that says how it looks
        "<div>{box}</div>",
        '<em class="friend-box">{box}</em>',
        '<div class="friend-box"><h1>{box}</h1></div>',
    ],
)
def test_what_is_no_furniture_or_has_no_name_stays(inside: str) -> None:
    assert candidates(*[inside.format(box=BOX, story=story(number + 50, 1)[0]) for number in range(5)]) == []


def test_what_the_extractor_drops_needs_no_rule() -> None:
    assert candidates(*[f'<aside class="friend-box">{BOX}</aside>'] * 5, shown=False) == []


def test_a_name_that_also_stands_for_text_of_the_article_is_left_alone() -> None:
    assert candidates(*[f'<p class="call">{BOX}</p><p class="call">{story(number + 60, 1)[0]}</p>' for number in range(5)]) == []


def test_a_list_of_links_on_most_pages_goes_by_its_shape() -> None:
    def links(number: int) -> str:
        return "".join(f'<li><a href="/">{line[:50]}</a></li>' for line in story(number + 70, 4))

    (rule,) = candidates(*[f'<ul class="elsewhere">{links(number)}</ul>' for number in range(5)])
    assert rule.fields == {"html": {"css": ["ul.elsewhere"]}}
    assert candidates(*[f'<ul class="elsewhere">{links(number)}</ul>' if number < 2 else "" for number in range(5)]) == []


def test_few_pages_say_nothing() -> None:
    assert candidates(*[f'<aside class="friend-box">{BOX}</aside>'] * 3) == []


def test_memory_is_bounded_and_sites_that_come_together_are_all_seen() -> None:
    elements = Elements()
    for site in range(150):
        for number in range(5):
            inside = f'<aside class="friend-box">{BOX}</aside>'
            name = f"s{site}.example"
            elements.add(
                Text(str(number), "\n".join([*story(number), BOX]), name, f"https://{name}/{number}", name, markup(number, inside))
            )
        assert len(elements._open) <= 60
    assert len(elements.candidates()) == 150


def test_a_site_is_judged_by_its_first_pages() -> None:
    assert candidates(
        *[f'<aside class="friend-box">{BOX}</aside>'] * 24, *[f'<aside class="friend-box">{line}</aside>' for line in story(99, 9)]
    )


def test_the_rules_of_a_site_hold_on_pages_that_are_no_articles() -> None:
    (rule,) = candidates(*[f'<div class="friend-box">{BOX}</div>'] * 5)
    made = Cleaner(build([("mined.toml", write.rule(rule, accepted=True))]))
    plain = Cleaner(build([]))
    items = "".join(f'<div class="item"><a href="/{number}">Lamp number {number}</a> 5 crowns</div>' for number in range(40))
    shop = f'<html><body><main><div class="all">{items}</div><div class="friend-box">{BOX}</div></main></body></html>'
    address = "https://one.example/shop/category/lamps"
    assert BOX in plain.clean_html(shop, address).text
    cleaned = made.clean_html(shop, address)
    assert BOX not in cleaned.text
    assert "Lamp number 39" in cleaned.text
    assert [each.name for each in cleaned.document.decisions if each.kind == "rule"] == [f"mined/{rule.name}"]
    assert BOX in made.clean_html(shop, "https://two.example/shop/category/lamps").text
