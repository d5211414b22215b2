"""Images on their way to a node: the stages pull, pulled and unpulled.

Source: pkg/kubelet/images/image_manager.go, v1.36. A container that can't have its image holds up nobody but, as an
init container, those after it.
"""

from __future__ import annotations

from labkit.errors import FieldError
from labkit.fields import durations
from labkit.kinds.pod import Container
from labkit.kubelet import backoff, images
from labkit.kubelet.starting import following, is_fresh
from labkit.kubelet.visit import Next, Visit


def pull(visit: Visit) -> list[Next]:
    """Is the image there? If not, or if the registry is to be asked each time, it is fetched."""
    spec, node = visit.spec, visit.cluster.require(visit.node_key)
    try:
        image = images.with_default_tag(spec.image)
    except FieldError as error:
        return _invalid_name(visit, spec, error.message)
    present = images.is_on(node, image)
    policy = spec.image_pull_policy or ("Always" if image.endswith(":latest") else "IfNotPresent")
    if present and policy != "Always":
        there = f'Container image "{spec.image}" already present on machine and can be accessed by the pod'
        visit.tell("Pulled", there)
        return [Next("start", visit.timing.create, visit.container)]
    if policy == "Never":
        return _never_pulled(visit, spec)
    visit.tell("Pulling", f'Pulling image "{spec.image}"')
    if visit.behaviour.image_error:
        return _pull_failed(visit, spec)
    seconds = visit.timing.resolve if present else visit.timing.pull_seconds(visit.timing.image_bytes(image))
    return [Next("pulled", seconds, visit.container, round(seconds * 1000))]


def pulled(visit: Visit) -> list[Next]:
    """The image is on the node; `number` is how long that took, in milliseconds."""
    image, size = images.with_default_tag(visit.spec.image), visit.timing.image_bytes(visit.spec.image)
    took = durations.format_go(visit.number / 1000)
    text = f'Successfully pulled image "{visit.spec.image}" in {took} ({took} including waiting).'
    visit.tell("Pulled", f"{text} Image size: {size} bytes.")
    node = visit.cluster.require(visit.node_key)
    if not images.is_on(node, image):
        visit.cluster.set_status(visit.node_key, images.pulled_onto(node, image, size))
    return [Next("start", visit.timing.create, visit.container)]


def _pull_failed(visit: Visit, spec: Container) -> list[Next]:
    error = visit.behaviour.image_error
    reason, why = images.pull_failure(spec.image, error)
    visit.tell("Failed", f'Failed to pull image "{spec.image}": {error}', "Warning")
    visit.tell("Failed", f"Error: {reason}", "Warning")
    return [Next("unpulled", 1.0, visit.container, visit.number + 1), *_waits(visit, reason, why)]


def unpulled(visit: Visit) -> list[Next]:
    """After the failed pull number `number` the kubelet backs off."""
    why = f'Back-off pulling image "{visit.spec.image}"'
    visit.tell("BackOff", why)
    visit.tell("Failed", "Error: ImagePullBackOff", "Warning")
    before = ": ".join(images.pull_failure(visit.spec.image, visit.behaviour.image_error))
    visit.wait("ImagePullBackOff", f"{why}: {before}")
    return [Next("pull", backoff.pull_wait(visit.number) - 1.0, visit.container, visit.number)]


def _never_pulled(visit: Visit, spec: Container) -> list[Next]:
    text = f'Container image "{spec.image}" is not present with pull policy of Never'
    visit.tell("ErrImageNeverPull", text, "Warning")
    visit.tell("Failed", "Error: ErrImageNeverPull", "Warning")
    return [Next("pull", visit.timing.resync, visit.container), *_waits(visit, "ErrImageNeverPull", text)]


def _invalid_name(visit: Visit, spec: Container, why: str) -> list[Next]:
    text = f'Failed to apply default image tag "{spec.image}": {why}'
    visit.tell("InspectFailed", text, "Warning")
    visit.tell("Failed", "Error: InvalidImageName", "Warning")
    return [Next("pull", visit.timing.resync, visit.container), *_waits(visit, "InvalidImageName", text)]


def _waits(visit: Visit, reason: str, message: str) -> list[Next]:
    """The container has to wait; the first time the next one gets its turn all the same."""
    first_time = is_fresh(visit.held)
    visit.wait(reason, message)
    return following(visit) if first_time and not visit.is_init else []
