"""What docs/architecture.md says of new things is true: each test adds one that exists nowhere else."""
