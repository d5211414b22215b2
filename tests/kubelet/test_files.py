from __future__ import annotations

import base64
import json
from typing import Any

from labkit import Lab
from labkit.kinds import Key
from labkit.kubelet.files import files, mounted

Dict = dict[str, Any]
POD = Key("Pod", "default", "web")
TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount"


def config(data: Dict) -> Dict:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "prices"}, "data": data}


def pod(volume: Dict | None = None, mount: Dict | None = None, **spec: Any) -> Dict:
    container: Dict = {"name": "main", "image": "app:1"}
    if volume is not None:
        container["volumeMounts"] = [{"name": "held", "mountPath": "/held", **(mount or {})}]
        spec["volumes"] = [{"name": "held", **volume}]
    meta = {"name": "web", "labels": {"app": "web"}, "annotations": {"note": 'a "b"'}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": [container], **spec}}


def running(*objects: Dict) -> Lab:
    lab = Lab.kubernetes(nodes=1)
    lab.apply(list(objects))
    return lab.run("30s")


def of(lab: Lab) -> dict[str, str]:
    return files(lab.cluster, POD, "main")


def below(lab: Lab, path: str = "/held") -> dict[str, str]:
    return {name: text for name, text in of(lab).items() if name.startswith(path)}


def test_every_container_has_its_names_and_its_token() -> None:
    found = of(running(pod()))
    assert found["/etc/hostname"] == "web\n"
    assert found["/etc/hosts"].splitlines()[-1] == "10.244.0.2\tweb"
    assert found["/etc/resolv.conf"] == (
        "search default.svc.cluster.local svc.cluster.local cluster.local\n"
        "nameserver 10.0.0.10\n"
        "options ndots:5\n"
    )  # fmt: skip
    assert found[f"{TOKEN}/namespace"] == "default"
    assert found[f"{TOKEN}/ca.crt"].startswith("-----BEGIN CERTIFICATE-----")
    claims = found[f"{TOKEN}/token"].split(".")[1]
    told = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    assert told["sub"] == "system:serviceaccount:default:default"


def test_dns_policy_and_config_make_the_resolver() -> None:
    own = {"nameservers": ["1.1.1.1"], "searches": ["shop.org"], "options": [{"name": "ndots", "value": "2"}]}
    assert of(running(pod(dnsPolicy="None", dnsConfig=own)))["/etc/resolv.conf"] == (
        "search shop.org\nnameserver 1.1.1.1\noptions ndots:2\n"
    )
    both = of(running(pod(dnsConfig=own)))["/etc/resolv.conf"].splitlines()
    assert both[0].endswith("cluster.local shop.org")
    assert both[1:] == ["nameserver 10.0.0.10", "nameserver 1.1.1.1", "options ndots:2"]
    assert "ndots" not in of(running(pod(dnsPolicy="Default")))["/etc/resolv.conf"]


def test_aliases_and_subdomains_are_in_the_hosts_file() -> None:
    aliases = [{"ip": "10.1.2.3", "hostnames": ["old", "older"]}]
    hosts = of(running(pod(hostAliases=aliases, hostname="one", subdomain="db")))["/etc/hosts"].splitlines()
    assert "10.244.0.2\tone.db.default.svc.cluster.local\tone" in hosts
    assert hosts[-2:] == ["# Entries added by HostAliases.", "10.1.2.3\told\tolder"]


def test_a_config_map_is_a_directory_of_its_keys() -> None:
    lab = running(config({"tax": "19", "sum": "3"}), pod({"configMap": {"name": "prices"}}))
    assert below(lab) == {"/held/sum": "3", "/held/tax": "19"}


def test_items_give_paths_and_modes() -> None:
    items = [{"key": "tax", "path": "eu/tax.txt", "mode": 0o400}]
    lab = running(config({"tax": "19", "sum": "3"}), pod({"configMap": {"name": "prices", "items": items}}))
    assert below(lab) == {"/held/eu/tax.txt": "19"}
    assert mounted(lab.cluster, POD, "main")["/held/eu/tax.txt"].mode == 0o400


def test_a_secret_is_decoded() -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "login"}, "stringData": {"user": "ann"}}
    lab = running(secret, pod({"secret": {"secretName": "login", "defaultMode": 0o440}}))
    assert below(lab) == {"/held/user": "ann"}
    assert mounted(lab.cluster, POD, "main")["/held/user"].mode == 0o440


def test_sources_are_projected_into_one_directory() -> None:
    sources = [
        {"configMap": {"name": "prices"}},
        {"downwardAPI": {"items": [{"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}}]}},
    ]
    lab = running(config({"tax": "19"}), pod({"projected": {"sources": sources}}))
    assert list(below(lab)) == ["/held/labels", "/held/tax"]
    assert 'app="web"' in below(lab)["/held/labels"].splitlines()


def test_the_downward_api_follows_the_pod() -> None:
    items = [{"path": "notes", "fieldRef": {"fieldPath": "metadata.annotations"}}]
    lab = running(pod({"downwardAPI": {"items": items}}))
    assert 'note="a \\"b\\""' in below(lab)["/held/notes"].splitlines()
    lab.kubectl("annotate pod web note=new --overwrite")
    assert 'note="new"' in below(lab.run("1s"))["/held/notes"].splitlines()


def test_an_empty_volume_is_an_empty_directory() -> None:
    assert below(running(pod({"emptyDir": {}}))) == {"/held/": ""}
    missing = {"configMap": {"name": "nobody", "optional": True}}
    assert below(running(pod(missing))) == {"/held/": ""}


def test_a_mounted_config_map_follows_within_a_minute_and_a_sub_path_never() -> None:
    follower = pod({"configMap": {"name": "prices"}})
    fixed = {"name": "held", "mountPath": "/etc/tax.conf", "subPath": "tax"}
    follower["spec"]["containers"][0]["volumeMounts"].append(fixed)
    lab = running(config({"tax": "19"}), follower)
    lab.apply(config({"tax": "7"}))
    assert below(lab)["/held/tax"] == "19"
    lab.run("60s")
    assert below(lab)["/held/tax"] == "7"
    assert below(lab.run("1h"), "/etc/tax.conf") == {"/etc/tax.conf": "19"}
    assert below(lab.at("31s"))["/held/tax"] == "19"


def test_a_restart_renews_a_sub_path() -> None:
    fixed = pod({"configMap": {"name": "prices"}}, {"mountPath": "/etc/tax.conf", "subPath": "tax"})
    fixed["metadata"]["annotations"]["labkit.dev/exits-after"] = "2m"
    lab = running(config({"tax": "19"}), fixed)
    lab.apply(config({"tax": "7"}))
    assert below(lab.run("1m"), "/etc/tax.conf") == {"/etc/tax.conf": "19"}
    assert below(lab.run("2m"), "/etc/tax.conf") == {"/etc/tax.conf": "7"}


def test_a_deleted_config_map_stays_mounted() -> None:
    lab = running(config({"tax": "19"}), pod({"configMap": {"name": "prices"}}))
    lab.kubectl("delete configmap prices")
    assert below(lab.run("5m")) == {"/held/tax": "19"}


def test_a_node_that_is_cut_off_hears_of_no_update() -> None:
    lab = running(config({"tax": "19"}), pod({"configMap": {"name": "prices"}}))
    lab.cut("node-1").run("1s")
    lab.apply(config({"tax": "7"}))
    assert below(lab.run("3m"))["/held/tax"] == "19"
    assert below(lab.recover().run("2m"))["/held/tax"] == "7"


def test_a_mount_hides_what_lies_below_it() -> None:
    hiding = pod({"emptyDir": {}}, {"mountPath": "/var/run/secrets"})
    found = of(running(hiding))
    assert f"{TOKEN}/namespace" in found
    assert "/var/run/secrets/" in found
