"""What the concept scripts share: data, workers, checks, statistics, pages, command line."""
