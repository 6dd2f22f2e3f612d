"""What may stand in a rule file: the keys, their types and what they mean.

These models check the data and are the source of ``rules/rule.schema.json``. They know nothing
of other files: ``rulefile`` turns them into rules and says where each fault is.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Words = Annotated[int, Field(ge=1, le=1000)]
Count = Annotated[int, Field(ge=0, le=10000)]
Share = Annotated[float, Field(ge=0, le=1)]
Text = Annotated[str, Field(min_length=1)]
Texts = Annotated[list[Text], Field(min_length=1)]
#: A pattern, or several of which one has to match.
Pattern = Text | Texts


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Run(_Table):
    """Unfinished short lines in a row."""

    min: Words = Field(description="How many lines at least.")
    max_words: Words = Field(default=24, description="Words a line at most.")


class Desert(_Table):
    """No prose near."""

    lines: Count = Field(description="Lines either way.")
    words: Words = Field(default=12, description="Words that make a line prose.")


class OutsideCore(_Table):
    """Outside the stretch of lines richest in prose."""

    words: Words = Field(default=12, description="Words that make a line prose.")
    penalty: float = Field(default=2.0, gt=0, description="What a line that is not prose costs the core's score.")
    lines: Count = Field(default=0, description="More than this many lines away from it.")


class Predicates(_Table):
    """What must hold for a line, all of it."""

    head: Count | None = Field(None, description="More than this many lines before the first prose line of 15 words.")
    tail: Count | None = Field(None, description="More than this many lines after the last prose line of 15 words.")
    first: Words | None = Field(None, description="Among the first lines, this many.")
    last: Words | None = Field(None, description="Among the last lines, this many.")
    last_prose: Words | None = Field(None, description="Among the last prose lines, this many.")
    run: Run | None = Field(None, description="In a run of unfinished lines.")
    desert: Count | Desert | None = Field(None, description="No prose within so many lines either way.")
    between_prose: Literal[True] | None = Field(None, description="Both neighbours are prose lines.")
    outside_core: Literal[True] | OutsideCore | None = Field(None, description="Outside the stretch richest in prose.")
    above_title: Share | None = Field(
        None, description="Below one copy of the title and above another that has at most this share of the prose above it."
    )
    phrase: Literal[True] | None = Field(
        None, description="A phrase rule's pattern matches the line, in the place that the rule asks for, if it does."
    )
    near_phrase: Count | None = Field(None, description="At most this many lines from a phrase.")
    # From left to right: 1 would be taken for true.
    cluster: Words | Literal[True] | None = Field(
        None, union_mode="left_to_right", description="Two phrases or more within so many lines (true: 8)."
    )
    alone: Words | None = Field(
        None, description="A sentence of six words and more between two prose lines, with no phrase besides it within so many lines."
    )
    tail_zone: Share | None = Field(
        None, description="From the first `tail` marker on that has at most this share of the document's prose below it."
    )
    marker_zone: Count | None = Field(
        None, description="A marker of an `after` or `tail` rule or among the unfinished lines below it, this many."
    )
    echo: Literal[True] | None = Field(
        None, description="Unfinished, and said by the article too: in a prose line, or as a line of its core."
    )
    prose: Words | None = Field(None, description="A prose line of so many words: it ends a sentence.")
    noterm: Words | None = Field(None, description="At most this many words and no sentence end.")
    max_words: Words | None = Field(None, description="At most this many words.")
    min_words: Words | None = Field(None, description="At least this many words.")
    copies: Words | None = Field(None, description="Stands in the document at least this often.")
    later_copy: Literal[True] | None = Field(None, description="Stands in the document again further down.")
    bullet: Literal[True] | None = Field(None, description="Begins with a bullet or a number.")
    heading: Literal[True] | None = Field(None, description="Marked as a heading in Markdown.")
    prose_share: Share | None = Field(None, description="At least this share of the document's words is in prose lines.")
    prose_lines: Count | None = Field(None, description="The document has at least so many prose lines of 12 words.")
    sites: Texts | None = Field(None, description="The document is of one of these sites or their subdomains.")
    langs: Texts | None = Field(None, description="The document's language is known and one of these (two letters).")
    unless: Text | None = Field(None, description="A pattern that is not found in the line.")
    not_: Predicates | None = Field(None, alias="not", description="Predicates none of which holds.")


class Conditions(Predicates):
    """Predicates and conditions that must all hold for a line."""

    all: Texts | None = Field(None, description="Names of conditions all of which must hold, too.")


#: A choice of such tables; a name stands for all that the condition of that name holds.
Choice = Annotated[list[Text | Conditions], Field(min_length=1)]


class Block(_Table):
    """From a line to a line."""

    from_: Text = Field(alias="from", description="Pattern of the first line.")
    to: Text = Field(description="Pattern of the last line.")
    max_lines: Words = Field(default=12, description="Lines from first to last at most.")


class Repeat(_Table):
    """A line that says again what stands elsewhere in the document."""

    of: Literal["title", "line", "passage"] = Field(description="The title; another line that is the same; a longer line that contains it.")
    ignoring: Text | None = Field(None, description="A pattern that must be found in the line and is left out of the comparison.")


class Html(_Table):
    """Elements that go before extraction; one of the keys must match."""

    tokens: Texts | None = Field(None, description="Parts of a class, id or role, between - _ . /")
    attributes: dict[str, str] | None = Field(None, description="Attributes and the patterns of their values.")
    css: Texts | None = Field(None, description="CSS selectors.")
    text: Text | None = Field(None, description="Pattern of the beginning of a short paragraph or list item that goes on with links.")
    linked: Share = Field(default=0.5, description="With `text`: at least this share of what follows it is links.")
    inline: bool = Field(default=False, description="Also links and the like that stand inside a sentence.")
    everywhere: bool = Field(default=False, description="Also on pages that are no articles, of which all text is kept.")
    max_share: Share = Field(default=0.25, description="Never an element with more than this share of the page's prose.")


class WholeExample(_Table):
    """A document and what must become of it, where a line alone can't show it."""

    from_: Text = Field(alias="from", description="The document.")
    to: str = Field(description="The cleaned document.")
    url: Text | None = Field(None, description="Its address.")
    title: Text | None = Field(None, description="Its title, where that is known apart from the text.")
    author: Text | None = Field(None, description="Its known author.")
    date: Text | None = Field(None, description="Its known date, year-month-day.")
    site: Text | None = Field(None, description="The known name of its site.")
    language: Text | None = Field(None, description="Its known language (two letters).")


KINDS = ("line", "span", "block", "after", "tail", "lines", "remnant", "repeat", "metadata", "html")


class RuleTable(_Table):
    """One kind of junk: what goes, when, why, and examples of both sides."""

    id: Text = Field(
        pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*(?:/[a-z0-9]+(?:-[a-z0-9]+)*)?$",
        description="Name within the family, or family/name to change a rule of another file.",
    )
    enabled: bool = Field(True, description="false switches the rule of this id off.")
    why: Text | None = Field(None, description="What it is and where it comes from, in one sentence.")
    line: Pattern | None = Field(
        None, description="Removes the whole line, if the pattern, or one of a list of patterns, matches all of it."
    )
    span: Pattern | None = Field(None, description="Removes the matched text inside a line.")
    block: Block | None = Field(None, description="Removes from a line that matches to a line that matches.")
    after: Pattern | None = Field(None, description="Removes a marker line and the unfinished lines that follow it.")
    tail: Pattern | None = Field(None, description="Removes from the marker line to the end.")
    lines: Literal["structural"] | None = Field(None, description="Removes every line for which `when` holds.")
    remnant: Words | None = Field(
        None,
        description="Removes a line for which `when` holds, if other rules remove so many lines right above it and as many right below it: "
        "what is left of a menu.",
    )
    repeat: Literal["title", "line", "passage"] | Repeat | None = Field(None, description="Removes a line that says something again.")
    metadata: Annotated[list[Literal["author", "date", "site"]], Field(min_length=1)] | None = Field(
        None, description="Removes a line that is the document's known author, date or site."
    )
    html: Html | None = Field(None, description="Removes elements before extraction.")
    when: Text | Conditions | Choice | None = Field(
        None, description="Predicates that must hold, the name of a condition, or a choice of such tables and names."
    )
    max_lines: Words | None = Field(None, description="For `after`: lines below the marker at most (12).")
    max_prose_share: Share | None = Field(None, description="For `tail`: share of the document's prose below the marker at most (0.1).")
    cut: Share | None = Field(
        None,
        description="For `tail`: with the profile `aggressive` all below a marker behind the article goes, paragraphs too and whatever "
        "`when` says, if it is at most this share of the document's prose and three of its lines are known wording (0: never).",
    )
    company: bool | None = Field(
        None, description="For `line`: false if its lines are words so common that they make no others suspicious, as known wording does."
    )
    most: Words | None = Field(
        None,
        description="Nothing goes from a document of which the pattern matches more different lines: a page has one date and one author, "
        "a chronology has many.",
    )
    sites: Texts | None = Field(None, description="Only on these sites and their subdomains.")
    langs: Texts | None = Field(None, description="Only in documents known to be in these languages.")
    unless: Text | None = Field(None, description="Not where this pattern is found in the line; of `html`: in the class, id or role.")
    keywords: Texts | None = Field(None, description="Literals one of which is in every match; found in the pattern if not given.")
    removes: Annotated[list[Text | WholeExample], Field(min_length=1)] | None = Field(None, description="Texts that go.")
    keeps: Texts | None = Field(None, description="Texts that stay, among them near misses.")
    confidence: Literal["safe", "aggressive", "report"] | None = Field(
        None, description="safe: default profile; aggressive: opt-in; report: never edits."
    )
    status: Literal["stable", "experimental"] | None = Field(None, description="experimental rules may change without notice.")
    source: Text | None = Field(None, description="Where the rule comes from.")
    added: Text | None = Field(None, description="Version that brought the rule.")


class ProtectTable(_Table):
    """Lines that rules may not touch."""

    pattern: Text = Field(description="Lines in which this is found are protected.")
    rules: Texts = Field(default=["*"], description="Ids, families or globs of the rules they are protected from.")
    min_words: Words = Field(default=1, description="Only lines of at least so many words.")
    inside: bool = Field(default=True, description="Also from rules that remove a part of a line.")
    below: Words = Field(default=0, description="Also so many lines below such a line.")
    run: Words = Field(default=0, description="Only lines in a row of at least so many like them, of which rules would not take all.")
    beside: Texts | None = Field(None, description="Only in documents in which one of these texts stands, whatever its case.")
    why: Text | None = Field(None, description="What is protected, in one sentence.")


class ProfileTable(_Table):
    """Where the text is on the pages of a platform or a site; selectors are CSS, `::attr(name)` takes an attribute."""

    enabled: bool = Field(True, description="false switches the profile of this file's name off.")
    why: Text = Field(description="What it is for, in one sentence.")
    fingerprint: Texts | None = Field(None, description="Literals one of which is in the markup of every such page.")
    sites: Texts | None = Field(None, description="Only on these sites and their subdomains.")
    posts: Texts | None = Field(None, description="Selectors of the posts of a thread; the first that finds any counts.")
    min_posts: Words = Field(default=1, description="A thread has at least so many posts.")
    author: Texts | None = Field(None, description="In a post: its author.")
    date: Texts | None = Field(None, description="In a post: its date.")
    body: Texts | None = Field(None, description="In a post: its text.")
    quote: Texts | None = Field(None, description="In a post: what it quotes; a quote of an earlier post goes (blockquote).")
    content: Texts | None = Field(
        None, description="Selectors of the main content; the first that finds anything counts, with all it finds."
    )
    drop: Texts | None = Field(None, description="Selectors of what goes from posts and content.")
    mode: Literal["body", "default", "precision", "recall", "fast"] = Field(
        default="default", description="How content becomes text: all of it, or by trafilatura in this mode."
    )


class RuleFile(_Table):
    """A file of rules for `clean`."""

    model_config = ConfigDict(title="Rule file of clean")

    sites: Texts | None = Field(None, description="Every rule of the file: only on these sites.")
    langs: Texts | None = Field(None, description="Every rule of the file: only in these languages.")
    parts: dict[str, Pattern] = Field(default={}, description="Parts of patterns, for any pattern of this file: `{{name}}`.")
    conditions: dict[str, Text | Conditions | Choice] = Field(default={}, description="Named conditions, for `when` of any file.")
    rule: list[RuleTable] = Field(default=[], description="The rules, in reading order.")
    profile: ProfileTable | None = Field(None, description="How pages of this platform or site are built.")
    protect: list[ProtectTable] = Field(default=[], description="What no rule, or none of some rules, may touch.")


def full_id(given: str, family: str) -> str:
    """Return the id that a table of a file of this family gives, with its family."""
    return given if "/" in given else f"{family}/{given}"


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a rule file."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **RuleFile.model_json_schema(by_alias=True)}


def schema_text() -> str:
    """Return the JSON Schema as the text of ``rules/rule.schema.json``."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"
