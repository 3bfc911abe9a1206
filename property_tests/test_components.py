"""Laws of the components: messages are a monoid, parsers agree for every cut, templates are ``str.format``."""

import json
from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue, TypeAdapter, ValidationError

from runlaw.components import AIMessage, AIMessageChunk, Document, Message, ToolCallChunk, UsageMetadata, lexical_store
from runlaw.components.json_snapshots import JsonSnapshots
from runlaw.components.list_items import list_items
from runlaw.components.messages import AI_MESSAGES
from runlaw.components.passages import passages
from runlaw.components.template import Template
from runlaw.components.words import sentences, words_with_spaces

WORDS = st.text("ab \n", max_size=4)
PARTS = st.one_of(WORDS, WORDS.map(lambda text: {"type": "text", "text": text}))
COUNTS = st.integers(0, 9)
KWARGS = st.fixed_dictionaries(
    {},
    optional={
        "text": st.none() | WORDS,
        "list": st.lists(COUNTS, max_size=2),
        "record": st.fixed_dictionaries({}, optional={"text": WORDS, "same": st.just(1)}),
    },
)
FRAGMENTS: st.SearchStrategy[ToolCallChunk] = st.fixed_dictionaries(
    {
        "name": st.none() | WORDS,
        "args": st.none() | st.text('{}":1', max_size=3),
        "id": st.none() | st.sampled_from("xyz"),
        "index": st.none() | st.integers(0, 2),
        "type": st.just("tool_call_chunk"),
    }
).map(TypeAdapter(ToolCallChunk).validate_python)
USAGES: st.SearchStrategy[UsageMetadata] = st.fixed_dictionaries(
    {"input_tokens": COUNTS, "output_tokens": COUNTS, "total_tokens": COUNTS},
    optional={"input_token_details": st.dictionaries(st.sampled_from("ab"), COUNTS)},
).map(TypeAdapter(UsageMetadata).validate_python)
CHUNKS = st.builds(
    AIMessageChunk,
    content=st.one_of(WORDS, st.lists(PARTS, max_size=3)),
    additional_kwargs=KWARGS,
    response_metadata=st.dictionaries(st.sampled_from("mf"), COUNTS, max_size=2),
    name=st.none() | WORDS,
    id=st.none() | WORDS,
    example=st.booleans(),
    tool_call_chunks=st.lists(FRAGMENTS, max_size=3),
    usage_metadata=st.none() | USAGES,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@st.composite
def cut(draw: st.DrawFn, text: str) -> list[str]:
    """Pieces that join to the text; some may be empty."""
    places = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    return [text[start:end] for start, end in zip([0, *places], [*places, len(text)], strict=True)]


@given(CHUNKS, CHUNKS, CHUNKS)
def test_message_chunks_form_a_monoid(a: AIMessageChunk, b: AIMessageChunk, c: AIMessageChunk) -> None:
    assert (a + b) + c == a + (b + c)
    assert AI_MESSAGES.empty + a == a == a + AI_MESSAGES.empty


@given(st.lists(CHUNKS, min_size=1, max_size=6), st.data())
def test_messages_join_as_they_add_up_in_any_grouping(chunks: list[AIMessageChunk], data: st.DataObject) -> None:
    before = [chunk.model_copy(deep=True) for chunk in chunks]
    total = AI_MESSAGES.total(chunks)
    assert total == AI_MESSAGES.finished(reduce(AIMessage.__add__, chunks))
    place = data.draw(st.integers(0, len(chunks)))
    halves = [AI_MESSAGES.join(half) for half in (chunks[:place], chunks[place:])]
    assert AI_MESSAGES.total(halves) == total
    assert chunks == before


@given(CHUNKS)
def test_messages_come_back_from_json(chunk: AIMessageChunk) -> None:
    whole = chunk.__finish__()
    adapter: TypeAdapter[Message] = TypeAdapter(Message)
    for message in (chunk, whole):
        back = adapter.validate_json(message.model_dump_json())
        assert (type(back), back) == (type(message), message)
    assert "".join(chunk.text for chunk in [chunk, chunk]) == (chunk + chunk).text


@given(JSON, st.sampled_from([None, 2]), st.booleans(), st.data())
def test_json_ends_equal_for_every_cut(value: JsonValue, indent: int | None, fenced: bool, data: st.DataObject) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=data.draw(st.booleans()))
    if fenced:
        text = f"Here it is:\n```json\n{text}\n```\nSatisfied?"
    snapshots = list(JsonSnapshots(JsonValue)(iter(data.draw(cut(text)))))
    assert repr(snapshots[-1]) == repr(json.loads(json.dumps(value)))


@given(JSON)
def test_json_snapshots_only_grow(value: JsonValue) -> None:
    snapshots = list(JsonSnapshots(JsonValue)(iter(json.dumps(value, ensure_ascii=False))))
    for earlier, later in pairwise(snapshots):
        assert grows(earlier, later)


def grows(earlier: object, later: object) -> bool:
    if isinstance(earlier, str) and isinstance(later, str):
        return later.startswith(earlier)
    if isinstance(earlier, list) and isinstance(later, list):
        return (
            len(earlier) <= len(later)
            and earlier[:-1] == later[: len(earlier)][:-1]
            and all(grows(*pair) for pair in zip(earlier[-1:], later[len(earlier) - 1 :][:1], strict=False))
        )
    if isinstance(earlier, dict) and isinstance(later, dict):
        return grows(list(earlier), list(later)[: len(earlier)]) and all(
            grows(earlier[key], later[key]) for key in earlier
        )
    return earlier == later


@given(st.text('{}[]:,"\\ \n`ntrue1e-.u0', max_size=30))
def test_json_fails_at_the_end_of_the_text_or_not_at_all(text: str) -> None:
    ended = []

    def pieces() -> Iterator[str]:
        yield from text
        ended.append(True)

    try:
        snapshots = list(JsonSnapshots(JsonValue)(pieces()))
    except ValidationError:
        assert ended
    else:
        assert snapshots


@given(st.text('ab,"- 1.)\n', max_size=30), st.data())
def test_lists_agree_for_every_cut(text: str, data: st.DataObject) -> None:
    pieces: list[str] = data.draw(cut(text))
    assert list(list_items(iter(pieces))) == list(list_items(iter([text])))


@given(st.text(max_size=20))
def test_escaped_text_is_itself(text: str) -> None:
    template = Template(text.replace("{", "{{").replace("}", "}}"))
    assert (template.variables, template.format({})) == ((), text)


@given(
    st.lists(st.text("ab{}", max_size=3).map(lambda text: text.replace("{", "{{").replace("}", "}}")), min_size=1),
    st.lists(st.sampled_from(["{x}", "{y!r}", "{z:>4}", "{x:{z}}"])),
    st.text(max_size=5),
)
def test_templates_are_those_of_str_format(texts: Sequence[str], fields: Sequence[str], value: str) -> None:
    pairs = zip(texts, [*fields, *[""] * len(texts)], strict=False)
    template = "".join(part for pair in pairs for part in pair)
    values: dict[str, object] = {"x": value, "y": value, "z": 3}
    assert Template(template).format(values) == template.format(**values)


@given(st.text("ab #\n`~\u3000", max_size=80), st.integers(1, 20), st.booleans())
def test_passages_keep_every_letter_within_the_limit(text: str, limit: int, markdown: bool) -> None:
    found = passages(text, max_chars=limit, markdown=markdown)
    assert "".join("".join(each.text for each in found).split()) == "".join(text.split())
    assert all(0 < len(each.text) <= limit for each in found)
    lines = text.splitlines()
    assert all(each.text.split()[0] in lines[each.line - 1] for each in found if each.text.split())
    assert [each.line for each in found] == sorted(each.line for each in found)


@given(st.text(max_size=60))
def test_words_join_to_the_text_and_sentences_are_parts_of_it(text: str) -> None:
    assert "".join(words_with_spaces(text)) == text
    for sentence in sentences(text):
        assert sentence == sentence.strip() != ""


NUMBERED = [Document(page_content=f"bears number{number} sleep", id=str(number)) for number in range(50)]
STORE = lexical_store(NUMBERED)


@given(st.text(max_size=20), st.integers(0, 49), st.text(max_size=20))
def test_any_text_is_a_query_and_a_rare_word_wins(before: str, number: int, after: str) -> None:
    assert STORE.search(f"{before} number{number} {after}", k=1)[0] == NUMBERED[number]
