"""Titanic: passengers from a file, their preparation without a leak, folds with parties kept."""
