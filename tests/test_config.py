from __future__ import annotations

from pathlib import Path

import pytest

from cleaner.config import Settings, find
from cleaner.errors import ConfigError


def written(folder: Path, toml: str, name: str = "clean.toml") -> Path:
    (folder / name).write_text(toml)
    return folder


def test_nothing_found_gives_the_defaults(tmp_path: Path) -> None:
    assert find(tmp_path) == Settings()


def test_all_settings(tmp_path: Path) -> None:
    written(
        tmp_path,
        'select = ["a"]\nignore = ["b"]\nrules = ["own.toml"]\nprofile = "aggressive"\nmax-removed = 0.3\nexclude = ["drafts"]\n'
        '[per-file-ignores]\n"letters/*" = ["byline"]\n[per-file-profiles]\n"dumps/*" = "aggressive"\n',
    )
    assert find(tmp_path) == Settings(
        ("a",),
        ("b",),
        (str(tmp_path / "own.toml"),),
        "aggressive",
        0.3,
        ("drafts",),
        {"letters/*": ("byline",)},
        {"dumps/*": "aggressive"},
        tmp_path,
    )


def test_pyproject(tmp_path: Path) -> None:
    assert find(written(tmp_path, '[tool.clean]\nignore = ["b"]\n', "pyproject.toml")).ignore == ("b",)


def test_clean_toml_goes_before_pyproject(tmp_path: Path) -> None:
    written(tmp_path, '[tool.clean]\nignore = ["p"]\n', "pyproject.toml")
    assert find(written(tmp_path, 'ignore = ["c"]\n')).ignore == ("c",)


def test_the_nearest_folder_upwards_that_has_any(tmp_path: Path) -> None:
    written(tmp_path, 'ignore = ["far"]\n')
    near = tmp_path / "near"
    deep = near / "deep" / "er"
    deep.mkdir(parents=True)
    assert find(deep).ignore == ("far",)
    written(near / "deep", "[project]\n", "pyproject.toml")
    assert find(deep).ignore == ("far",)
    written(near, 'ignore = ["near"]\n')
    found = find(deep)
    assert (found.ignore, found.root) == (("near",), near)


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("selct = ['a']", 'unknown setting "selct"; did you mean "select"'),
        ("max_removed = 0.1", 'unknown setting "max_removed"; did you mean "max-removed"'),
        ("select = 'a'", '"select" must be a list of texts'),
        ("ignore = [1]", '"ignore" must be a list of texts'),
        ("max-removed = 2", '"max-removed" must be a number from 0 to 1'),
        ("max-removed = true", '"max-removed" must be a number from 0 to 1'),
        ("profile = 1", '"profile" must be a text'),
        ("per-file-ignores = ['a']", '"per-file-ignores" must be a table'),
        ("per-file-ignores = { a = 'b' }", '"per-file-ignores" must be a table'),
        ("per-file-profiles = { a = 1 }", '"per-file-profiles" must be a table'),
        ("select = [", "is not valid TOML"),
    ],
)
def test_wrong_settings_name_the_file(toml: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        find(written(tmp_path, toml))
    assert str(caught.value).startswith(str(tmp_path / "clean.toml"))


def test_not_utf8(tmp_path: Path) -> None:
    (tmp_path / "clean.toml").write_bytes(b"# \xe9")
    with pytest.raises(ConfigError, match="is not valid TOML"):
        find(tmp_path)


def test_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, "")

    def refuse(*args: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(ConfigError, match=r"clean\.toml: cannot be read: Permission denied"):
        find(tmp_path)


class TestGlobs:
    SETTINGS = Settings(
        ignore=("all",), exclude=("drafts", "*.log"), per_file_ignores={"letters/*": ("byline",), "a.txt": ("ads",)},
        per_file_profiles={"dumps/*": "aggressive", "dumps/safe.txt": "safe"}, root=Path("/project"),
    )  # fmt: skip

    @pytest.mark.parametrize(
        ("path", "excluded"),
        [("drafts/a.txt", True), ("drafts/b/a.txt", True), ("x/drafts.txt", False), ("x/y.log", True), ("a.txt", False)],
    )
    def test_excluded(self, path: str, excluded: bool) -> None:
        assert self.SETTINGS.excluded(Path("/project") / path) is excluded

    def test_ignored(self) -> None:
        assert self.SETTINGS.ignored(Path("/project/letters/a.txt")) == ("all", "byline", "ads")
        assert self.SETTINGS.ignored(Path("/project/b.txt")) == ("all",)

    def test_profile_of_the_last_glob_that_matches(self) -> None:
        assert self.SETTINGS.profile_of(Path("/project/dumps/a.txt")) == "aggressive"
        assert self.SETTINGS.profile_of(Path("/project/dumps/safe.txt")) == "safe"
        assert self.SETTINGS.profile_of(Path("/project/x.txt")) == "safe"

    def test_outside_the_project(self) -> None:
        assert self.SETTINGS.excluded(Path("/elsewhere/y.log"))
        assert not self.SETTINGS.excluded(Path("/elsewhere/drafts/a.txt"))
