"""What came of a replay: per family how many cases agreed, and the first differences in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

AGREED, DIFFERS, SKIPPED, UNSIMULATED = "agreed", "differs", "skipped", "not simulated"
FIRST = 10
LONGEST = 600


class Outcome(NamedTuple):
    """One case: its family, its name, the verdict, and in words what differs or why it wasn't compared."""

    family: str
    case: str
    verdict: str = AGREED
    words: tuple[str, ...] = ()

    @classmethod
    def compared(cls, family: str, case: str, differences: Iterable[str]) -> Outcome:
        """Agreed if there is no difference."""
        words = tuple(differences)
        return cls(family, case, DIFFERS if words else AGREED, words)

    @classmethod
    def skipped(cls, family: str, case: str, why: str) -> Outcome:
        """Not compared, since the recording says nothing that could be."""
        return cls(family, case, SKIPPED, (why,))

    @classmethod
    def unsimulated(cls, family: str, case: str, what: str) -> Outcome:
        """Not replayed, since labkit doesn't simulate it yet."""
        return cls(family, case, UNSIMULATED, (what,))


def shorten(words: str) -> str:
    """A difference that fits a screen; one that is longer ends in an ellipsis."""
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 2]} …"


@dataclass
class Family:
    """The counts of one family; `differences` are the first of them, `unsimulated` what labkit lacks, with counts."""

    name: str
    agreed: int = 0
    total: int = 0
    skipped: int = 0
    differences: list[str] = field(default_factory=list)
    unsimulated: dict[str, int] = field(default_factory=dict)

    @property
    def percent(self) -> float:
        """Agreement of what was compared; 100 where nothing was."""
        return 100 * self.agreed / self.total if self.total else 100.0

    def count(self, outcome: Outcome) -> None:
        """Add one outcome."""
        if outcome.verdict == SKIPPED:
            self.skipped += 1
        elif outcome.verdict == UNSIMULATED:
            for what in outcome.words:
                self.unsimulated[what] = self.unsimulated.get(what, 0) + 1
        else:
            self.total += 1
            self.agreed += outcome.verdict == AGREED
            if outcome.words and len(self.differences) < FIRST:
                self.differences.append(shorten(f"{outcome.case}: {'; '.join(outcome.words)}"))


@dataclass
class Report:
    """Families by name, in the order in which they were replayed."""

    families: dict[str, Family]

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> Report:
        """Count outcomes by family."""
        families: dict[str, Family] = {}
        for outcome in outcomes:
            families.setdefault(outcome.family, Family(outcome.family)).count(outcome)
        return cls(families)

    @property
    def exit_status(self) -> int:
        """1 if anything differs, else 2 if something isn't simulated yet, else 0."""
        if any(family.agreed < family.total for family in self.families.values()):
            return 1
        return 2 if any(family.unsimulated for family in self.families.values()) else 0

    def as_dict(self) -> dict[str, Any]:
        """The counts and differences as plain data."""
        return {family.name: {**vars(family), "percent": round(family.percent, 2)} for family in self.families.values()}

    def __str__(self) -> str:
        width = max((len(name) for name in self.families), default=0)
        lines = [_line(family, width) for family in self.families.values()]
        for family in self.families.values():
            lines += [f"  {difference}" for difference in family.differences]
            lines += [
                f"  {family.name}: not simulated yet: {what} ({count})" for what, count in family.unsimulated.items()
            ]
        return "\n".join(lines)


def _line(family: Family, width: int) -> str:
    agreement = (
        f"{family.percent:6.2f} %  {family.agreed}/{family.total} agreed" if family.total else "not simulated yet"
    )
    skipped = f", {family.skipped} not compared" if family.skipped else ""
    return f"{family.name:<{width}}  {agreement}{skipped}"
