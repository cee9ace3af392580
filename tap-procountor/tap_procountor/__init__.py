"""Singer tap for the Procountor API."""
