"""What `invoke` does with Terraform: queue, saved plans, guards, journal, report. Never imports cdktf."""
