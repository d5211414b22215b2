"""A lab as bytes, so that another process can go on from the same moment.

What a scheduler or an autoscaler keeps in mind is not carried along: a thawed lab starts its control plane over the
world as it is, as after a restart. So every run of an experiment thaws, wherever it runs, and all come to the same.
"""

from __future__ import annotations

import copyreg
import pickle
from types import MappingProxyType
from typing import Any

from labkit.controllers.servicelb import ServiceLoadBalancers
from labkit.errors import LabError
from labkit.lab import Lab


def _frozen(proxy: Any) -> tuple[Any, ...]:
    return _view, (dict(proxy),)


def _view(held: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(held)


copyreg.pickle(MappingProxyType, _frozen)


def freeze(lab: Lab) -> bytes:
    """The lab as it is now. LabError if it holds something that can't be carried, as a plugin made in a function."""
    actors = lab._loop.actors
    balancers = actors.get(ServiceLoadBalancers.name)
    cloud = balancers.takes if isinstance(balancers, ServiceLoadBalancers) else None
    held = lab.cluster.fork(), lab._timing, tuple(lab._scheduler.profiles.values()), cloud
    try:
        return pickle.dumps(held, pickle.HIGHEST_PROTOCOL)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        words = f"this lab can't be carried to another process: {error}"
        raise LabError(words, "Define plugins in a module.") from None


def thaw(frozen: bytes) -> Lab:
    """A lab that goes on from the moment at which it was frozen."""
    cluster, timing, profiles, cloud = pickle.loads(frozen)
    lab = Lab(cluster, timing, profiles=profiles, cloud=cloud)
    lab._loop.relist()
    return lab
