"""What AWS and the two databases say: reads only."""
