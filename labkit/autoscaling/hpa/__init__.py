"""The HorizontalPodAutoscaler: how many pods its metrics ask for (`replicas`), how fast it may get there (`rules`),
what it reads (`sources`, `fleet`), what it writes (`status`), and the loop around all that (`controller`)."""
