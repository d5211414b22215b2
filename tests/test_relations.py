"""Relations: which sentences an object says about itself."""

from labkit.kinds import key_of
from labkit.relations import relations, selector_of


def sentences(obj: dict) -> set[str]:
    return {f"{edge.source} {edge.relation} {edge.target}" for edge in relations(key_of(obj), obj)}


def test_a_pod_runs_on_its_node_mounts_its_volumes_and_reads_its_settings():
    pod = {
        "kind": "Pod",
        "metadata": {"name": "web", "ownerReferences": [{"kind": "ReplicaSet", "name": "web-1"}]},
        "spec": {
            "nodeName": "n1",
            "volumes": [
                {"name": "a", "persistentVolumeClaim": {"claimName": "data"}},
                {"name": "b", "configMap": {"name": "settings"}},
                {"name": "c", "secret": {"secretName": "key"}},
                {"name": "d", "emptyDir": {}},
            ],
            "containers": [
                {
                    "name": "c",
                    "env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "login", "key": "a"}}}],
                    "envFrom": [{"configMapRef": {"name": "flags"}}],
                }
            ],
        },
    }
    assert sentences(pod) == {
        "ReplicaSet default/web-1 owns Pod default/web",
        "Pod default/web runs-on Node n1",
        "Pod default/web mounts PersistentVolumeClaim default/data",
        "Pod default/web mounts ConfigMap default/settings",
        "Pod default/web mounts Secret default/key",
        "Pod default/web reads Secret default/login",
        "Pod default/web reads ConfigMap default/flags",
    }


def test_a_node_is_in_its_zone():
    node = {"kind": "Node", "metadata": {"name": "n1", "labels": {"topology.kubernetes.io/zone": "a"}}}
    assert sentences(node) == {"Node n1 in Zone a"}


def test_claims_bind_ingresses_route_and_autoscalers_scale():
    claim = {"kind": "PersistentVolumeClaim", "metadata": {"name": "data"}, "spec": {"volumeName": "pv-1"}}
    assert sentences(claim) == {"PersistentVolumeClaim default/data binds PersistentVolume pv-1"}
    paths = [{"backend": {"service": {"name": "cart"}}}]
    ingress = {"kind": "Ingress", "metadata": {"name": "shop"}, "spec": {"rules": [{"http": {"paths": paths}}]}}
    assert sentences(ingress) == {"Ingress default/shop routes Service default/cart"}
    target = {"kind": "Deployment", "name": "web"}
    autoscaler = {"kind": "HorizontalPodAutoscaler", "metadata": {"name": "web"}, "spec": {"scaleTargetRef": target}}
    assert sentences(autoscaler) == {"HorizontalPodAutoscaler default/web scales Deployment default/web"}


def test_a_service_without_a_selector_selects_nothing():
    service = {"kind": "Service", "metadata": {"name": "web"}, "spec": {"selector": {}}}
    assert selector_of(key_of(service), service) is None


def test_a_network_policy_with_an_empty_selector_selects_every_pod():
    policy = {"kind": "NetworkPolicy", "metadata": {"name": "all"}, "spec": {"podSelector": {}}}
    selector = selector_of(key_of(policy), policy)
    assert selector is not None and selector.matches({}) and selector.matches({"app": "web"})
