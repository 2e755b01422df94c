"""The command `sidebyside`, which is also `python -m comparisons`."""

from typing import NoReturn

from comparisons.harness.runs import interruption


def main() -> NoReturn:
    """Run the command line. An interruption is one line, also while it is being imported."""
    with interruption.ends_at_once():
        from comparisons.harness import cli

        cli.main()


if __name__ == "__main__":
    main()
