"""The manifests that answers and clusters of exercises are written with."""

from __future__ import annotations

from textwrap import indent


def deployment(name: str, number: int, pod_spec: str = "", cpu: str = "250m", tier: str = "") -> str:
    """A Deployment of `shop/<name>:1.0` labelled app=<name>; `pod_spec` is further YAML of the pod's spec.

    `cpu` is what each pod requests; with `tier` the pods carry the label tier as well.
    """
    labels = f"{{app: {name}, tier: {tier}}}" if tier else f"{{app: {name}}}"
    return f"""
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  replicas: {number}
  selector:
    matchLabels: {{app: {name}}}
  template:
    metadata:
      labels: {labels}
    spec:
      containers:
      - name: {name}
        image: shop/{name}:1.0
        resources:
          requests: {{cpu: {cpu}, memory: 128Mi}}
{indent(pod_spec.strip(chr(10)), " " * 6)}
"""


def pod(name: str, app: str = "", pod_spec: str = "", cpu: str = "250m") -> str:
    """A Pod `name` of `shop/<app>:1.0` labelled app=<app> (`name` if left out)."""
    return f"""
apiVersion: v1
kind: Pod
metadata:
  name: {name}
  labels: {{app: {app or name}}}
spec:
  containers:
  - name: {app or name}
    image: shop/{app or name}:1.0
    resources:
      requests: {{cpu: {cpu}, memory: 128Mi}}
{indent(pod_spec.strip(chr(10)), " " * 2)}
"""
