"""Tests of checking a model."""
