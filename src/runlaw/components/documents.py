"""Documents: texts with metadata, as retrievers find them."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import ConfigDict, Field

from runlaw.components.base import Value, is_none


class Document(Value):
    """A text, with facts about it.

    Args:
        page_content: The text.
        metadata: Facts, such as ``{"source": "guide.md"}``.
        id: The document's own id, if it has one.

    >>> Document(page_content="harrison worked at kensho")
    Document(page_content='harrison worked at kensho')
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(json_schema_extra={"description": "A text, with facts about it."})

    page_content: str
    metadata: dict[str, object] = Field(default_factory=dict)
    type: Literal["Document"] = "Document"
    id: str | None = Field(default=None, exclude_if=is_none)

    def __hash__(self) -> int:
        return hash((Document, self.page_content))


def join_documents(documents: list[Document], /) -> str:
    """The texts of the documents, with a blank line between two.

    >>> join_documents([Document(page_content="one"), Document(page_content="two")])
    'one\\n\\ntwo'
    """
    return "\n\n".join(document.page_content for document in documents)
