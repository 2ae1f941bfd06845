"""Comparing a passage with a fact: gate, shortlist, model, values, guards, verdict."""
