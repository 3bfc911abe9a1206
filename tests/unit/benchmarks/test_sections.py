"""Every section runs, at a tiny size, and does the work that it says; how fast is not asked."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.bench import Bench
from benchmarks.checks import WrongAnswerError, agree
from benchmarks.figures import Figure
from benchmarks.measure import ONCE, Spread
from benchmarks.peer import Peer, PeerError
from benchmarks.sections import SECTIONS


@pytest.mark.parametrize("name", SECTIONS)
def test_section_runs(name: str) -> None:
    figures = list(SECTIONS[name](Bench(ONCE)))
    assert len({figure.name for figure in figures}) == len(figures) > 0
    for figure in figures:
        assert figure.reached is not None or figure.verdict == "no peer"
        assert figure.peer == ""


def test_the_table_names_the_figures_and_exits_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["call", "parallel", "--once"]) == 0
    printed = capsys.readouterr().out
    assert re.findall("^-- (.*)$", printed, re.MULTILINE) == ["call", "parallel"]
    assert "invoke, 100 steps, annotated functions" in printed


def test_a_section_that_fails_leaves_the_others(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(bench: Bench) -> Iterator[Figure]:
        yield Figure("the one before", Spread(1.0, 1.0))
        agree(4, 3)

    monkeypatch.setitem(SECTIONS, "acall", failing)
    assert main(["acall", "parallel", "--once"]) == 1
    printed = capsys.readouterr()
    assert "WrongAnswerError" in printed.err
    assert "the one before" in printed.out
    assert "parallel of 2 quick branches" in printed.out
    assert printed.out.endswith("Failed: acall\n")


def test_an_unknown_section_is_refused_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["calls"])
    assert "no such section: calls; there are call, acall, " in capsys.readouterr().err


@pytest.fixture
def fake_python(tmp_path: Path) -> Path:
    """An "interpreter" that speaks the peer's side: its version, then one figure per request."""
    path = tmp_path / "python"
    path.write_text("#!/bin/sh\necho 'langchain-core 0'\nwhile read request; do echo 0.5; done\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_the_peer_runs_along(fake_python: Path) -> None:
    with Peer(str(fake_python)) as peer:
        assert peer.version == "langchain-core 0"
        assert peer.timer("call", 10)(3) == 0.5
        for name in ("call", "observed", "log"):
            figures = list(SECTIONS[name](Bench(ONCE, peer)))
            assert any(figure.peer for figure in figures)
            assert all(figure.verdict != "no peer" for figure in figures)


def test_a_peer_that_is_no_interpreter_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = str(tmp_path / "nowhere")
    assert main(["call", "--once", "--peer", missing]) == 2
    assert f"--peer expects the path of a Python interpreter, got {missing!r}" in capsys.readouterr().err


def test_a_peer_without_its_library_is_said_so() -> None:
    with pytest.raises(PeerError, match=r"'/bin/false' gave no answer: it needs langchain-core"):
        Peer("/bin/false")


def test_work_that_gives_something_else_is_not_timed() -> None:
    with pytest.raises(WrongAnswerError, match="expected 3, as from plain Python, got 4"):
        agree(4, 3)
