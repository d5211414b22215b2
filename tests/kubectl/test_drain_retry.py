"""How `kubectl drain` waits for a disruption budget, in a lab whose pods come back."""

from __future__ import annotations

from labkit import Lab
from labkit.checks.answers import deployment

BUDGET = """
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {maxUnavailable: 1, selector: {matchLabels: {app: web}}}
"""
SLOW = "  template:\n    metadata:\n      annotations: {labkit.dev/starts-in: 11s}"


def test_a_refused_eviction_is_tried_again_every_five_seconds():
    lab = Lab.kubernetes(nodes=2)
    probed = deployment("web", 4).replace(
        "        image:", "        readinessProbe: {httpGet: {port: 80}}\n        image:"
    )
    lab.apply(probed.replace("  template:\n    metadata:", SLOW) + "---" + BUDGET)
    before = lab.run("1m").now
    said = lab.kubectl("drain node-1").stdout + lab.kubectl("get pods -o wide").stdout
    assert 15 <= lab.now - before < 35
    assert said.count("evicting pod") == 2 + (lab.now - before) // 5
    assert said.count("evicted") == 2
