"""Every right program is taken and every wrong one refused, by four checkers and by mypy with the plugin."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.typesafety.checkers import CHECKERS, Complaint
from tests.typesafety.programs import File, Program, files, programs


def judge(checker: str, read: Sequence[File], complaints: Sequence[Complaint]) -> list[str]:
    """What a checker says otherwise than the programs' own comments."""
    told: dict[str, dict[int, str]] = {}
    for complaint in complaints:
        told.setdefault(complaint.file, {}).setdefault(complaint.line, complaint.text)
    found = []
    for file in read:
        lines = told.get(file.name, {})
        for program in file.programs:
            said = [lines.pop(line) for line in program.lines if line in lines]
            if bool(said) == (program.right == (checker not in program.gaps)):
                found.append(_otherwise(checker, program, said))
        found.extend(f"{file.name}:{line}: {checker} says, of no program: {text}" for line, text in lines.items())
    return found


def _otherwise(checker: str, program: Program, said: Sequence[str]) -> str:
    known = "in spite of the known gap, " if checker in program.gaps else ""
    return f"{program.name}\n    {known}{checker} {f'says: {said[0]}' if said else 'takes it'}"


@pytest.mark.parametrize("checker", CHECKERS)
def test_a_checker_tells_right_from_wrong(checker: str, tmp_path: Path) -> None:
    read = [file for file in files() if checker in file.checkers]
    complaints = CHECKERS[checker]([file.name for file in read], tmp_path)
    assert "\n".join(judge(checker, read, complaints)) == ""


def test_there_are_many_programs() -> None:
    assert len(list(programs(right=True))) >= 150
    assert len(list(programs(right=False))) >= 150


def test_most_programs_are_told_by_every_checker() -> None:
    gaps = [program for right in (True, False) for program in programs(right=right) if program.gaps]
    everything = [program for right in (True, False) for program in programs(right=right)]
    assert len(gaps) < len(everything) / 10
