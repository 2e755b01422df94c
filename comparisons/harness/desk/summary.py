"""A result in short: checks held, scores by column, verdicts of the claims, and what failed."""

from comparisons.harness import catalogue
from comparisons.harness.concept import Concept
from comparisons.harness.proof.precision import PINNED
from comparisons.harness.report import formats
from comparisons.harness.runs.jobs import Job
from comparisons.harness.runs.results import Result
from comparisons.harness.runs.runner import describe


def lines(result: Result) -> list[str]:
    """The result in short, for a terminal."""
    content = result.content
    rows = table(catalogue.declared(content["concept"], result.settings), result)
    widths = [max(map(len, column)) for column in zip(*rows)]
    return [
        f"{content['concept']}: {standing(content)}",
        *executed(result),
        *("  " + "  ".join(map(str.ljust, row, widths)).rstrip() for row in rows),
        *(f"  {verdict(claim)}: {claim['claim']}" for claim in content["claims"]),
        *(f"  FAILED: {fault}" for fault in faults(content)),
    ]


def standing(content: dict) -> str:
    """How many checks hold, and how many of them and of the jobs there is no answer to."""
    ran = [record for record in content["checks"] if record["ran"]]
    text = f"{sum(record['passed'] for record in ran)} of {len(ran)} checks hold"
    if lost := len(content["checks"]) - len(ran):
        text += f", {lost} cannot run here"
    if failed := len(content["failures"]):
        text += f", {failed} job{'s' * (failed > 1)} failed"
    return text


def verdict(claim: dict) -> str:
    """A claim's verdict, and that there is none yet where one run does not say how runs differ."""
    alone = claim["verdict"] == "undecided" and claim["seeds"] == 1
    return "undecided by a single run" if alone else claim["verdict"]


def executed(result: Result) -> list[str]:
    """How the Keras columns trained, and in what they are proven, where something was asked for."""
    words = result.settings.execution.words()
    if not words:
        return []
    return [f"  Keras trained with {' '.join(words)}; proven in {PINNED}"]


def table(concept: Concept, result: Result) -> list[list[str]]:
    """Variant, column, test scores and time of a step of each model, and the baselines' scores.

    A heading, then the rows.
    """
    rows = result.content["summary"]
    if not rows:
        return []
    scores = concept.task.scores
    several = len({row["variant"] for row in rows}) > 1
    found = [["variant"] * several + ["column", *(s.name[0] for s in scores), "ms/step"]]
    for row in rows:
        cells = [formats.interval(row["scores"].get(s.key), s.unit)[0] for s in scores]
        milliseconds = f"{1e3 * row['seconds_per_step']:.2f}"
        found.append([row["variant"]] * several + [row["implementation"], *cells, milliseconds])
    for baseline in result.content["baselines"]:
        cells = [formats.interval(baseline["scores"].get(s.key), s.unit)[0] for s in scores]
        found.append([""] * several + [baseline["name"], *cells, formats.NONE])
    return found


def faults(content: dict) -> list[str]:
    """A line for each check that does not hold and each job that failed."""
    return [
        f"{r['what']}, {r['where']}, {r['against']}, {r['dtype']}: error {r['error']}, "
        f"tolerance {r['tolerance']}"
        for r in content["checks"]
        if not r["passed"]
    ] + [f"{describe(Job(**f['job']))}: {f['reason']}" for f in content["failures"]]
