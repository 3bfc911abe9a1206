"""Every example of the README and of the documentation does what the page says."""

from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, read_page
from tests.docs.running import run_page
from tests.docs.typechecking import check_types


@pytest.mark.parametrize("path", PAGES, ids=[str(path.relative_to(ROOT)) for path in PAGES])
def test_examples_run(path: Path, tmp_path: Path) -> None:
    assert run_page(read_page(path), tmp_path) == []


def test_examples_type_check(tmp_path: Path) -> None:
    assert check_types([read_page(path) for path in PAGES], tmp_path) == []
