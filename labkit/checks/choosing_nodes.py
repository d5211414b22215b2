"""The exercises of lesson 09, choosing nodes."""

from __future__ import annotations

from collections.abc import Mapping

from labkit.checks.answers import deployment
from labkit.checks.exercise import Exercise, Goal, Sign, Wrong
from labkit.checks.observing import after, nodes, pods, ready
from labkit.founding import machine
from labkit.kinds import Key
from labkit.kinds.meta import Requirement
from labkit.kinds.pod import NodeAffinity, Pod, PreferredNodeTerm
from labkit.lab import Lab

ZONE = "topology.kubernetes.io/zone"


def _lab(machines: Mapping[str, Mapping[str, str]], cpu: str = "4") -> Lab:
    return Lab.of([machine(name, cpu=cpu, labels=labels) for name, labels in machines.items()], seed=1)


def _labels(lab: Lab, node: str) -> dict[str, str]:
    found: dict[str, str] = lab.cluster.require(Key("Node", "", node))["metadata"]["labels"]
    return found


def _affinity(pod: Pod) -> NodeAffinity:
    return (pod.spec.affinity and pod.spec.affinity.node_affinity) or NodeAffinity()


def _preferred(lab: Lab, app: str) -> list[PreferredNodeTerm]:
    return [term for pod in pods(lab, app) for term in _affinity(pod).preferred]


def _is_required(lab: Lab, app: str) -> bool:
    return any(pod.spec.node_selector or _affinity(pod).required for pod in pods(lab, app))


def _terms(lab: Lab, app: str) -> list[tuple[Requirement, ...]]:
    """The expressions of each required term of the first pod."""
    required = next((_affinity(pod).required for pod in pods(lab, app)), None)
    return [term.match_expressions for term in required.node_selector_terms] if required else []


def _waits(lab: Lab, app: str) -> bool:
    return len(nodes(lab, app)) < len(pods(lab, app))


def required(*terms: str) -> str:
    """Required node affinity of these terms, each a YAML list of expressions."""
    listed = "\n".join(f"      - matchExpressions: {term}" for term in terms)
    return f"""
affinity:
  nodeAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      nodeSelectorTerms:
{listed}
"""


def preferred(*terms: tuple[int, str]) -> str:
    """Preferred node affinity: (weight, YAML list of expressions)."""
    listed = "\n".join(
        f"    - weight: {weight}\n      preference: {{matchExpressions: {term}}}" for weight, term in terms
    )
    return f"""
affinity:
  nodeAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
{listed}
"""


# Lesson 09.1: fast disks that stay

FAST = "{key: disk, operator: In, values: [ssd, nvme]}"
STAYS = "{key: spot, operator: DoesNotExist}"


def _is_fast(lab: Lab, node: str) -> bool:
    labels = _labels(lab, node)
    return labels.get("disk") in ("ssd", "nvme") and "spot" not in labels


def _strays(lab: Lab) -> bool:
    return any(not _is_fast(each, node) for each in (lab, _without_fast_nodes(lab)) for node in nodes(each, "db"))


def _without_fast_nodes(lab: Lab) -> Lab:
    fast = [key.name for key in lab.cluster.keys("Node") if _is_fast(lab, key.name)]
    return after(lab, f"kubectl cordon {' '.join(fast)}", "kubectl delete pods -l app=db --wait=false")


def _compares(lab: Lab, key: str, operator: str) -> bool:
    return any(one.key == key and one.operator == operator for term in _terms(lab, "db") for one in term)


def _repeats_a_key(lab: Lab) -> bool:
    keys = [[one.key for one in term if one.operator == "In"] for term in _terms(lab, "db")]
    return any(len(set(each)) < len(each) for each in keys)


FAST_DISKS = Exercise(
    name="fast-disks",
    task=(
        "Run three pods of shop/db:1.0, labelled app=db, on nodes whose label disk is ssd or nvme, and never on a node"
        " that has a label spot, whatever its value."
    ),
    labs=(
        lambda: _lab({"n1": {"disk": "ssd"}, "n2": {"disk": "hdd"}, "n3": {"disk": "ssd", "spot": "true"}, "n4": {}}),
        lambda: _lab({"n1": {"disk": "nvme"}, "n2": {"disk": "tape"}, "n3": {"disk": "nvme", "spot": "yes"}, "n4": {}}),
        lambda: _lab({"n1": {"disk": "nvme"}, "n2": {"spot": "no"}, "n3": {"disk": "ssd", "spot": "no"}}),
    ),
    goals=(
        Goal("Three pods with the label app=db are ready.", lambda lab: ready(lab, "db") == 3),
        Goal(
            "They run on ssd or nvme nodes without the label spot, even when these are closed and pods are made anew.",
            lambda lab: bool(nodes(lab, "db")) and not _strays(lab),
        ),
    ),
    signs=(
        Sign("a preference keeps pods off", lambda lab: _strays(lab) and bool(_preferred(lab, "db"))),
        Sign("several terms must all hold", lambda lab: _strays(lab) and len(_terms(lab, "db")) > 1),
        Sign(
            "NotIn only looks at nodes that have the label",
            lambda lab: _strays(lab) and _compares(lab, "disk", "NotIn"),
        ),
        Sign("NotIn means the label is absent", lambda lab: _strays(lab) and _compares(lab, "spot", "NotIn")),
        Sign("the expressions of a term are alternatives", lambda lab: _waits(lab, "db") and _repeats_a_key(lab)),
    ),
    hints=(
        "Two conditions must hold on the same node: one about disk, one about spot.",
        "The expressions of one term must all hold. In takes a list of values; DoesNotExist takes none.",
    ),
    right=(
        deployment("db", 3, required(f"[{FAST}, {STAYS}]")),
        deployment(
            "db",
            3,
            required(*(f"[{{key: disk, operator: In, values: [{disk}]}}, {STAYS}]" for disk in ("ssd", "nvme"))),
        ),
    ),
    wrong={
        "two terms": Wrong("several terms must all hold", deployment("db", 3, required(f"[{FAST}]", f"[{STAYS}]"))),
        "preferred": Wrong("a preference keeps pods off", deployment("db", 3, preferred((100, f"[{FAST}, {STAYS}]")))),
        "one expression a value": Wrong(
            "the expressions of a term are alternatives",
            deployment(
                "db",
                3,
                required("[{key: disk, operator: In, values: [ssd]}, {key: disk, operator: In, values: [nvme]}]"),
            ),
        ),
        "not true": Wrong(
            "NotIn means the label is absent",
            deployment("db", 3, required(f"[{FAST}, {{key: spot, operator: NotIn, values: ['true']}}]")),
        ),
        "not hdd": Wrong(
            "NotIn only looks at nodes that have the label",
            deployment("db", 3, required(f"[{{key: disk, operator: NotIn, values: [hdd]}}, {STAYS}]")),
        ),
    },
)


# Lesson 09.2: first the zone, then the disk

IN_A = f"{{key: {ZONE}, operator: In, values: [a]}}"
BEST = "shop.example/best"
ON_SSD = "{key: disk, operator: In, values: [ssd]}"


def _zone_lab(machines: Mapping[str, tuple[str, str]], best: str) -> Lab:
    """Nodes by name with zone and disk; the best one is annotated, for the scheduler doesn't look there."""
    lab = _lab({name: {ZONE: zone, "disk": disk} for name, (zone, disk) in machines.items()})
    lab.kubectl(f"annotate node {best} {BEST}=yes")
    return lab


def _is_best(lab: Lab) -> bool:
    found = nodes(lab, "report")
    annotations = [lab.cluster.require(Key("Node", "", node))["metadata"].get("annotations", {}) for node in found]
    return bool(found) and all(BEST in each for each in annotations)


def _weights(lab: Lab) -> tuple[int, int]:
    """What the preferences give a node of zone a without ssd, and one with ssd elsewhere."""
    terms = _preferred(lab, "report")
    return _points(terms, {ZONE: "a", "disk": "hdd"}), _points(terms, {ZONE: "b", "disk": "ssd"})


def _points(terms: list[PreferredNodeTerm], labels: Mapping[str, str]) -> int:
    def holds(one: Requirement) -> bool:
        return one.operator == "In" and labels.get(one.key) in one.values

    return sum(term.weight for term in terms if all(map(holds, term.preference.match_expressions)))


def _is_in_one_term(lab: Lab) -> bool:
    sizes = [len(term.preference.match_expressions) for term in _preferred(lab, "report")]
    return any(size > 1 for size in sizes) and not any(_weights(lab))


def _is_the_wrong_way_round(lab: Lab) -> bool:
    zone, disk = _weights(lab)
    return 0 < zone < disk


def _is_undecided(lab: Lab) -> bool:
    zone, disk = _weights(lab)
    return zone == disk > 0


BOTH = f"[{IN_A}, {ON_SSD}]"

ZONE_FIRST = Exercise(
    name="zone-first",
    task=(
        "Run one pod of shop/report:1.0, labelled app=report. It should be in zone a; among equal zones it should be"
        " on a node with disk=ssd. The zone matters more than the disk. Where neither can be had it must run"
        " all the same."
    ),
    labs=(
        lambda: _zone_lab({"n1": ("b", "ssd"), "n2": ("b", "hdd"), "n3": ("a", "hdd")}, "n3"),
        lambda: _zone_lab({"n1": ("b", "hdd"), "n2": ("c", "ssd")}, "n2"),
        lambda: _zone_lab({"n1": ("a", "hdd"), "n2": ("a", "ssd"), "n3": ("b", "ssd")}, "n2"),
        lambda: _zone_lab({"n1": ("c", "hdd")}, "n1"),
    ),
    goals=(
        Goal("One pod with the label app=report is ready.", lambda lab: ready(lab, "report") == 1),
        Goal("It runs on the best node there is.", _is_best),
    ),
    signs=(
        Sign(
            "a requirement gives way when nothing fits",
            lambda lab: _waits(lab, "report") and _is_required(lab, "report"),
        ),
        Sign("a term counts by halves", _is_in_one_term),
        Sign("a lower weight comes first", _is_the_wrong_way_round),
        Sign("the order of preferences counts", _is_undecided),
    ),
    hints=(
        "Two wishes, neither of them a must: which kind of node affinity never refuses a node?",
        (
            "Each preferred term has a weight, and a node gets the sum of those that hold. Which sum must be the"
            " higher one?"
        ),
    ),
    right=(
        deployment("report", 1, preferred((80, f"[{IN_A}]"), (20, f"[{ON_SSD}]"))),
        deployment("report", 1, preferred((5, f"[{ON_SSD}]"), (10, f"[{IN_A}]"))),
        deployment("report", 1, preferred((60, f"[{IN_A}]"), (100, BOTH), (20, f"[{ON_SSD}]"))),
    ),
    wrong={
        "zone required": Wrong(
            "a requirement gives way when nothing fits",
            deployment("report", 1, required(f"[{IN_A}]")),
        ),
        "both in one term": Wrong("a term counts by halves", deployment("report", 1, preferred((100, BOTH)))),
        "one is first": Wrong(
            "a lower weight comes first", deployment("report", 1, preferred((1, f"[{IN_A}]"), (2, f"[{ON_SSD}]")))
        ),
        "equal weights": Wrong(
            "the order of preferences counts",
            deployment("report", 1, preferred((50, f"[{IN_A}]"), (50, f"[{ON_SSD}]"))),
        ),
    },
)


# Lesson 09.3: three pods that nobody takes

MACHINES = {
    "big-1": {"disk": "ssd", "cores": "8"},
    "big-2": {"disk": "ssd", "cores": "8"},
    "small-1": {"disk": "ssd", "cores": "4"},
    "slow-1": {"disk": "hdd", "cores": "16"},
}
_CORES = "[{key: cores, operator: Gt, values: ['8']}]"
_BROKEN = deployment("api", 3, required(_CORES) + "nodeSelector: {disktype: ssd}\n")
_IS_SSD = "{key: disk, operator: In, values: [ssd]}"
_EIGHT_OR_MORE = "{key: cores, operator: In, values: ['8', '16', '32']}"
_MENDED = _BROKEN.replace("disktype", "disk").replace("['8']", "['7']")


def _stuck() -> Lab:
    lab = _lab(MACHINES, cpu="8")
    lab.apply(_BROKEN)
    return lab.run("1m")


def _on_big(lab: Lab) -> bool:
    found = nodes(lab, "api")
    return bool(found) and all(node.startswith("big-") for node in found)


def _relabelled(lab: Lab) -> bool:
    told = ((name, key) for name, labels in MACHINES.items() for key in labels)
    return any(_labels(lab, name).get(key) != MACHINES[name][key] for name, key in told)


def _avoids_cordoned(lab: Lab) -> bool:
    old = {pod.metadata.name for pod in pods(lab, "api")}
    later = after(lab, "kubectl cordon big-1", "kubectl delete pods -l app=api --wait=false", time="2m")
    new = [pod for pod in pods(later, "api") if pod.metadata.name not in old]
    return bool(new) and all(pod.spec.node_name == "big-2" for pod in new)


def _is_named(lab: Lab) -> bool:
    deployed = lab.cluster.get(Key("Deployment", "default", "api")) or {}
    return bool(deployed and deployed["spec"]["template"]["spec"].get("nodeName"))


def _still_gt_eight(lab: Lab) -> bool:
    return any(one.operator == "Gt" and one.values == ("8",) for term in _terms(lab, "api") for one in term)


NOBODY_TAKES_THEM = Exercise(
    name="nobody-takes-them",
    task=(
        "Since the last change all three pods of api are Pending. They belong on machines with an ssd disk and eight"
        " cores or more. Make them run there, and only there. The labels of the machines say what they are."
    ),
    labs=(_stuck,),
    goals=(
        Goal("Three pods with the label app=api are ready.", lambda lab: ready(lab, "api") == 3),
        Goal("All run on big machines with ssd.", lambda lab: _on_big(lab) and not _relabelled(lab)),
        Goal("When one of these is cordoned, new pods go to the other.", _avoids_cordoned),
    ),
    signs=(
        Sign("a label makes it so", _relabelled),
        Sign("nodeName asks the scheduler", _is_named),
        Sign("Gt means at least", lambda lab: _waits(lab, "api") and _still_gt_eight(lab)),
        Sign("a preference keeps pods off", lambda lab: not _on_big(lab) and bool(_preferred(lab, "api"))),
    ),
    hints=(
        "lab.why(...) says of each node what fails. Compare with kubectl get nodes --show-labels.",
        "There are two faults: a label that no node has, and a bound that excludes the eight itself.",
    ),
    right=(
        _MENDED,
        deployment("api", 3, required(f"[{_IS_SSD}, {{key: cores, operator: Gt, values: ['7']}}]")),
        deployment("api", 3, required(f"[{_EIGHT_OR_MORE}]") + "nodeSelector: {disk: ssd}\n"),
    ),
    wrong={
        "only the label": Wrong("Gt means at least", _BROKEN.replace("disktype", "disk")),
        "label the nodes": Wrong(
            "a label makes it so",
            "kubectl label nodes --all disktype=ssd\nkubectl label nodes --all cores=9 --overwrite",
        ),
        "name a node": Wrong("nodeName asks the scheduler", deployment("api", 3, "nodeName: big-1")),
        "preferred": Wrong(
            "a preference keeps pods off",
            deployment("api", 3, preferred((100, f"[{_IS_SSD}]"))),
        ),
    },
)

EXERCISES = (FAST_DISKS, ZONE_FIRST, NOBODY_TAKES_THEM)
