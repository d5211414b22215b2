"""Manifests and commands about Karpenter's pools that answers and labs of exercises are written with."""

from __future__ import annotations

NODE_CLASS = "{apiVersion: karpenter.k8s.aws/v1, kind: EC2NodeClass, metadata: {name: default}, spec: {}}"
ON_DEMAND = "{key: karpenter.sh/capacity-type, operator: In, values: [on-demand]}"


def node_pool(capacity: str = ON_DEMAND, limits: str = "", disruption: str = "") -> str:
    """The NodePool general of families c5 and m5; `capacity` is a requirement, the others are YAML in flow style."""
    more = (f"\n  limits: {limits}" if limits else "") + (f"\n  disruption: {disruption}" if disruption else "")
    return f"""
apiVersion: karpenter.sh/v1
kind: NodePool
metadata: {{name: general}}
spec:{more}
  template:
    spec:
      nodeClassRef: {{group: karpenter.k8s.aws, kind: EC2NodeClass, name: default}}
      requirements:
      - {{key: kubernetes.io/arch, operator: In, values: [amd64]}}
      - {{key: karpenter.k8s.aws/instance-family, operator: In, values: [c5, m5]}}
      - {capacity}
"""


def patched(disruption: str) -> str:
    """A command that changes the pool's disruption, given as JSON."""
    return f'kubectl patch nodepool general --type=merge -p \'{{"spec":{{"disruption":{disruption}}}}}\''
