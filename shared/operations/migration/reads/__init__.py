"""What AWS says about the platform, read by read. Nothing here changes anything."""
