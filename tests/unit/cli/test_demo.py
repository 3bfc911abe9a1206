"""The command line: the demo, its errors, the version."""

import io
import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from runlaw.cli import main
from runlaw.cli.app import QUESTIONS, app
from runlaw.cli.demo import ask_all, retrieval_chain
from runlaw.components import Document, lexical_store

FACTS = [
    Document(page_content="# Bears\n\nBears sleep in winter.", metadata={"source": "a.md"}),
    Document(page_content="Harrison worked at Kensho.", metadata={"source": "b.md"}),
]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_chain_streams_words() -> None:
    chain = retrieval_chain(lexical_store(FACTS))
    assert list(chain.stream("where did harrison work?")) == ["Harrison", " worked", " at", " Kensho."]
    assert chain.batch(["when do bears sleep?", "where did harrison work?"]) == [
        "Bears sleep in winter.",
        "Harrison worked at Kensho.",
    ]


def test_words_reach_the_terminal_one_by_one() -> None:
    class Terminal(io.StringIO):
        def __init__(self) -> None:
            super().__init__()
            self.flushed: list[str] = []

        def flush(self) -> None:
            self.flushed.append(self.getvalue())

    terminal = Terminal()
    ask_all(["where did harrison work?"], FACTS, Console(file=terminal, soft_wrap=True))
    ends = [text.rsplit("\n", 1)[-1] for text in terminal.flushed]
    assert list(dict.fromkeys(end for end in ends if end.startswith("Harrison"))) == [
        "Harrison",
        "Harrison worked",
        "Harrison worked at",
        "Harrison worked at Kensho.",
    ]


def test_one_s_own_files_and_questions(folder: Path) -> None:
    (folder / "texts").mkdir()
    (folder / "texts" / "bears.md").write_text("# Bears\n\nBears [sleep] in winter. Bears eat honey.", encoding="utf-8")
    result = run("demo", "--ask", "When do bears sleep?", "--ask", "What [b]do[/b] bears eat?", "--in", "texts")
    assert result.exit_code == 0
    lines = [line.rstrip() for line in result.output.splitlines()]
    assert lines[0] == "1 passage from 1 file"
    assert lines[1:7] == [
        "",
        "When do bears sleep?",
        "Bears [sleep] in winter.",
        "",
        "What [b]do[/b] bears eat?",
        "Bears eat honey.",
    ]
    assert lines[-2:] == [
        "1. When do bears sleep?  Bears [sleep] in winter.",
        "2. What [b]do[/b] bears eat?  Bears eat honey.",
    ]
    assert any("2/2" in line for line in lines)


def test_without_options_it_reads_readme_and_docs(folder: Path) -> None:
    (folder / "README.md").write_text("A Runnable is a value.", encoding="utf-8")
    (folder / "docs").mkdir()
    (folder / "docs" / "chunks.md").write_text("Laws hold of every composition.", encoding="utf-8")
    result = run("demo")
    assert result.exit_code == 0
    assert "2 passages from 2 files" in result.output
    assert f"1. {QUESTIONS[0]}  A Runnable is a value." in result.output
    assert f"2. {QUESTIONS[1]}  Laws hold of every composition." in result.output


def test_a_single_file(folder: Path) -> None:
    (folder / "NOTES").write_text("It is about bears.", encoding="utf-8")
    assert "1. What is this about?  It is about bears." in run("demo", "--in", "NOTES").output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--in", "missing"], "error: there is no file or folder 'missing'"),
        (["--in", "empty"], "error: the folder 'empty' has no text files (.md,"),
        (["--in", "blank"], "error: there is no text in 'blank'"),
        (["--in", "binary"], "'binary/a.md' is no UTF-8 text"),
        (["--in", "blank", "--ask", " "], "error: a question is empty"),
        ([], "error: there is neither README.md nor docs in"),
    ],
)
def test_clear_errors_and_exit_code_2(folder: Path, arguments: list[str], message: str) -> None:
    for name, contents in {"blank": b"\n", "binary": b"caf\xe9"}.items():
        (folder / name).mkdir()
        (folder / name / "a.md").write_bytes(contents)
    (folder / "empty").mkdir()
    result = run("demo", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""


def test_unknown_options_exit_with_2() -> None:
    assert run("demo", "--wrong").exit_code == 2
    assert run("wrong").exit_code == 2


def test_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runlaw.cli.app.version", lambda name: f"1.2.3 of {name}")
    assert run("--version").output == "runlaw 1.2.3 of runlaw\n"

    def unknown(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("runlaw.cli.app.version", unknown)
    assert run("--version").output == "runlaw (not installed)\n"


def test_as_a_module() -> None:
    done = subprocess.run([sys.executable, "-m", "runlaw.cli", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("runlaw ")


@pytest.mark.parametrize("missing", ["typer", "rich"])
def test_without_its_packages(
    missing: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "runlaw.cli.app", raising=False)
    monkeypatch.setitem(sys.modules, missing, None)
    for name in [name for name in sys.modules if name.startswith(f"{missing}.")]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 2
    assert f'the command needs the {missing} package: pip install "runlaw[cli]"' in capsys.readouterr().err
