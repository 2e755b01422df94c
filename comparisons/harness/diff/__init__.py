"""Diff: what differs between two models' files, from configs to outputs."""
