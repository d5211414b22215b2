"""`kubectl cordon`, `uncordon` and `drain`."""

from __future__ import annotations

import pytest

from labkit.kinds import Key

NODE = Key("Node", "", "node-1")


def unschedulable(lab):
    return bool((lab.cluster.require(NODE).get("spec") or {}).get("unschedulable"))


def test_a_node_is_cordoned_and_uncordoned(lab):
    say = [lab.kubectl(f"{word} node-1").stdout for word in ("cordon", "cordon", "uncordon", "uncordon")]
    assert say == [
        "node/node-1 cordoned\n",
        "node/node-1 already cordoned\n",
        "node/node-1 uncordoned\n",
        "node/node-1 already uncordoned\n",
    ]
    assert not unschedulable(lab)


def test_nodes_are_cordoned_by_label(lab):
    assert lab.kubectl("cordon -l disk=ssd").stdout == "node/node-1 cordoned\n"
    assert unschedulable(lab)


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ("cordon", "error: USAGE: cordon NODE [flags]\nSee 'kubectl cordon -h' for help and examples\n"),
        ("cordon node-1 nothing", 'Error from server (NotFound): nodes "nothing" not found\n'),
        ("drain", "error: USAGE: drain NODE [flags]\nSee 'kubectl drain -h' for help and examples\n"),
    ],
)
def test_lines_that_make_no_sense_change_nothing(lab, command, error):
    done = lab.kubectl(command)
    assert (done.stdout, done.stderr, done.exit_code) == ("", error, 1)
    assert not unschedulable(lab)


def test_drain_keeps_pods_that_would_be_lost(lab):
    done = lab.kubectl("drain node-1")
    assert done.exit_code == 1
    kept = "Pods that declare no controller (use --force to override): default/web-1, ops/agent"
    assert f"due to error: cannot delete cannot delete {kept}, continuing command...\n" in done.stderr
    assert unschedulable(lab)


def test_drain_evicts_and_waits(lab):
    keys = [Key("Pod", "default", "web-1"), Key("Pod", "ops", "agent")]
    for after, key in ((5, keys[0]), (9, keys[1])):
        lab.soon.append((lab.cluster.clock.now + after, lambda key=key: lab.cluster.remove(key)))
    before = lab.cluster.clock.now
    done = lab.kubectl("drain node-1 --force")
    assert done.stdout.splitlines() == [
        "node/node-1 cordoned",
        "evicting pod default/web-1",
        "evicting pod ops/agent",
        "pod/web-1 evicted",
        "pod/agent evicted",
        "node/node-1 drained",
    ]
    assert lab.cluster.clock.now == before + 9


def test_a_budget_that_allows_nothing_stops_the_drain_when_the_time_is_up(lab):
    spec = {"minAvailable": 2, "selector": {"matchLabels": {"app": "web"}}}
    status = {"disruptionsAllowed": 0, "currentHealthy": 2, "desiredHealthy": 2}
    lab.add("PodDisruptionBudget", "web", "policy/v1", namespace="default", status=status, spec=spec)
    done = lab.kubectl("drain node-2 --force --timeout=7s")
    assert done.exit_code == 1
    assert "(will retry after 5s): Cannot evict pod as it would violate the pod's disruption budget." in done.stderr
    assert done.stderr.endswith('error when evicting pods/"web-2" -n "default": global timeout reached: 7s\n')


def test_a_dry_run_evicts_nothing(lab):
    text = lab.kubectl("drain node-2 --force --dry-run=client").stdout
    assert (
        text == "node/node-2 cordoned (dry run)\nevicting pod default/web-2 (dry run)\nnode/node-2 drained (dry run)\n"
    )
    assert lab.cluster.get(Key("Pod", "default", "web-2")) is not None
