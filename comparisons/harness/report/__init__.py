"""The pages of results: two codes, the proof and the plots of a concept beside one another."""

from comparisons.harness.report.pages import write_pages

__all__ = ["write_pages"]
