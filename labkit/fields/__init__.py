"""The grammar of field values: quantities, selectors, names, int-or-percent, durations.

Everything here is pure and exact; what can't be read raises `labkit.errors.FieldError` with the real tool's words.
"""

from __future__ import annotations

from labkit.fields import durations, intstr, names, quantity, selectors
from labkit.fields.quantity import Quantity
from labkit.fields.requirements import Requirement, Selector

__all__ = ["Quantity", "Requirement", "Selector", "durations", "intstr", "names", "quantity", "selectors"]
