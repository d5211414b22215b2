"""What lesson 24's troubleshooting looks at: a cluster in which four families of tasks aren't well."""

from __future__ import annotations

from labkit.checks.ecs_answers import container
from labkit.lab import Lab


def ailing() -> Lab:
    """Four families that aren't well, each for a reason of its own, ten minutes after they were started."""
    lab = Lab.ecs(2, zones="ab", seed=1)
    lab.behave("family:seats", container="meter", exits_after="20s", exit_code=1)
    lab.behave("family:stock", container="stock", image_error="shop/stock:1.O: not found")
    for family, definition in {
        "seats": [container("seats"), container("meter", memory=64)],
        "stock": [{**container("stock"), "image": "shop/stock:1.O"}],
        "price": [container("price", memory=8192)],
        "cart": [container("cart")],
    }.items():
        lab.client.register_task_definition(family=family, containerDefinitions=definition)
    here, there = lab.client.list_container_instances()["containerInstanceArns"]
    for family in ("seats", "stock"):
        lab.client.start_task(taskDefinition=family, containerInstances=[here])
    lab.client.run_task(taskDefinition="price")
    cart = lab.client.start_task(taskDefinition="cart", containerInstances=[there])["tasks"][0]["taskArn"]
    lab.run("3m").cut(there).run("2m").client.stop_task(task=cart)
    return lab.run("5m")
