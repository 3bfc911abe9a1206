"""The command ``runlaw`` and its options."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from runlaw.cli.answering import answering_model
from runlaw.cli.demo import ask_all, default_sources, load_all
from runlaw.integrations.openai.errors import ApiError

app: typer.Typer = typer.Typer(
    name="runlaw",
    help="Typed programs from pure functions.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

QUESTIONS = ["What is a Runnable?", "What holds of every composition?", "Which Python is needed?"]
QUESTION_ABOUT_ANYTHING = "What is this about?"


def _show_version(wanted: bool) -> None:
    if wanted:
        try:
            typer.echo(f"runlaw {version('runlaw')}")
        except PackageNotFoundError:
            typer.echo("runlaw (not installed)")
        raise typer.Exit


@app.callback()
def options(
    show_version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Typed programs from pure functions."""


@app.command()
def demo(
    ask: Annotated[list[str] | None, typer.Option("--ask", help="A question; may be given several times.")] = None,
    sources: Annotated[
        list[Path] | None,
        typer.Option("--in", help="A folder or a text file to answer from; may be given several times."),
    ] = None,
) -> None:
    """Answer questions from text files: a retrieval chain, streamed, then as a batch.

    Without --in the files are README.md and docs of the current folder. Where OPENAI_BASE_URL or OPENAI_API_KEY is
    set, a model of that server answers, which OPENAI_MODEL may name; else one that needs neither network nor key.
    """
    questions = ask or ([QUESTION_ABOUT_ANYTHING] if sources else QUESTIONS)
    if any(not question.strip() for question in questions):
        _fail("a question is empty")
    try:
        loaded = load_all(sources or default_sources(Path()))
        ask_all(questions, loaded, Console(soft_wrap=True, highlight=False), answering_model())
    except (OSError, ValueError, ImportError, ApiError) as error:
        _fail(str(error))


def _fail(message: str) -> NoReturn:
    typer.echo(f"error: {message}", err=True)
    raise typer.Exit(2)
