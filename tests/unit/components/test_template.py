"""Templates: what they name, what they refuse."""

import pickle

import pytest

from runlaw.components import MissingVariable
from runlaw.components.template import Template


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("no variables", {}, "no variables"),
        ("", {}, ""),
        ('{{"a": {a}}}', {"a": 1}, '{"a": 1}'),
        ("{a}{b}{a}", {"a": 1, "b": 2}, "121"),
        ("{price:.2f}", {"price": 3.14159}, "3.14"),
        ("{a!r:>5}", {"a": "x"}, "  'x'"),
        ("{a:{width}}|", {"a": "x", "width": 3}, "x  |"),
        ("{größe}", {"größe": 1}, "1"),
        ("{a}", {"a": "{b}"}, "{b}"),
    ],
)
def test_templates_are_those_of_str_format(text: str, values: dict[str, object], expected: str) -> None:
    assert Template(text).format(values) == expected == text.format(**values)


def test_variables_in_order_of_use() -> None:
    assert Template("{b} {a:{w}} {b}").variables == ("b", "a", "w")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{x.__class__}", "{x.__class__} in the template '{x.__class__}' reaches into the value of 'x'"),
        ("{x[0]}", "reaches into the value of 'x'"),
        ("{x:{y.z}}", "reaches into the value of 'y'"),
        ("{x!r:{y[k]}}", "reaches into the value of 'y'"),
        ("{}", "{} in the template '{}' has no name"),
        ("{0}", "has no name"),
        ("{0.real}", "{0.real} in the template '{0.real}' is no variable name"),
        ('{"a": 1}', "is no variable name; write {{ and }} for literal braces"),
        ("{ x }", "is no variable name"),
        ("{x!z}", "only !r, !s and !a are known"),
        ("{x:{y:{z}}}", "a format spec's variable has none itself"),
        ("{", "Single '{' encountered in format string in the template '{'; write {{ and }} for literal braces"),
        ("a }", "Single '}' encountered"),
    ],
)
def test_anything_else_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        Template(text)
    assert message in str(caught.value)


def test_no_text() -> None:
    with pytest.raises(TypeError, match="a template must be a str; got int: 3"):
        Template(3)  # type: ignore[arg-type]  # refused by the checker too


def test_a_missing_variable() -> None:
    with pytest.raises(MissingVariable) as caught:
        Template("{a} {b} {c}").format({"b": 1, "d": 2})
    assert str(caught.value) == "no value for 'a', 'c' in the template '{a} {b} {c}'; given were: 'b', 'd'"
    assert isinstance(caught.value, KeyError)
    with pytest.raises(MissingVariable, match="given were: none"):
        Template("{a}").format({})


def test_a_values_own_key_error_is_kept() -> None:
    class Broken:
        def __format__(self, spec: str) -> str:
            raise KeyError("inside")

    with pytest.raises(KeyError, match="inside") as caught:
        Template("{a}").format({"a": Broken()})
    assert type(caught.value) is KeyError


def test_templates_are_values() -> None:
    assert Template("{a}") == Template("{a}")
    assert hash(Template("{a}")) == hash(Template("{a}"))
    again = pickle.loads(pickle.dumps(Template("{a}")))
    assert (again, again.variables) == (Template("{a}"), ("a",))
