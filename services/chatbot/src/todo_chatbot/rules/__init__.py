"""The first stage: rules for the common sentences. They act at once, so they must be sure that a list is meant."""
