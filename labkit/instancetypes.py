"""EC2's instance types: what each has, what it can hold, what it costs.

vCPU, memory, interfaces, addresses: EC2's DescribeInstanceTypes as of August 2026 (moto 5.2.3). On-demand price: Linux
in us-east-1, of 20 July 2026 (Karpenter v1.14, zz_generated.pricing_aws.go; the m4, c4, g4dn and p3 rows by EC2's price
list). Spot price: fictional, `SPOT` times the on-demand price; there is no dated public table.
Memory that ECS registers is what the kernel sees. OBSERVED holds figures of running machines (the ECS developer guide:
m4.large, c4; public output of running clusters: the others); for other types the two straight lines through those.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from labkit.errors import LabError

SPOT = 0.35
"""What a Spot instance costs, as a share of the on-demand price: labkit's own figure."""

_TABLE = """
t2.nano      1     512  2  2  0.0058
t2.micro     1    1024  2  2  0.0116
t2.small     1    2048  3  4  0.023
t2.medium    2    4096  3  6  0.0464
t2.large     2    8192  3 12  0.0928
t2.xlarge    4   16384  3 15  0.1856
t2.2xlarge   8   32768  3 15  0.3712
t3.nano      2     512  2  2  0.0052
t3.micro     2    1024  2  2  0.0104
t3.small     2    2048  3  4  0.0208
t3.medium    2    4096  3  6  0.0416
t3.large     2    8192  3 12  0.0832
t3.xlarge    4   16384  4 15  0.1664
t3.2xlarge   8   32768  4 15  0.3328
t3a.medium   2    4096  3  6  0.0376
t4g.medium   2    4096  3  6  0.0336
m4.large     2    8192  2 10  0.1
m5.large     2    8192  3 10  0.096
m5.xlarge    4   16384  4 15  0.192
m5.2xlarge   8   32768  4 15  0.384
m5.4xlarge  16   65536  8 30  0.768
m5.8xlarge  32  131072  8 30  1.536
m5.12xlarge 48  196608  8 30  2.304
m5.16xlarge 64  262144 15 50  3.072
m5.24xlarge 96  393216 15 50  4.608
m6i.large    2    8192  3 10  0.096
m6g.medium   1    4096  2  4  0.0385
m6g.large    2    8192  3 10  0.077
m7i.large    2    8192  3 10  0.1008
c4.large     2    3840  3 10  0.1
c4.4xlarge  16   30720  8 30  0.796
c5.large     2    4096  3 10  0.085
c5.xlarge    4    8192  4 15  0.17
c5.2xlarge   8   16384  4 15  0.34
c5.4xlarge  16   32768  8 30  0.68
c5.9xlarge  36   73728  8 30  1.53
c5.12xlarge 48   98304  8 30  2.04
c5.18xlarge 72  147456 15 50  3.06
c5.24xlarge 96  196608 15 50  4.08
c6i.large    2    4096  3 10  0.085
r5.large     2   16384  3 10  0.126
r5.xlarge    4   32768  4 15  0.252
r5.2xlarge   8   65536  4 15  0.504
r5.4xlarge  16  131072  8 30  1.008
r5.8xlarge  32  262144  8 30  2.016
r5.12xlarge 48  393216  8 30  3.024
r5.16xlarge 64  524288 15 50  4.032
r5.24xlarge 96  786432 15 50  6.048
r6i.large    2   16384  3 10  0.126
g4dn.xlarge  4   16384  3 10  0.526  1
p3.2xlarge   8   62464  4 15  3.06   1
"""

OBSERVED = {
    "t2.medium": 3943, "t2.large": 7975, "t2.xlarge": 16039, "t3.medium": 3884, "m4.large": 7985, "m5.large": 7680,
    "m5.xlarge": 15576, "m5.2xlarge": 31368, "m5.4xlarge": 62950, "m5.12xlarge": 189283, "m5.24xlarge": 378652,
    "c4.large": 3768, "c4.4xlarge": 30158, "c5.large": 3704, "c5.xlarge": 7624, "c5.2xlarge": 15463,
    "c5.4xlarge": 31142, "c5.9xlarge": 70341, "c5.18xlarge": 140768, "g4dn.xlarge": 15731,
}  # fmt: skip
"""MiB that running machines of a type were seen to have."""

_ARM = ("t4g", "m6g")
_XEN = ("t2", "m4", "c4", "p3")
_TRUNKING = {
    "large": 10, "xlarge": 20, "2xlarge": 40, "4xlarge": 60, "8xlarge": 60, "9xlarge": 60, "12xlarge": 60,
    "16xlarge": 120, "18xlarge": 120, "24xlarge": 120,
}  # fmt: skip
_TRUNKED = ("m5", "c5", "r5", "m6i", "c6i", "r6i", "m6g", "m7i")


class InstanceType(NamedTuple):
    """One row: `memory` in MiB as advertised, prices in USD an hour; `addresses` are IPv4 ones an interface."""

    name: str
    vcpu: int
    memory: int
    enis: int
    addresses: int
    price: float
    gpus: int = 0

    @property
    def family(self) -> str:
        """The part before the dot: `m5`."""
        return self.name.partition(".")[0]

    @property
    def size(self) -> str:
        """The part after the dot: `large`."""
        return self.name.partition(".")[2]

    @property
    def cpu_units(self) -> int:
        """What ECS registers: 1024 a vCPU."""
        return 1024 * self.vcpu

    @property
    def registered_memory(self) -> int:
        """MiB that the kernel sees and ECS registers."""
        if self.name in OBSERVED:
            return OBSERVED[self.name]
        burstable = self.family.startswith("t")
        return round(self.memory * 0.971 - 92) if burstable else round(self.memory * 0.964 - 216)

    @property
    def architecture(self) -> str:
        """`x86_64` or `arm64`."""
        return "arm64" if self.family in _ARM else "x86_64"

    @property
    def is_nitro(self) -> bool:
        """Whether it runs on Nitro: prefix delegation and EBS volumes of tasks need that."""
        return self.family not in _XEN

    @property
    def spot_price(self) -> float:
        """USD an hour as a Spot instance; fictional."""
        return round(self.price * SPOT, 6)

    @property
    def max_pods(self) -> int:
        """Pods a node of EKS can hold: interfaces x (addresses - 1) + 2."""
        return self.enis * (self.addresses - 1) + 2

    @property
    def prefix_pods(self) -> int:
        """Pods with prefix delegation, 16 addresses a slot: at most 110 below 30 vCPU, 250 from there on."""
        if not self.is_nitro:
            return self.max_pods
        return min(self.enis * (self.addresses - 1) * 16 + 2, 110 if self.vcpu < 30 else 250)

    @property
    def awsvpc_tasks(self) -> int:
        """Tasks with an interface of their own that ECS puts on it: one interface is the machine's own."""
        return self.enis - 1

    @property
    def trunked_tasks(self) -> int:
        """The same with the account setting awsvpcTrunking; as many as without it where the type has no trunk."""
        if self.family not in _TRUNKED or self.name == "r5.8xlarge":
            return self.awsvpc_tasks
        return _TRUNKING.get(self.size, self.awsvpc_tasks)


@cache
def table() -> dict[str, InstanceType]:
    """Every type by name."""
    types = [_type(*row.split()) for row in _TABLE.split("\n") if row]
    return {one.name: one for one in types}


def _type(name: str, vcpu: str, memory: str, enis: str, addresses: str, price: str, gpus: str = "0") -> InstanceType:
    return InstanceType(name, int(vcpu), int(memory), int(enis), int(addresses), float(price), int(gpus))


def instance_type(name: str) -> InstanceType:
    """The type of that name, in the words of EC2's RunInstances if there is none: LabError."""
    found = table().get(name)
    if found is None:
        raise LabError(f"Invalid value '{name}' for InstanceType.", f"labkit knows: {', '.join(table())}.")
    return found
