"""Platform profiles: threads, contents and furniture, each on a made-up page of its platform."""

from __future__ import annotations

from functools import cache

import pytest

from cleaner.errors import RuleError
from cleaner.extract import Extractor
from cleaner.html.profiles import Profiles
from cleaner.loading import build, load
from cleaner.types import Document, Profile
from pages import STORY, page, paragraphs

#: How the platforms write a post with author {a}, date {d} and text {t}; pages hold two of them.
POSTS = {
    "discourse": '<div itemprop="comment" class="topic-body crawler-post"><span itemprop="author"><span itemprop="name">{a}</span></span>'
    '<time class="post-time">{d}</time><div class="post" itemprop="text"><p>{t}</p></div><div class="crawler-linkback-list">Elsewhere</div></div>',
    "xenforo": '<article class="message message--post" data-author="{a}"><ul class="message-attribution-main"><time>{d}</time></ul>'
    '<div class="message-body"><div class="bbWrapper">{t}</div></div><aside class="message-signature">Yours, me</aside></article>',
    "xenforo-1": '<li class="message" data-author="{a}"><span class="DateTime">{d}</span><div class="messageText">{t}</div><p class="sig">Yours, me</p></li>',
    "invision": '<article class="ipsComment"><h3 class="ipsComment_author"><a>{a}</a></h3><div class="ipsComment_meta"><time>{d}</time></div>'
    '<div data-role="commentContent"><p>{t}</p></div></article>',
    "phpbb": '<div class="post"><div class="postprofile">Posts: 5</div><div class="postbody"><p class="author"><a class="username">{a}</a> <time>{d}</time></p>'
    '<div class="content">{t}</div></div><div class="signature">Yours, me</div></div>',
    "vbulletin-3": '<table id="post{n}"><tr><td class="thead">{d}</td></tr><tr><td><a class="bigusername">{a}</a></td>'
    '<td><div id="post_message_{n}">{t}</div></td></tr></table>',
    "vbulletin-4": '<ol><li class="postbit postcontainer"><span class="postdate">{d}</span><a class="username">{a}</a>'
    '<blockquote class="postcontent">{t}</blockquote></li></ol>',
    "vbulletin-5": '<li class="b-post"><span itemprop="name">{a}</span><time>{d}</time><div class="js-post__content-text">{t}</div></li>',
    "nodebb": '<li component="post" data-username="{a}"><span class="timeago">{d}</span><div component="post/content">{t}</div></li>',
    "smf": '<div class="post_wrapper"><div class="poster"><h4><a>{a}</a></h4></div><div class="smalltext">{d}</div><div class="inner">{t}</div></div>',
    "mybb": '<div class="post"><div class="author_information"><a>{a}</a></div><span class="post_date">{d}</span><div class="post_body">{t}</div></div>',
    "reddit-old": '<div class="thing" data-author="{a}"><div class="entry"><time>{d}</time><div class="usertext-body"><p>{t}</p></div></div></div>',
    "reddit": '<shreddit-comment author="{a}"><time>{d}</time><div slot="comment"><p>{t}</p></div></shreddit-comment><i class="shreddit-post"></i>',
    "stack-exchange": '<div class="answer" data-answerid="{n}"><div class="js-post-body"><p>{t}</p></div><div class="user-details">Votes: 4</div></div>',
    "hacker-news": '<table><tr class="athing comtr"><td><a class="hnuser">{a}</a><span class="age">{d}</span><div class="commtext">{t}</div></td></tr></table>',
    "lobsters": '<div class="comment" data-shortid="c{n}"><div class="byline"><a href="/~{a}">{a}</a><time>{d}</time></div><div class="comment_text">{t}</div></div>',
    "flarum": '<div id="flarum-content"><article class="Post"><h3>{a}</h3><time>{d}</time><div class="Post-body"><p>{t}</p></div></article></div>',
    "lemmy": '<article class="comment-node"><span class="person-listing">{a}</span><div class="comment-content"><div class="md-div">{t}</div></div></article>',
    "microdata-thread": '<div itemprop="comment" itemscope itemtype="https://schema.org/Answer"><span itemprop="author"><b itemprop="name">{a}</b></span>'
    '<time itemprop="dateCreated">{d}</time><div itemprop="text">{t}</div></div><link itemtype="https://schema.org/QAPage">',
}
NAMELESS = {"stack-exchange"}
DATELESS = {"stack-exchange", "lemmy"}

#: How the platforms hold the story {t} of a page, with junk beside or in it.
CONTENTS = {
    "mediawiki": '<div id="mw-content-text"><div class="mw-parser-output">{t}<h2>Sources<span class="mw-editsection">[edit]</span></h2>'
    '<table class="navbox"><tr><td>Junk: other ferries</td></tr></table></div></div>',
    "sphinx": '<script src="_static/documentation_options.js"></script><div class="sphinxsidebar">Junk: contents</div>'
    '<div class="body" role="main"><h1>Ferries<a class="headerlink" href="#x">Junk ¶</a></h1>{t}</div>',
    "mkdocs": '<article class="md-content__inner md-typeset"><a class="md-content__button">Junk: edit</a>{t}<small class="md-source-file">Junk: yesterday</small></article>',
    "docusaurus": '<nav class="breadcrumbs">Junk</nav><div class="theme-doc-markdown markdown">{t}<a class="hash-link">Junk</a></div><nav class="pagination-nav">Junk</nav>',
    "gitbook": '<div class="gitbook-root"></div><div class="book-summary">Junk</div><div class="page-inner"><section class="normal">{t}</section></div>',
    "blogger": '<link href="https://www.blogger.com/static/v1/x.css"><div class="post-body entry-content">{t}<div class="post-share-buttons">Junk</div></div><div class="blog-pager">Junk</div>',
    "substack": '<link href="https://substackcdn.com/x.css"><div class="available-content"><div class="body markup">{t}<div class="subscription-widget-wrap">Junk: type your email</div></div></div>',
    "ghost": '<meta name="generator" content="Ghost 5.80"><section class="gh-content">{t}<div class="kg-signup-card">Junk: sign up</div></section>',
    "wordpress": '<link href="/wp-content/themes/x.css"><article>{t}<div class="sharedaddy">Junk</div></article><div class="widget_recent_entries">Junk</div>',
    "woocommerce": '<div class="woocommerce-page"><article>{t}</article><section class="related products">Junk</section></div>',
    "shopify": '<script src="https://cdn.shopify.com/x.js"></script><article>{t}</article><cart-drawer>Junk</cart-drawer>',
    "drupal": '<meta name="generator" content="Drupal 10"><article>{t}<ul class="links inline"><li>Junk</li></ul></article>',
    "squarespace": '<link href="https://static1.squarespace.com/x.css"><article>{t}<div class="sqs-block-newsletter">Junk</div></article>',
    "wix": '<img src="https://static.wixstatic.com/x.png"><div id="SITE_HEADER">Junk</div><article>{t}<div data-hook="post-footer">Junk</div></article>',
    "webflow": '<div data-wf-page="x"><article>{t}<div class="w-form-done">Junk: thank you</div></article></div>',
    "medium": '<link href="https://cdn-client.medium.com/x.css"><article><p data-testid="storyReadTime">Junk: 4 min read</p>{t}</article>',
}


@cache
def extractor() -> Extractor:
    return Extractor(load())


def thread(name: str, texts: list[str]) -> Document:
    posts = [POSTS[name].format(a=f"Member{n}", d=f"May {n}, 2024", t=text, n=n) for n, text in enumerate(texts, 1)]
    return extractor().extract(page(f'<div class="menu">Junk</div><div id="posts">{"".join(posts)}</div>', "Ferries"), title=False)


@pytest.mark.parametrize("name", POSTS)
class TestThreads:
    def test_posts_with_author_and_date_above_them(self, name: str) -> None:
        document = thread(name, STORY[:2])
        assert document.metadata["profile"] == f"platform/{name}"
        wanted = []
        for number, text in enumerate(STORY[:2], 1):
            wanted += [] if name in NAMELESS else [f"Member{number}"]
            wanted += [] if name in DATELESS else [f"May {number}, 2024"]
            wanted.append(text)
        assert [line for line in document.text.splitlines() if line] == wanted

    def test_the_decision_names_profile_and_element(self, name: str) -> None:
        decision = thread(name, STORY[:2]).decisions[0]
        assert (decision.kind, decision.name) == ("profile", f"platform/{name}")
        assert decision.element
        assert "2 posts" in decision.why

    def test_markers_without_posts_are_no_thread(self, name: str) -> None:
        marker = extractor_profile(name).fingerprint[0]
        body = page(f"<p>The word {marker.replace('<', '&lt;').replace('=', '= ')} stands here.</p><!-- {marker} -->{paragraphs()}")
        assert extractor().extract(body).metadata.get("profile") is None


@pytest.mark.parametrize("name", CONTENTS)
def test_contents_without_furniture(name: str) -> None:
    document = extractor().extract(
        page(CONTENTS[name].format(t=paragraphs())), "https://pierpost.example/2024/05/07/a-ferry-in-the-fog.html", title=False
    )
    assert document.metadata["profile"] == f"platform/{name}"
    assert "Junk" not in document.text
    assert [line for line in document.text.splitlines() if line in STORY] == STORY


def test_every_profile_has_a_page_here() -> None:
    assert {profile.id for profile in load().profiles if profile.family == "platform"} == {
        f"platform/{name}" for name in (*POSTS, *CONTENTS)
    }


def extractor_profile(name: str) -> Profile:
    return next(each for each in load().profiles if each.id == f"platform/{name}")


class TestQuotes:
    def post(self, author: str, text: str) -> str:
        return POSTS["xenforo"].format(a=author, d="May 1, 2024", t=text)

    def test_a_quote_of_an_earlier_post_goes(self) -> None:
        quote = f"<blockquote><div>Ada said:</div><div>{STORY[0]}</div></blockquote>I was on it."
        text = extractor().extract(page(self.post("Ada", STORY[0]) + self.post("Ben", f"{quote}{STORY[1]}"))).text
        assert text.count("forty sheep") == 1
        assert "I was on it." in text

    def test_a_quote_from_elsewhere_stays(self) -> None:
        text = (
            extractor().extract(page(self.post("Ada", STORY[0]) + self.post("Ben", f"<blockquote>{STORY[2]}</blockquote>{STORY[1]}"))).text
        )
        assert STORY[2] in text


SITE = """
[profile]
why = "A made-up paper."
sites = ["pierpost.example"]
content = [".story"]
drop = [".poll"]
mode = "body"
"""


class TestProfileFiles:
    def test_a_site_profile_outranks_platforms_and_holds_on_its_site_only(self) -> None:
        made = Extractor(build([("pierpost.toml", SITE)], "x"))
        body = page(f'<div class="story">{paragraphs()}<div class="poll">Junk</div></div><div>Elsewhere</div>')
        here = made.extract(body, "https://www.pierpost.example/a", title=False)
        assert here.text.splitlines() == STORY
        assert here.metadata["profile"] == "site/pierpost"
        assert "profile" not in made.extract(body, "https://other.example/a").metadata

    def test_sites_come_before_platforms(self) -> None:
        profiles = [Profile("platform/a", fingerprint=("x",)), Profile("site/b", sites=("b.example",))]
        assert [each.id for each in Profiles(profiles).fitting("x", "https://b.example/")] == ["site/b", "platform/a"]
        assert [each.id for each in Profiles(profiles).fitting("", "https://notb.example/")] == []

    def test_only_drops_that_the_page_may_hold_are_tried(self) -> None:
        drops = (".share-bar", "[data-hook='recent-posts']", "nav", ".a-long-name, .other", "div:not(.wanted)")
        profiles = Profiles([Profile("platform/a", fingerprint=("x",), drop=drops)])
        assert [each.drop for each in profiles.fitting("x", None)] == [drops[2:]]
        assert [each.drop for each in profiles.fitting("x share-bar recent-posts", None)] == [drops]
        assert Profiles([]).fitting("x", None) == []

    def test_ignored_profiles_are_not_used(self) -> None:
        ignoring = Extractor(load().select(ignore=["platform"]))
        assert "profile" not in ignoring.extract(page("".join(POSTS["xenforo"].format(a="A", d="x", t=text) for text in STORY))).metadata

    def test_switched_off(self) -> None:
        files = [("pierpost.toml", SITE), ("more/pierpost.toml", SITE.replace("[profile]", "[profile]\nenabled = false"))]
        assert build(files, "x").profiles == ()

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            ('sites = ["pierpost.example"]', "", 'give it a "fingerprint" or "sites"'),
            ('content = [".story"]', 'posts = [".post"]', '"posts" and "body" together'),
            ('".story"', '".story["', "not valid CSS"),
            ('mode = "body"', 'mode = "bodily"', "mode"),
            ("drop =", "drops =", 'unknown key "drops"; did you mean "drop"'),
        ],
    )
    def test_faults_point_at_their_line(self, old: str, new: str, message: str) -> None:
        with pytest.raises(RuleError, match="pierpost.toml:") as error:
            build([("pierpost.toml", SITE.replace(old, new))], "x")
        assert message.split(";", maxsplit=1)[0] in str(error.value)
