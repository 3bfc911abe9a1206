"""The command line: the demo, its errors, the version."""

import io
import json
import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from runlaw.cli import main
from runlaw.cli.answering import EXTRACTIVE, answering_model
from runlaw.cli.app import QUESTIONS, app
from runlaw.cli.demo import Loaded, ask_all, retrieval_chain
from runlaw.components import Document, lexical_store
from tests.unit.integrations.server import Answer, failed, said, serving, whole

FACTS = [
    Document(page_content="# Bears\n\nBears sleep in winter.", metadata={"source": "a.md"}),
    Document(page_content="Harrison worked at Kensho.", metadata={"source": "b.md"}),
]


@pytest.fixture(autouse=True)
def no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment names no model."""
    for variable in ("OPENAI_BASE_URL", "OPENAI_API_KEY", "OPENAI_MODEL"):
        monkeypatch.delenv(variable, raising=False)


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
    ask_all(["where did harrison work?"], Loaded(FACTS, []), Console(file=terminal, soft_wrap=True))
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
    assert lines[1].startswith("answers by the extractive model")
    assert lines[2:8] == [
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


def test_without_a_question_it_tells_how_the_text_begins(folder: Path) -> None:
    (folder / "owls.txt").write_text("Owls hoot at night. They hunt mice.", encoding="utf-8")
    assert "1. What is this about?  Owls hoot at night." in run("demo", "--in", "owls.txt").output
    assert "I do not know." in run("demo", "--in", "owls.txt", "--ask", "Do zebras swim?").output


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


def test_files_that_are_no_texts_are_left_out(folder: Path) -> None:
    (folder / "bears.md").write_text("It is about bears.", encoding="utf-8")
    (folder / "latin.txt").write_bytes(b"caf\xe9")
    (folder / "zeros.csv").write_bytes(b"a\0b")
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    result = run("demo", "--in", ".")
    assert result.exit_code == 0
    assert "1 passage from 1 file" in result.output
    assert "left out: 'latin.txt' is no UTF-8 text" in result.output
    assert "left out: 'zeros.csv' is no text: it holds zero bytes" in result.output
    assert "picture" not in result.output
    assert "1. What is this about?  It is about bears." in result.output


def test_which_model_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    assert answering_model() == EXTRACTIVE
    monkeypatch.setenv("OPENAI_API_KEY", "")
    assert answering_model() == EXTRACTIVE
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    assert answering_model().description == "gpt-4o-mini at OpenAI"
    monkeypatch.setenv("OPENAI_MODEL", "gpt-x")
    assert answering_model().description == "gpt-x at OpenAI"
    monkeypatch.setenv("OPENAI_BASE_URL", "http://user:word@example.test:1234/v1")
    assert answering_model().description == "gpt-x at example.test:1234"
    assert "sk-secret" not in repr(answering_model())


MODELS = whole({"object": "list", "data": [{"id": "tiny", "object": "model", "created": 1, "owned_by": "me"}]})


def test_a_server_answers(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "bears.md").write_text("Bears sleep in winter.", encoding="utf-8")
    with serving(MODELS, said("In", " winter.")) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        result = run("demo", "--in", "bears.md", "--ask", "When do bears sleep?")
    assert result.exit_code == 0
    lines = [line.rstrip() for line in result.output.splitlines()]
    assert lines[1] == f"answers by tiny at {server.url.removeprefix('http://').removesuffix('/v1')}"
    assert lines[3:5] == ["When do bears sleep?", "In winter."]
    assert lines[-1] == "1. When do bears sleep?  In winter."
    listed, *asked = server.asked
    assert listed.path == "/v1/models"
    assert {each.body["model"] for each in asked} == {"tiny"}
    assert "Bears sleep in winter." in json.dumps(asked[0].body["messages"])


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ([failed(404, "no such route")], "tells no model: set OPENAI_MODEL"),
        ([whole({"object": "list", "data": []})], "tells no model: set OPENAI_MODEL"),
        ([failed(401, "wrong key")], "error: wrong key (status 401"),
        ([MODELS, failed(500, "on fire")], "error: on fire (status 500"),
    ],
)
def test_a_server_that_fails(
    answers: list[Answer], message: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "bears.md").write_text("Bears sleep in winter.", encoding="utf-8")
    with serving(*answers) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        result = run("demo", "--in", "bears.md")
    assert (result.exit_code, message in result.stderr) == (2, True)


def test_no_server_at_the_address(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "bears.md").write_text("Bears sleep in winter.", encoding="utf-8")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    result = run("demo", "--in", "bears.md")
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")
    assert "127.0.0.1:9" in result.stderr


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
