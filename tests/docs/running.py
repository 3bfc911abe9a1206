"""Run the examples of a page, in order, in one process of their own."""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from tests.docs.pages import Example, Page

_RUNNER = Path(__file__).with_name("runner.py")
_SECONDS = 120


def run_page(page: Page, folder: Path) -> list[str]:
    """What does not hold of the page; ``folder`` is where its examples run."""
    examples = [example for example in page.examples if example.kind != "wrong"]
    if not examples:
        return []
    results = folder / "results.json"
    done = subprocess.run(
        [sys.executable, str(_RUNNER), page.name, str(results)],
        input=json.dumps([asdict(example) for example in examples]),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=_SECONDS,
    )
    if done.returncode != 0:
        return [f"{page.name}: the process ended with {done.returncode}: {done.stderr}"]
    outcomes: list[dict[str, str]] = json.loads(results.read_text("utf-8"))
    return [
        f"{page.name}:{example.line}: {complaint}"
        for example, outcome in zip(examples, outcomes, strict=True)
        if (complaint := _compare(example, outcome))
    ]


def _compare(example: Example, outcome: dict[str, str]) -> str | None:
    printed, error = outcome["printed"], outcome["error"]
    if example.kind == "raises":
        if not error:
            return "nothing was raised"
        printed += error
    elif error:
        return outcome["traceback"]
    if example.text is not None and printed.rstrip() != example.text.rstrip():
        return f"expected\n{example.text.rstrip()}\ngot\n{printed.rstrip()}"
    return None
