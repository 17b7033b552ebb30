"""The second stage: a small linear classifier for what the rules do not know. It may only ask."""
