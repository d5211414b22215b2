"""Fields with a fixed set of values, as the server's own schema tells them; the published schema leaves them out.

Each row: the definition's last word and field, then the values with what each means ("" where nothing is said).
Source: the comments beside the constants in staging/src/k8s.io/api/*/types.go, v1.36.
"""

from __future__ import annotations

Values = dict[str, str]

_TAINT_EFFECTS = {
    "NoExecute": "Evict any already-running pods that do not tolerate the taint. Currently enforced by NodeController.",
    "NoSchedule": "Do not allow new pods to schedule onto the node unless they tolerate the taint, but allow all pods "
    "submitted to Kubelet without going through the scheduler to start, and allow all already-running pods to "
    "continue running. Enforced by the scheduler.",
    "PreferNoSchedule": "Like TaintEffectNoSchedule, but the scheduler tries not to schedule new pods onto the node, "
    "rather than prohibiting new pods from scheduling onto the node entirely. Enforced by the scheduler.",
}

ENUMS: dict[tuple[str, str], Values] = {
    ("Toleration", "effect"): _TAINT_EFFECTS,
    ("Taint", "effect"): _TAINT_EFFECTS,
    ("Toleration", "operator"): {"Equal": "", "Exists": "", "Gt": "", "Lt": ""},
    ("PodDisruptionBudgetSpec", "unhealthyPodEvictionPolicy"): {
        "AlwaysAllow": 'policy means that all running pods (status.phase="Running"), but not yet healthy are '
        "considered disrupted and can be evicted regardless of whether the criteria in a PDB is met.",
        "IfHealthyBudget": 'policy means that running pods (status.phase="Running"), but not yet healthy can be '
        "evicted only if the guarded application is not disrupted (status.currentHealthy is at least equal to "
        "status.desiredHealthy). Healthy pods will be subject to the PDB for eviction.",
    },
}


def enum(place: str, word: str) -> list[str]:
    """The values of a field of a definition; none if it takes any."""
    return list(ENUMS.get((place.rpartition(".")[2], word), ()))


def with_values(description: str, place: str, word: str) -> str:
    """A field's description with what each of its values means."""
    values = ENUMS.get((place.rpartition(".")[2], word))
    if not values:
        return description
    lines = "".join(f'\n - `"{value}"` {meaning}'.rstrip() for value, meaning in values.items())
    return f"{description}\n\nPossible enum values:{lines}"
