"""What a person meets: which concepts are meant, progress, lists, results in short."""
