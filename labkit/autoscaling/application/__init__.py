"""Application Auto Scaling: how many tasks a service of ECS has, by alarms, targets, steps and schedules."""
