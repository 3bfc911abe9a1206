"""Write docs/reference/laws.md from the law values; with --check, only say whether it is up to date."""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path

from runlaw.laws import LAWS, Law

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "laws.md"
HEAD = """# Laws

This page is written from the law values themselves, by `scripts/write_laws.py`; each is `runlaw.laws.law_named(name)`.

In the statements `r` is the program that is checked and `x` its input; `f` and `g` are programs that take whatever `r`
gives, `s` is one that takes any input, `n` a number, `c`, `d` and `e` are configs. `==` says that two programs are the
same value, `=` that they mean the same: they give equal values, or raise exceptions of one type with one message. Laws
with `=` are checked in every way of running that the statement does not name. A law is not checked on a case of which
one of its assumptions does not hold, nor where two branches fail in different ways, so that time decides which error is
raised. A law "of the library" is about leaves and programs of its own: that it holds says nothing of `r`.
"""


def page() -> str:
    """The text of the page."""
    parts = [HEAD]
    for family, laws in groupby(LAWS, key=lambda law: law.family):
        parts.append(f"## {family.capitalize()}\n\n| law | statement | assumptions |\n|---|---|---|")
        parts[-1] += "".join(f"\n{_row(law)}" for law in laws) + "\n"
    return "\n".join(parts)


def _row(law: Law) -> str:
    statement = law.statement.replace("|", "\\|")
    notes = [*(["of the library"] if law.of_library else []), *(one.name for one in law.assumptions)]
    return f"| {law.name} | {statement} | {'; '.join(notes)} |"


def main(arguments: list[str]) -> int:
    """Write the page, or check it."""
    if "--check" in arguments:
        current = PAGE.exists() and PAGE.read_text(encoding="utf-8") == page()
        print(f"{PAGE.name} is up to date" if current else f"{PAGE.name} is not up to date: run scripts/write_laws.py")
        return 0 if current else 1
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote {PAGE.name}: {len(LAWS)} laws")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
