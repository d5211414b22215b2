"""Int-or-percent: `3` means three, `"25%"` means a quarter of a total.

Source: apimachinery pkg/util/intstr/intstr.go and kubernetes pkg/controller/deployment/util/deployment_util.go, v1.36.
"""

from __future__ import annotations

from typing import NamedTuple

from labkit.errors import FieldError
from labkit.fields.gotext import parse_int, quote

IntOrPercent = int | str


class Fenceposts(NamedTuple):
    """How far a rolling update may go: pods above the wanted number, and pods below it."""

    surge: int
    unavailable: int


def scaled(value: IntOrPercent, total: int, round_up: bool) -> int:
    """`value` itself if it is an int, else that percentage of `total`, rounded up or down.

    FieldError in the words of GetScaledValueFromIntOrPercent if a text isn't an integer followed by `%`.
    """
    if not isinstance(value, str):
        return value
    product = percent(value) * total
    return -(-product // 100) if round_up else product // 100


def percent(value: str) -> int:
    """The integer before the `%`; it may be negative or above 100."""
    if not value.endswith("%"):
        raise FieldError("invalid value for IntOrString: invalid type: string is not a percentage")
    try:
        return parse_int(value[:-1], "Atoi")
    except FieldError as error:
        raise FieldError(f"invalid value for IntOrString: invalid value {quote(value)}: {error}") from None


def resolve_fenceposts(
    max_surge: IntOrPercent | None, max_unavailable: IntOrPercent | None, desired: int
) -> Fenceposts:
    """Surge rounds up, unavailable rounds down; both zero would stop the update, so then one may be unavailable."""
    surge = scaled(0 if max_surge is None else max_surge, desired, round_up=True)
    unavailable = scaled(0 if max_unavailable is None else max_unavailable, desired, round_up=False)
    return Fenceposts(0, 1) if surge == 0 and unavailable == 0 else Fenceposts(surge, unavailable)


def max_surge(surge: IntOrPercent | None, unavailable: IntOrPercent | None, replicas: int) -> int:
    """Pods a rolling update may have above `replicas`; texts must be valid, as in a stored Deployment."""
    return resolve_fenceposts(surge, unavailable, replicas).surge


def max_unavailable(surge: IntOrPercent | None, unavailable: IntOrPercent | None, replicas: int) -> int:
    """Pods a rolling update may have below `replicas`, at most all of them."""
    if replicas == 0:
        return 0
    return min(resolve_fenceposts(surge, unavailable, replicas).unavailable, replicas)


def min_available(surge: IntOrPercent | None, unavailable: IntOrPercent | None, replicas: int) -> int:
    """Pods a rolling update must keep available."""
    return replicas - max_unavailable(surge, unavailable, replicas)
