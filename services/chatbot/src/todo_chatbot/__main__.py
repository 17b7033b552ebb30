"""`python -m todo_chatbot` is the command `chatbot`."""

from todo_chatbot.cli import main

main()
