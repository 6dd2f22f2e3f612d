from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from cleaner.errors import ReadError
from cleaner.readers import decode, newline_of, read_bytes, read_file, sniff
from cleaner.writers import encoded

GERMAN = "Die Brücke über den Fluß bleibt geschlossen, sagte die Bürgermeisterin am Montag. Für Fußgänger öffnet sie später.\n" * 4
RUSSIAN = "Мост через реку закрыт до весны, сообщила администрация города в понедельник. Пешеходы пойдут в обход.\n" * 4
JAPANESE = "川にかかる古い橋は月曜日から通行止めになると、市が発表した。歩行者は迂回する。\n" * 4


class TestDecode:
    def test_utf8(self) -> None:
        assert decode(GERMAN.encode(), "x") == (GERMAN, "utf-8")

    @pytest.mark.parametrize(
        ("bom", "encoding"),
        [
            (codecs.BOM_UTF8, "utf-8"),
            (codecs.BOM_UTF16_LE, "utf-16-le"),
            (codecs.BOM_UTF16_BE, "utf-16-be"),
            (codecs.BOM_UTF32_LE, "utf-32-le"),
            (codecs.BOM_UTF32_BE, "utf-32-be"),
        ],
    )
    def test_with_a_bom_and_back(self, bom: bytes, encoding: str) -> None:
        data = bom + GERMAN.encode(encoding)
        source = read_bytes(data, "x.txt")
        assert source.document.text == GERMAN
        assert encoded(source.document.text, source) == data

    @pytest.mark.parametrize(
        ("text", "encoding"),
        [(GERMAN, "latin-1"), (GERMAN, "cp1252"), (RUSSIAN, "cp1251"), (RUSSIAN, "koi8-r"), (JAPANESE, "shift-jis"), (JAPANESE, "euc-jp")],
    )
    def test_as_what_the_bytes_look_like_and_back(self, text: str, encoding: str) -> None:
        data = text.encode(encoding)
        source = read_bytes(data, "x.txt")
        assert source.document.text == text
        assert encoded(text, source) == data

    def test_a_bom_that_lies(self) -> None:
        with pytest.raises(ReadError, match="x: begins as utf-16-le but byte 4 does not fit; convert it to UTF-8"):
            decode(codecs.BOM_UTF16_LE + b"a\0b", "x")

    @pytest.mark.parametrize("data", [b"\xff\xf0\x81\x8d", b"abc\x81\x8d\x8f\x90\x9d" * 3])
    def test_undecodable(self, data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("cchardet.detect", lambda data: {"encoding": None, "confidence": None})
        with pytest.raises(ReadError, match=r"cannot be decoded \(byte \d+ is not UTF-8 and no other encoding fits\)"):
            decode(data, "x")

    @pytest.mark.parametrize("guess", [("no-such", 1.0), ("ascii", 1.0), ("latin-1", 0.1), ("utf-8", 1.0)])
    def test_a_guess_that_does_not_hold(self, guess: tuple[str, float], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("cchardet.detect", lambda data: dict(zip(("encoding", "confidence"), guess, strict=True)))
        with pytest.raises(ReadError, match="cannot be decoded"):
            decode(b"caf\xe9", "x")

    @pytest.mark.parametrize(
        "data",
        [b"\0abc", b"abc" * 100 + b"\0", b"%PDF-1.7 ...", b"PK\x03\x04....", b"\x1f\x8b\x08..", b"\x89PNG\r\n", b"GIF89a", b"\x7fELF"],
    )
    def test_binary(self, data: bytes) -> None:
        with pytest.raises(ReadError, match="x: is binary, not text"):
            decode(data, "x")
        with pytest.raises(ReadError, match="is binary"):
            read_bytes(data, "x", kind="html")

    def test_nothing(self) -> None:
        assert decode(b"", "x") == ("", "utf-8")


@pytest.mark.parametrize(
    ("text", "newline"),
    [("a\nb\n", "\n"), ("a\r\nb\r\n", "\r\n"), ("a\rb\r", "\r"), ("a\r\nb\n", "\n"), ("a\r\nb\r\nc\n", "\r\n"), ("", "\n"), ("a", "\n")],
)
def test_newline_of(text: str, newline: str) -> None:
    assert newline_of(text) == newline


def test_line_ends_and_encoding_are_kept() -> None:
    source = read_bytes("größe\r\nb\r\n".encode("latin-1") + GERMAN.replace("\n", "\r\n").encode("latin-1"), "x.txt")
    assert encoded("größe\n", source) == "größe\r\n".encode("latin-1")


def test_what_the_encoding_cannot_hold_is_written_in_utf8() -> None:
    source = read_bytes(GERMAN.encode("latin-1"), "x.txt")
    assert encoded("東\n", source) == "東\n".encode()


class TestSniff:
    @pytest.mark.parametrize(
        "data",
        [
            b"<!DOCTYPE html><p>x",
            b"\n  <html lang=en>",
            b"<?xml version='1.0'?>\n<html>",
            b"<!-- x --><!-- y -->\n<HEAD>",
            b"<div class='x'>",
            b"<p>x</p>",
            codecs.BOM_UTF8 + b"<html>",
            codecs.BOM_UTF16_LE + "<html>".encode("utf-16-le"),
            codecs.BOM_UTF32_BE + "<html>".encode("utf-32-be"),
        ],
    )
    def test_html_by_content(self, data: bytes) -> None:
        assert sniff(data) == "html"

    @pytest.mark.parametrize("data", [b"", b"plain", b"<name@example.com> wrote", b"<divide>", b"a <html> tag", b"< html>"])
    def test_text_by_content(self, data: bytes) -> None:
        assert sniff(data) == "text"

    @pytest.mark.parametrize(
        ("name", "data", "kind"),
        [
            ("a.html", b"plain", "html"),
            ("A.HTM", b"plain", "html"),
            ("a.md", b"<div align=center>\n# x", "text"),
            ("a.txt", b"<p>x", "text"),
            ("a.txt", b"<!doctype html><html><p>", "html"),
            ("a", b"<p>x", "html"),
        ],
    )
    def test_by_name(self, name: str, data: bytes, kind: str) -> None:
        assert sniff(data, name) == kind

    def test_a_kind_that_is_given_wins(self) -> None:
        assert read_bytes(b"<p>x</p>\n", "x.html", kind="text").document.text == "<p>x</p>\n"
        assert read_bytes(b"plain words", "x.txt", kind="html").kind == "html"


class TestFiles:
    def test_name_url_and_text(self, tmp_path: Path) -> None:
        file = tmp_path / "a.txt"
        file.write_text("a\n")
        document = read_file(file, url="https://example.com/").document
        assert (document.id, document.text, document.url) == (str(file), "a\n", "https://example.com/")

    def test_missing(self, tmp_path: Path) -> None:
        with pytest.raises(ReadError, match="none.txt: no such file"):
            read_file(tmp_path / "none.txt")

    def test_folder(self, tmp_path: Path) -> None:
        with pytest.raises(ReadError, match="is a folder; name its files"):
            read_file(tmp_path)

    def test_unreadable(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        file = tmp_path / "a.txt"
        file.write_text("a\n")

        def refuse(path: Path) -> bytes:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "read_bytes", refuse)
        with pytest.raises(ReadError, match=r"a\.txt: cannot be read: Permission denied"):
            read_file(file)
