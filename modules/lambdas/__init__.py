"""The code that runs in AWS: one package a Lambda function, each complete in itself.

A package is zipped alone, so it imports the standard library, boto3 and itself (relatively), and
nothing else of this repository. `handler.handle(event, context)` is the entry; its configuration is
the JSON document in the environment variable CONFIG.
"""
