"""The look of everything."""

from __future__ import annotations

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from labkit.views.style import CORNERS, OKABE_ITO, ink_on, looks

NAMES = st.lists(st.text("abc/-1", min_size=1, max_size=8), unique=True, max_size=40)


@given(NAMES)
def test_every_owner_has_a_code_of_its_own(owners: list[str]) -> None:
    codes = [look.code for look in looks(owners).values()]
    assert len(set(codes)) == len(codes)
    assert all(1 <= len(code) <= 2 for code in codes)


@given(NAMES, NAMES)
def test_new_owners_change_nobody_elses_look(owners: list[str], more: list[str]) -> None:
    before, after = looks(owners), looks([*owners, *more])
    assert all(after[owner] == look for owner, look in before.items())


def test_twenty_one_owners_differ_without_their_codes() -> None:
    seen = {(look.colour, look.corner) for look in looks(f"app-{n}" for n in range(21)).values()}
    assert len(seen) == len(OKABE_ITO) * len(CORNERS)


def test_text_on_every_colour_of_the_palette_can_be_read() -> None:
    assert ink_on("#0072B2") == "#ffffff"
    assert ink_on("#F0E442") != "#ffffff"


def test_a_picture_costs_neither_pandas_nor_matplotlib_nor_widgets() -> None:
    heavy = "{'pandas', 'matplotlib', 'IPython', 'ipywidgets'}"
    code = f"import sys; from labkit.views import show, draw; print(sorted({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
