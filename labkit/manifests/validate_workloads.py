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
    NOT_NEGATIVE,
    at_most_all,
    forbidden,
    int_or_percent,
    invalid,
    not_negative,
    required,
    unsupported,
)
from labkit.manifests.gotypes import as_go
from labkit.manifests.validate_meta import is_empty, label_selector
from labkit.manifests.validate_pod import template
from labkit.manifests.validate_volumes import claim_spec

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


def daemon_set(obj: Object, old: Object | None) -> Iterator[Cause]:
    """A DaemonSet."""
    spec = obj.get("spec") or {}
    yield from _selector(spec, "daemonset")
    yield from _template(spec, "DaemonSet")
    yield from not_negative(spec, "spec", "minReadySeconds")
    yield from _daemon_strategy(spec.get("updateStrategy") or {}, "spec.updateStrategy")
    yield from not_negative(spec, "spec", "revisionHistoryLimit")
    yield from _fixed_selector(spec, old)


def stateful_set(obj: Object, old: Object | None) -> Iterator[Cause]:
    """A StatefulSet."""
    spec = obj.get("spec") or {}
    before = (old or {}).get("spec") or {}
    if old is not None and any(spec.get(key) != before.get(key) for key in {*spec, *before} - {*_STATEFUL_FREE}):
        yield forbidden("spec", _STATEFUL_FIXED)
    policy = spec.get("podManagementPolicy", "OrderedReady")
    if policy not in ("OrderedReady", "Parallel"):
        yield invalid("spec.podManagementPolicy", policy, "must be 'OrderedReady' or 'Parallel'")
    yield from _stateful_strategy(spec.get("updateStrategy") or {}, "spec.updateStrategy")
    yield from not_negative(spec, "spec", "replicas", "minReadySeconds")
    yield from not_negative(spec.get("ordinals") or {}, "spec.ordinals", "start")
    yield from _selector(spec, "statefulset")
    yield from _template(spec, "StatefulSet")
    if old is None:
        for index, claim in enumerate(spec.get("volumeClaimTemplates") or ()):
            yield from claim_spec(claim.get("spec") or {}, f"spec.volumeClaimTemplates[{index}].spec")


def _selector(spec: Object, word: str) -> Iterator[Cause]:
    selector = spec.get("selector")
    if selector is None:
        yield required("spec.selector")
        return
    yield from label_selector(selector, "spec.selector")
    if is_empty(selector):
        yield invalid("spec.selector", selector, f"empty selector is invalid for {word}")


def _template(spec: Object, word: str) -> Iterator[Cause]:
    given, path = spec.get("template") or {}, "spec.template"
    if not _selects(spec.get("selector"), given):
        labels = (given.get("metadata") or {}).get("labels")
        yield invalid(f"{path}.metadata.labels", labels, "`selector` does not match template `labels`")
    yield from template(given, path)
    policy = (given.get("spec") or {}).get("restartPolicy", "Always")
    if policy != "Always":
        yield unsupported(f"{path}.spec.restartPolicy", policy, ("Always",))
    if (given.get("spec") or {}).get("activeDeadlineSeconds") is not None:
        yield forbidden(f"{path}.spec.activeDeadlineSeconds", f"activeDeadlineSeconds in {word} is not Supported")


def _selects(selector: Object | None, given: Object) -> bool:
    """Whether the selector matches the template's labels; a bad selector is reported elsewhere."""
    if selector is not None and any(label_selector(selector, "")):
        return True
    return selectors.matches(selector, (given.get("metadata") or {}).get("labels") or {})


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
        yield unsupported(f"{path}.type", kind, ("RollingUpdate", "OnDelete"))
    if kind != "RollingUpdate":
        return
    at, unavailable, surge = f"{path}.rollingUpdate", rolling.get("maxUnavailable", 0), rolling.get("maxSurge", 0)
    yield from int_or_percent(f"{at}.maxUnavailable", unavailable)
    yield from int_or_percent(f"{at}.maxSurge", surge)
    yield from at_most_all(f"{at}.maxUnavailable", unavailable)
    if _counts(unavailable) and _counts(surge):
        yield invalid(f"{at}.maxSurge", surge, "may not be set when maxUnavailable is non-zero")
    elif not _counts(unavailable) and not _counts(surge):
        yield required(f"{at}.maxUnavailable", "cannot be 0 when maxSurge is 0")


def _stateful_strategy(strategy: Object, path: str) -> Iterator[Cause]:
    kind, rolling = strategy.get("type", "RollingUpdate"), strategy.get("rollingUpdate")
    if kind == "OnDelete":
        if rolling is not None:
            yield invalid(f"{path}.rollingUpdate", rolling, "only allowed for updateStrategy 'RollingUpdate'")
    elif kind == "RollingUpdate":
        partition = (rolling or {}).get("partition", 0)
        if partition < 0:
            yield invalid(f"{path}.rollingUpdate.partition", partition, NOT_NEGATIVE)
    else:
        yield invalid(path, strategy, "must be 'RollingUpdate' or 'OnDelete'")
