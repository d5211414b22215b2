"""The cloud beneath a cluster: groups of machines that are launched, join, and are terminated.

What Amazon EC2 and EC2 Auto Scaling do of it, by their names. Time passes between asking for a machine and having it.
"""
