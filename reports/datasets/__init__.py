"""Every data set, declared once: heading, type, meaning, value, source. The exports, the catalogue, the data dictionary
and the data package are made from these declarations, and nothing else knows the columns."""

from reports.datasets.base import Column, Dataset, Refers, Scope, cell, guarded, moment, text, unguarded
from reports.datasets.history import DATE_MOVES, NOTES, UPDATES
from reports.datasets.initiatives import INITIATIVES, MILESTONES
from reports.datasets.pillars import PILLARS, TREND
from reports.datasets.record import RECORD
from reports.datasets.thread import ALIGNMENTS, COMMITMENTS, GOLDEN_THREAD
from reports.datasets.waiting import ASKS, DEPENDENCIES

__all__ = [
    "DATASETS", "FOR_THE_OFFICE", "Column", "Dataset", "Refers", "Scope", "cell", "guarded", "moment", "text",
    "unguarded",
]  # fmt: skip

DATASETS: dict[str, Dataset] = {
    dataset.name: dataset
    for dataset in (
        PILLARS, INITIATIVES, MILESTONES, UPDATES, DATE_MOVES, ALIGNMENTS, COMMITMENTS, GOLDEN_THREAD, TREND,
        DEPENDENCIES, NOTES, ASKS,
    )
}  # fmt: skip

# Taken alone, in a browser, by those who may: in no workbook or package, and by no program.
FOR_THE_OFFICE: dict[str, Dataset] = {RECORD.name: RECORD}
