"""What an assessment finds: pure judgements of what was read, each with what, why and what to do."""
