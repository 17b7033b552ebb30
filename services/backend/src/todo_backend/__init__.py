"""The todo application's backend."""
