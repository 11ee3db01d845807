"""A measured row: what was aimed at, and what came."""
import dataclasses
import statistics
import typing


@dataclasses.dataclass
class Row:
    """Something to measure. `measure` takes a `Bench` and yields its results."""
    name: str
    title: str
    measure: typing.Callable
    group: str


@dataclasses.dataclass
class Result:
    """Figures of one row. `ours` and `theirs` are the runs; the median counts."""
    row: str
    what: str
    unit: str
    ours: list
    theirs: list = dataclasses.field(default_factory=list)
    #: The aim in words, and the test of (our median, their median or None).
    aim: str = ""
    test: object = None

    @property
    def median(self):
        return statistics.median(self.ours)

    @property
    def peer(self):
        return statistics.median(self.theirs) if self.theirs else None

    @property
    def held(self):
        """True or False; None where there is no aim, or no peer to compare with."""
        try:
            return None if self.test is None else bool(self.test(self.median, self.peer))
        except TypeError:
            return None

    @property
    def ratio(self):
        return self.median / self.peer if self.peer else None

    def object(self):
        return {"row": self.row, "what": self.what, "unit": self.unit, "daybook": self.median,
                "runs": self.ours, "peer": self.peer, "peer_runs": self.theirs, "ratio": self.ratio,
                "aim": self.aim, "held": self.held}

    def cells(self):
        verdict = {True: "held", False: "MISSED", None: "-"}[self.held]
        return [self.row, self.what, spread(self.ours, self.unit), spread(self.theirs, self.unit),
                f"{self.ratio:.3g}" if self.ratio else "-", self.aim or "-", verdict]

    def line(self):
        return "  ".join(self.cells()[1:])


def number(value):
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def spread(values, unit):
    """The median, with the smallest and the largest behind it."""
    if not values:
        return "-"
    text = number(statistics.median(values))
    if len(values) > 1:
        text += f" ({number(min(values))}-{number(max(values))})"
    return f"{text} {unit}"


def table(results):
    """Markdown."""
    head = ["row", "what", "Daybook", "peer", "ratio", "aim", "verdict"]
    lines = [head, ["---"] * len(head)] + [result.cells() for result in results]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
