"""The project holds together: packaging, layers, help, and what README and docs tell a rider to type."""
