"""What does the rider see? The live screen, drawn from frozen snapshots of the ride."""
