"""Runs: jobs, what they depend on, the workers that do them, and what came of them."""
