"""Passages of texts, and documents from files."""

from pathlib import Path

import pytest

from runlaw.components import load_texts
from runlaw.components.loading import NoText, passages_of, text_files
from runlaw.components.passages import Passage, passages

GUIDE = """# Guide

It is a value.
It never changes.

## Code

```python
x = 1

# no heading
y = 2
```

Done.
"""


def test_headings_begin_passages_and_code_stays_together() -> None:
    assert passages(GUIDE) == [
        Passage("# Guide\n\nIt is a value.\nIt never changes.", 1),
        Passage("## Code\n\n```python\nx = 1\n\n# no heading\ny = 2\n```\n\nDone.", 6),
    ]


def test_a_heading_stays_with_what_follows() -> None:
    assert [each.text for each in passages("# A\n\n## B\n\ntext\n\n## C\n\nmore")] == [
        "# A\n\n## B\n\ntext",
        "## C\n\nmore",
    ]


def test_paragraphs_are_packed_up_to_the_limit() -> None:
    text = "\n\n".join(f"paragraph {number}" for number in range(6))
    assert [each.text for each in passages(text, max_chars=26)] == [
        "paragraph 0\n\nparagraph 1",
        "paragraph 2\n\nparagraph 3",
        "paragraph 4\n\nparagraph 5",
    ]


def test_long_paragraphs_and_lines_are_cut() -> None:
    text = "one two three\nfour five six seven\n" + "x" * 25
    cut = passages(text, max_chars=12)
    assert [each.text for each in cut] == ["one two", "three", "four five", "six seven", "x" * 12, "x" * 12, "x"]
    assert [each.line for each in cut] == [1, 1, 2, 2, 3, 3, 3]


def test_without_markdown_a_hash_is_no_heading() -> None:
    text = "# comment\n\nx = 1\n\n# other\n\ny = 2"
    assert passages(text, markdown=False) == [Passage(text, 1)]
    assert len(passages(text)) == 2


def test_nothing_but_blank_lines() -> None:
    assert passages("") == passages("\n \n\t\n") == []
    with pytest.raises(ValueError, match="must be at least 1; got 0"):
        passages("x", max_chars=0)


def test_a_folder_is_read_in_order_with_sources_and_lines(tmp_path: Path) -> None:
    (tmp_path / "b.md").write_text("\n# B\n\ntext", encoding="utf-8")
    (tmp_path / "a.TXT").write_text("\ufeffbärs", encoding="utf-8")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\xff")
    for folder in ("inner", ".hidden", "node_modules", "__pycache__"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "c.py").write_text("x = 1", encoding="utf-8")
    (tmp_path / ".secret.md").write_text("no", encoding="utf-8")
    (tmp_path / "empty.md").write_text("\n", encoding="utf-8")
    documents = load_texts(tmp_path)
    assert [(each.page_content, each.metadata) for each in documents] == [
        ("bärs", {"source": (tmp_path / "a.TXT").as_posix(), "line": 1}),
        ("# B\n\ntext", {"source": (tmp_path / "b.md").as_posix(), "line": 2}),
        ("x = 1", {"source": (tmp_path / "inner" / "c.py").as_posix(), "line": 1}),
    ]
    assert [each.page_content for each in load_texts(tmp_path, suffixes=[".md"])] == ["# B\n\ntext"]


def test_a_file_of_any_name(tmp_path: Path) -> None:
    path = tmp_path / "LICENSE"
    path.write_text("one two", encoding="utf-8")
    assert [each.page_content for each in load_texts(str(path), max_chars=4)] == ["one", "two"]


def test_what_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"there is no file or folder '.*missing'"):
        load_texts(tmp_path / "missing")
    with pytest.raises(ValueError, match=r"the folder '.*' has no text files"):
        load_texts(tmp_path)
    (tmp_path / "a.md").write_text(" \n", encoding="utf-8")
    with pytest.raises(ValueError, match="there is no text in"):
        load_texts(tmp_path)
    (tmp_path / "b.md").write_bytes(b"caf\xe9")
    with pytest.raises(ValueError, match=r"'.*b\.md' is no UTF-8 text: .*byte 0xe9"):
        load_texts(tmp_path)
    (tmp_path / "b.md").write_bytes(b"PK\0\0")
    with pytest.raises(NoText, match=r"'.*b\.md' is no text: it holds zero bytes"):
        load_texts(tmp_path)


def test_the_files_of_a_folder(tmp_path: Path) -> None:
    for name in ("b.md", "a.txt", "c.png", ".hidden.md"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    assert text_files(tmp_path) == [tmp_path / "a.txt", tmp_path / "b.md"]
    assert text_files(tmp_path, [".png"]) == [tmp_path / "c.png"]
    assert text_files(tmp_path / "c.png") == [tmp_path / "c.png"]
    assert passages_of(tmp_path / "c.png")[0].page_content == "x"
