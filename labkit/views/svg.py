"""SVG as strings: elements, escaping and measuring text, nothing more."""

from __future__ import annotations

from textwrap import wrap

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})


def escape(text: object) -> str:
    """`text` fit for the inside of an element or of a double-quoted attribute."""
    return str(text).translate(_ESCAPES)


def tag(name: str, *children: str, **attributes: object) -> str:
    """One element; `children` are ready markup, `stroke_width` becomes `stroke-width`, `class_` becomes `class`."""
    head = name + "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"' for key, value in attributes.items()
    )
    return f"<{head}>{''.join(children)}</{name}>" if children else f"<{head}/>"


def text(words: object, x: float, y: float, **attributes: object) -> str:
    """One line of text whose baseline starts at `x`, `y` (px)."""
    return tag("text", escape(words), x=number(x), y=number(y), **attributes)


def number(value: float) -> str:
    """A coordinate with at most one decimal, so that files stay small and equal between machines."""
    return f"{value:.1f}".removesuffix(".0")


def width(words: str, size: float = 12) -> float:
    """About how wide `words` are in px, erring on the wide side, in a sans-serif of `size` px."""
    return size * sum(
        0.36 if c in "ijlI.,:;|!' " else 0.95 if c in "mwMW@%" else 0.72 if c.isupper() else 0.63 for c in words
    )


def fit(words: str, room: float, size: float = 12) -> str:
    """`words`, cut with an ellipsis where they are wider than `room` px."""
    if width(words, size) <= room:
        return words
    while words and width(words + "…", size) > room:
        words = words[:-1]
    return words.rstrip() + "…"


def lines(words: str, room: float, size: float = 12, most: int = 3) -> list[str]:
    """`words` broken into at most `most` lines of `room` px; the last one ends in an ellipsis if more was to come."""
    broken = wrap(words, max(12, int(room / (0.53 * size)))) or [""]
    return broken if len(broken) <= most else [*broken[: most - 1], broken[most - 1].rstrip(".") + " …"]
