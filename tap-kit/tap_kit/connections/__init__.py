"""Many companies: `connections.yml`, what Meltano is to know of each, and runs that do not stop one another."""
