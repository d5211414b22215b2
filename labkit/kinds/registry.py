"""Every kind the API server knows, with the names kubectl takes for it.

The rows are those of `kubectl api-resources` against v1.36.2, in its order; `ALL` is the category "all".
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

_TABLE = """
bindings                           -         v1                               true   Binding
componentstatuses                  cs        v1                               false  ComponentStatus
configmaps                         cm        v1                               true   ConfigMap
endpoints                          ep        v1                               true   Endpoints
events                             ev        v1                               true   Event
limitranges                        limits    v1                               true   LimitRange
namespaces                         ns        v1                               false  Namespace
nodes                              no        v1                               false  Node
persistentvolumeclaims             pvc       v1                               true   PersistentVolumeClaim
persistentvolumes                  pv        v1                               false  PersistentVolume
pods                               po        v1                               true   Pod
podtemplates                       -         v1                               true   PodTemplate
replicationcontrollers             rc        v1                               true   ReplicationController
resourcequotas                     quota     v1                               true   ResourceQuota
secrets                            -         v1                               true   Secret
serviceaccounts                    sa        v1                               true   ServiceAccount
services                           svc       v1                               true   Service
mutatingadmissionpolicies          -         admissionregistration.k8s.io/v1  false  MutatingAdmissionPolicy
mutatingadmissionpolicybindings    -         admissionregistration.k8s.io/v1  false  MutatingAdmissionPolicyBinding
mutatingwebhookconfigurations      -         admissionregistration.k8s.io/v1  false  MutatingWebhookConfiguration
validatingadmissionpolicies        -         admissionregistration.k8s.io/v1  false  ValidatingAdmissionPolicy
validatingadmissionpolicybindings  -         admissionregistration.k8s.io/v1  false  ValidatingAdmissionPolicyBinding
validatingwebhookconfigurations    -         admissionregistration.k8s.io/v1  false  ValidatingWebhookConfiguration
customresourcedefinitions          crd,crds  apiextensions.k8s.io/v1          false  CustomResourceDefinition
apiservices                        -         apiregistration.k8s.io/v1        false  APIService
controllerrevisions                -         apps/v1                          true   ControllerRevision
daemonsets                         ds        apps/v1                          true   DaemonSet
deployments                        deploy    apps/v1                          true   Deployment
replicasets                        rs        apps/v1                          true   ReplicaSet
statefulsets                       sts       apps/v1                          true   StatefulSet
selfsubjectreviews                 -         authentication.k8s.io/v1         false  SelfSubjectReview
tokenreviews                       -         authentication.k8s.io/v1         false  TokenReview
localsubjectaccessreviews          -         authorization.k8s.io/v1          true   LocalSubjectAccessReview
selfsubjectaccessreviews           -         authorization.k8s.io/v1          false  SelfSubjectAccessReview
selfsubjectrulesreviews            -         authorization.k8s.io/v1          false  SelfSubjectRulesReview
subjectaccessreviews               -         authorization.k8s.io/v1          false  SubjectAccessReview
horizontalpodautoscalers           hpa       autoscaling/v2                   true   HorizontalPodAutoscaler
cronjobs                           cj        batch/v1                         true   CronJob
jobs                               -         batch/v1                         true   Job
certificatesigningrequests         csr       certificates.k8s.io/v1           false  CertificateSigningRequest
leases                             -         coordination.k8s.io/v1           true   Lease
endpointslices                     -         discovery.k8s.io/v1              true   EndpointSlice
events                             ev        events.k8s.io/v1                 true   Event
flowschemas                        -         flowcontrol.apiserver.k8s.io/v1  false  FlowSchema
prioritylevelconfigurations        -         flowcontrol.apiserver.k8s.io/v1  false  PriorityLevelConfiguration
ingressclasses                     -         networking.k8s.io/v1             false  IngressClass
ingresses                          ing       networking.k8s.io/v1             true   Ingress
ipaddresses                        ip        networking.k8s.io/v1             false  IPAddress
networkpolicies                    netpol    networking.k8s.io/v1             true   NetworkPolicy
servicecidrs                       -         networking.k8s.io/v1             false  ServiceCIDR
runtimeclasses                     -         node.k8s.io/v1                   false  RuntimeClass
poddisruptionbudgets               pdb       policy/v1                        true   PodDisruptionBudget
clusterrolebindings                -         rbac.authorization.k8s.io/v1     false  ClusterRoleBinding
clusterroles                       -         rbac.authorization.k8s.io/v1     false  ClusterRole
rolebindings                       -         rbac.authorization.k8s.io/v1     true   RoleBinding
roles                              -         rbac.authorization.k8s.io/v1     true   Role
deviceclasses                      -         resource.k8s.io/v1               false  DeviceClass
resourceclaims                     -         resource.k8s.io/v1               true   ResourceClaim
resourceclaimtemplates             -         resource.k8s.io/v1               true   ResourceClaimTemplate
resourceslices                     -         resource.k8s.io/v1               false  ResourceSlice
priorityclasses                    pc        scheduling.k8s.io/v1             false  PriorityClass
csidrivers                         -         storage.k8s.io/v1                false  CSIDriver
csinodes                           -         storage.k8s.io/v1                false  CSINode
csistoragecapacities               -         storage.k8s.io/v1                true   CSIStorageCapacity
storageclasses                     sc        storage.k8s.io/v1                false  StorageClass
volumeattachments                  -         storage.k8s.io/v1                false  VolumeAttachment
volumeattributesclasses            vac       storage.k8s.io/v1                false  VolumeAttributesClass
"""

_EXTENSIONS = """
verticalpodautoscalers             vpa          autoscaling.k8s.io/v1  true   VerticalPodAutoscaler
ec2nodeclasses                     ec2nc,ec2ncs karpenter.k8s.aws/v1   false  EC2NodeClass
nodeclaims                         -            karpenter.sh/v1        false  NodeClaim
nodepools                          -            karpenter.sh/v1        false  NodePool
"""

ALL = (
    "Pod", "ReplicationController", "Service", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet",
    "HorizontalPodAutoscaler", "CronJob", "Job",
)  # fmt: skip

# Kinds served at a second version too: the group's older name is still read, and stored as the first.
OLDER_VERSIONS = {"HorizontalPodAutoscaler": ("autoscaling/v1",)}


class Key(NamedTuple):
    """The identity of an object in the graph; `namespace` is "" for kinds of the whole cluster."""

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        named = f"{self.namespace}/{self.name}" if self.namespace else self.name
        return f"{self.kind} {named}"


class Kind(NamedTuple):
    """One row of the registry: how a kind is called, where its group and version are."""

    name: str
    plural: str
    short: tuple[str, ...]
    api_version: str
    namespaced: bool

    @property
    def singular(self) -> str:
        """The lower-case name, as in `pod/web`."""
        return self.name.lower()

    @property
    def group(self) -> str:
        """The API group, "" for the core."""
        return self.api_version.rpartition("/")[0]

    @property
    def version(self) -> str:
        """The version alone: v1, v2."""
        return self.api_version.rpartition("/")[2]

    @property
    def qualified(self) -> str:
        """The plural with its group: `deployments.apps`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories kubectl expands: `all` or none."""
        return ("all",) if self.name in ALL else ()

    def serves(self, api_version: str) -> bool:
        """Whether objects of `api_version` are read as this kind."""
        return api_version == self.api_version or api_version in OLDER_VERSIONS.get(self.name, ())


def _rows(table: str) -> Iterator[Kind]:
    for row in table.split("\n"):
        if row:
            plural, short, api_version, namespaced, name = row.split()
            shorts = () if short == "-" else tuple(short.split(","))
            yield Kind(name, plural, shorts, api_version, namespaced == "true")


RESOURCES: tuple[Kind, ...] = tuple(_rows(_TABLE))
EXTENSIONS: tuple[Kind, ...] = tuple(_rows(_EXTENSIONS))
"""Kinds that a server knows only where their CustomResourceDefinition is; labkit has controllers for them."""

# Events are served by two groups; the core one is the object that is stored.
KINDS: dict[str, Kind] = {row.name: row for row in reversed(RESOURCES)}
KINDS = {row.name: KINDS[row.name] for row in RESOURCES} | {row.name: row for row in EXTENSIONS}


@cache
def _spellings() -> dict[str, Kind]:
    found: dict[str, Kind] = {}
    for row in KINDS.values():
        for word in (row.plural, row.singular, *row.short):
            found.setdefault(word, row)
            if row.group:
                found.setdefault(f"{word}.{row.group}", row)
                found.setdefault(f"{word}.{row.version}.{row.group}", row)
    return found


def find(word: str) -> Kind | None:
    """The kind that kubectl means by `word`: `pods`, `pod`, `po`, `Pod`, `deployments.apps`; None if there is none."""
    return KINDS.get(word) or _spellings().get(word.lower())


def key_of(obj: dict[str, Any]) -> Key:
    """The key of a manifest; an object of a namespaced kind without a namespace is in "default"."""
    meta = obj["metadata"]
    row = KINDS.get(obj["kind"])
    namespaced = row is None or row.namespaced
    return Key(obj["kind"], (meta.get("namespace") or "default") if namespaced else "", meta["name"])
