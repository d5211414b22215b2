"""What labels a node may get: requirements as sets, that are narrowed together until a machine is chosen.

A requirement allows the values of a set, or all but those of a set, maybe within bounds.
Source: karpenter pkg/scheduling/{requirement,requirements}.go, 1.14. Left out: hints of typing errors, minValues.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

WELL_KNOWN = frozenset((
    "topology.kubernetes.io/zone", "topology.kubernetes.io/region", "node.kubernetes.io/instance-type",
    "kubernetes.io/arch", "kubernetes.io/os", "kubernetes.io/hostname", "node.kubernetes.io/windows-build",
    "karpenter.sh/capacity-type", "karpenter.sh/nodepool",
))  # fmt: skip
"""Labels that any node may get, whether a requirement names them or not."""

MOST_SHOWN = 5
NEGATIVE = ("NotIn", "DoesNotExist")


@dataclass(frozen=True)
class Requirement:
    """Which values a label may have: `values`, or all but them if `but`; numbers from `least` to `most`."""

    key: str
    values: frozenset[str] = frozenset()
    but: bool = False
    least: int | None = None
    most: int | None = None

    def has(self, value: str) -> bool:
        """Whether it allows that value."""
        return (value in self.values) != self.but and self._is_within(value)

    def __and__(self, other: Requirement) -> Requirement:
        """What both allow."""
        least = _chosen(max, self.least, other.least)
        most = _chosen(min, self.most, other.most)
        if least is not None and most is not None and least > most:
            return Requirement(self.key)
        bounded = Requirement(self.key, self._common(other), self.but and other.but, least, most)
        kept = frozenset(value for value in bounded.values if bounded._is_within(value))
        return replace(bounded, values=kept) if bounded.but else Requirement(self.key, kept)

    def meets(self, other: Requirement) -> bool:
        """Whether some value is allowed by both."""
        both = self & other
        return both.but or bool(both.values)

    @property
    def operator(self) -> str:
        """In, NotIn, Exists or DoesNotExist; bounds are Exists with bounds."""
        if self.but:
            return "NotIn" if self.values else "Exists"
        return "In" if self.values else "DoesNotExist"

    def __str__(self) -> str:
        shown = sorted(self.values)
        if len(shown) > MOST_SHOWN:
            shown[MOST_SHOWN:] = [f"and {len(shown) - MOST_SHOWN} others"]
        words = [self.key, self.operator, *([f"[{' '.join(shown)}]"] if shown else [])]
        words += [f">={self.least}"] if self.least is not None else []
        words += [f"<={self.most}"] if self.most is not None else []
        return " ".join(words)

    def _common(self, other: Requirement) -> frozenset[str]:
        if self.but and other.but:
            return self.values | other.values
        if self.but:
            return other.values - self.values
        return self.values - other.values if other.but else self.values & other.values

    def _is_within(self, value: str) -> bool:
        if self.least is None and self.most is None:
            return True
        number = _number(value)
        if number is None:
            return False
        return (self.least is None or number >= self.least) and (self.most is None or number <= self.most)


def requirement(key: str, operator: str, values: Iterable[str] = ()) -> Requirement:
    """A requirement as manifests write it: In, NotIn, Exists, DoesNotExist, Gt, Lt, Gte, Lte."""
    given = tuple(values)
    if operator in _BOUNDS:
        side, step = _BOUNDS[operator]
        bound = int(given[0]) + step
        return Requirement(key, but=True, least=bound if side else None, most=None if side else bound)
    return Requirement(key, frozenset(given if operator in ("In", "NotIn") else ()), operator in ("NotIn", "Exists"))


_BOUNDS = {"Gt": (True, 1), "Gte": (True, 0), "Lt": (False, -1), "Lte": (False, 0)}


class Requirements(Mapping[str, Requirement]):
    """Requirements by key, narrowed where a key is named twice. A key that isn't named allows anything."""

    def __init__(self, held: Mapping[str, Requirement]) -> None:
        self._held = dict(held)

    @classmethod
    def of(cls, requirements: Iterable[Requirement]) -> Requirements:
        """All of them together."""
        held: dict[str, Requirement] = {}
        for one in requirements:
            held[one.key] = one & held[one.key] if one.key in held else one
        return cls(held)

    @classmethod
    def labels(cls, labels: Mapping[str, str]) -> Requirements:
        """What these labels are."""
        return cls({key: Requirement(key, frozenset({value})) for key, value in labels.items()})

    def __getitem__(self, key: str) -> Requirement:
        return self._held[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def __and__(self, other: Requirements) -> Requirements:
        """Both together."""
        return Requirements.of([*self.values(), *other.values()])

    def apart(self, wanted: Requirements) -> list[str]:
        """Why they can't be met together, key by key; nothing if they can. Two refusals of a key agree."""
        shared = (key for key in self if key in wanted)
        return [
            f"key {key}, {wanted[key]} not in {self[key]}"
            for key in shared
            if not self[key].meets(wanted[key]) and not _both_negative(self[key], wanted[key])
        ]

    def incompatible(self, wanted: Requirements, undefined: Iterable[str] = ()) -> list[str]:
        """As `apart`, and every key must be known here that is wanted to be something, but for those `undefined`."""
        free = frozenset(undefined)
        unknown: Sequence[str] = [
            f'label "{key}" does not have known values'
            for key in wanted
            if key not in free and key not in self and wanted[key].operator not in NEGATIVE
        ]
        return [*unknown, *self.apart(wanted)]


def _both_negative(one: Requirement, other: Requirement) -> bool:
    return one.operator in NEGATIVE and other.operator in NEGATIVE


def _chosen(choose: Callable[[list[int]], int], one: int | None, other: int | None) -> int | None:
    given = [bound for bound in (one, other) if bound is not None]
    return choose(given) if given else None


def _number(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None
