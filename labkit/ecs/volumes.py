"""Volumes of task definitions, and how an EBS volume is configured when tasks are launched.

| kind | EC2 | Fargate | how |
|---|---|---|---|
| bind mount | yes | yes, without `sourcePath` | `host`, or nothing |
| Docker volume | yes | no | `dockerVolumeConfiguration` |
| EFS | yes | yes, Linux from platform 1.4.0 | `efsVolumeConfiguration`; shared by as many tasks as there are |
| EBS | yes, Nitro types | yes, Linux from 1.4.0 | `configuredAtLaunch`, `volumeConfigurations` at launch; one a task |
| FSx for Windows | Windows | no | `fsxWindowsFileServerVolumeConfiguration` |

Source: ECS developer guide, "Storage options"; botocore 1.44 ecs Volume, TaskManagedEBSVolumeConfiguration. Literal
messages: hashicorp/terraform-provider-aws issue 38538, cloudposse/terraform-aws-ecs-alb-service-task issues 174 and
185, go-to-k/cdkd pull request 811; the others are labkit's own words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from labkit.cluster import Cluster
from labkit.ecs import iam
from labkit.ecs.requests import Object, invalid, refused
from labkit.kinds.ecs import TaskDefinition

Part = Mapping[str, Any]

SERVICE = "ecs.amazonaws.com"
DOCKER, EFS = "dockerVolumeConfiguration", "efsVolumeConfiguration"
FSX = "fsxWindowsFileServerVolumeConfiguration"
TYPE = "gp3"
SIZES = {
    "gp2": (1, 16384), "gp3": (1, 16384), "io1": (4, 16384), "io2": (4, 16384), "st1": (125, 16384),
    "sc1": (125, 16384), "standard": (1, 1024),
}  # fmt: skip
"""GiB that a volume of each type may have."""
IOPS = {"gp3": (3000, 16000), "io1": (100, 64000), "io2": (100, 256000)}
FILE_SYSTEMS = ("ext3", "ext4", "xfs")
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,255}")


def check(definition: Part) -> None:
    """ClientException for the first rule that a definition's volumes break."""
    volumes: Sequence[Part] = definition.get("volumes") or ()
    names = [one.get("name") for one in volumes]
    for one in volumes:
        if not _NAME.fullmatch(one.get("name") or ""):
            raise refused("Volume.name contains invalid characters.")
        if sum(bool(one.get(kind)) for kind in ("host", DOCKER, EFS, FSX, "configuredAtLaunch")) > 1:
            told = "only one volume configuration type should be used."
            raise refused(f"When the volume parameter is specified, {told}")
        _check_efs(one.get(EFS) or {})
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise refused(f"Volume.name must be unique within a task definition: {twice}.")
    if sum(bool(one.get("configuredAtLaunch")) for one in volumes) > 1:
        raise refused("A task definition can have only one volume that is configured at launch.")


def _check_efs(volume: Part) -> None:
    access = volume.get("authorizationConfig") or {}
    encrypted = volume.get("transitEncryption") == "ENABLED"
    if access.get("accessPointId") and volume.get("rootDirectory", "/") != "/":
        raise refused("With an EFS access point the rootDirectory must be omitted or set to '/'.")
    if (access.get("accessPointId") or access.get("iam") == "ENABLED") and not encrypted:
        raise refused("Transit encryption must be ENABLED for an EFS access point or IAM authorization.")
    if volume.get("transitEncryptionPort") and not encrypted:
        raise refused("Transit encryption must be ENABLED for a transitEncryptionPort.")


def check_fargate(definition: Part) -> None:
    """ClientException for a volume that Fargate doesn't have."""
    linux = ((definition.get("runtimePlatform") or {}).get("operatingSystemFamily") or "LINUX") == "LINUX"
    for one in definition.get("volumes") or ():
        wrong = [field for field in (DOCKER, FSX) if one.get(field)]
        wrong += [field for field in (EFS, "configuredAtLaunch") if one.get(field) and not linux]
        wrong += ["sourcePath"] if (one.get("host") or {}).get("sourcePath") else []
        if wrong:
            raise refused(f"Fargate compatible task definitions do not support {wrong[0]}")


def configured(
    world: Cluster, definition: TaskDefinition, given: Sequence[Object] | None, on_fargate: bool
) -> tuple[Object, ...]:
    """The EBS volume of each task, with its defaults, as a launch configures it; none or one.

    InvalidParameterException where definition and configuration don't agree, or EBS has no such volume.
    """
    wanted = [one["name"] for one in definition.volumes if one.get("configuredAtLaunch")]
    if len(given or ()) > 1:
        raise invalid("Only one volume can be configured at launch.")
    names = [one["name"] for one in given or () if one.get("managedEBSVolume")]
    if set(names) - set(wanted):
        told = "no matching configuredAtLaunch volume found in task definition."
        raise invalid(f"Volume configuration provided but {told}")
    if set(wanted) - set(names):
        raise invalid(f"The volume {wanted[0]} is configured at launch: volumeConfigurations must have its settings.")
    volumes = completed(given)
    for one in volumes:
        _check_settings(world, one["managedEBSVolume"], on_fargate)
    return volumes


def completed(given: Sequence[Object] | None) -> tuple[Object, ...]:
    """Volumes as a launch configures them, with their defaults; unchecked."""
    usual = {"volumeType": TYPE, "filesystemType": "xfs"}
    wanted = [one for one in given or () if one.get("managedEBSVolume")]
    return tuple({**one, "managedEBSVolume": {**usual, **one["managedEBSVolume"]}} for one in wanted)


def _check_settings(world: Cluster, volume: Object, on_fargate: bool) -> None:
    for rule in RULES:
        rule(volume)
    if on_fargate and volume["volumeType"] == "standard":
        raise invalid("The volume type standard is not supported on Fargate.")
    if not iam.trusts(world, volume["roleArn"], SERVICE):
        role = f"'{volume['roleArn']}'"
        rest = "Please verify that the role being passed has the proper trust relationship with Amazon ECS."
        raise invalid(f"ECS was unable to assume the configured ECS Infrastructure Role {role}. {rest}")


def _kind(volume: Part) -> None:
    if volume["volumeType"] not in SIZES:
        raise invalid(f"Invalid volumeType: {volume['volumeType']}. It must be one of {', '.join(SIZES)}.")
    if volume["filesystemType"] not in FILE_SYSTEMS:
        raise invalid(
            f"Invalid filesystemType: {volume['filesystemType']}. It must be one of {', '.join(FILE_SYSTEMS)}."
        )


def _size(volume: Part) -> None:
    size, (least, most) = volume.get("sizeInGiB"), SIZES[volume["volumeType"]]
    if size is None and not volume.get("snapshotId"):
        raise invalid("sizeInGiB or snapshotId must be specified.")
    if size is not None and not least <= size <= most:
        raise invalid(f"sizeInGiB of a {volume['volumeType']} volume must be between {least} and {most}.")


def _speed(volume: Part) -> None:
    kind, iops, throughput = volume["volumeType"], volume.get("iops"), volume.get("throughput")
    if iops is None and kind in ("io1", "io2"):
        raise invalid(f"iops must be specified for a {kind} volume.")
    if iops is not None and kind in ("st1", "sc1", "standard"):
        raise invalid(f"iops is not supported for a {kind} volume.")
    least, most = IOPS.get(kind, (0, 2**31))
    if iops is not None and not least <= iops <= most:
        raise invalid(f"iops of a {kind} volume must be between {least} and {most}.")
    if throughput is not None and (kind != "gp3" or throughput > 1000):
        raise invalid("throughput is supported for gp3 volumes only, and at most 1000 MiB/s.")


RULES: tuple[Callable[[Part], None], ...] = (_kind, _size, _speed)
