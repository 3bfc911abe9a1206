"""Models and embeddings of OpenAI, and of every server that speaks its protocol, on the ``openai`` package."""

from runlaw.integrations.openai.chat import openai_chat_model
from runlaw.integrations.openai.completions import openai_llm
from runlaw.integrations.openai.embeddings import openai_embeddings
from runlaw.integrations.openai.errors import (
    ApiError,
    BadRequest,
    ConnectionFailed,
    CutOff,
    InvalidAnswer,
    NotAllowed,
    NotFound,
    RateLimited,
    Refused,
    ServerFailed,
    StreamBroken,
    TimedOut,
    TransientError,
)
from runlaw.integrations.openai.models import openai_models
from runlaw.integrations.openai.structured import openai_structured

__all__ = [
    "ApiError",
    "BadRequest",
    "ConnectionFailed",
    "CutOff",
    "InvalidAnswer",
    "NotAllowed",
    "NotFound",
    "RateLimited",
    "Refused",
    "ServerFailed",
    "StreamBroken",
    "TimedOut",
    "TransientError",
    "openai_chat_model",
    "openai_embeddings",
    "openai_llm",
    "openai_models",
    "openai_structured",
]
