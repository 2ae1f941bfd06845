"""How good the engine is, as figures: run by ``make evals``; the floors are tests."""
