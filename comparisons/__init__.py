"""One runnable script a concept, and the harness that proves and measures."""
