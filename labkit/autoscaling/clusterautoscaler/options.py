"""The flags of a Cluster Autoscaler, with their defaults; a lab keeps them in a ConfigMap.

Source: cluster-autoscaler config/flags/flags.go and FAQ.md, 1.36. Left out: what labkit does not simulate, which is
refused by name: provisioning requests, balancing similar groups, GPUs, cores and memory limits of the whole cluster.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from labkit.cluster import Cluster
from labkit.errors import FieldError
from labkit.fields import durations
from labkit.kinds.registry import Key

TABLE = Key("ConfigMap", "kube-system", "labkit-cluster-autoscaler")
EXPANDERS = ("random", "most-pods", "least-waste", "least-nodes", "price", "priority")


class Options(NamedTuple):
    """Durations in seconds; `expander`: one or several, in turn."""

    scan_interval: float = 10
    expander: str = "least-waste"
    scale_down_enabled: bool = True
    scale_down_utilization_threshold: float = 0.5
    scale_down_unneeded_time: float = 600
    scale_down_delay_after_add: float = 600
    scale_down_delay_after_delete: float = 0
    scale_down_delay_after_failure: float = 180
    max_empty_bulk_delete: int = 10
    max_drain_parallelism: int = 1
    max_graceful_termination_sec: float = 600
    max_node_provision_time: float = 900
    new_pod_scale_up_delay: float = 0
    expendable_pods_priority_cutoff: int = -10
    ignore_daemonsets_utilization: bool = False
    skip_nodes_with_local_storage: bool = True
    skip_nodes_with_system_pods: bool = True

    @property
    def expanders(self) -> tuple[str, ...]:
        """The expanders, one after the other."""
        return tuple(self.expander.split(","))


_TIMES = {
    "scan_interval", "scale_down_unneeded_time", "scale_down_delay_after_add", "scale_down_delay_after_delete",
    "scale_down_delay_after_failure", "max_node_provision_time", "new_pod_scale_up_delay",
}  # fmt: skip


def parse(flags: Mapping[str, Any]) -> Options:
    """Options from flags, spelt with hyphens or underscores. FieldError for one that there isn't or can't be read."""
    given = {name.removeprefix("--").replace("-", "_"): value for name, value in flags.items()}
    if unknown := next((name for name in given if name not in Options._fields), None):
        raise FieldError(f"unknown flag: --{unknown.replace('_', '-')}")
    options = Options(**{name: _read(name, value) for name, value in given.items()})
    if wrong := next((one for one in options.expanders if one not in EXPANDERS), None):
        raise FieldError(f"Expander {wrong} not supported; there is {', '.join(EXPANDERS)}")
    return options


def _read(name: str, value: Any) -> Any:
    default = Options._field_defaults[name]
    text = str(value)
    try:
        if name in _TIMES:
            return durations.seconds(value)
        if isinstance(default, bool):
            return {"true": True, "false": False}[text.lower()]
        return type(default)(value)
    except (ValueError, KeyError, FieldError):
        raise FieldError(f'invalid argument "{text}" for "--{name.replace("_", "-")}" flag') from None


def write(cluster: Cluster, flags: Mapping[str, Any]) -> None:
    """Keep the flags in the world: from now on the autoscaler runs. FieldError as `parse`."""
    parse(flags)
    data = {name.removeprefix("--").replace("_", "-"): str(value) for name, value in flags.items()}
    if cluster.get(TABLE) is None:
        meta = {"name": TABLE.name, "namespace": TABLE.namespace}
        cluster.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": data})
    else:
        cluster.update({**cluster.require(TABLE), "data": data})


def read(cluster: Cluster) -> Options | None:
    """The options of the lab's autoscaler; None if it has none."""
    held = cluster.get(TABLE)
    return None if held is None else parse(held.get("data") or {})
