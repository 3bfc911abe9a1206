"""Typed parts for chains: messages, prompts, models, parsers, retrievers and stores."""

from runlaw.components.documents import Document, join_documents
from runlaw.components.extractive import extractive_chat_model
from runlaw.components.lexical import LexicalStore, lexical_store
from runlaw.components.loading import load_texts
from runlaw.components.merge import InvalidToolCall, ToolCall, ToolCallChunk, UsageMetadata
from runlaw.components.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    ChatMessage,
    FunctionMessage,
    HumanMessage,
    Message,
    SystemMessage,
    ToolMessage,
)
from runlaw.components.models import chat_model, llm
from runlaw.components.parsers import json_parser, list_parser, str_parser
from runlaw.components.prompt_values import ChatInput, ChatPromptValue, PromptValue, StringPromptValue, to_messages
from runlaw.components.prompts import chat_prompt, prompt
from runlaw.components.retrievers import retriever
from runlaw.components.scripted import BrokenReply, scripted_chat_model
from runlaw.components.template import MissingVariable
from runlaw.components.tool_binding import with_tools
from runlaw.components.tool_loop import TooManyTurns, tool_loop
from runlaw.components.tools import AnyTool, Tool, ToolSchema, tool, tool_schema
from runlaw.components.vector_store import VectorStore, vector_store

__all__ = [
    "AIMessage",
    "AIMessageChunk",
    "AnyTool",
    "BaseMessage",
    "BrokenReply",
    "ChatInput",
    "ChatMessage",
    "ChatPromptValue",
    "Document",
    "FunctionMessage",
    "HumanMessage",
    "InvalidToolCall",
    "LexicalStore",
    "Message",
    "MissingVariable",
    "PromptValue",
    "StringPromptValue",
    "SystemMessage",
    "TooManyTurns",
    "Tool",
    "ToolCall",
    "ToolCallChunk",
    "ToolMessage",
    "ToolSchema",
    "UsageMetadata",
    "VectorStore",
    "chat_model",
    "chat_prompt",
    "extractive_chat_model",
    "join_documents",
    "json_parser",
    "lexical_store",
    "list_parser",
    "llm",
    "load_texts",
    "prompt",
    "retriever",
    "scripted_chat_model",
    "str_parser",
    "to_messages",
    "tool",
    "tool_loop",
    "tool_schema",
    "vector_store",
    "with_tools",
]
