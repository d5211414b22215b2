"""The Cluster Autoscaler: node groups that grow for pods that fit nowhere and shrink where little is asked for."""
