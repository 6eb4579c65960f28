"""Brings payment intents that waited for a writer into the database: each once, none left out."""
