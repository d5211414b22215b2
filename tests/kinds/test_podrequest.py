"""What a pod asks for: the cases that are easily got wrong. The golden table has the rest."""

import msgspec

from labkit.kinds import podrequest
from labkit.kinds.pod import PodSpec


def container(cpu: str | None, **more) -> dict:
    return {"name": "c", "resources": {"requests": {"cpu": cpu} if cpu else {}}, **more}


def cpu(of=podrequest.pod_requests, **spec) -> str:
    return str(of(msgspec.convert(spec, PodSpec)).get("cpu"))


def test_containers_add_up_and_a_larger_init_container_counts_instead():
    assert cpu(containers=[container("1"), container("500m")]) == "1500m"
    assert cpu(containers=[container("1")], initContainers=[container("3"), container("2")]) == "3"


def test_a_sidecar_adds_to_the_containers_and_to_later_init_containers():
    sidecar = container("1", restartPolicy="Always")
    assert cpu(containers=[container("1")], initContainers=[sidecar]) == "2"
    assert cpu(containers=[container("1")], initContainers=[sidecar, container("3")]) == "4"
    assert cpu(containers=[container("1")], initContainers=[container("3"), sidecar]) == "3"


def test_pod_level_requests_replace_the_sum_and_overhead_comes_on_top():
    spec = {"containers": [container("1")], "resources": {"requests": {"cpu": "3"}}, "overhead": {"cpu": "250m"}}
    assert cpu(**spec) == "3250m"


def test_scores_assume_a_tenth_of_a_cpu_where_nothing_is_asked():
    assert cpu(podrequest.scoring_requests, containers=[container(None), container("1")]) == "1100m"
    spec = {"containers": [container("100m")], "resources": {"requests": {"cpu": "3"}}}
    assert cpu(podrequest.scoring_requests, **spec) == "100m"
    assert cpu(podrequest.placed_requests, **spec) == "3"
