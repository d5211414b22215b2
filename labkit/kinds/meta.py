"""What every object has: metadata, conditions, label selectors.

Source: apimachinery pkg/apis/meta/v1/types.go, v1.36. Only the fields labkit acts on are named here.
"""

from __future__ import annotations

import msgspec

Quantity = str | int | float
IntOrString = int | str


class Struct(msgspec.Struct, frozen=True, rename="camel"):
    """A part of an object, decoded: frozen, with snake_case names for the API's camelCase fields."""


class OwnerReference(Struct):
    """Who owns the object; the one with `controller` acts on it."""

    kind: str
    name: str
    uid: str = ""
    api_version: str = ""
    controller: bool = False
    block_owner_deletion: bool = False


class Meta(Struct):
    """The metadata labkit reads."""

    name: str = ""
    namespace: str = ""
    uid: str = ""
    generate_name: str = ""
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    generation: int = 0
    resource_version: str = ""
    creation_timestamp: str | None = None
    deletion_timestamp: str | None = None
    deletion_grace_period_seconds: int | None = None
    owner_references: tuple[OwnerReference, ...] = ()
    finalizers: tuple[str, ...] = ()

    @property
    def controller(self) -> OwnerReference | None:
        """The owner that controls this object, if any."""
        return next((owner for owner in self.owner_references if owner.controller), None)


class Condition(Struct):
    """One condition of a status."""

    type: str
    status: str
    reason: str = ""
    message: str = ""
    last_transition_time: str | None = None
    last_update_time: str | None = None
    last_probe_time: str | None = None
    observed_generation: int = 0


class Requirement(Struct):
    """One expression of a selector: key, operator, values."""

    key: str = ""
    operator: str = ""
    values: tuple[str, ...] = ()


class LabelSelector(Struct):
    """Labels to match: all of `match_labels` and all of `match_expressions`; empty matches everything."""

    match_labels: dict[str, str] = {}
    match_expressions: tuple[Requirement, ...] = ()


class Object(Struct):
    """An object of a kind that labkit knows only by its metadata."""

    kind: str = ""
    api_version: str = ""
    metadata: Meta = Meta()
