"""The embedded AWS: one process on this machine that a deployment can be rehearsed against.

It is moto behind HTTP on 127.0.0.1 with the extensions that close its gaps. The product does not
know that it is there: it honours `AWS_ENDPOINT_URL`, and this package sets that variable.
"""
