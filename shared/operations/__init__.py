"""What an operator does to a platform that stands: observe, plan, confirm, run, observe again."""
