"""Pages to look at: self-contained, everything from documents escaped, no script but the project's own."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from hashlib import sha256
from importlib.resources import files
from typing import Any

from cleaner.batch.streams import needed


def render(template: str, values: Mapping[str, Any]) -> str:
    """Return the page that a template of the package makes of the values; it shares style and script with all others."""
    jinja = needed("jinja2", "the report")
    folder = files("cleaner") / "templates"
    script = (folder / "report.js").read_text("utf-8")
    loader = jinja.FunctionLoader(lambda name: (folder / name).read_text("utf-8"))
    environment = jinja.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja.StrictUndefined)
    environment.filters["thousands"] = lambda number: f"{number:,}"
    environment.filters["percent"] = lambda share: f"{share:.1%}"
    markup = jinja.utils.markupsafe.Markup
    text: str = environment.get_template(template).render(
        **values,
        style=markup((folder / "style.css").read_text("utf-8")),
        script=markup(script),
        digest=base64.b64encode(sha256(script.encode()).digest()).decode(),
    )
    return text
