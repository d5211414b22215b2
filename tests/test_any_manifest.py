"""Whatever is applied: it is taken or refused in the API server's words, and time goes on."""

from __future__ import annotations

import random
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import yaml

from labkit import Lab
from labkit.errors import LabError

STEPS = 15
JUNK: tuple[Any, ...] = (
    None, 0, 1, -1, 99999, "", "x", "10%", "200m", "1Gi", "5s", True, False, [], {}, ["a"], {"a": "b"}, 1.5, [None],
)  # fmt: skip
COMMANDS = (
    "get pods -A -o wide", "describe nodes", "describe pods", "get all", "top nodes", "top pods", "get pods -o yaml",
    "rollout restart deployment web", "scale deployment web --replicas=4", "delete pods --all --wait=false",
    "drain node-1 --ignore-daemonsets --force --delete-emptydir-data --timeout=20s", "uncordon node-1",
)  # fmt: skip
TEMPLATE = """
metadata: {labels: {app: web}}
spec:
  tolerations: [{key: a, operator: Exists, effect: NoSchedule}]
  topologySpreadConstraints:
  - {maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway,
     labelSelector: {matchLabels: {app: web}}}
  volumes: [{name: tmp, emptyDir: {}}]
  containers:
  - name: web
    image: shop/web:1
    env: [{name: A, value: b}, {name: N, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]
    ports: [{containerPort: 80, name: http}]
    resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {memory: 128Mi}}
    volumeMounts: [{name: tmp, mountPath: /tmp}]
    readinessProbe: {httpGet: {port: http}, periodSeconds: 2}
"""
MANIFESTS = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 25%}}
  selector: {matchLabels: {app: web}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  replicas: 2
  serviceName: db
  selector: {matchLabels: {app: web}}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec: {selector: {matchLabels: {app: web}}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: tick}
spec:
  schedule: "* * * * *"
  jobTemplate:
    spec:
      backoffLimit: 1
      template: {spec: {restartPolicy: Never, containers: [{name: a, image: shop/a:1}]}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, type: LoadBalancer, ports: [{port: 80, targetPort: http}]}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: small}
spec: {hard: {pods: 9, requests.cpu: "2"}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 50%, selector: {matchLabels: {app: web}}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  maxReplicas: 5
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]
"""


def paths(part: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every field and item."""
    inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for step, value in inner:
        yield (*above, step)
        yield from paths(value, (*above, step))


def changed(draw: random.Random, manifest: dict[str, Any]) -> dict[str, Any]:
    """A manifest in which up to three parts are missing or senseless."""
    found = deepcopy(manifest)
    for _ in range(draw.choice((0, 1, 1, 2, 3))):
        ways = [path for path in paths(found) if path[0] not in ("apiVersion", "kind")]
        *above, last = draw.choice(ways or [("spec",)])
        part = found
        for step in above:
            part = part[step]
        if draw.random() < 0.4:
            part.pop(last, None) if isinstance(part, dict) else part.pop(last)
        else:
            part[last] = deepcopy(draw.choice(JUNK))
    return found


def manifests() -> list[dict[str, Any]]:
    """One of each kind; those of apps/v1 with the same template."""
    found = list(yaml.safe_load_all(MANIFESTS))
    for one in found:
        if one["apiVersion"] == "apps/v1":
            one["spec"]["template"] = yaml.safe_load(TEMPLATE)
    return found


@pytest.mark.parametrize("seed", range(40))
def test_no_manifest_breaks_the_lab(seed: int) -> None:
    draw, lab = random.Random(seed), Lab.kubernetes(nodes=2, seed=seed)
    kinds = manifests()
    for _ in range(STEPS):
        before = lab.cluster.objects()
        try:
            lab.apply(changed(draw, draw.choice(kinds)))
        except LabError:
            assert lab.cluster.objects() == before
        lab.kubectl(draw.choice(COMMANDS))
        lab.run(draw.choice((0, 1, 5, 70)))
