"""What AWS says about the platform, read by read. Nothing here changes anything.

A service that does not answer is left at that, by its name and region (`RDS in us-west-2`): that one is in
trouble says nothing of the others.
"""
