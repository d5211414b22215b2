from __future__ import annotations

from typing import Any

Dict = dict[str, Any]


def service(world: Any, **spec: Any) -> None:
    port = {"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP"}
    world.create("v1", "Service", "web", spec={"selector": {"app": "web"}, "ports": [port], **spec})


def web(world: Any, name: str, port: int | None, **meta: Any) -> None:
    ports = [{"name": "http", "containerPort": port, "protocol": "TCP"}] if port else []
    container = {"name": "c", "image": "shop/web:1", "ports": ports}
    world.pod(name, {"labels": {"app": "web"}, **meta}, containers=[container])


def shapes(world: Any) -> list[tuple[list[int], list[str]]]:
    return [
        ([port["port"] for port in one["ports"]], [entry["targetRef"]["name"] for entry in one["endpoints"]])
        for one in world.cluster.list("EndpointSlice")
    ]


def test_a_service_without_pods_has_one_empty_slice(world: Any) -> None:
    service(world)
    assert shapes(world.run(0)) == [([], [])]
    labels = world.only("EndpointSlice")["metadata"]["labels"]
    assert labels["kubernetes.io/service-name"] == "web"
    assert labels["endpointslice.kubernetes.io/managed-by"] == "endpointslice-controller.k8s.io"


def test_pods_with_other_ports_get_a_slice_of_their_own_and_one_without_the_port_an_empty_list(world: Any) -> None:
    service(world)
    for name, port in (("a", 8080), ("b", 9090), ("c", None)):
        web(world, name, port)
        world.run(10)
    assert shapes(world) == [([8080], ["a"]), ([9090], ["b"]), ([], ["c"])]


def test_a_selector_that_matches_nothing_any_more_leaves_one_slice(world: Any) -> None:
    service(world)
    for name, port in (("a", 8080), ("b", 9090)):
        web(world, name, port)
    world.run(10).change("Service", "web", {"spec": {"selector": {"app": "other"}}})
    assert shapes(world.run(0)) == [([], [])]


def test_a_pod_that_leaves_is_serving_but_not_ready(world: Any) -> None:
    service(world)
    web(world, "a", 8080, annotations={"labkit.dev/stops-in": "5s"})
    world.run(10).delete("Pod", "a")
    (endpoint,) = world.run(1).only("EndpointSlice")["endpoints"]
    assert endpoint["conditions"] == {"ready": False, "serving": True, "terminating": True}
    assert world.run(10).only("EndpointSlice")["endpoints"] == []


def test_the_older_endpoints_object_follows(world: Any) -> None:
    service(world)
    web(world, "a", 8080)
    (subset,) = world.run(10).get("Endpoints", "web")["subsets"]
    assert subset["ports"] == [{"name": "http", "port": 8080, "protocol": "TCP"}]
    assert [one["targetRef"]["name"] for one in subset["addresses"]] == ["a"]
    world.delete("Service", "web")
    assert world.run(0).names("Endpoints") == world.names("EndpointSlice") == []


def test_more_than_a_hundred_endpoints_take_several_slices(world: Any) -> None:
    service(world)
    for number in range(120):
        web(world, f"p{number}", 8080)
    assert sorted(len(names) for _, names in shapes(world.run(30))) == [20, 100]
