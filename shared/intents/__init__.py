"""Payment intents that are accepted while no database takes writes: the service's side.

A service takes this folder as it is: it needs Python's standard library and boto3 only, and imports
nothing outside itself. What is guaranteed and what is not stands in docs/intents.md.

    intents = Intents(boto3.client("dynamodb", region_name=region), table, region=region)
    accepted = intents.accept(key="order-4711-1", ordering_key="account-17", payload={"amount": "12.50"})
"""
