"""Documents to measure with: given ones, or made-up articles with the junk that the rules show as their examples."""

from __future__ import annotations

import json
import random
import tomllib
from pathlib import Path
from typing import NamedTuple

from cleaner.rulefiles import shipped_folder

_SUBJECTS = "The council,A crew of divers,Nobody in the valley,The museum,Her brother,The last ferry,A farmer near the border".split(",")
_VERBS = "met on Monday to talk about,has never said who paid for,found a way round,wrote eleven letters about,gave up on".split(",")
_OBJECTS = "the sale of the old mill,a bridge that was never built,the price of winter wheat,the songs of the harbour,the new roof".split(
    ","
)


class Text(NamedTuple):
    """A document, and itself as a line of JSON."""

    text: str
    url: str | None
    line: bytes


def read(file: Path) -> list[Text]:
    """Return the documents of a file of JSON Lines."""
    lines = [line for line in file.read_bytes().split(b"\n") if line.strip()]
    return [Text(row["text"], row.get("url"), line) for line in lines for row in [json.loads(line)]]


def made_up(count: int) -> list[Text]:
    """Return articles of some thousand characters, every fourth line of them junk; the same ones each time."""
    draw = random.Random(1)
    tables = [table for file in sorted(shipped_folder().glob("*.toml")) for table in tomllib.loads(file.read_text("utf-8")).get("rule", ())]
    junk = [text for table in tables if "html" not in table for text in table.get("removes", ()) if isinstance(text, str)]
    texts = []
    for number in range(count):
        lines = [f"Report {number}: {draw.choice(_OBJECTS)}"]
        for _ in range(draw.randint(10, 60)):
            sentences = [f"{draw.choice(_SUBJECTS)} {draw.choice(_VERBS)} {draw.choice(_OBJECTS)}." for _ in range(draw.randint(2, 7))]
            lines.append(draw.choice(junk) if draw.random() < 0.25 else " ".join(sentences))
        text = "\n".join(lines) + "\n"
        texts.append(Text(text, None, json.dumps({"id": number, "text": text}).encode()))
    return texts
