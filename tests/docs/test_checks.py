"""The checks of pages, on pages made up for them: what is right passes, what is wrong is found."""

from pathlib import Path

import pytest

from tests.docs.pages import Example, parse_page
from tests.docs.running import run_page
from tests.docs.typechecking import check_types

RIGHT = """
# Title

```python
import sys
def double(x: int) -> int:
    return 2 * x
print(double(2))
```

prints

```text
4
```

```python error
print("before")
double(1) / 0
```

```text
before
ZeroDivisionError: division by zero
```

- An item.

  ```python wrong
  double("2")
  ```

  ```text
  error: Argument 1 to "double" has incompatible type "str"; expected "int"  [arg-type]
  ```

```pycon
>>> double(3)
6
>>> import pickle
>>> pickle.loads(pickle.dumps(double)) is double
True
```

```python
x = double(5)
```

## Another section

```text
no output of anything
```

```console
$ not run
```
"""


def test_the_examples_of_a_page_are_read() -> None:
    page = parse_page("page.md", "- a\n\n  ~~~~ python\n  x = 1\n\n    y\n  ~~~~\n~~~text\n1\n~~~\n~~~text\n2\n~~~\n")
    assert page.examples == (Example("runs", "x = 1\n\n  y\n", 4, "1\n"),)


def test_a_right_page_passes(tmp_path: Path) -> None:
    page = parse_page("right.md", RIGHT)
    assert [example.kind for example in page.examples] == ["runs", "raises", "wrong", "session", "runs"]
    assert page.examples[-1].text is None
    assert run_page(page, tmp_path) == []
    assert check_types([page], tmp_path) == []


@pytest.mark.parametrize(
    ("block", "complaint"),
    [
        ("```python\nprint(1)\n```\n```text\n2\n```", "page.md:2: expected\n2\ngot\n1"),
        ("```python\nx = 1\n```\n```text\n2\n```", "page.md:2: expected\n2\ngot\n"),
        ("```python error\nx = 1\n```", "page.md:2: nothing was raised"),
        (
            "```python error\nint('a')\n```\n```text\nKeyError: 1\n```",
            "page.md:2: expected\nKeyError: 1\ngot\nValueError",
        ),
        ("\n\n```python\nx = 1\n1 / 0\n```", "page.md:4: Traceback (most recent call last):"),
        ("\n\n```python\nx = 1\n1 / 0\n```", 'File "page.md", line 5, in <module>'),
        ("```python\nx =\n```", "SyntaxError: invalid syntax"),
        ("```pycon\n>>> 1\n2\n```", 'File "page.md", line 2, in page.md'),
        ("```python\nimport os; os._exit(3)\n```", "page.md: the process ended with 3"),
    ],
)
def test_an_example_that_does_not_hold_is_found(tmp_path: Path, block: str, complaint: str) -> None:
    (found,) = run_page(parse_page("page.md", block), tmp_path)
    assert complaint in found


def test_wrong_types_are_found(tmp_path: Path) -> None:
    texts = [
        "```python\nx: int = ''\n```",
        "```python\ndef f(x): ...\n```\n```python wrong\n1\n```",
        "```python wrong\n'' + 1\n```\n```text\nerror: something else\n```",
    ]
    pages = [parse_page(f"{i}.md", text) for i, text in enumerate(texts)]
    assert check_types(pages, tmp_path) == [
        '0.md:2: error: Incompatible types in assignment (expression has type "str", variable has type "int")'
        "  [assignment]",
        "1.md:2: error: Function is missing a type annotation  [no-untyped-def]",
        "1.md:5: mypy accepts it",
        "2.md:2: expected\nerror: something else\ngot\n"
        'error: Unsupported operand types for + ("str" and "int")  [operator]',
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\n```python\nx = 1\n", "page.md:2: the fence is not closed"),
        ("```python raises\n```\n", "page.md:1: expected one of python, python error, .*; got 'python raises'"),
        ("```py\n```\n", "page.md:1: expected one of python, .*; got 'py'"),
    ],
)
def test_an_unreadable_page_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_page("page.md", text)
