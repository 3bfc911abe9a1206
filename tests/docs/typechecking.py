"""What mypy says of the examples of pages."""

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.docs.pages import ROOT, Example, Page

_MESSAGE = re.compile(r"(?P<file>[^:]+):(?P<line>\d+): (?P<text>(?P<level>error|note): .*)")


@dataclass(frozen=True)
class _Program:
    """The right examples of a page, or those before a wrong one and that one."""

    page: Page
    examples: tuple[Example, ...]
    wrong: Example | None

    def source(self) -> str:
        """The program, every line where it stands on the page."""
        lines: list[str] = []
        for example in self.examples:
            lines += [""] * (example.line - 1 - len(lines)) + example.code.splitlines()
        return "\n".join(lines) + "\n"


def check_types(pages: Sequence[Page], folder: Path) -> list[str]:
    """What does not hold of the types of the pages; ``folder`` takes the programs while they are read."""
    programs = {f"page_{i}.py": program for i, program in enumerate(_programs(pages))}
    if not programs:
        return []
    for name, program in programs.items():
        (folder / name).write_text(program.source(), encoding="utf-8")
    messages = _run_mypy(folder, programs)
    return [complaint for name, program in programs.items() for complaint in _compare(program, messages[name])]


def _programs(pages: Iterable[Page]) -> Iterator[_Program]:
    for page in pages:
        right = tuple(example for example in page.examples if example.kind == "runs")
        if right:
            yield _Program(page, right, None)
        for wrong in page.examples:
            if wrong.kind == "wrong":
                before = tuple(example for example in right if example.line < wrong.line)
                yield _Program(page, (*before, wrong), wrong)


def _run_mypy(folder: Path, names: Iterable[str]) -> dict[str, list[re.Match[str]]]:
    options = ["--config-file", str(ROOT / "mypy.ini"), "--cache-dir", str(ROOT / ".mypy_cache" / "pages")]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, "--no-pretty", "--no-error-summary", *names],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, 1) or done.stderr:
        raise RuntimeError(f"mypy ended with {done.returncode}: {done.stdout}{done.stderr}")
    messages: dict[str, list[re.Match[str]]] = {name: [] for name in names}
    for line in done.stdout.splitlines():
        found = _MESSAGE.match(line)
        if found and found["file"] in messages:
            messages[found["file"]].append(found)
    return messages


def _compare(program: _Program, messages: Iterable[re.Match[str]]) -> Iterator[str]:
    wrong = program.wrong
    if wrong is None:
        for message in messages:
            if message["level"] == "error":
                yield f"{program.page.name}:{message['line']}: {message['text']}"
        return
    said = "\n".join(message["text"] for message in messages if int(message["line"]) >= wrong.line)
    if "error: " not in said:
        yield f"{program.page.name}:{wrong.line}: mypy accepts it"
    elif wrong.text is not None and said != wrong.text.rstrip():
        yield f"{program.page.name}:{wrong.line}: expected\n{wrong.text.rstrip()}\ngot\n{said}"
