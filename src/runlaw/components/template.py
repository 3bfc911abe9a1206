"""Templates: texts with variables in braces, as ``str.format`` knows them, made safe.

A template names variables and nothing else: what reaches into a value, ``{x.secret}`` or ``{x[0]}``, is refused
when the template is made. So a template never evaluates anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from string import Formatter


class MissingVariable(KeyError):
    """A template's variable has no value. The text names the variable and what was given."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True)
class Template:
    """A checked template.

    Args:
        text: The template, with ``{{`` and ``}}`` for literal braces. ``variables`` are its variables' names, in
            the order of their first use.

    Raises:
        TypeError: ``text`` is no ``str``.
        ValueError: It is no template, or it does more than name variables.

    >>> Template("{name:>5} has {{{count}}}").variables
    ('name', 'count')
    """

    text: str
    variables: tuple[str, ...] = field(init=False, repr=False, compare=False)
    put: Callable[[Mapping[str, object]], str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not isinstance(self.text, str):
            raise TypeError(f"a template must be a str; got {type(self.text).__name__}: {self.text!r}")
        object.__setattr__(self, "variables", tuple(dict.fromkeys(_variables(self.text, self.text))))
        object.__setattr__(self, "put", _putter(self.text))

    def __reduce__(self) -> tuple[object, ...]:
        return Template, (self.text,)

    def format(self, values: Mapping[str, object]) -> str:
        """The text with the variables' values put in; other values are not looked at.

        Raises:
            MissingVariable: A variable has no value.
        """
        try:
            return self.put(values)
        except KeyError:
            self.check(values)
            raise

    def check(self, values: Mapping[str, object]) -> None:
        """Check that all variables have a value. Raises ``MissingVariable`` where one has none."""
        absent = [name for name in self.variables if name not in values]
        if absent:
            raise MissingVariable(what_is_missing(absent, values, f"the template {self.text!r}")) from None


def what_is_missing(absent: Iterable[str], given: Iterable[str], where: str) -> str:
    """The text of a ``MissingVariable``."""
    return (
        f"no value for {', '.join(map(repr, absent))} in {where}; given were: {', '.join(map(repr, given)) or 'none'}"
    )


def _putter(text: str) -> Callable[[Mapping[str, object]], str]:
    """``text.format_map``, or what is quicker and gives the same, for a template of few variables and no specs."""
    texts, names = [""], []
    for literal, name, spec, conversion in Formatter().parse(text):
        texts[-1] += literal
        if name is not None:
            if spec or conversion:
                return text.format_map
            names.append(name)
            texts.append("")
    match texts, names:
        case [a], []:
            return lambda values: a
        case [a, b], [first]:
            return _with_one(a, b, first)
        case [a, b, c], [first, second]:
            return _with_two(a, b, c, first, second)
        case [a, b, c, d], [first, second, third]:
            return _with_three(a, b, c, d, first, second, third)
        case _:
            return text.format_map


def _with_one(a: str, b: str, first: str) -> Callable[[Mapping[str, object]], str]:
    return lambda values: f"{a}{values[first]}{b}"


def _with_two(a: str, b: str, c: str, first: str, second: str) -> Callable[[Mapping[str, object]], str]:
    return lambda values: f"{a}{values[first]}{b}{values[second]}{c}"


def _with_three(
    a: str, b: str, c: str, d: str, first: str, second: str, third: str
) -> Callable[[Mapping[str, object]], str]:
    return lambda values: f"{a}{values[first]}{b}{values[second]}{c}{values[third]}{d}"


def _variables(text: str, template: str, nested: bool = False) -> Iterator[str]:
    try:
        fields = list(Formatter().parse(text))
    except ValueError as error:
        raise ValueError(f"{error} in the template {template!r}; write {{{{ and }}}} for literal braces") from None
    for _, name, spec, conversion in fields:
        if name is None:
            continue
        if not name.isidentifier():
            raise ValueError(_what_is_wrong(name, template))
        if conversion is not None and conversion not in ("r", "s", "a"):
            raise ValueError(f"{{{name}!{conversion}}} in the template {template!r}: only !r, !s and !a are known")
        if nested and spec:
            raise ValueError(
                f"{{{name}:{spec}}} in the template {template!r}: a format spec's variable has none itself"
            )
        yield name
        if spec:
            yield from _variables(spec, template, nested=True)


def _what_is_wrong(name: str, template: str) -> str:
    where = f"{{{name}}} in the template {template!r}"
    first = name.replace("[", ".").split(".")[0]
    if first.isidentifier():
        return (
            f"{where} reaches into the value of {first!r}, which a template must not; "
            "give what it needs as a variable of its own"
        )
    if not name or name.isdigit():
        return f"{where} has no name; a template's variables are named, as in {{topic}}"
    return f"{where} is no variable name; write {{{{ and }}}} for literal braces"
