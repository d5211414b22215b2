"""Deployments, ReplicaSets, StatefulSets, DaemonSets.

Source: pkg/apis/apps/validation/validation.go, pkg/apis/core/validation/validation.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labkit.errors import Cause
from labkit.fields import intstr, selectors
from labkit.manifests.causes import (
    IMMUTABLE,
    at_most_all,
    forbidden,
    int_or_percent,
    invalid,
    not_negative,
    one_of,
    required,
    unsupported,
)
from labkit.manifests.gotypes import as_go
from labkit.manifests.validate_meta import is_empty, label_selector
from labkit.manifests.validate_pod import template, template_metadata

Object = dict[str, Any]
_STATEFUL_FREE = (
    "replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy", "minReadySeconds",
)  # fmt: skip
_STATEFUL_FIXED = (
    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', "
    "'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
)


def deployment(obj: Object, old: Object | None) -> Iterator[Cause]:
    """A Deployment."""
    spec = obj.get("spec") or {}
    yield from not_negative(spec, "spec", "replicas")
    yield from _selector(spec, "deployment")
    yield from _template(spec, "ReplicaSet")
    yield from _strategy(spec.get("strategy") or {}, "spec.strategy")
    yield from not_negative(spec, "spec", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds")
    deadline, ready = spec.get("progressDeadlineSeconds"), spec.get("minReadySeconds", 0)
    if deadline is not None and deadline <= ready:
        yield invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds")
    yield from _fixed_selector(spec, old)


def replica_set(obj: Object, old: Object | None) -> Iterator[Cause]:
    """A ReplicaSet."""
    spec = obj.get("spec") or {}
    yield from not_negative(spec, "spec", "replicas", "minReadySeconds")
    yield from _selector(spec, "deployment")
    yield from _template(spec, "ReplicaSet")
    yield from _fixed_selector(spec, old)


def replication_controller(obj: Object, old: Object | None) -> Iterator[Cause]:
    """A ReplicationController; its selector may change."""
    spec = obj.get("spec") or {}
    yield from not_negative(spec, "spec", "minReadySeconds")
    selector, made = spec.get("selector"), spec.get("template")
    if not selector:
        yield required("spec.selector")
    yield from not_negative(spec, "spec", "replicas")
    if made is None:
        yield required("spec.template")
        return
    if selector:
        yield from _match({**spec, "selector": {"matchLabels": selector}}, "spec.template")
    yield from template(made, "spec.template")
    yield from _always(spec, "ReplicationController")


def daemon_set(obj: Object, old: Object | None) -> Iterator[Cause]:
    """A DaemonSet."""
    spec = obj.get("spec") or {}
    selector = spec.get("selector")
    yield from label_selector(selector, "spec.selector")
    yield from _match(spec, "spec.template")
    if selector is not None and is_empty(selector):
        yield invalid("spec.selector", selector, "empty selector is invalid for daemonset")
    yield from template(spec.get("template"), "spec.template")
    yield from _always(spec, "DaemonSet")
    yield from not_negative(spec, "spec", "minReadySeconds")
    yield from _daemon_strategy(spec.get("updateStrategy") or {}, "spec.updateStrategy")
    yield from not_negative(spec, "spec", "revisionHistoryLimit")
    yield from _fixed_selector(spec, old)


def stateful_set(obj: Object, old: Object | None) -> Iterator[Cause]:
    """A StatefulSet."""
    spec = obj.get("spec") or {}
    policy = spec.get("podManagementPolicy", "OrderedReady")
    if policy not in ("OrderedReady", "Parallel"):
        yield invalid("spec.podManagementPolicy", policy, "must be 'OrderedReady' or 'Parallel'")
    yield from _stateful_strategy(spec.get("updateStrategy") or {}, "spec.updateStrategy")
    for key in ("whenDeleted", "whenScaled"):
        path = "spec.persistentVolumeClaimRetentionPolicy"
        yield from one_of(spec.get(path.removeprefix("spec.")) or {}, path, key, ("Retain", "Delete"))
    yield from not_negative(spec, "spec", "replicas", "minReadySeconds")
    yield from not_negative(spec.get("ordinals") or {}, "spec.ordinals", "start")
    yield from _selector(spec, "statefulset")
    yield from _stateful_template(spec)
    yield from _stateful_update(spec, (old or {}).get("spec") or {})


def _stateful_template(spec: Object) -> Iterator[Cause]:
    """Labels and annotations only: the server leaves the rest to the pods, whose volumes come from claims."""
    if any(label_selector(spec.get("selector"), "")):
        return
    yield from _match(spec, "spec.template")
    yield from template_metadata(spec.get("template"), "spec.template")
    yield from _always(spec, "StatefulSet")


def _stateful_update(spec: Object, before: Object) -> Iterator[Cause]:
    if before and any(spec.get(key) != before.get(key) for key in {*spec, *before} - {*_STATEFUL_FREE}):
        yield forbidden("spec", _STATEFUL_FIXED)


def _selector(spec: Object, word: str) -> Iterator[Cause]:
    selector = spec.get("selector")
    if selector is None:
        yield required("spec.selector")
        return
    yield from label_selector(selector, "spec.selector")
    if is_empty(selector):
        yield invalid("spec.selector", selector, f"empty selector is invalid for {word}")


def _template(spec: Object, word: str) -> Iterator[Cause]:
    selector = spec.get("selector")
    if any(label_selector(selector, "")):
        yield invalid("spec.selector", selector, "invalid label selector")
        return
    yield from _match(spec, "spec.template")
    yield from template(spec.get("template"), "spec.template")
    yield from _always(spec, word)


def _match(spec: Object, path: str) -> Iterator[Cause]:
    """The selector must select the pods that the template makes; no selector selects nothing."""
    selector = spec.get("selector")
    labels = ((spec.get("template") or {}).get("metadata") or {}).get("labels")
    if not any(label_selector(selector, "")) and not selectors.matches(selector, labels or {}):
        yield invalid(f"{path}.metadata.labels", labels, "`selector` does not match template `labels`")


def _always(spec: Object, word: str) -> Iterator[Cause]:
    """Pods that are kept running can't end by themselves."""
    pod, path = (spec.get("template") or {}).get("spec") or {}, "spec.template.spec"
    policy = pod.get("restartPolicy", "Always")
    if policy != "Always":
        yield unsupported(f"{path}.restartPolicy", policy, ("Always",))
    if pod.get("activeDeadlineSeconds") is not None:
        yield forbidden(f"{path}.activeDeadlineSeconds", f"activeDeadlineSeconds in {word} is not Supported")


def _fixed_selector(spec: Object, old: Object | None) -> Iterator[Cause]:
    if old is not None and spec.get("selector") != (old.get("spec") or {}).get("selector"):
        yield invalid("spec.selector", spec.get("selector"), IMMUTABLE)


def _strategy(strategy: Object, path: str) -> Iterator[Cause]:
    kind, rolling = strategy.get("type", "RollingUpdate"), strategy.get("rollingUpdate")
    if kind == "Recreate":
        if rolling is not None:
            yield forbidden(f"{path}.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'")
    elif kind == "RollingUpdate":
        yield from _rolling(rolling or {}, f"{path}.rollingUpdate")
    else:
        yield unsupported(path, as_go("DeploymentStrategy", strategy), ("Recreate", "RollingUpdate"))


def _rolling(rolling: Object, path: str) -> Iterator[Cause]:
    unavailable, surge = rolling.get("maxUnavailable", 0), rolling.get("maxSurge", 0)
    yield from int_or_percent(f"{path}.maxUnavailable", unavailable)
    yield from int_or_percent(f"{path}.maxSurge", surge)
    if not _counts(unavailable) and not _counts(surge):
        yield invalid(f"{path}.maxUnavailable", unavailable, "may not be 0 when `maxSurge` is 0")
    yield from at_most_all(f"{path}.maxUnavailable", unavailable)


def _counts(value: Any) -> int:
    """What a count or percentage comes to, zero or not; unreadable ones count as something."""
    try:
        return intstr.scaled(value, 100, round_up=True)
    except ValueError:
        return 1


def _daemon_strategy(strategy: Object, path: str) -> Iterator[Cause]:
    kind, rolling = strategy.get("type", "RollingUpdate"), strategy.get("rollingUpdate") or {}
    if kind not in ("RollingUpdate", "OnDelete"):
        yield unsupported(path, as_go("DeploymentStrategy", strategy), ("RollingUpdate", "OnDelete"))
    if kind != "RollingUpdate":
        return
    at, unavailable, surge = f"{path}.rollingUpdate", rolling.get("maxUnavailable", 0), rolling.get("maxSurge", 0)
    yield from int_or_percent(f"{at}.maxUnavailable", unavailable)
    yield from int_or_percent(f"{at}.maxSurge", surge)
    yield from at_most_all(f"{at}.maxUnavailable", unavailable)
    yield from at_most_all(f"{at}.maxSurge", surge)
    if _counts(unavailable) and _counts(surge):
        yield invalid(f"{at}.maxSurge", surge, "may not be set when maxUnavailable is non-zero")
    elif not _counts(unavailable) and not _counts(surge):
        yield required(f"{at}.maxUnavailable", "cannot be 0 when maxSurge is 0")


def _stateful_strategy(strategy: Object, path: str) -> Iterator[Cause]:
    kind, rolling = strategy.get("type", "RollingUpdate"), strategy.get("rollingUpdate")
    if kind == "OnDelete":
        if rolling is not None:
            shown = as_go("StatefulRolling", rolling)
            yield invalid(f"{path}.rollingUpdate", shown, "only allowed for updateStrategy 'RollingUpdate'")
    elif kind == "RollingUpdate":
        yield from _partition(rolling or {}, f"{path}.rollingUpdate")
    else:
        yield invalid(path, as_go("StatefulStrategy", strategy), "must be 'RollingUpdate' or 'OnDelete'")


def _partition(rolling: Object, path: str) -> Iterator[Cause]:
    yield from not_negative(rolling, path, "partition")
    unavailable = rolling.get("maxUnavailable")
    if unavailable is not None:
        yield from int_or_percent(f"{path}.maxUnavailable", unavailable)
        if not _counts(unavailable):
            yield invalid(f"{path}.maxUnavailable", unavailable, "cannot be 0")
        yield from at_most_all(f"{path}.maxUnavailable", unavailable)
