"""`kubectl create KIND NAME`: objects made from flags. One function per kind, from the flags to the manifest."""
