"""A person's own table as a task: kinds of columns, folds without a leak, warnings, saving."""
