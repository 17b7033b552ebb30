"""Tests against a real PostgreSQL and a real HTTP server."""
