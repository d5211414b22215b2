"""Images: their names, and whether a node has them.

Source: pkg/kubelet/images/image_manager.go, distribution/reference, v1.36.
"""

from __future__ import annotations

import re
from typing import Any

from labkit.errors import FieldError

Dict = dict[str, Any]

_RUNTIME_ERRORS = {
    "RegistryUnavailable": "the registry is unavailable",
    "SignatureValidationFailed": "the signature validation failed",
}

_LABEL = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_DOMAIN = rf"{_LABEL}(?:\.{_LABEL})*"
_PART = r"[a-z0-9]+(?:(?:[._]|__|[-]+)[a-z0-9]+)*"
_REFERENCE = re.compile(
    rf"(?:{_DOMAIN}(?::[0-9]+)?/)?{_PART}(?:/{_PART})*(?P<tag>:[\w][\w.-]{{0,127}})?"
    r"(?P<digest>@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?"
)


def with_default_tag(image: str) -> str:
    """The image's name with `:latest` where it has neither tag nor digest. FieldError for what is no image name."""
    found = _REFERENCE.fullmatch(image)
    if found is None:
        raise FieldError(f'couldn\'t parse image name "{image}": invalid reference format')
    return image if found["tag"] or found["digest"] else f"{image}:latest"


def pull_failure(image: str, error: str) -> tuple[str, str]:
    """The reason and message of a pod whose image could not be pulled, from what the container runtime says."""
    for reason, why in _RUNTIME_ERRORS.items():
        if error.startswith(reason):
            return reason, f"image pull failed for {image} because {why}{error.removeprefix(reason)}"
    return "ErrImagePull", error


def is_on(node: Dict, image: str) -> bool:
    """Whether the node has the image."""
    held = (node.get("status") or {}).get("images") or ()
    return any(image in one.get("names", ()) for one in held)


def pulled_onto(node: Dict, image: str, size: int) -> Dict:
    """The node's status with the image in its list, biggest first, as the kubelet reports it."""
    status = node.get("status") or {}
    images = [*(status.get("images") or ()), {"names": [image], "sizeBytes": size}]
    return {**status, "images": sorted(images, key=lambda one: -int(one["sizeBytes"]))}
