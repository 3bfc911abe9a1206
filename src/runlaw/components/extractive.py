"""A chat model that needs no download: it answers with a sentence of its context."""

from __future__ import annotations

import ast
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from runlaw.components.messages import AIMessage, Message, text_chunk
from runlaw.components.models import chat_model
from runlaw.components.prompt_values import ChatInput
from runlaw.components.words import sentences, stems, words_with_spaces
from runlaw.runnable import Runnable

_QUESTION = re.compile(r"^[ \t]*question[ \t]*:[ \t]*(.+?)[ \t]*$", re.IGNORECASE | re.MULTILINE)
_LABEL = re.compile(r"^[ \t]*(?:context|question|answer)[ \t]*:", re.IGNORECASE | re.MULTILINE)
_STRING = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
_DOCUMENT = re.compile(
    rf"Document\(page_content=({_STRING})(?:, (?:metadata|id)=(?:{_STRING}|[^()'\"]|\([^()]*\))*)?\)"
)
_STOP_WORDS = frozenset(
    stems(
        "a an and are as at be been but by can could did do does for from had has have how i if in into is it its "
        "me my of on or our please shall she he so tell than that the their them then there these they this to us "
        "was we were what when where which who whom whose why will with would you your about"
    )
)
_UNKNOWN = "I do not know."


@dataclass(frozen=True)
class Extractive:
    """From messages with a context and a question to the sentence nearest to the question."""

    def __call__(self, messages: list[Message], /) -> Iterator[AIMessage]:
        """Yield the words of the answer."""
        question, context = question_and_context(messages)
        for word in words_with_spaces(nearest_sentence(question, sentences(context))):
            yield text_chunk(word)


def extractive_chat_model(*, name: str = "ExtractiveChatModel") -> Runnable[ChatInput, AIMessage]:
    """A chat model that answers with the sentence of its context nearest to the question, word by word.

    The question is the last line ``Question: ...`` of the messages, else the last sentence with a question mark,
    else the last line. All other text is the context, except lines that end with a colon, such as instructions.
    Where no sentence has a word of the question, the answer is "I do not know."; but a question about nothing in
    particular, such as "What is this about?", is then answered with the first sentence.

    >>> answer = extractive_chat_model()
    >>> answer.invoke("Bears sleep in winter. Cats never do.\\n\\nQuestion: when do bears sleep?")
    AIMessage(content='Bears sleep in winter.')
    """
    return chat_model(Extractive(), name=name, blocking=False)


def question_and_context(messages: Sequence[Message]) -> tuple[str, str]:
    """The question that messages ask, and the text they give to answer it from."""
    text = _DOCUMENT.sub(_page_content, "\n\n".join(message.text for message in messages))
    found = list(_QUESTION.finditer(text))
    if found:
        start, end, question = found[-1].start(), found[-1].end(), found[-1][1]
    else:
        question = _last_question(text)
        start = text.rfind(question)
        end = start + len(question)
    context = f"{text[:start]}\n\n{text[end:]}"
    lines = (line for line in _LABEL.sub("", context).split("\n") if not line.rstrip().endswith(":"))
    return question, "\n".join(lines)


def _page_content(found: re.Match[str]) -> str:
    return f"\n\n{ast.literal_eval(found[1])}\n\n"


def _last_question(text: str) -> str:
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    asked = [line for line in lines if "?" in line]
    if not lines:
        return ""
    line = asked[-1] if asked else lines[-1]
    parts = re.split(r"(?<=[.!?])\s+", line)
    return next((part for part in reversed(parts) if "?" in part), line)


def nearest_sentence(question: str, candidates: Sequence[str]) -> str:
    """The candidate that shares most with the question: rare shared words count more, long sentences less.

    Of what "What is ...?" asks for, a candidate that begins with it says more.

    >>> nearest_sentence("where did harrison work?", ["ankush lived in rome", "harrison worked at kensho"])
    'harrison worked at kensho'
    """
    said = [stems(candidate) for candidate in candidates]
    bags = [Counter(words) for words in said]
    asked = set(stems(question))
    subject = _subject(stems(question))
    wanted = asked - _STOP_WORDS or asked
    counts = Counter(word for bag in bags for word in bag)
    weight = {word: math.log(1 + (len(bags) + 1) / (counts[word] + 0.5)) for word in wanted}
    mean = sum(map(Counter.total, bags)) / len(bags) if bags else 0
    best, answer = 0.0, candidates[0] if candidates and asked and asked <= _STOP_WORDS else _UNKNOWN
    for candidate, words, bag in zip(candidates, said, bags, strict=True):
        length = 0.75 + 0.25 * bag.total() / mean if mean else 1.0
        score = sum(weight[word] for word in wanted if bag[word]) / length
        if subject and _without_article(words)[: len(subject) + 1] in ([*subject, "is"], [*subject, "are"]):
            score *= 2
        if score > best:
            best, answer = score, candidate
    return answer


def _subject(question: list[str]) -> list[str]:
    """What "What is ...?" and "What are ...?" ask for, in stems; nothing of other questions."""
    return _without_article(question[2:]) if question[:2] in (["what", "is"], ["what", "are"]) else []


def _without_article(words: list[str]) -> list[str]:
    return words[1:] if words[:1] in (["a"], ["an"], ["the"]) else words
