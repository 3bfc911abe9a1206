"""Values in the texts of errors."""

from __future__ import annotations


def shown(value: object, most: int = 80) -> str:
    """The ``repr`` of a value in at most so many characters.

    >>> shown([1, 2, 3], 8)
    '[1, 2...'
    """
    try:
        text = repr(value)
    except Exception:  # a user's __repr__, or an int of too many digits
        return f"<{type(value).__qualname__}>"
    return shortened(text, most)


def shortened(text: str, most: int) -> str:
    """The text, or its beginning and an ellipsis, in at most so many characters."""
    return text if len(text) <= most else f"{text[: most - 3]}..."
