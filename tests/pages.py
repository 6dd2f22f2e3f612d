"""Made-up web pages for tests."""

from __future__ import annotations

#: Prose that an extractor takes for an article, each paragraph different.
STORY = [
    "The ferry that left the harbour at dawn carried forty sheep, two vans of post and a choir, and it was late as ever on that line.",
    "Its captain, who has made the crossing eleven thousand times, said that the fog had never been as thick as on this Tuesday morning.",
    "On the far side a brass band had waited since six, and when the bow came out of the white the trombones began before anyone gave a sign.",
    "The sheep went ashore first, then the post, then the choir, which sang on the pier until the mayor had found the page with his speech.",
]


def paragraphs(texts: list[str] | None = None) -> str:
    return "".join(f"<p>{text}</p>" for text in texts or STORY)


def page(body: str, title: str = "A ferry in the fog", head: str = "", lang: str = "en") -> str:
    return f'<!doctype html><html lang="{lang}"><head><title>{title} | The Pier Post</title>{head}</head><body>{body}</body></html>'


def article(body: str = "", title: str = "A ferry in the fog", head: str = "") -> str:
    """A page with an article: the story with ``body`` behind it."""
    return page(f"<nav><a href='/'>Home</a></nav><article><h1>{title}</h1>{paragraphs()}{body}</article>", title, head)
