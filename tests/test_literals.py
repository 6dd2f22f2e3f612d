"""Required literals, node by node, and that they promise no more than the engine keeps."""

from __future__ import annotations

import pytest
import regex
from hypothesis import example, settings
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st
from regex import _regex, _regex_core

from cleaner import literals, prefilter
from cleaner.casing import canonical
from cleaner.clues import clues, required
from cleaner.trees import variant
from cleaner.types import Clues


class TestNodes:
    """What is read off each node of the parse tree; None: nothing that could be relied on."""

    @pytest.mark.parametrize(
        ("pattern", "wanted"),
        [
            ("share this", {"share this"}),
            ("SHARE", {"share"}),
            ("share|tweet", {"share", "tweet"}),
            ("(?:share|tweet) this", {"share this", "tweet this"}),
            ("(share) this", {"share this"}),
            ("(?P<word>share) this", {"share this"}),
            ("(?>share) this", {"share this"}),
            ("(?i:share)", {"share"}),
            ("(?-i:Share)", {"share"}),
            ("(?x) share  this # a comment", {"sharethis"}),
            ("shares?", {"share"}),
            ("shar(?:es)+", {"shares"}),
            ("sh(?:are){2}", {"shareare"}),
            ("x(?:share){2,5}y", {"xshare"}),
            ("(?:share)*", None),
            ("(?:share)?", None),
            ("(?:share){0}", None),
            ("shar[ei]ng", {"sharing", "shareng"}),
            ("shar[a-c]", {"shara", "sharb", "sharc"}),
            ("shar[^x]king", {"king"}),
            ("shar[a-z]x", {"shar"}),
            (r"share\b.*", {"share"}),
            (r"share\w+this", {"share"}),
            (r"\d+ comments", {" comments"}),
            ("^share$", {"share"}),
            (r"\Ashare\Z", {"share"}),
            ("(?=share)tweet", {"tweet"}),
            ("(?!share)tweet", {"tweet"}),
            ("(?<=share )tweet", {"tweet"}),
            (r"share\Kthis", {"sharethis"}),
            (r"(share) \1", {"share "}),
            (".*", None),
            ("", None),
            ("ab", None),
            ("abc|d", None),
            ("share|", None),
            (r"\p{Lu}+", None),
            ("(?:share){e<=1}", None),
            ("(?f)strasse", None),
            (r"sh\N{LATIN SMALL LETTER A}re", {"share"}),
            ("köln", {"köln"}),
            ("東京", {"東京"}),
        ],
    )
    def test_search(self, pattern: str, wanted: set[str] | None) -> None:
        found = required(pattern, whole_line=False)
        assert found == (None if wanted is None else {literal.strip() for literal in wanted})

    @pytest.mark.parametrize(
        ("pattern", "wanted"),
        [
            ("share", {"\nshare\n"}),
            ("share|tweet", {"\nshare\n", "\ntweet\n"}),
            ("(?:share|tweet)", {"\nshare\n", "\ntweet\n"}),
            ("^share$", {"\nshare\n"}),
            ("share this.*", {"\nshare this"}),
            (r"\d+ shares", {" shares\n"}),
            (r"\w+ ?\{\{ ?\w+", {"{{"}),
            ("ab", {"\nab\n"}),
            (".*", None),
            ("a?", None),
        ],
    )
    def test_whole_line(self, pattern: str, wanted: set[str] | None) -> None:
        assert required(pattern, whole_line=True) == wanted

    def test_decoration_at_the_ends_is_not_counted_on(self) -> None:
        assert required("- share -", whole_line=False) == {"share"}

    def test_decoration_alone_is_looked_for_in_whole_lines_only(self) -> None:
        assert required(r"\w+\}\} .*", whole_line=True) == {"}} "}
        assert required(r"\w+\}\} .*", whole_line=False) is None

    def test_a_wrong_pattern_has_none(self) -> None:
        assert required("share(", whole_line=False) is None

    def test_long_literals_are_cut(self) -> None:
        (found,) = required("x" * 200, whole_line=False) or ()
        assert found == "x" * len(found)
        assert len(found) < 100

    def test_too_many_alternatives_are_not_multiplied(self) -> None:
        found = required("[abc]" * 12 + " share this", whole_line=False)
        assert found
        assert len(found) <= 64
        assert any(literal in "abcabcabcabc share this" for literal in found)

    def test_a_node_that_is_not_known_is_no_literal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(literals, "parse_tree", lambda pattern: object())
        assert required("share no node", whole_line=False) is None

    def test_the_parser_of_another_version_is_no_literal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delattr(_regex_core, "_parse_pattern")
        assert required("share no parser", whole_line=False) is None


@pytest.mark.parametrize(
    ("pattern", "longest"),
    [
        ("^a{2,7}$", 7),
        (r"\Aa{2,7}\Z", 7),
        ("^(?:ab|a)$", 2),
        ("^ab|a$", None),
        ("^ab", None),
        ("ab$", None),
        ("ab", None),
        ("^ab(", None),
        (r"(?m)^ab$", None),
        ("^a*$", None),
    ],
)
def test_how_long_a_line_can_be_whose_pattern_is_searched_for(pattern: str, longest: int | None) -> None:
    assert clues(pattern, whole_line=False).longest == longest


def test_the_installed_version_of_regex_has_the_nodes_that_are_walked() -> None:
    for name in (
        "Sequence",
        "Branch",
        "Character",
        "String",
        "Range",
        "SetUnion",
        "Group",
        "Atomic",
        "GreedyRepeat",
        "LazyRepeat",
        "LookAround",
    ):
        assert hasattr(_regex_core, name), name


@pytest.mark.parametrize(
    ("pattern", "first", "last"),
    [
        ("share", {"\nshare\n"}, {"\nshare\n"}),
        ("(?:please )?share .*", {"\nplease share ", "\nshare "}, {"\n"}),
        (r"\d+ shares?", {"\n"}, {" share\n", " shares\n"}),
        ("(?:a.*|b)c", {"\na", "\nbc\n"}, {"c\n"}),
        (".{0,9}c", {"\n"}, {"c\n"}),
        ("(?:ab)+", {"\nab"}, {"ab\n"}),
        ("(?:ab)*c", {"\nab", "\nc\n"}, {"abc\n", "\nc\n"}),
        ("(?f)strasse", {"\n"}, {"\n"}),
    ],
)
def test_how_a_line_begins_and_ends(pattern: str, first: set[str], last: set[str]) -> None:
    found = clues(pattern, whole_line=True)
    assert (set(found.first), set(found.last)) == (first, last)


def test_several_sets_at_once() -> None:
    found = clues(".{0,20}(?:follow|like) (?:us|me) .{0,9}(?:facebook|instagram)", whole_line=True)
    sets = [set(found.literals or ()), *map(set, found.also)]
    assert len(sets) > 1
    assert all(any(literal in "\nplease follow us on facebook\n" for literal in each) for each in sets)


def test_the_rarer_set_is_looked_for() -> None:
    assert clues("the (?:zygote|quorum)s", whole_line=False).literals == ("the quorums", "the zygotes")
    assert clues(".*news.*zygote.*", whole_line=True).literals == ("zygote",)


class TestCanonical:
    @pytest.mark.parametrize(
        ("text", "form"), [("SHARE", "share"), ("ſ\u212a\u212b", "skå"), ("İıI", "iii"), ("ΣΑΣ ς", "σασ σ"), ("µ", "μ"), ("ẞ", "ß")]
    )
    def test_variants_become_one(self, text: str, form: str) -> None:
        assert canonical(text) == form

    @hypothesis_given(st.text())
    def test_length_stays_and_twice_is_once(self, text: str) -> None:
        assert len(canonical(text)) == len(text)
        assert canonical(canonical(text)) == canonical(text)

    @hypothesis_given(st.text(max_size=5), st.text(max_size=5))
    @example("ΑΣ", "Α")
    def test_a_character_has_one_form_wherever_it_stands(self, left: str, right: str) -> None:
        assert canonical(left + right) == canonical(left) + canonical(right)

    def test_covers_every_case_variant_or_gives_up(self) -> None:
        """A character with variants that are not one in canonical form must end a literal."""
        flags = _regex_core.UNICODE | regex.IGNORECASE
        for code in [*range(0x2FFF), *range(0xA640, 0xAC00), *range(0xFB00, 0xFB10), *range(0x10400, 0x10500), *range(0x1E900, 0x1E950)]:
            variants = {canonical(chr(each)) for each in _regex.get_all_cases(flags, code) if each is not None}
            form = variant(code, regex.IGNORECASE)
            assert variants == {form} or form is None, hex(code)


# -- what is promised is kept

_LETTERS = "skiabßµσİıſ\u212aé -'."
_ATOMS = st.sampled_from(
    ["s", "k", "i", "ask", "this", "Kiss", "ſ", "\u212a", "İ", "ı", "ß", "µ", "σ", "ς", "é", " ", "-", ".", r"\.", r"\w", r"\d", r"\b", "[sk]", "[^s]",
     "[a-k]", "^", "$", r"\s", "(?=s)", "(?!k)", "(?<=i)", r"\X"]
)  # fmt: skip


def _combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"(?:{'|'.join(parts)})"),
        st.tuples(inner, st.sampled_from(["?", "*", "+", "{2}", "{1,3}", "{0,2}", "+?", "*+"])).map(lambda pair: f"(?:{pair[0]}){pair[1]}"),
        inner.map(lambda part: f"({part})"),
        inner.map(lambda part: f"(?>{part})"),
        inner.map(lambda part: f"(?-i:{part})"),
        inner.map(lambda part: f"(?i:{part})"),
    )


PATTERNS = st.recursive(_ATOMS, _combined, max_leaves=8)
TEXTS = st.lists(st.sampled_from([*_LETTERS, *_LETTERS.upper(), "ask", "THIS", "kiss", "KİSS", "ſK"]), max_size=10).map("".join)


@settings(max_examples=600)
@hypothesis_given(PATTERNS, st.lists(TEXTS, min_size=1, max_size=6), st.booleans())
@example("ask", ["a\u017f\u212a"], True)
@example("(?:ask|)this", ["this"], True)
@example("(?-i:K)iss", ["Kiss"], False)
def test_what_matches_holds_a_literal(pattern: str, texts: list[str], whole_line: bool) -> None:
    try:
        compiled = regex.compile(pattern, regex.IGNORECASE)
    except regex.error:
        return
    found = clues(pattern, whole_line)
    for text in texts:
        match = compiled.fullmatch(text) if whole_line else compiled.search(text)
        if match:
            assert shows(text, found), (text, found)


def shows(text: str, found: Clues) -> bool:
    """Whether the text shows all that the clues say of what matches."""
    seen = canonical(f"\n{text}\n")
    return (
        all(any(literal in seen for literal in each) for each in (found.literals or ("",), *found.also))
        and (not found.first or seen.startswith(found.first))
        and (not found.last or seen.endswith(found.last))
        and (found.longest is None or len(text) <= found.longest)
        and prefilter._Test(found).passing([seen], [0])
    )


@settings(max_examples=60)
@hypothesis_given(st.data())
def test_what_is_made_to_match_holds_a_literal(data: st.DataObject) -> None:
    pattern = data.draw(st.recursive(st.sampled_from(["ask", "Kiss", "[sk]i", "ſ", "İs", "this ", r"\d"]), _combined, max_leaves=5))
    found = required(pattern, whole_line=True)
    text = data.draw(
        st.from_regex(pattern.replace("*+", "*").replace("(?>", "(?:").replace("(?i:", "(?:").replace("(?-i:", "(?:"), fullmatch=True)
    )
    text = "".join(data.draw(st.sampled_from([mark, mark.upper()[:1], mark.lower()[:1]])) for mark in text)
    if found is not None and "\n" not in text and regex.fullmatch(pattern, text, regex.IGNORECASE):
        assert any(literal in canonical(f"\n{text}\n") for literal in found)


def test_a_set_that_nearly_goes_without_saying_is_not_compared() -> None:
    words = "newsletter podcast magazine bulletin gazette journal almanac chronicle register".split()
    # With one of these words a line has nearly always passed; only the longest of them is cut short before it is looked for.
    found = clues(f".{{0,40}}(?:{'|'.join(words)}|announcements).{{0,40}}", True)
    assert found.literals is not None
    assert "announceme" in found.literals
    assert found.also == ()
    # What follows the word is open.
    assert clues(f".{{0,40}}(?:{'|'.join(words)}|announcements).{{0,40}} (?:monthly|weekly).{{0,40}}", True).also
