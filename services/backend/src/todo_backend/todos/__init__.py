"""Todos: list, write, undo, events."""
