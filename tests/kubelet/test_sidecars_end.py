"""Sidecars are stopped when the main containers are over, and not started again."""

from __future__ import annotations

import pytest

from labkit.lab import Lab

POD = """
apiVersion: v1
kind: Pod
metadata: {name: report, labels: {app: report}}
spec:
  restartPolicy: Never
  initContainers: [{name: shipper, image: "shop/shipper:1.0", restartPolicy: Always}]
  containers: [{name: report, image: "shop/report:1.0"}]
"""


@pytest.mark.parametrize(("code", "phase"), [(0, "Succeeded"), (3, "Failed")])
def test_a_sidecar_ends_with_the_main_containers(code: int, phase: str) -> None:
    lab = Lab.kubernetes(nodes=1)
    lab.behave("app=report", container="report", exits_after="20s", exit_code=code)
    lab.apply(POD)
    status = lab.run("2m").get("pods")[0]["status"]
    shipper = status["initContainerStatuses"][0]
    assert (status["phase"], shipper["restartCount"], "terminated" in shipper["state"]) == (phase, 0, True)
