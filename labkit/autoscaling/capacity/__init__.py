"""Capacity providers of ECS: how many machines an Auto Scaling group needs for tasks that run and tasks that wait."""
