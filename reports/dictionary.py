"""The data dictionary, made from the same declarations as the exports."""

from reports.datasets import DATASETS, FOR_THE_OFFICE

HEAD = """# Data dictionary

Made by `manage.py data_dictionary` from the declarations in `reports/datasets/`. A test holds the two together.

Cells hold machine words, lists are joined with `; `, and an empty cell means not known or none. Dates are ISO, moments
are UTC with `Z`, truth is `true` or `false`. Percentages and points are whole numbers, rounded half away from zero from
exact fractions. How each kind of file is written is in [exports.md](exports.md).

Every data set takes the filters of the list of initiatives (`pillar`, `status`, `stage`, `rag`, `owner`, `commitment`,
`directorate`, `focus`, `attention`, `q`) and `as_at`. The filters choose initiatives by their state as at that day, and
the data set then speaks of those; its rows of pillars, commitments, aims and months stay, and count what was chosen.
"""


def as_markdown() -> str:
    """Return docs/data-dictionary.md."""
    parts = [HEAD]
    for dataset in (*DATASETS.values(), *FOR_THE_OFFICE.values()):
        parts.append(f"\n## {dataset.name}\n\nOne row is: {dataset.one_row_is}\n")
        if dataset.key:
            parts.append(f"\nNo two rows share: {', '.join(f'`{name}`' for name in dataset.key)}.\n")
        parts.append("\n| column | type | unit | meaning | source |\n|---|---|---|---|---|\n")
        parts += [f"| {c.name} | {c.type} | {c.unit} | {c.explained} | {c.source} |\n" for c in dataset.columns]
    return "".join(parts)
