"""What a failed pod means for its Job, and when enough has succeeded. All pure.

Source: pkg/controller/job/{pod_failure_policy,success_policy}.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from labkit.controllers import indexes
from labkit.kinds.pod import ContainerStatus, Pod
from labkit.kinds.workloads import FailureRule, OnExitCodes, PodFailurePolicy, SuccessPolicy


class Match(NamedTuple):
    """What a failure means: the `action` of the rule it matches, whether it counts, and why the whole Job fails."""

    action: str = ""
    counts: bool = True
    message: str = ""


def of_failure(policy: PodFailurePolicy | None, pod: Pod) -> Match:
    """The first rule the failed pod matches; without any, the failure just counts."""
    for number, rule in enumerate(policy.rules if policy else ()):
        why = _matched(rule, pod)
        if why and rule.action:
            told = f"{why} matching {rule.action} rule at index {number}" if rule.action == "FailJob" else ""
            return Match(rule.action, rule.action != "Ignore", told)
    return Match()


def _matched(rule: FailureRule, pod: Pod) -> str:
    """In words, what of the pod the rule is about; "" if nothing is."""
    name = f"{pod.metadata.namespace}/{pod.metadata.name}"
    if rule.on_exit_codes is not None:
        found = next(_ended_with(rule.on_exit_codes, pod), None)
        return f"Container {found[0]} for pod {name} failed with exit code {found[1]}" if found else ""
    wanted = {(one.type, one.status) for one in rule.on_pod_conditions}
    held = next((one.type for one in pod.status.conditions if (one.type, one.status) in wanted), "")
    return f"Pod {name} has condition {held}" if held else ""


def _ended_with(rule: OnExitCodes, pod: Pod) -> Iterator[tuple[str, int]]:
    """Containers, then init containers, whose exit code the rule means; success is never meant."""
    for status in (*pod.status.container_statuses, *pod.status.init_container_statuses):
        code = exit_code(status)
        named = rule.container_name in (None, status.name)
        if named and code and (code in rule.values) is (rule.operator == "In"):
            yield status.name, code


def exit_code(status: ContainerStatus) -> int | None:
    """The code a container ended with, None while it hasn't."""
    ended = status.state.get("terminated")
    return ended.get("exitCode", 0) if ended else None


def of_success(policy: SuccessPolicy | None, completions: int, succeeded: Iterable[int]) -> str:
    """In words, the first rule of the policy that the succeeded indexes fulfil; "" if none."""
    done = frozenset(succeeded)
    for number, rule in enumerate(policy.rules if policy else ()):
        meant = done if rule.succeeded_indexes is None else indexes.parse(rule.succeeded_indexes, completions)
        needed = len(meant) if rule.succeeded_count is None else rule.succeeded_count
        if (rule.succeeded_indexes is not None or rule.succeeded_count is not None) and len(done & meant) >= needed:
            return f"Matched rules at index {number}"
    return ""
