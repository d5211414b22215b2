"""Names of ECS: ARNs, ids, and what a request means by a name.

Source: ECS developer guide, "Amazon Resource Names (ARNs)"; the long format, the only one since 2021.
"""

from __future__ import annotations

from hashlib import md5
from random import Random

from labkit.kinds import Key, ecs

REGION = "us-east-1"
ACCOUNT = "123456789012"


def arn(word: str, *names: str) -> str:
    """An ARN of ECS: `arn("task", "default", "0a1b…")`."""
    return f"arn:aws:ecs:{REGION}:{ACCOUNT}:{word}/{'/'.join(names)}"


def cluster_arn(name: str) -> str:
    """A cluster's ARN."""
    return arn("cluster", name)


def short(reference: str) -> str:
    """The last part of an ARN; a name stays as it is."""
    return reference.rpartition("/")[2]


def cluster_key(reference: str | None) -> Key:
    """The cluster that a request names, by name or ARN; `default` if it names none."""
    return Key(ecs.CLUSTER, "", short(reference or "default"))


def new_id(rng: Random) -> str:
    """The id of a task or container instance: 32 hexadecimal digits."""
    return f"{rng.getrandbits(128):032x}"


def instance_id(rng: Random) -> str:
    """The id of an EC2 instance."""
    return f"i-{rng.getrandbits(68):017x}"


def uuid_of(name: str) -> str:
    """An id in UUID's form, always the same for the same name; for what nobody refers to by it."""
    digits = md5(name.encode(), usedforsecurity=False).hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"
