"""The evidence of a mining run as a page to look at, in the look of the report of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from cleaner import webpage

_SHOWN = 1_000
_WIDTH = 400


def page(mined: Mapping[str, Any], name: str) -> str:
    """Return the page for the evidence that was written beside the rule file called ``name``."""
    candidates = [{**each, "removes": list(map(_text, each["removes"])), "shown": _fields(each)} for each in mined["candidates"]]
    kinds = Counter(each["kind"] for each in candidates)
    most = max(kinds.values(), default=1)
    groups: dict[str, dict[str, Any]] = {}
    for each in candidates:
        # The filter tells groups apart by words, and a group's name may hold several.
        about = groups.setdefault(
            each["group"], {"name": each["group"], "token": "_".join(each["group"].split()), "pages": 0, "rules": 0, "characters": 0}
        )
        about["pages"] = max(about["pages"], each["evidence"]["pages"])
        about["rules"] += 1
        about["characters"] += each["evidence"]["characters"]
    gone = sum(each["evidence"]["characters"] for each in candidates)
    return webpage.render(
        "mined.html",
        {
            "mined": {**mined, "candidates": candidates},
            "name": name,
            "most": _SHOWN,
            "share": min(1, gone / mined["characters"]) if mined["characters"] else 0,
            "kinds": [{"family": kind, "hits": count, "width": round(_WIDTH * count / most, 1)} for kind, count in kinds.most_common()],
            "groups": sorted(groups.values(), key=lambda group: (-group["characters"], group["name"])),
            "tokens": {group["name"]: group["token"] for group in groups.values()},
        },
    )


def _fields(candidate: Mapping[str, Any]) -> str:
    return "\n".join(f"{key} = {value}" for key, value in candidate["fields"].items())


def _text(example: str | Mapping[str, str]) -> str:
    return example if isinstance(example, str) else example["from"]
