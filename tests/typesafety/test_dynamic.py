"""Static equals dynamic: what checkers say of a program is what it says of itself, and what they refuse it refuses.

The files of programs are run. ``assert_type`` holds the type that the checkers were asked for against the run-time
signature of a Runnable, or against any other value. What a lambda gives is known to checkers alone.
"""

from __future__ import annotations
import __future__

import ast
import sys
from collections.abc import AsyncGenerator, Generator, Iterator, Mapping
from dataclasses import is_dataclass
from types import ModuleType, NoneType, UnionType
from typing import Any, Union, get_args, get_origin

import pytest
from pydantic import ConfigDict, TypeAdapter
from typing_extensions import is_typeddict

from runlaw import Runnable
from runlaw.algebra.forms import bare
from runlaw.algebra.records import fields_of
from tests.typesafety.programs import File, Program, files

LATE_ANNOTATIONS = __future__.annotations.compiler_flag


class Watcher:
    """Stands in for ``assert_type``.

    Args:
        lambdas: Let ``Any`` at run time pass for what a checker infers from a lambda.
        wide: Let a mapping of values of a type pass for a record of such values, as its keys are not known.
    """

    def __init__(self, *, lambdas: bool, wide: bool) -> None:
        self.lambdas = lambdas
        self.wide = wide
        self.asked = 0

    def __call__(self, value: Any, static: Any, /) -> Any:
        self.asked += 1
        if get_origin(static) is Runnable:
            dynamic = (value.input_type, value.output_type)
            assert all(map(self.same, get_args(static), dynamic)), f"checkers say {static}, it says {dynamic}"
        elif get_origin(static) in (Generator, AsyncGenerator):
            assert isinstance(value, get_origin(static))
        else:
            own = is_typeddict(static) or is_dataclass(static) or hasattr(static, "model_fields")
            config = None if own else ConfigDict(arbitrary_types_allowed=True)
            TypeAdapter(static, config=config).validate_python(value, strict=True)
        return value

    def same(self, static: Any, dynamic: Any) -> bool:
        """Whether two type forms are the same type."""
        static, dynamic = (None if form is NoneType else bare(form) for form in (static, dynamic))
        if static == dynamic:
            return True
        if dynamic is Any:
            return self.lambdas
        if self.wide and static is object:
            return True
        if self.wide and get_origin(static) is Mapping and is_typeddict(dynamic):
            return all(self.same(get_args(static)[1], field.form) for field in fields_of(dynamic).values())
        if is_typeddict(static) and is_typeddict(dynamic):
            return self._same_fields(static, dynamic)
        origin, parts, others = get_origin(static), get_args(static), get_args(dynamic)
        if origin is None or len(parts) != len(others):
            return False
        if origin in (Union, UnionType):
            return all(any(self.same(part, other) for other in others) for part in parts)
        return get_origin(dynamic) is origin and all(map(self.same, parts, others))

    def _same_fields(self, static: Any, dynamic: Any) -> bool:
        one, other = fields_of(static), fields_of(dynamic)
        return one.keys() == other.keys() and all(
            one[key].required == other[key].required and self.same(one[key].form, other[key].form) for key in one
        )


def execute(node: ast.stmt, file: File, names: dict[str, Any]) -> None:
    """Run a statement of a file."""
    exec(compile(ast.Module([node], []), str(file.path), "exec", flags=LATE_ANNOTATIONS), names)


def stage(file: File, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The names of a module that is the file's, for the time of a test."""
    module = ModuleType(f"tests.typing.{file.path.stem}")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return vars(module)


def statements(file: File) -> Iterator[tuple[ast.stmt, Program | None]]:
    """Each statement, and the program that it is."""
    programs = {program.lines.start: program for program in file.programs}
    for node in file.tree.body:
        if isinstance(node, ast.ImportFrom):
            node.names = [each for each in node.names if each.name != "assert_type"]
            if not node.names:
                continue
        yield node, programs.get(node.lineno)


def named(prefix: str) -> list[Any]:
    return [pytest.param(file, id=file.path.stem) for file in files() if file.path.stem.startswith(prefix)]


@pytest.mark.parametrize("file", named("right"))
def test_what_the_checkers_say_is_so(file: File, monkeypatch: pytest.MonkeyPatch) -> None:
    names = stage(file, monkeypatch)
    asked, wrong = 0, []
    for node, program in statements(file):
        watcher = Watcher(lambdas=program is not None and "lambda" in program.source, wide="wide" in file.path.stem)
        names["assert_type"] = watcher
        try:
            execute(node, file, names)
        except Exception as error:
            wrong.append(f"{file.name}:{node.lineno}: {program and program.source}\n    {error!r}")
        asked += watcher.asked
    assert "\n".join(wrong) == ""
    assert asked >= len(file.programs) * 0.8


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
@pytest.mark.parametrize("file", named("wrong"))
def test_what_the_checkers_refuse_is_refused(file: File, monkeypatch: pytest.MonkeyPatch) -> None:
    """All but what is marked: there the mistake shows later, or nowhere, as nothing is converted or checked."""
    names = stage(file, monkeypatch)
    wrong = []
    for node, program in statements(file):
        if program is None:
            execute(node, file, names)
            continue
        try:
            execute(node, file, names)
        except Exception as error:
            if program.runs:
                wrong.append(f"{program.name}\n    is refused: {error!r}")
        else:
            if not program.runs:
                wrong.append(f"{program.name}\n    runs")
    assert "\n".join(wrong) == ""
