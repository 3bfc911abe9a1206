"""The model that answers in the demo: one behind an OpenAI-compatible server, or the one that needs nothing."""

from __future__ import annotations

import os
from typing import NamedTuple
from urllib.parse import urlsplit

from runlaw.components import AIMessage, ChatInput, extractive_chat_model
from runlaw.runnable import Runnable

OPENAI_MODEL = "gpt-4o-mini"


class Answering(NamedTuple):
    """A chat model, and what to say of it."""

    model: Runnable[ChatInput, AIMessage]
    description: str


EXTRACTIVE = Answering(
    extractive_chat_model(),
    "the extractive model, which answers with a sentence of the files "
    "(set OPENAI_BASE_URL or OPENAI_API_KEY for another)",
)


def answering_model() -> Answering:
    """The model that the environment names: by ``OPENAI_BASE_URL``, ``OPENAI_API_KEY`` and ``OPENAI_MODEL``.

    Where neither of the first two is set it is the extractive one. Without ``OPENAI_MODEL`` it is the first model
    of the server, or ``gpt-4o-mini`` of OpenAI.

    Raises:
        ImportError: The openai package is not installed.
        ValueError: The server has no model.
        ApiError: The server did not tell its models.
    """
    address = os.environ.get("OPENAI_BASE_URL")
    if not address and not os.environ.get("OPENAI_API_KEY"):
        return EXTRACTIVE
    from runlaw.integrations.openai import openai_chat_model

    name = os.environ.get("OPENAI_MODEL") or (_first_model(address) if address else OPENAI_MODEL)
    host = urlsplit(address).netloc.rpartition("@")[2] if address else "OpenAI"
    return Answering(openai_chat_model(name), f"{name} at {host}")


def _first_model(address: str) -> str:
    from runlaw.integrations.openai import NotFound, openai_models

    try:
        names = openai_models(timeout=10)
    except NotFound:
        names = []
    if not names:
        raise ValueError(
            f"the server at {urlsplit(address).netloc.rpartition('@')[2]} tells no model: set OPENAI_MODEL"
        )
    return names[0]
