"""The process that runs the examples of a page: ``runner.py <name of the page> <file for the results>``.

Reads the examples as JSON. A program of its own, so that an example finds itself in ``__main__``, as
when typed by hand, and that what it leaves behind ends with it.
"""

import contextlib
import doctest
import io
import json
import sys
import traceback
import types
from pathlib import Path


def run(page: str, example: dict[str, str], line: int, names: dict[str, object]) -> dict[str, str]:
    """What the example printed, and the error it ended with."""
    printed = io.StringIO()
    error = trace = ""
    try:
        with contextlib.redirect_stdout(printed):
            if example["kind"] == "session":
                run_session(page, example["code"], line, names)
            else:
                exec(compile("\n" * (line - 1) + example["code"], page, "exec", dont_inherit=True), names)
    except Exception as raised:
        error = "".join(traceback.format_exception_only(raised))
        trace = traceback.format_exc()
    return {"printed": printed.getvalue(), "error": error, "traceback": trace}


def run_session(page: str, code: str, line: int, names: dict[str, object]) -> None:
    test = doctest.DocTestParser().get_doctest(code, names, page, page, line - 1)
    report: list[str] = []
    failed, _ = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=report.append, clear_globs=False)
    names.update(test.globs)
    if failed:
        raise AssertionError("".join(report))


def main() -> None:
    page, results = sys.argv[1:]
    main_module = types.ModuleType("__main__")
    sys.modules["__main__"] = main_module
    outcomes = [run(page, example, int(example["line"]), vars(main_module)) for example in json.load(sys.stdin)]
    Path(results).write_text(json.dumps(outcomes), encoding="utf-8")


if __name__ == "__main__":
    main()
