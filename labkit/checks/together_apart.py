"""The exercises of lesson 11, together and apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from labkit.checks.answers import deployment
from labkit.checks.exercise import Exercise, Goal, Sign, Wrong
from labkit.checks.observing import after, nodes, pods, ready
from labkit.founding import machine
from labkit.kinds import Key
from labkit.kinds.pod import PodAffinity, TopologySpreadConstraint
from labkit.lab import Lab

ZONE, HOST = "topology.kubernetes.io/zone", "kubernetes.io/hostname"


def _zone(lab: Lab, node: str) -> str:
    zone: str = lab.cluster.require(Key("Node", "", node))["metadata"]["labels"].get(ZONE, "")
    return zone


def _constraints(lab: Lab, app: str) -> list[TopologySpreadConstraint]:
    return [one for pod in pods(lab, app) for one in pod.spec.topology_spread_constraints]


def _apart(lab: Lab, app: str) -> list[PodAffinity]:
    """The anti-affinity of the pods that have some."""
    found = (pod.spec.affinity.pod_anti_affinity for pod in pods(lab, app) if pod.spec.affinity)
    return [one for one in found if one]


def _keys(lab: Lab, app: str) -> set[str]:
    """The topology keys that the pods' rules use."""
    apart_by = {term.topology_key for one in _apart(lab, app) for term in one.required}
    return apart_by | {one.topology_key for one in _constraints(lab, app)}


def spread(key: str = ZONE, app: str = "web", mode: str = "DoNotSchedule", more: str = "") -> str:
    """A topology spread constraint with maxSkew 1."""
    return f"""
topologySpreadConstraints:
- maxSkew: 1
  topologyKey: {key}
  whenUnsatisfiable: {mode}
  labelSelector: {{matchLabels: {{app: {app}}}}}
{more}"""


def apart(selector: str, key: str = HOST) -> str:
    """Required anti-affinity against pods of a label selector, in YAML."""
    return f"""
affinity:
  podAntiAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
    - topologyKey: {key}
      labelSelector: {selector}
"""


# Lesson 11.1: even over the zones, and alive without one of them


def _zoned(sizes: Iterable[tuple[str, int]], avoided: str = "") -> Lab:
    """Zones of different sizes; the nodes of one of them are avoided where that is possible."""
    soft = [{"key": "disk", "value": "slow", "effect": "PreferNoSchedule"}]
    return Lab.of(
        [
            machine(f"{zone}-{number}", zone=zone, taints=soft if zone == avoided else ())
            for zone, size in sizes
            for number in range(1, size + 1)
        ],
        seed=1,
    )


def _skew(lab: Lab) -> int:
    counts = Counter(_zone(lab, node) for node in nodes(lab, "web"))
    found = [counts[zone] for zone in {_zone(lab, key.name) for key in lab.cluster.keys("Node")}]
    return max(found) - min(found)


def _after_a_failure(lab: Lab) -> int:
    return ready(lab.fork().cut("a").run("10m"), "web")


def _counts_nobody(lab: Lab) -> bool:
    labels = [pod.metadata.labels for pod in pods(lab, "web")]
    wanted = [one.label_selector.match_labels if one.label_selector else {} for one in _constraints(lab, "web")]
    return any(not each.items() <= own.items() or not each for each in wanted for own in labels)


def _is_soft(lab: Lab) -> bool:
    return any(one.when_unsatisfiable == "ScheduleAnyway" for one in _constraints(lab, "web"))


HONOR = "  nodeTaintsPolicy: Honor\n"

EVEN_ZONES = Exercise(
    name="even-zones",
    task=(
        "Run six pods of shop/web:1.0, labelled app=web, evenly over the zones: no zone may have two more than another."
        " When a zone fails, all six must run in the zones that are left, within ten minutes."
    ),
    labs=(
        lambda: _zoned((("a", 2), ("b", 2), ("c", 2))),
        lambda: _zoned((("a", 4), ("b", 1), ("c", 1))),
        lambda: _zoned((("a", 2), ("b", 2), ("c", 2)), avoided="c"),
    ),
    goals=(
        Goal("Six pods with the label app=web are ready.", lambda lab: ready(lab, "web") == 6),
        Goal("No zone has two more of them than another.", lambda lab: bool(nodes(lab, "web")) and _skew(lab) <= 1),
        Goal("Ten minutes after zone a failed, six are ready again.", lambda lab: _after_a_failure(lab) == 6),
    ),
    signs=(
        Sign("anti-affinity spreads evenly", lambda lab: bool(_apart(lab, "web")) and not _constraints(lab, "web")),
        Sign("any topology key will do", lambda lab: _skew(lab) > 1 and HOST in _keys(lab, "web")),
        Sign("a rule knows its own pods", lambda lab: _skew(lab) > 1 and _counts_nobody(lab)),
        Sign("ScheduleAnyway keeps the skew", lambda lab: _skew(lab) > 1 and _is_soft(lab)),
        Sign("spreading by default is a promise", lambda lab: _skew(lab) > 1 and not _constraints(lab, "web")),
        Sign("a failed zone no longer counts", lambda lab: _after_a_failure(lab) < ready(lab, "web")),
    ),
    hints=(
        (
            "A topology spread constraint over zones, one that refuses. Then ask why() about a pod that waits"
            " after the failure."
        ),
        "The failed zone's nodes have taints, yet they count as a domain with few pods. nodeTaintsPolicy: Honor leaves"
        " them out.",
    ),
    right=(
        deployment("web", 6, spread(more=HONOR)),
        deployment(
            "web",
            6,
            spread(more=HONOR).replace(
                "{matchLabels: {app: web}}", "{matchExpressions: [{key: app, operator: In, values: [web]}]}"
            ),
        ),
    ),
    wrong={
        "over hosts": Wrong("any topology key will do", deployment("web", 6, spread(HOST, more=HONOR))),
        "anyway": Wrong(
            "ScheduleAnyway keeps the skew", deployment("web", 6, spread(mode="ScheduleAnyway", more=HONOR))
        ),
        "taints ignored": Wrong("a failed zone no longer counts", deployment("web", 6, spread())),
        "counting others": Wrong("a rule knows its own pods", deployment("web", 6, spread(app="shop", more=HONOR))),
        "one a zone": Wrong(
            "anti-affinity spreads evenly", deployment("web", 6, apart("{matchLabels: {app: web}}", ZONE))
        ),
        "no rule": Wrong("spreading by default is a promise", deployment("web", 6)),
    },
)


# Lesson 11.2: never two on one node


def _row(size: int, zones: str) -> Lab:
    return Lab.kubernetes(nodes=size, zones=zones, seed=1)


def _shares(lab: Lab, app: str) -> bool:
    return max(Counter(nodes(lab, app)).values(), default=0) > 1


def _most(lab: Lab) -> int:
    return min(3, len(lab.cluster.keys("Node")))


OWN = "{matchLabels: {app: db}}"
_WISH = """
affinity:
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
    - weight: 100
      podAffinityTerm: {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: db}}}
"""

ONE_EACH = Exercise(
    name="one-each",
    task=(
        "Ask for three pods of shop/db:1.0, labelled app=db. Never may two of them be on one node: where there are only"
        " two nodes, two run and the third waits."
    ),
    labs=(lambda: _row(3, "abc"), lambda: _row(2, "ab"), lambda: _row(4, "a")),
    goals=(
        Goal("Three pods with the label app=db are there.", lambda lab: len(pods(lab, "db")) == 3),
        Goal("As many are ready as there are nodes for.", lambda lab: ready(lab, "db") == _most(lab)),
        Goal("No two are on one node.", lambda lab: bool(nodes(lab, "db")) and not _shares(lab, "db")),
    ),
    signs=(
        Sign("maxSkew 1 means one each", lambda lab: _shares(lab, "db") and bool(_constraints(lab, "db"))),
        Sign(
            "a preference keeps pods off",
            lambda lab: _shares(lab, "db") and any(one.preferred for one in _apart(lab, "db")),
        ),
        Sign("a rule knows its own pods", lambda lab: _shares(lab, "db") and bool(_apart(lab, "db"))),
        Sign("spreading by default is a promise", lambda lab: _shares(lab, "db")),
        Sign("any topology key will do", lambda lab: ZONE in _keys(lab, "db")),
    ),
    hints=(
        "The rule is about other pods, and it must refuse, not advise.",
        (
            "podAntiAffinity, required, with a labelSelector that finds these very pods, and the topologyKey of"
            " a single node."
        ),
    ),
    right=(
        deployment("db", 3, apart(OWN)),
        deployment("db", 3, apart("{matchExpressions: [{key: app, operator: In, values: [db]}]}")),
    ),
    wrong={
        "preferred": Wrong("a preference keeps pods off", deployment("db", 3, _WISH)),
        "spread": Wrong("maxSkew 1 means one each", deployment("db", 3, spread(HOST, "db"))),
        "by zone": Wrong("any topology key will do", deployment("db", 3, apart(OWN, ZONE))),
        "against others": Wrong("a rule knows its own pods", deployment("db", 3, apart("{matchLabels: {app: web}}"))),
        "no rule": Wrong("spreading by default is a promise", deployment("db", 3)),
    },
)


# Lesson 11.3: refused by others

_RECREATE = "  strategy: {type: Recreate}\n  selector:"


def _vault(rule: str) -> str:
    return deployment("vault", 3, rule, tier="back").replace("  selector:", _RECREATE, 1)


_NEAR = (
    "affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey:"
    " kubernetes.io/hostname, labelSelector: {matchLabels: {app: vault}}}]}}"
)
_NO_TIER = """'[{"op": "remove", "path": "/spec/template/metadata/labels/tier"}]'"""


def _besieged() -> Lab:
    lab = Lab.kubernetes(nodes=3, seed=1)
    lab.apply(_vault(apart("{matchLabels: {tier: back}}")))
    lab.run("1m").apply(deployment("web", 3, tier="back"))
    return lab.run("2m")


def _crowded(lab: Lab) -> bool:
    """Whether two vault pods come to share a node when only one node is open."""
    return _shares(
        after(lab, "kubectl cordon node-1 node-2", "kubectl delete pods -l app=vault --wait=false", time="2m"), "vault"
    )


def _tolerates(lab: Lab) -> bool:
    return any(not one.key for pod in pods(lab, "web") for one in pod.spec.tolerations)


def _seeks_vault(lab: Lab) -> bool:
    return any(pod.spec.affinity and pod.spec.affinity.pod_affinity for pod in pods(lab, "web"))


REFUSED_BY_OTHERS = Exercise(
    name="refused-by-others",
    task=(
        "All pods of web are Pending, though web has no rule about nodes or pods and there is room. Make three pods of"
        " web run. The three of vault must go on running, and never may two of vault's be on one node."
    ),
    labs=(_besieged,),
    goals=(
        Goal("Three pods with the label app=web are ready.", lambda lab: ready(lab, "web") == 3),
        Goal("Three pods with the label app=vault are ready.", lambda lab: ready(lab, "vault") == 3),
        Goal(
            "Two of vault's never share a node, even if only one is open.",
            lambda lab: len(pods(lab, "vault")) == 3 and not _crowded(lab),
        ),
    ),
    signs=(
        Sign("a toleration opens every door", lambda lab: ready(lab, "web") < 3 and _tolerates(lab)),
        Sign("affinity outweighs another's anti-affinity", lambda lab: ready(lab, "web") < 3 and _seeks_vault(lab)),
        Sign("spreading by default is a promise", lambda lab: bool(pods(lab, "vault")) and _crowded(lab)),
        Sign("anti-affinity binds only the pod that has it", lambda lab: ready(lab, "web") < 3),
    ),
    hints=(
        (
            "lab.why(...) of a web pod names the rule: existing pods' anti-affinity. Whose is it, and which"
            " label does it mean?"
        ),
        "vault keeps away from every pod with tier=back, and web carries that label. Change either of the two.",
    ),
    right=(
        deployment("web", 3),
        _vault(apart("{matchLabels: {app: vault}}")),
        f"kubectl patch deployment web --type=json -p {_NO_TIER}",
    ),
    wrong={
        "tolerate everything": Wrong(
            "a toleration opens every door", deployment("web", 3, "tolerations: [{operator: Exists}]", tier="back")
        ),
        "seek vault": Wrong("affinity outweighs another's anti-affinity", deployment("web", 3, _NEAR, tier="back")),
        "no rule for vault": Wrong("spreading by default is a promise", _vault("")),
        "start web anew": Wrong("anti-affinity binds only the pod that has it", "kubectl delete pods -l app=web"),
    },
)

EXERCISES = (EVEN_ZONES, ONE_EACH, REFUSED_BY_OTHERS)
