"""Every operation of Application Auto Scaling that the lab answers, by its name in the API."""

from __future__ import annotations

from labkit.autoscaling.application import activities, policies, scheduling, targets

OPERATIONS = {
    "RegisterScalableTarget": targets.register_scalable_target,
    "DeregisterScalableTarget": targets.deregister_scalable_target,
    "DescribeScalableTargets": targets.describe_scalable_targets,
    "PutScalingPolicy": policies.put_scaling_policy,
    "DeleteScalingPolicy": policies.delete_scaling_policy,
    "DescribeScalingPolicies": policies.describe_scaling_policies,
    "PutScheduledAction": scheduling.put_scheduled_action,
    "DeleteScheduledAction": scheduling.delete_scheduled_action,
    "DescribeScheduledActions": scheduling.describe_scheduled_actions,
    "DescribeScalingActivities": activities.describe_scaling_activities,
}
