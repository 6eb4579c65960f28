"""The system `region-migration`: one app a region, and one for the global names."""
