"""The text of a model's output."""

from __future__ import annotations

from runlaw.components.messages import AIMessage


def text_of_output(output: AIMessage | str, /) -> str:
    """The text of a message, or of a chunk of one; a text is itself.

    Raises:
        TypeError: It is neither.
    """
    if isinstance(output, str):
        return output
    if isinstance(output, AIMessage):
        return output.text
    raise TypeError(f"a parser takes an AIMessage or a str; got {type(output).__name__}: {output!r}")
