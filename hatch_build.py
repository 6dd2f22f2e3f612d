"""Build step: the wheel carries the rules in their loaded form too, so that its first run starts fast."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class IndexRules(BuildHookInterface):  # type: ignore[type-arg]
    """Loads the rules of the checkout and adds what that gives to the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the loaded rules beside the rule files; an editable install keeps them in the user's cache instead."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        from cleaner.loading import index_shipped

        self._folder = tempfile.TemporaryDirectory()
        target = Path(self._folder.name)
        index_shipped(target)
        for file in target.iterdir():
            build_data["force_include"][str(file)] = f"cleaner/rules/{file.name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what ``initialize`` wrote."""
        if version != "editable":
            self._folder.cleanup()
