"""Karpenter: a machine chosen for the pods that wait, and taken away when fewer or cheaper ones would do."""
