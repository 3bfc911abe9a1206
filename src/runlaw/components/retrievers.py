"""Retrievers: from a query to documents."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from typing import TypeAlias, cast

from runlaw.components.documents import Document
from runlaw.components.leaf import component
from runlaw.runnable import Runnable

RetrieverFunction: TypeAlias = Callable[
    [str],
    list[Document] | Iterator[list[Document]] | AsyncIterator[list[Document]] | Awaitable[list[Document]],
]


def retriever(
    fn: RetrieverFunction,
    /,
    *,
    name: str = "Retriever",
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
    blocking: bool = True,
) -> Runnable[str, list[Document]]:
    """A retriever from a function of a query.

    Args:
        fn: Gives a list of documents, or an iterator of such lists; sync or async.
        name: The run's name in events.
        tags: Tags of the run, such as the name of the index.
        metadata: Facts about the run.
        blocking: ``False`` says that the function is quick pure compute, never worth a thread.

    Raises:
        TypeError: ``fn`` is no function of one argument, or annotated to give something else, or an option is of a
            wrong type. When run: the query is no text, or the function gave something else.

    >>> retriever(lambda query: [Document(page_content=f"all about {query}")]).invoke("bears")
    [Document(page_content='all about bears')]
    """
    made = component(fn, "retriever", name, tags, metadata, blocking)
    return cast("Runnable[str, list[Document]]", made)  # the role's types, see adapted.ROLES
