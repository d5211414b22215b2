"""Pods at the door: priority, service account, tolerations.

Source: plugin/pkg/admission/{priority,serviceaccount,defaulttolerationseconds}/admission.go, v1.36.
"""

from __future__ import annotations

from labkit.admission.world import Object, World
from labkit.errors import ApiError
from labkit.kinds import Key
from labkit.lifecycle import random_suffix

SYSTEM_PRIORITIES = {"system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}
"""The classes that exist in every cluster."""
TOKEN_PATH = "/var/run/secrets/kubernetes.io/serviceaccount"
_TOKEN_VOLUME = "kube-api-access-"
_PROJECTED = {
    "defaultMode": 420,
    "sources": [
        {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
        {"configMap": {"items": [{"key": "ca.crt", "path": "ca.crt"}], "name": "kube-root-ca.crt"}},
        {
            "downwardAPI": {
                "items": [
                    {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}, "path": "namespace"},
                ]
            }
        },
    ],
}
_TOLERATED: tuple[Object, ...] = tuple(
    {"effect": "NoExecute", "key": f"node.kubernetes.io/{state}", "operator": "Exists", "tolerationSeconds": 300}
    for state in ("not-ready", "unreachable")
)


def admitted(cluster: World, pod: Object) -> Object:
    """A new pod with its account, priority and default tolerations."""
    spec = with_account(cluster, pod, pod["spec"])
    spec = with_priority(cluster, pod, spec)
    spec = with_tolerations(spec)
    return pod if spec is pod["spec"] else {**pod, "spec": spec}


def with_account(cluster: World, pod: Object, spec: Object) -> Object:
    """Name the service account and mount its token.

    The account "default" counts as there even before its controller has made it.
    """
    name = spec.get("serviceAccountName") or "default"
    namespace = pod["metadata"].get("namespace") or "default"
    account = cluster.get(Key("ServiceAccount", namespace, name))
    if account is None and name != "default":
        why = f'error looking up service account {namespace}/{name}: serviceaccount "{name}" not found'
        raise ApiError.forbidden("pods", pod["metadata"].get("name", ""), why)
    if spec.get("serviceAccountName") != name:
        spec = {**spec, "serviceAccount": name, "serviceAccountName": name}
    secrets = (account or {}).get("imagePullSecrets")
    if secrets and not spec.get("imagePullSecrets"):
        spec = {**spec, "imagePullSecrets": secrets}
    mounts = spec.get("automountServiceAccountToken", (account or {}).get("automountServiceAccountToken", True))
    return _with_token(cluster, spec) if mounts else spec


def _with_token(cluster: World, spec: Object) -> Object:
    kinds = [kind for kind in ("containers", "initContainers") if spec.get(kind)]
    if all(_has_token(one) for kind in kinds for one in spec[kind]):
        return spec
    volumes = spec.get("volumes") or []
    name = next((one["name"] for one in volumes if one.get("name", "").startswith(_TOKEN_VOLUME)), "")
    if not name:
        name = _TOKEN_VOLUME + random_suffix(cluster.rng)
        volumes = [*volumes, {"name": name, "projected": _PROJECTED}]
    mount = {"mountPath": TOKEN_PATH, "name": name, "readOnly": True}
    mounted = {kind: [one if _has_token(one) else _mounted(one, mount) for one in spec[kind]] for kind in kinds}
    return {**spec, **mounted, "volumes": volumes}


def _has_token(container: Object) -> bool:
    return any(mount.get("mountPath") == TOKEN_PATH for mount in container.get("volumeMounts") or ())


def _mounted(container: Object, mount: Object) -> Object:
    return {**container, "volumeMounts": [*(container.get("volumeMounts") or ()), mount]}


def with_priority(cluster: World, pod: Object, spec: Object) -> Object:
    """The number of the pod's PriorityClass, or of the default class, or 0."""
    class_name, value, policy = _class_of(cluster, pod, spec)
    given = spec.get("priority")
    if given is not None and given != value:
        _refuse(pod, f"the integer value of priority ({given}) must not be provided in pod spec", value)
    given = spec.get("preemptionPolicy")
    if given is not None and given != policy:
        _refuse(pod, f"the string value of PreemptionPolicy ({given}) must not be provided in pod spec", policy)
    if spec.get("priority") == value and spec.get("preemptionPolicy") == policy:
        return spec
    named = {"priorityClassName": class_name} if class_name else {}
    return {**spec, **named, "priority": value, "preemptionPolicy": policy}


def _class_of(cluster: World, pod: Object, spec: Object) -> tuple[str, int, str]:
    """Name, value and preemption policy of the class that applies."""
    name = spec.get("priorityClassName", "")
    found = cluster.get(Key("PriorityClass", "", name)) if name else _default_class(cluster)
    if found is not None:
        policy = found.get("preemptionPolicy", "PreemptLowerPriority")
        return found["metadata"]["name"], found.get("value", 0), policy
    if name and name not in SYSTEM_PRIORITIES:
        why = f"no PriorityClass with name {name} was found"
        raise ApiError.forbidden("pods", pod["metadata"].get("name", ""), why)
    return name, SYSTEM_PRIORITIES.get(name, 0), "PreemptLowerPriority"


def _default_class(cluster: World) -> Object | None:
    """The class marked as the default; of several, the lowest."""
    marked = [one for one in cluster.list("PriorityClass") if one.get("globalDefault")]
    return min(marked, key=lambda one: one.get("value", 0), default=None)


def _refuse(pod: Object, what: str, computed: int | str) -> None:
    why = f"{what}; priority admission controller computed {computed} from the given PriorityClass name"
    raise ApiError.forbidden("pods", pod["metadata"].get("name", ""), why)


def check_default_class(cluster: World, obj: Object) -> None:
    """There can be only one default PriorityClass."""
    other = _default_class(cluster)
    name = obj["metadata"].get("name", "")
    if not obj.get("globalDefault") or other is None or other["metadata"]["name"] == name:
        return
    why = f"PriorityClass {other['metadata']['name']} is already marked as default. Only one default can exist"
    raise ApiError.forbidden("priorityclasses", name, why, "scheduling.k8s.io")


def with_tolerations(spec: Object) -> Object:
    """Five minutes on a node that isn't ready or can't be reached, unless the pod says otherwise."""
    given = spec.get("tolerations") or []
    missing = [one for one in _TOLERATED if not any(_covers(other, one["key"]) for other in given)]
    return {**spec, "tolerations": [*given, *missing]} if missing else spec


def _covers(toleration: Object, key: str) -> bool:
    return toleration.get("key", "") in ("", key) and toleration.get("effect", "") in ("", "NoExecute")
