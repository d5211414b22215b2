"""ECS, the second orchestrator: its API, its agents, its service scheduler.

Objects stand in the same graph as those of Kubernetes (`labkit.kinds.ecs`). `operations` has the API; `client`
puts boto3's clients over it; `placement` decides where tasks go; actors do the rest as time passes.
"""
