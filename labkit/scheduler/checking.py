"""Is a plugin one? It is looked at, and tried on pods in small worlds; a finding is a sentence that says what to do.

    check_plugin(MyPlugin())        a Report: true if nothing was found, else the findings

Source of the rules: framework/interface.go and runtime/framework.go, v1.36; `plugin` and `framework` here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from html import escape
from typing import Any, NamedTuple

from labkit.errors import LabError
from labkit.scheduler.answers import in_range, of_filter, of_numbers, of_prefilter, of_terms, same_verdict
from labkit.scheduler.columns import ARRAYS, Columns
from labkit.scheduler.events import WATCHED
from labkit.scheduler.filtering import move
from labkit.scheduler.pernode import ANYTHING, RULES, as_plugin
from labkit.scheduler.plugin import SUCCESS, Cycle, Prepared, Verdict
from labkit.scheduler.trials import turns

POINTS = ("prefilter", "filter", "score", "postfilter")
METHODS = (*POINTS, "normalize", "moved", "refusal_terms", "score_terms", "remedies")
EVENTS = (*ANYTHING, *(f"{kind}/{verb}" for kind in WATCHED for verb in ("Add", "Update", "Delete")))


class Finding(NamedTuple):
    """What is wrong, at which method (or `name`, `events`), in a sentence."""

    where: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.where}: {self.sentence}"


@dataclass(frozen=True)
class Report:
    """What was found about a plugin, or whatever it was to be; true if that is nothing."""

    plugin: str
    findings: tuple[Finding, ...]
    what: str = "a plugin"

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        if self.ok:
            return f"{self.plugin} is {self.what}: nothing was found."
        return "\n".join([f"{self.plugin}: {len(self.findings)} found", *(f"  {one}" for one in self.findings)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head, *rest = str(self).splitlines()
        items = "".join(f"<li>{escape(line.strip())}</li>" for line in rest)
        return f"<p>{escape(head)}</p>" + (f"<ul>{items}</ul>" if items else "")


def check_plugin(plugin: Any) -> Report:
    """Look at a plugin (an object or its class; one that is asked node by node too) and try it on some pods.

    Of each sort of finding the first is reported. Nothing of the lab is used or changed.
    """
    named = plugin.__name__ if isinstance(plugin, type) else type(plugin).__name__
    try:
        plugin = as_plugin(plugin)
    except Exception as error:
        return Report(named, (Finding("making it", f"{told(error)}; a plugin's class is made without arguments"),))
    found = list(of_shape(plugin))
    if not any(one.where in ("name", "methods") for one in found):
        found += first_of_each(one for words, cycle in turns() for one in of_turn(plugin, cycle, words))
    return Report(str(getattr(plugin, "name", named)), tuple(found))


def first_of_each(findings: Iterator[tuple[Finding, str]]) -> Iterator[Finding]:
    """The first finding of each sort; the second of a pair names the sort."""
    seen: set[tuple[str, str]] = set()
    for finding, sort in findings:
        if (finding.where, sort) not in seen:
            seen.add((finding.where, sort))
            yield finding


def told(error: Exception) -> str:
    """An error as a sentence's part."""
    return str(error).replace("\n", ". ") if isinstance(error, LabError) else f"{type(error).__name__}: {error}"


# Looking at it


def of_shape(plugin: Any) -> Iterator[Finding]:
    """What is wrong with a plugin before it has been asked anything."""
    name = getattr(plugin, "name", None)
    if not isinstance(name, str) or not name:
        yield Finding(
            "name", 'a plugin needs a name, a text such as name = "NoOldNodes"; weights and reasons refer to it'
        )
    if not any(hasattr(plugin, point) for point in POINTS):
        listed = ", ".join((*POINTS, *RULES))
        yield Finding("methods", f"it has none of {listed}, so it would never be asked anything")
    for method in public_methods(plugin):
        meant = get_close_matches(method, (*METHODS, *RULES), 1, 0.75)
        if method not in (*METHODS, *RULES) and meant:
            yield Finding(method, f"nothing calls a method of this name; did you mean {meant[0]}?")
    for method, needs in (
        ("normalize", "score"),
        ("score_terms", "score"),
        ("refusal_terms", "filter"),
        ("moved", "prefilter"),
    ):
        if hasattr(plugin, method) and not hasattr(plugin, needs):
            yield Finding(method, f"it is called only for a plugin that has {needs}, which this one hasn't")
    events = getattr(plugin, "events", ())
    if isinstance(events, str):
        yield Finding("events", f'a text alone is taken letter by letter; write ("{events}",)')
    for event in () if isinstance(events, str) else events:
        if event not in EVENTS:
            meant = get_close_matches(str(event), EVENTS, 1) or ["Node/Add"]
            yield Finding("events", f"{event!r} never happens; did you mean {meant[0]!r}?")


def public_methods(plugin: Any) -> list[str]:
    """The names of a plugin's methods, or of the rule's that it wraps."""
    rule = getattr(plugin, "rule", plugin)
    return [name for name in dir(type(rule)) if not name.startswith("_") and callable(getattr(type(rule), name))]


# Trying it


def of_turn(plugin: Any, cycle: Cycle, words: str) -> Iterator[tuple[Finding, str]]:
    """What goes wrong when a plugin is asked about one pod; each finding with the name of its sort."""
    before, written, asked = fingerprint(cycle.columns), len(cycle.world.history), ["prefilter"]
    try:
        for where, sort, sentence in answers(plugin, cycle, asked):
            yield Finding(where, f"{sentence} (for {words})"), sort
    except Exception as error:
        yield Finding(asked[-1], f"it failed for {words}: {told(error)}"), "raises"
    if fingerprint(cycle.columns) != before:
        yield (
            Finding(asked[-1], f"it changed the columns, which all plugins share, for {words}; work on a copy"),
            "writes",
        )
    if len(cycle.world.history) != written:
        yield Finding(asked[-1], f"it wrote into the cluster for {words}; a plugin only decides"), "writes"


def answers(plugin: Any, cycle: Cycle, asked: list[str]) -> Iterator[tuple[str, str, str]]:
    """Ask a plugin as the framework does: (method, sort, sentence) for all that is wrong; `asked` notes the method."""
    rows = cycle.columns.order
    if hasattr(plugin, "prefilter"):
        prepared = plugin.prefilter(cycle)
        yield from (("prefilter", *one) for one in of_prefilter(prepared))
        if not isinstance(prepared, Prepared) or prepared.refusal:
            return
        cycle.states[plugin.name] = prepared.state
        cycle.skipped |= {plugin.name} if prepared.skip else set()
    if hasattr(plugin, "filter") and plugin.name not in cycle.skipped:
        asked.append("filter")
        verdict = plugin.filter(cycle, rows)
        wrong = list(of_filter(verdict, rows))
        yield from (("filter", *one) for one in wrong)
        if wrong:
            return
        yield from filtered_again(plugin, cycle, verdict, asked)
        rows = rows[verdict.codes == SUCCESS]
    if hasattr(plugin, "score") and len(rows):
        asked.append("score")
        yield from scored(plugin, cycle, rows, asked)


def filtered_again(plugin: Any, cycle: Cycle, verdict: Verdict, asked: list[str]) -> Iterator[tuple[str, str, str]]:
    """Asked again, about half of the nodes, and with a pod put on a node and taken off, the answer is the same."""
    rows = cycle.columns.order
    if not same_verdict(plugin.filter(cycle, rows), verdict):
        yield "filter", "again", "asked twice, it gave two answers; keep nothing on the plugin, draw nothing at random"
    elif len(rows) > 1 and not same_verdict(plugin.filter(cycle, rows[1::2]), verdict, slice(1, None, 2)):
        yield "filter", "half", "asked about fewer nodes, it said something else of the same node"
    for row in rows[verdict.codes != SUCCESS].tolist() if hasattr(plugin, "refusal_terms") else ():
        asked.append("refusal_terms")
        yield from (("refusal_terms", *one) for one in of_terms(plugin.refusal_terms(cycle, row)))
    asked.append("moved" if hasattr(plugin, "moved") else "filter")
    alone = cycle.only(int(rows[0]))
    before = plugin.filter(alone, alone.columns.order)
    for info in list(alone.columns.placed[0].values()):
        move(alone, (plugin,), info, -1)
        move(alone, (plugin,), info, 1)
    if not same_verdict(plugin.filter(alone, alone.columns.order), before):
        yield "moved", "again", "with a pod taken off and put back, filter says something else than before"


def scored(plugin: Any, cycle: Cycle, rows: Any, asked: list[str]) -> Iterator[tuple[str, str, str]]:
    """What is wrong with raw and normalised scores."""
    normalizes = hasattr(plugin, "normalize")
    raw = plugin.score(cycle, rows)
    wrong = [] if raw is None else list((of_numbers if normalizes else in_range)(raw, rows, "its scores"))
    yield from (("score", *one) for one in wrong)
    if wrong or raw is None:
        return
    again = plugin.score(cycle, rows)
    if again is None or (again != raw).any():
        yield "score", "again", "asked twice, it gave two answers; keep nothing on the plugin, draw nothing at random"
    if normalizes:
        asked.append("normalize")
        kept = raw.copy()
        yield from (("normalize", *one) for one in in_range(plugin.normalize(cycle, raw), rows))
        if (raw != kept).any():
            yield "normalize", "writes", "it changed the raw scores it was given; return new ones"
    for row in rows.tolist() if hasattr(plugin, "score_terms") else ():
        asked.append("score_terms")
        yield from (("score_terms", *one) for one in of_terms(plugin.score_terms(cycle, row)))


def fingerprint(columns: Columns) -> tuple[object, ...]:
    """All that plugins read of the nodes, to see whether it changed; a resource without amounts doesn't count."""
    plain = [getattr(columns, name).tobytes() for name in ARRAYS if name not in ("allocatable", "requested")]
    amounts = [
        (name, part, getattr(columns, part)[:, column].tobytes())
        for name, column in columns.resources.items()
        for part in ("allocatable", "requested")
        if getattr(columns, part)[:, column].any()
    ]
    return (*plain, *amounts, tuple(columns.names), tuple(map(tuple, columns.placed)))
