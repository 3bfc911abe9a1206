"""A user's functions and types, for the files of programs beside this one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from pydantic import BaseModel
from typing_extensions import TypedDict

from runlaw.components import AIMessage, Document, Message

T = TypeVar("T")


@dataclass
class User:
    name: str
    age: int

    def shout(self) -> str:
        return self.name.upper()


class Order(BaseModel):
    id: int
    total: float


class Row(TypedDict):
    id: int
    text: str


class Topic(TypedDict):
    topic: str


class Spot(NamedTuple):
    x: float
    y: float


class Greeter:
    def __init__(self, word: str) -> None:
        self.word = word

    def __call__(self, user: User) -> str:
        return f"{self.word} {user.name}"

    def again(self, text: str) -> str:
        return f"{self.word} {text}"


def load(id: int) -> User:
    return User("a", id)


def load_again(id: int) -> User:
    return User("b", id)


def find(name: str) -> User | None:
    return None


def greet(user: User) -> str:
    return user.name


def adult(user: User) -> bool:
    return user.age > 17


def hello(id: int) -> str:
    return f"hello {id}"


def both(user: User, text: str) -> str:
    return user.name + text


def order(id: int) -> Order:
    return Order(id=id, total=1.0)


def price(order: Order) -> float:
    return order.total


def row(query: str) -> Row:
    return {"id": 1, "text": query}


def rows(query: str) -> list[Row]:
    return [row(query)]


def text_of(record: Row) -> str:
    return record["text"]


def split_words(text: str) -> list[str]:
    return text.split()


def count(parts: list[str]) -> int:
    return len(parts)


def lengths(texts: Sequence[str]) -> list[int]:
    return list(map(len, texts))


def tokens(text: str) -> Iterator[str]:
    yield from text


def spot(text: str) -> Spot:
    return Spot(1.0, 2.0)


def distance(spot: Spot) -> float:
    return spot.x


def turned(pair: tuple[int, str]) -> tuple[str, int]:
    return (pair[1], pair[0])


def wrap(value: T) -> list[T]:
    return [value]


def documents(query: str) -> list[Document]:
    return [Document(page_content=query)]


def answer(messages: Sequence[Message]) -> AIMessage:
    return AIMessage(content='{"id": 1, "total": 2.5}')


def complete(text: str) -> str:
    return text


async def fetch(url: str) -> bytes:
    return url.encode()
