"""``html`` rules: which elements they name, and which they must leave."""

from __future__ import annotations

import pytest
from lxml import html

import given
from cleaner.html.prune import Pruner, pruned
from cleaner.types import Decision, Document, Rule
from pages import STORY, page, paragraphs


def rules(body: str, more: str = "") -> list[Rule]:
    return list(given.ruleset(f'[[rule]]\nid = "a"\n{more}\n[rule.html]\n{body}\n').rules)


def left(markup: str, body: str) -> str:
    return pruned(markup, rules(body))


class TestTokens:
    @pytest.mark.parametrize(
        "attribute",
        [
            'class="related-posts"', 'class="x related-posts"', 'id="related_posts"', 'class="relatedPosts"', 'class="sidebar__related-posts"',
            'class="c-related-posts--wide"', 'role="related.posts"', 'class="RELATED-POSTS"', 'class="relatedposts"', 'class="td.related/posts"',
        ],
    )  # fmt: skip
    def test_named(self, attribute: str) -> None:
        assert left(f"<p>a</p><div {attribute}>b</div>", 'tokens = ["related-posts"]') == "<p>a</p>"

    @pytest.mark.parametrize(
        "attribute",
        [
            'class="unrelated-posts"', 'class="related"', 'class="posts related"', 'class="has-related-posts"', 'class="no-related-posts"',
            'class="article--related-posts"', 'class="md:related-posts"', 'title="related-posts"', "",
        ],
    )  # fmt: skip
    def test_not_named(self, attribute: str) -> None:
        assert "b</div>" in left(f"<p>a</p><div {attribute}>b</div>", 'tokens = ["related-posts"]')

    def test_a_star_lets_the_last_part_go_on(self) -> None:
        assert left('<i class="taboola_widget9">b</i>', 'tokens = ["taboola*"]') == ""

    def test_the_id_of_a_heading_names_nothing(self) -> None:
        assert "b</h2>" in left('<h2 id="share-of-the-market">b</h2>', 'tokens = ["share"]')
        assert left('<h2 class="share">b</h2>', 'tokens = ["share"]') == ""


class TestGuards:
    LARGE = f'<div class="promo">{paragraphs()}</div>'

    def test_never_most_of_the_page(self) -> None:
        assert "trombones" in left(f"{self.LARGE}<p>a</p>", 'tokens = ["promo"]')

    def test_a_large_element_of_a_larger_page_may_go(self) -> None:
        rest = paragraphs([f"{text} {number}" for number in range(8) for text in STORY])
        assert "class" not in left(f"{rest}{self.LARGE}", 'tokens = ["promo"]')

    def test_max_share(self) -> None:
        assert "class" not in left(f"{self.LARGE}{paragraphs()}", 'tokens = ["promo"]\nmax_share = 0.6')

    def test_a_small_element_goes_whatever_its_share(self) -> None:
        assert left('<p>a</p><p class="promo">Come and buy our tickets, all of them, now.</p>', 'tokens = ["promo"]') == "<p>a</p>"

    def test_links_inside_a_sentence_stay_unless_asked_for(self) -> None:
        markup = '<p>The <a class="promo">ferry</a> was late.</p>'
        assert left(markup, 'tokens = ["promo"]') == markup
        assert left(markup, 'tokens = ["promo"]\ninline = true') == "<p>The  was late.</p>"

    def test_text_behind_an_element_stays(self) -> None:
        assert left('<div>a<div class="promo">b</div>c</div>', 'tokens = ["promo"]') == "<div>ac</div>"

    def test_the_body_itself_is_not_named(self) -> None:
        tree = html.fromstring(page(paragraphs()).replace("<body>", '<body class="promo">'))
        assert Pruner(rules('tokens = ["promo"]')).prune(tree) == []


class TestOtherKeys:
    def test_css(self) -> None:
        assert left("<aside><p>b</p></aside><p>a</p>", 'css = ["aside > p"]') == "<aside></aside><p>a</p>"

    def test_attributes(self) -> None:
        assert left('<p data-ad="top-1">b</p><p data-ad="no">a</p>', "attributes = { data-ad = '^top' }") == '<p data-ad="no">a</p>'

    def test_text_with_links(self) -> None:
        body = "text = '(?:see also|related):'\nlinked = 0.5"
        assert left('<p>a</p><p>See also: <a href="/b">The bridge of sighs</a></p>', body) == "<p>a</p>"
        assert "sighs" in left("<p>See also: The bridge of sighs</p>", body)
        assert "sighs" in left('<p>See also: the long and winding chapter on <a href="/b">sighs</a>, which is no link</p>', body)
        assert "sighs" in left('<ul><li><p>See also: <a href="/b">The bridge of sighs</a></p></li></ul>', body)


class TestUnless:
    def test_values_in_which_the_pattern_is_found_name_nothing(self) -> None:
        rule = rules('tokens = ["social"]', "unless = 'embed'")
        assert pruned('<i class="social-embed">b</i><i class="social-bar">c</i>', rule) == '<i class="social-embed">b</i>'


class TestEverywhere:
    MARKUP = page('<p>a</p><div class="promo">b</div>')

    @pytest.mark.parametrize(("body", "gone"), [('tokens = ["promo"]', 0), ('tokens = ["promo"]\neverywhere = true', 1)])
    def test_pages_that_are_no_articles(self, body: str, gone: int) -> None:
        tree = html.fromstring(self.MARKUP)
        assert len(Pruner(rules(body)).prune(tree, is_article=False)) == gone
        assert len(Pruner(rules(body)).prune(tree)) == 1 - gone


class TestNarrowed:
    MARKUP = page('<p>a</p><div class="promo">b</div>')

    def gone(self, more: str, about: Document) -> list[Decision]:
        return Pruner(rules('tokens = ["promo"]', more)).prune(html.fromstring(self.MARKUP), about)

    def test_by_site(self) -> None:
        assert self.gone('sites = ["a.example"]', Document("", "", "https://www.a.example/x"))
        assert not self.gone('sites = ["a.example"]', Document("", "", "https://b.example/x"))
        assert not self.gone('sites = ["a.example"]', Document("", ""))

    def test_by_language(self) -> None:
        assert self.gone('langs = ["de"]', Document("", "", None, {"language": "de"}))
        assert not self.gone('langs = ["de"]', Document("", "", None, {"language": "en"}))

    def test_examples_run_wherever_the_rule_is_for(self) -> None:
        assert pruned('<i class="promo">b</i>', rules('tokens = ["promo"]', 'sites = ["a.example"]')) == ""

    def test_another_rule_with_the_same_token_still_holds(self) -> None:
        both = [*rules('tokens = ["promo"]', 'sites = ["a.example"]'), *rules('tokens = ["promo"]')]
        assert Pruner(both).prune(html.fromstring(self.MARKUP), Document("", ""))


def test_decisions_name_rule_and_element() -> None:
    tree = html.fromstring(page('<p>a</p><div id="x" class="promo big red wide">b</div>'))
    assert Pruner(rules('tokens = ["promo"]')).prune(tree) == [Decision("rule", "one/a", "div#x.promo.big.red", "A test.")]


def test_memory_changes_nothing() -> None:
    pruner = Pruner(rules('tokens = ["promo"]'))
    first = [pruner.prune(html.fromstring(TestNarrowed.MARKUP)) for _ in range(3)]
    assert first[0] == first[1] == first[2]
