"""Made-up dumps for tests of mining: articles that share nothing, in the furniture of their sites."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from cleaner.mining.model import Text

_OPENINGS = ("The ferry to", "A baker in", "The school at", "Nobody from", "Two brothers of", "The lock at", "A postman in")
_PLACES = ("Varn", "Oster", "Kell", "Tarn", "Holm", "Brede", "Quill", "Marrow", "Ashby", "Lindholm", "Sund", "Pell")


def numbered(number: int) -> str:
    """A word of its own for each number: numbers themselves count as the same."""
    return "".join("abcdefghij"[int(digit)] for digit in f"{number:03d}")


def story(number: int, paragraphs: int = 5) -> list[str]:
    """Prose lines that no other story has, numbers or not."""
    return [
        f"{_OPENINGS[(number + line) % len(_OPENINGS)]} {_PLACES[number % len(_PLACES)]} waited for the {numbered(number * 31 + line)} letter of the "
        f"council, and was told by {numbered(number * 17 + line * 5)} in the end that the case of {numbered(number * 13 + line)} had been lost."
        for line in range(paragraphs)
    ]


def page(number: int, head: Sequence[str] = (), tail: Sequence[str] = (), site: str = "one.example", paragraphs: int = 5) -> Text:
    """A document of a site: its lines above and below an article."""
    title = f"The case of {numbered(number)} in {_PLACES[number % len(_PLACES)]}"
    text = "".join(f"{line}\n" for line in [*head, title, *story(number, paragraphs), *tail])
    return Text(f"{site}-{number}", text, site, f"https://www.{site}/{number}", site)


def corpus(*pages: Text) -> Callable[[], Iterator[Text]]:
    """The pages as mining wants them."""
    return lambda: iter(pages)


def dump(path: Path, pages: Sequence[Text]) -> Path:
    """Write the pages as JSON Lines."""
    path.write_text("".join(json.dumps({"id": each.id, "url": each.url, "text": each.text}) + "\n" for each in pages), "utf-8")
    return path
