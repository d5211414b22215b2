"""The exercises of lesson 10, taints and tolerations."""

from __future__ import annotations

from labkit.checks.answers import deployment
from labkit.checks.exercise import Exercise, Goal, Sign, Wrong
from labkit.checks.observing import after, names, nodes, on_node, pods, ready
from labkit.founding import machine
from labkit.kinds.pod import Pod, Toleration
from labkit.lab import Lab

GPU_TAINT = {"key": "gpu", "value": "yes", "effect": "NoSchedule"}
GPU_LABEL = {"accelerator": "gpu"}


# Lesson 10.1: nodes of one's own


def _gpu_lab(plain_cpu: str, gpu_cpu: str) -> Lab:
    plain = [machine(f"plain-{number}", cpu=plain_cpu) for number in (1, 2)]
    gpu = [machine(f"gpu-{number}", cpu=gpu_cpu, labels=GPU_LABEL, taints=[GPU_TAINT]) for number in (1, 2)]
    return Lab.of([*plain, *gpu], seed=1)


def _tolerations(lab: Lab, app: str) -> list[Toleration]:
    automatic = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")
    return [one for pod in pods(lab, app) for one in pod.spec.tolerations if one.key not in automatic]


def _is_drawn(pod: Pod) -> bool:
    affinity = pod.spec.affinity.node_affinity if pod.spec.affinity else None
    return bool(pod.spec.node_selector or (affinity and affinity.required))


def _strays(lab: Lab) -> bool:
    return any(not name.startswith("gpu-") for name in nodes(lab, "train"))


def _waits(lab: Lab) -> bool:
    return len(nodes(lab, "train")) < len(pods(lab, "train"))


def _compares_nothing(lab: Lab) -> bool:
    return any(one.key and one.operator in ("", "Equal") and not one.value for one in _tolerations(lab, "train"))


_EFFECT = Sign(
    "a toleration with another effect will do",
    lambda lab: _waits(lab) and any(one.effect not in ("", "NoSchedule") for one in _tolerations(lab, "train")),
)
_VALUE = Sign("Equal without a value matches any value", lambda lab: _waits(lab) and _compares_nothing(lab))
_LABEL = Sign(
    "a label opens a tainted node",
    lambda lab: _waits(lab) and not _tolerations(lab, "train") and any(_is_drawn(pod) for pod in pods(lab, "train")),
)
_ATTRACTS = Sign("a toleration attracts pods", lambda lab: _strays(lab) and bool(_tolerations(lab, "train")))
_TAINT_ATTRACTS = Sign("a taint attracts pods", lambda lab: _strays(lab) and not _tolerations(lab, "train"))
_EVERYTHING = Sign(
    "tolerating everything is harmless", lambda lab: any(not one.key for one in _tolerations(lab, "train"))
)

TOLERATE = """tolerations:
- {key: gpu, operator: Equal, value: "yes", effect: NoSchedule}
"""
TOLERATE_KEY = """tolerations:
- {key: gpu, operator: Exists}
"""
SELECT = """nodeSelector: {accelerator: gpu}
"""
REQUIRE = """affinity:
  nodeAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      nodeSelectorTerms:
      - matchExpressions:
        - {key: accelerator, operator: In, values: [gpu]}
"""

OWN_NODES = Exercise(
    name="own-nodes",
    task=(
        "Run three pods of shop/train:1.0, labelled app=train, on the GPU nodes and nowhere else. These nodes carry the"
        " label accelerator=gpu and the taint gpu=yes:NoSchedule."
    ),
    labs=(lambda: _gpu_lab("4", "4"), lambda: _gpu_lab("64", "2"), lambda: _gpu_lab("250m", "64")),
    goals=(
        Goal("Three pods with the label app=train are ready.", lambda lab: ready(lab, "train") == 3),
        Goal("All of them run on GPU nodes.", lambda lab: bool(nodes(lab, "train")) and not _strays(lab)),
        Goal(
            "They leave a node that is taken out of service by a taint of its own.",
            lambda lab: _leave_at(lab, "kubectl taint nodes -l accelerator=gpu maintenance=now:NoExecute"),
        ),
    ),
    signs=(_EFFECT, _VALUE, _LABEL, _ATTRACTS, _TAINT_ATTRACTS, _EVERYTHING),
    hints=(
        "Two things are needed: one that lets the pods in, one that draws them there.",
        "A toleration lets them in. A nodeSelector (or required node affinity) on accelerator=gpu draws them.",
    ),
    right=(
        deployment("train", 3, SELECT + TOLERATE),
        deployment("train", 3, REQUIRE + TOLERATE_KEY),
        deployment("train", 3, REQUIRE + TOLERATE),
    ),
    wrong={
        "a toleration alone": Wrong("a toleration attracts pods", deployment("train", 3, TOLERATE)),
        "a nodeSelector alone": Wrong("a label opens a tainted node", deployment("train", 3, SELECT)),
        "neither": Wrong("a taint attracts pods", deployment("train", 3)),
        "the wrong effect": Wrong(
            "a toleration with another effect will do",
            deployment("train", 3, SELECT + TOLERATE.replace("NoSchedule", "NoExecute")),
        ),
        "no value": Wrong(
            "Equal without a value matches any value",
            deployment("train", 3, SELECT + TOLERATE.replace(', value: "yes"', "")),
        ),
        "every taint": Wrong(
            "tolerating everything is harmless",
            deployment("train", 3, SELECT + "tolerations:\n- {operator: Exists}\n"),
        ),
    },
)


def _leave_at(lab: Lab, command: str) -> bool:
    before = names(pods(lab, "train"))
    return bool(before) and not before & names(pods(after(lab, command), "train"))


# Lesson 10.2: taking a node out of service


def _shop() -> Lab:
    lab = Lab.kubernetes(nodes=3, cpu="4", memory="8Gi", seed=1)
    lab.apply(deployment("web", 6))
    return lab.run("1m")


def _effects(lab: Lab) -> set[str]:
    return {
        taint.effect for node in lab.cluster.items("Node") for taint in node.spec.taints if not _is_cordon(taint.key)
    }


def _is_cordon(key: str) -> bool:
    return key == "node.kubernetes.io/unschedulable"


def _is_cordoned(lab: Lab) -> bool:
    return any(node.spec.unschedulable for node in lab.cluster.items("Node"))


def _stays(lab: Lab) -> bool:
    return bool(on_node(lab, "node-2"))


CLEAR_A_NODE = Exercise(
    name="clear-a-node",
    task="node-2 gets new memory today. Within two minutes none of web's pods may run there, and no new one may come.",
    labs=(_shop,),
    goals=(
        Goal("No pod runs on node-2.", lambda lab: not _stays(lab)),
        Goal("Six pods with the label app=web are ready.", lambda lab: ready(lab, "web") == 6),
        Goal(
            "Three more pods don't land on node-2 either.",
            lambda lab: not _stays(after(lab, "kubectl scale deployment web --replicas=9")),
        ),
    ),
    signs=(
        Sign("cordon evicts", lambda lab: _stays(lab) and _is_cordoned(lab)),
        Sign("NoSchedule evicts running pods", lambda lab: _stays(lab) and "NoSchedule" in _effects(lab)),
        Sign("PreferNoSchedule keeps pods off", lambda lab: _effects(lab) == {"PreferNoSchedule"}),
    ),
    hints=(
        "Keeping new pods off is one thing, sending away those that are there is another.",
        "Which of the three effects acts on pods that run already?",
    ),
    right=(
        "kubectl taint nodes node-2 maintenance=memory:NoExecute",
        "kubectl cordon node-2\nkubectl delete pods --field-selector=spec.nodeName=node-2",
        "kubectl taint nodes node-2 down:NoSchedule\nkubectl delete pods --field-selector=spec.nodeName=node-2",
    ),
    wrong={
        "cordon alone": Wrong("cordon evicts", "kubectl cordon node-2"),
        "NoSchedule alone": Wrong(
            "NoSchedule evicts running pods", "kubectl taint nodes node-2 maintenance=memory:NoSchedule"
        ),
        "PreferNoSchedule": Wrong(
            "PreferNoSchedule keeps pods off", "kubectl taint nodes node-2 maintenance=memory:PreferNoSchedule"
        ),
    },
)


# Lesson 10.3: a minute to say goodbye


def _at(lab: Lab, time: str) -> set[str]:
    return names(pods(after(lab, "kubectl taint nodes --all maintenance=now:NoExecute", time=time), "cache"))


def _still(lab: Lab, time: str) -> bool:
    before = names(pods(lab, "cache"))
    return bool(before) and before <= _at(lab, time)


GRACE = """tolerations:
- {key: maintenance, operator: Exists, effect: NoExecute, tolerationSeconds: 60}
"""

A_MINUTE = Exercise(
    name="a-minute",
    task=(
        "The pods of shop/cache:1.0, labelled app=cache, need a minute to hand over. When a node gets the taint"
        " maintenance=now:NoExecute they must stay for 60 seconds, and then go."
    ),
    labs=(lambda: Lab.kubernetes(nodes=2, seed=1), lambda: Lab.kubernetes(nodes=4, seed=2)),
    goals=(
        Goal("At least one pod with the label app=cache is ready.", lambda lab: ready(lab, "cache") >= 1),
        Goal("Fifty seconds after the taint they are still there.", lambda lab: _still(lab, "50s")),
        Goal("Two minutes after it they are gone.", lambda lab: bool(pods(lab, "cache")) and not _still(lab, "2m")),
    ),
    signs=(
        Sign("a toleration ends by itself", lambda lab: _still(lab, "2m")),
        Sign(
            "a toleration with another effect will do",
            lambda lab: any(one.effect not in ("", "NoExecute") for one in _tolerations(lab, "cache")),
        ),
        Sign(
            "every taint is tolerated for 300 seconds",
            lambda lab: bool(pods(lab, "cache")) and not _tolerations(lab, "cache"),
        ),
    ),
    hints=(
        "A toleration can be for a limited time.",
        "tolerationSeconds belongs to a toleration with effect: NoExecute.",
    ),
    right=(
        deployment("cache", 2, GRACE),
        deployment("cache", 1, GRACE.replace("operator: Exists", "operator: Equal, value: now")),
    ),
    wrong={
        "no seconds": Wrong(
            "a toleration ends by itself", deployment("cache", 2, GRACE.replace(", tolerationSeconds: 60", ""))
        ),
        "the wrong effect": Wrong(
            "a toleration with another effect will do",
            deployment("cache", 2, GRACE.replace("NoExecute, tolerationSeconds: 60", "NoSchedule")),
        ),
        "no toleration": Wrong("every taint is tolerated for 300 seconds", deployment("cache", 2)),
    },
)

EXERCISES = (OWN_NODES, CLEAR_A_NODE, A_MINUTE)
