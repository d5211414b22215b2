"""The Vertical Pod Autoscaler: how much one pod should ask for, from what it was seen to use."""
