"""The system `disaster-recovery`: one app a region, and one for what is global."""
