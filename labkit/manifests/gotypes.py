"""Objects as Go prints its internal types: what some refusals show.

An immutable part that changed is shown as a unified diff of both versions, a bad union as a whole struct. The
fields stand in the order of Go's source, unset ones as null, "" or 0.
Source: pkg/apis/{core,apps,policy,rbac}/types.go, v1.36; the diff is a unified one
of their JSON with three lines of context (apimachinery pkg/util/diff).
"""

from __future__ import annotations

import difflib
import json
from typing import Any

Object = dict[str, Any]

# A field is `GoName=jsonName:type`; the JSON name is the Go name with a small first letter unless given. The type is a
# struct's name, `*` before it if it may be null, `[]` if it is a list; s a text, i a number, b a boolean; none of those
# a pointer, map or slice that is shown as it is.
_TYPES = {
    "PodSpec": """Volumes:[]Volume InitContainers:[]Container Containers:[]Container EphemeralContainers RestartPolicy:s
        TerminationGracePeriodSeconds ActiveDeadlineSeconds DNSPolicy=dnsPolicy:s NodeSelector ServiceAccountName:s
        AutomountServiceAccountToken NodeName:s SecurityContext:*PodSecurityContext ImagePullSecrets:[]Reference
        Hostname:s Subdomain:s SetHostnameAsFQDN Affinity:*Affinity SchedulerName:s Tolerations:[]Toleration HostAliases
        PriorityClassName:s Priority PreemptionPolicy DNSConfig=dnsConfig ReadinessGates RuntimeClassName Overhead
        EnableServiceLinks TopologySpreadConstraints:[]Spread OS=os SchedulingGates:[]Reference ResourceClaims Resources
        HostnameOverride SchedulingGroup""",
    "PodSecurityContext": """HostNetwork=^hostNetwork:b HostPID=^hostPID:b HostIPC=^hostIPC:b
        ShareProcessNamespace=^shareProcessNamespace HostUsers=^hostUsers SELinuxOptions=seLinuxOptions WindowsOptions
        RunAsUser RunAsGroup RunAsNonRoot SupplementalGroups SupplementalGroupsPolicy FSGroup=fsGroup
        FSGroupChangePolicy=fsGroupChangePolicy Sysctls SeccompProfile AppArmorProfile
        SELinuxChangePolicy=seLinuxChangePolicy""",
    "Container": """Name:s Image:s Command Args WorkingDir:s Ports:[]ContainerPort EnvFrom Env:[]EnvVar
        Resources:Resources ResizePolicy RestartPolicy RestartPolicyRules VolumeMounts:[]VolumeMount VolumeDevices
        LivenessProbe:*Probe ReadinessProbe:*Probe StartupProbe:*Probe Lifecycle TerminationMessagePath:s
        TerminationMessagePolicy:s ImagePullPolicy:s SecurityContext Stdin:b StdinOnce:b TTY=tty:b""",
    "ContainerPort": "Name:s HostPort:i ContainerPort:i Protocol:s HostIP=hostIP:s",
    "EnvVar": "Name:s Value:s ValueFrom:*EnvVarSource",
    "EnvVarSource": "FieldRef:*FieldRef ResourceFieldRef ConfigMapKeyRef:*KeyRef SecretKeyRef:*KeyRef FileKeyRef",
    "FieldRef": "APIVersion=apiVersion:s FieldPath:s",
    "KeyRef": "Name:s Key:s Optional",
    "Resources": "Limits Requests Claims",
    "VolumeMount": """Name:s ReadOnly:b RecursiveReadOnly MountPath:s SubPath:s MountPropagation SubPathExpr:s""",
    "Probe": """Exec HTTPGet=httpGet:*HTTPGet TCPSocket=tcpSocket GRPC=grpc InitialDelaySeconds:i TimeoutSeconds:i
        PeriodSeconds:i SuccessThreshold:i FailureThreshold:i TerminationGracePeriodSeconds""",
    "HTTPGet": "Path:s Port Host:s Scheme:s HTTPHeaders=httpHeaders",
    "Reference": "Name:s",
    "Affinity": "NodeAffinity PodAffinity PodAntiAffinity",
    "Toleration": "Key:s Operator:s Value:s Effect:s TolerationSeconds",
    "Spread": """MaxSkew:i TopologyKey:s WhenUnsatisfiable:s LabelSelector MinDomains NodeAffinityPolicy
        NodeTaintsPolicy MatchLabelKeys""",
    "Volume": """Name:s HostPath:*HostPath EmptyDir:*EmptyDir GCEPersistentDisk=gcePersistentDisk
        AWSElasticBlockStore=awsElasticBlockStore GitRepo Secret:*SecretVolume NFS=nfs ISCSI=iscsi Glusterfs
        PersistentVolumeClaim:*ClaimVolume RBD=rbd Quobyte FlexVolume Cinder CephFS=cephfs Flocker
        DownwardAPI=downwardAPI:*DownwardVolume FC=fc AzureFile ConfigMap:*ConfigMapVolume VsphereVolume AzureDisk
        PhotonPersistentDisk Projected:*ProjectedVolume PortworxVolume ScaleIO=scaleIO StorageOS=storageos CSI=csi
        Ephemeral Image""",
    "ProjectedVolume": "Sources:[]Projection DefaultMode",
    "Projection": """Secret DownwardAPI=downwardAPI:*DownwardItems ConfigMap:*ConfigMapItems ServiceAccountToken:*Token
        ClusterTrustBundle PodCertificate""",
    "Token": "Audience:s ExpirationSeconds:i Path:s",
    "ConfigMapItems": "Name:s Items:[]KeyToPath Optional",
    "ConfigMapVolume": "Name:s Items:[]KeyToPath DefaultMode Optional",
    "KeyToPath": "Key:s Path:s Mode",
    "DownwardItems": "Items:[]DownwardFile",
    "DownwardVolume": "Items:[]DownwardFile DefaultMode",
    "DownwardFile": "Path:s FieldRef:*FieldRef ResourceFieldRef Mode",
    "EmptyDir": "Medium:s SizeLimit",
    "HostPath": "Path:s Type",
    "SecretVolume": "SecretName:s Items:[]KeyToPath DefaultMode Optional",
    "ClaimVolume": "ClaimName:s ReadOnly:b",
    "PodTemplateSpec": "Spec:PodSpec",
    "PersistentVolumeClaimSpec": """AccessModes Selector Resources:ClaimResources VolumeName:s StorageClassName
        VolumeMode DataSource DataSourceRef VolumeAttributesClassName""",
    "ClaimResources": "Limits Requests",
    "PodDisruptionBudgetSpec": "MinAvailable Selector MaxUnavailable UnhealthyPodEvictionPolicy",
    "DeploymentStrategy": "Type:s RollingUpdate:*RollingUpdate",
    "RollingUpdate": "MaxUnavailable MaxSurge",
    "StatefulStrategy": "Type:s RollingUpdate:*StatefulRolling",
    "StatefulRolling": "Partition:i MaxUnavailable",
    "ServicePort": "Name:s Protocol:s AppProtocol Port:i TargetPort:i NodePort:i",
    "RoleRef": "APIGroup=apiGroup:s Kind:s Name:s",
}
_ZERO: dict[str, Any] = {"s": "", "i": 0, "b": False}
_CONTEXT = 3


def as_go(type_name: str, value: Any) -> Any:
    """`value` (as in a manifest) with Go's field names and order, to be written as JSON."""
    value = value or {}
    shown = {}
    for word in _TYPES[type_name].split():
        name, _, kind = word.partition(":")
        go, _, given = name.partition("=")
        key = (given or go[0].lower() + go[1:]).removeprefix("^")
        shown[go] = _field(kind, value.get(key))
    return shown


def template_as_go(template: Object) -> Object:
    """A pod template: its metadata keeps the API's names, being a shared type."""
    return {**(template.get("metadata") or {}), "Spec": as_go("PodSpec", flattened(template.get("spec") or {}))}


def flattened(spec: Object) -> Object:
    """A pod's spec with the host's namespaces where Go's internal type has them: in the security context."""
    host = ("hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace", "hostUsers")
    context = {**(spec.get("securityContext") or {}), **{key: spec[key] for key in host if key in spec}}
    return {**spec, "securityContext": context} if context or "securityContext" in spec else spec


def changes(type_name: str, old: Object, new: Object) -> str:
    """The unified diff of two versions of a part, without its file names; "" if they are the same."""
    if type_name == "PodSpec":
        old, new = flattened(old), flattened(new)
    before, after = (_lines(as_go(type_name, side)) for side in (old, new))
    if before == after:
        return ""
    diff = list(difflib.unified_diff(before, after, lineterm="", n=_CONTEXT))[2:]
    return "\n".join(diff) + "\n"


def _field(kind: str, value: Any) -> Any:
    if kind in _ZERO:
        return _ZERO[kind] if value is None else value
    if kind.startswith("[]"):
        return [as_go(kind[2:], one) for one in value] if value else None
    if kind.startswith("*"):
        return None if value is None else as_go(kind[1:], value)
    return as_go(kind, value) if kind else value


def _lines(value: Any) -> list[str]:
    return json.dumps(value, indent=1, ensure_ascii=False).split("\n")
