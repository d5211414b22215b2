"""The files that every container gets without a volume: /etc/hostname, /etc/hosts and /etc/resolv.conf. All pure.

Source: pkg/kubelet/kubelet_pods.go managedHostsFileContent, GeneratePodHostNameAndDomain;
pkg/kubelet/network/dns/dns.go GetPodDNS; containerd 2.1 parseDNSOptions; v1.36.
A node's own files are labkit's invention.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from labkit.kubelet.environment import hostname
from labkit.network import dns

Dict = dict[str, Any]

NODE_RESOLVER = "192.168.10.1"
"""Where nodes ask for names."""

_LOCAL = (
    "127.0.0.1\tlocalhost", "::1\tlocalhost ip6-localhost ip6-loopback", "fe00::0\tip6-localnet",
    "fe00::0\tip6-mcastprefix", "fe00::1\tip6-allnodes", "fe00::2\tip6-allrouters",
)  # fmt: skip


class Resolver(NamedTuple):
    """What a pod's resolver goes by."""

    servers: tuple[str, ...]
    searches: tuple[str, ...]
    options: tuple[str, ...]


def host_files(pod: Dict) -> dict[str, str]:
    """The three files by path."""
    return {
        "/etc/hostname": f"{hostname(pod)}\n",
        "/etc/hosts": hosts(pod),
        "/etc/resolv.conf": resolv_conf(resolver(pod)),
    }


def hosts(pod: Dict) -> str:
    """/etc/hosts: the pod's own address and name, and its hostAliases."""
    spec, address = pod["spec"], (pod.get("status") or {}).get("podIP", "")
    if spec.get("hostNetwork"):
        lines = ["# Kubernetes-managed hosts file (host network).", _LOCAL[0]]
    else:
        lines = ["# Kubernetes-managed hosts file.", *_LOCAL]
        if address:
            lines.append("\t".join([address, *own_names(pod)]))
    if aliases := spec.get("hostAliases"):
        lines += ["", "# Entries added by HostAliases."]
        lines += ["\t".join([one["ip"], *(one.get("hostnames") or ())]) for one in aliases]
    return "\n".join(lines) + "\n"


def own_names(pod: Dict) -> list[str]:
    """The pod's names: with a subdomain the full one, then the short one."""
    name, subdomain = hostname(pod), pod["spec"].get("subdomain")
    namespace = pod["metadata"]["namespace"]
    return [f"{name}.{subdomain}.{namespace}.svc.{dns.DOMAIN}", name] if subdomain else [name]


def resolver(pod: Dict) -> Resolver:
    """What the pod's dnsPolicy and dnsConfig come to."""
    spec = pod["spec"]
    base, config = _by_policy(spec, pod["metadata"]["namespace"]), spec.get("dnsConfig") or {}
    options = {each.partition(":")[0]: each for each in base.options}
    options |= {one["name"]: _option(one) for one in config.get("options") or ()}
    return Resolver(
        _distinct((*base.servers, *(config.get("nameservers") or ()))),
        _distinct((*base.searches, *(config.get("searches") or ()))),
        tuple(options.values()),
    )


def _by_policy(spec: Dict, namespace: str) -> Resolver:
    policy = spec.get("dnsPolicy", "ClusterFirst")
    if policy == "None":
        return Resolver((), (), ())
    if policy == "Default" or (policy == "ClusterFirst" and spec.get("hostNetwork")):
        return Resolver((NODE_RESOLVER,), (), ())
    return Resolver((dns.SERVER,), dns.search_paths(namespace), (f"ndots:{dns.NDOTS}",))


def _option(told: Dict) -> str:
    return f"{told['name']}:{told['value']}" if told.get("value") else str(told["name"])


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def resolv_conf(told: Resolver) -> str:
    """/etc/resolv.conf."""
    lines = [f"search {' '.join(told.searches)}"] if told.searches else []
    lines += [f"nameserver {server}" for server in told.servers]
    lines += [f"options {' '.join(told.options)}"] if told.options else []
    return "".join(f"{line}\n" for line in lines)
