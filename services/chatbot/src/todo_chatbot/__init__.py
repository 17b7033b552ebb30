"""The assistant of the todo application."""
