"""Every operation of ECS that the lab answers, by its name in the API."""

from __future__ import annotations

from labkit.ecs import (
    accountsettings,
    attributes,
    capacityproviders,
    clusters,
    containerinstances,
    deployments,
    runtask,
    services,
    tags,
    taskdefinitions,
    tasks,
)
from labkit.ecs.requests import Operation

_FUNCTIONS: tuple[Operation, ...] = (
    clusters.create_cluster, clusters.describe_clusters, clusters.list_clusters, clusters.update_cluster,
    clusters.put_cluster_capacity_providers, clusters.delete_cluster,
    capacityproviders.create_capacity_provider, capacityproviders.update_capacity_provider,
    capacityproviders.describe_capacity_providers, capacityproviders.delete_capacity_provider,
    containerinstances.register_container_instance, containerinstances.describe_container_instances,
    containerinstances.list_container_instances, containerinstances.update_container_instances_state,
    containerinstances.deregister_container_instance,
    attributes.put_attributes, attributes.delete_attributes, attributes.list_attributes,
    taskdefinitions.register_task_definition, taskdefinitions.describe_task_definition,
    taskdefinitions.deregister_task_definition, taskdefinitions.delete_task_definitions,
    taskdefinitions.list_task_definitions, taskdefinitions.list_task_definition_families,
    runtask.run_task, runtask.start_task,
    tasks.describe_tasks, tasks.list_tasks, tasks.stop_task, tasks.update_task_protection, tasks.get_task_protection,
    services.create_service, services.update_service, services.delete_service, services.describe_services,
    services.list_services,
    deployments.list_service_deployments, deployments.describe_service_deployments,
    deployments.describe_service_revisions,
    tags.tag_resource, tags.untag_resource, tags.list_tags_for_resource,
    accountsettings.put_account_setting, accountsettings.delete_account_setting,
    accountsettings.list_account_settings,
)  # fmt: skip


def api_name(function: str) -> str:
    """`run_task` is the API's RunTask."""
    return "".join(part.capitalize() for part in function.split("_"))


OPERATIONS: dict[str, Operation] = {api_name(one.__name__): one for one in _FUNCTIONS}
OPERATIONS["UpdateClusterSettings"] = clusters.update_cluster
OPERATIONS["PutAccountSettingDefault"] = accountsettings.put_account_setting
