"""Writing a made-up strategy into an empty database, with its history as if the portal had been there all along.

Both the Essex demonstration (the JSON files beside this) and a synthetic portfolio arrive in the same shape, in which
every date is a number of days from the day of loading. Rows are made in bulk: none is edited on the way but for people,
who leave and hand over as they do in life.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from accounts.history import LONDON
from accounts.models import RoleGrant, User
from initiatives import progress
from initiatives.models import (
    Alignment,
    Answer,
    Ask,
    Contribution,
    DateMove,
    Delegation,
    Dependency,
    DoneDate,
    Follow,
    Handover,
    Initiative,
    Milestone,
    Note,
    PreparedAnswer,
    StageChange,
    StandIn,
    Update,
    Withdrawal,
    milestone_ref,
)
from initiatives.periods import period
from initiatives.progress import MilestoneAt
from initiatives.status import Part, Stage
from pillars.models import Aim, Commitment, Pillar

Words = dict[str, Any]
BATCH = 1000


@dataclass
class Organisation:
    """What every initiative refers to, by its word."""

    pillars: dict[str, Pillar]
    commitments: dict[str, Commitment]
    people: dict[str, User]


class Loader:
    """Turns words with day numbers into rows, as seen from `today`."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.now = timezone.now()

    @transaction.atomic
    def load(self, organisation: Words, people: list[Words], initiatives: list[Words], first: int) -> None:
        """Write everything; the strategy and its people are recorded on the day numbered `first`."""
        self._initiatives(initiatives, self._organisation(organisation, people, self._at(first, 9)))
        self._follows(people)
        self._saved_views(people)
        self._prepares(people, initiatives)

    def _day(self, offset: int) -> date:
        return self.today + timedelta(days=offset)

    def _maybe(self, offset: int | None) -> date | None:
        return None if offset is None else self._day(offset)

    def _at(self, offset: int, hour: int, minute: int = 0) -> datetime:
        moment = datetime.combine(self._day(offset), time(hour, minute), tzinfo=LONDON)
        return min(moment, self.now)  # nothing is recorded in the future, even on the morning of loading

    def _organisation(self, words: Words, people: list[Words], at: datetime) -> Organisation:
        users = self._people(people, at)
        pillars = [Pillar(is_demonstration=True, **pillar) for pillar in words["pillars"]]
        aims = [Aim(is_demonstration=True, **aim) for aim in words["aims"]]
        bulk_create_with_history(pillars, Pillar, default_date=at)
        bulk_create_with_history(aims, Aim, default_date=at)
        by_code = {aim.code: aim for aim in Aim.objects.all()}
        commitments = [
            Commitment(is_demonstration=True, **{**commitment, "aim": by_code[commitment["aim"]]})
            for commitment in words["commitments"]
        ]
        bulk_create_with_history(commitments, Commitment, default_date=at)
        return Organisation(
            {pillar.slug: pillar for pillar in Pillar.objects.all()},
            {commitment.code: commitment for commitment in Commitment.objects.all()},
            users,
        )

    def _people(self, people: list[Words], at: datetime) -> dict[str, User]:
        fields = ("username", "name", "job_title", "directorate", "is_partner")
        users = []
        for words in people:
            user = User(is_demonstration=True, **{name: words[name] for name in fields})
            user.email = f"{user.username}@example.org"
            user.set_unusable_password()
            users.append(user)
        bulk_create_with_history(users, User, default_date=at)
        found = {user.username: user for user in User.objects.filter(is_demonstration=True)}
        for words in people:
            if "left" in words:
                leaver: Any = found[words["username"]]
                leaver.is_active, leaver._history_date = False, self._at(words["left"], 17)
        gone = [user for user in found.values() if not user.is_active]
        bulk_update_with_history(gone, User, ["is_active"])
        grants = [RoleGrant(user=found[words["username"]], role=role) for words in people for role in words["roles"]]
        bulk_create_with_history(grants, RoleGrant, default_date=at)
        return found

    def _prepares(self, people: list[Words], initiatives: list[Words]) -> None:
        """Name delegates, and write down what they prepared."""
        users = {user.username: user for user in User.objects.filter(is_demonstration=True)}
        for words in people:
            for name in words.get("delegates", ()):
                leader = users[words["username"]]
                Delegation.objects.create(
                    leader=leader, delegate=users[name], recorded_by=leader, recorded_at=self._at(-60, 9)
                )
        prepared = {
            words["ask"]["question"]: words["ask"]["prepared"]
            for initiative in initiatives
            for words in initiative["updates"]
            if words["ask"] and "prepared" in words["ask"]
        }
        for ask in Ask.objects.filter(question__in=prepared):
            words = prepared[ask.question]
            PreparedAnswer.objects.create(
                ask=ask, outcome=words["outcome"], words=words["words"], prepared_by=users[words["by"]],
                prepared_at=self._at(-1, 15),
            )  # fmt: skip

    def _follows(self, people: list[Words]) -> None:
        users = {user.username: user for user in User.objects.filter(is_demonstration=True)}
        rows = {row.ref: row for row in Initiative.objects.filter(is_demonstration=True)}
        Follow.objects.bulk_create(
            Follow(person=users[words["username"]], initiative=rows[ref], since=self.now)
            for words in people
            for ref in words.get("follows", ())
            if ref in rows  # a small synthetic portfolio has the same people
        )

    def _saved_views(self, people: list[Words]) -> None:
        for words in people:
            for view in words.get("saved_views", ()):
                User.objects.get(username=words["username"]).saved_views.create(made_at=self._at(-30, 10), **view)

    def _initiatives(self, initiatives: list[Words], organisation: Organisation) -> None:
        rows = [self._initiative(words, organisation) for words in initiatives]
        bulk_create_with_history(rows, Initiative, batch_size=BATCH)
        saved = dict(Initiative.objects.values_list("ref", "id"))
        for row in rows:
            row.id = saved[row.ref]
        self._handovers(list(zip(initiatives, rows, strict=True)), organisation)
        for start in range(0, len(rows), 200):  # a few hundred stories in memory at a time
            chunk = slice(start, start + 200)
            self._stories(list(zip(initiatives[chunk], rows[chunk], strict=True)), organisation)
        self._dependencies(list(zip(initiatives, rows, strict=True)))

    def _initiative(self, words: Words, organisation: Organisation) -> Initiative:
        begun = [stage["on"] for stage in words["stages"] if stage["stage"] == Stage.IN_PROGRESS]
        first = {part: words[part] for part in Part.values}
        first |= {handover["part"]: handover["from"] for handover in reversed(_handed_over(words))}
        people = {part: organisation.people.get(name or "") for part, name in first.items()}
        same = ("ref", "title", "summary", "focus", "directorate", "cadence", "weight")
        row = Initiative(
            is_demonstration=True,
            pillar=organisation.pillars[words["pillar"]],
            partners="\n".join(words["partners"]),
            sources="\n".join(words["sources"]),
            starts_on=self._maybe(min(begun, default=None)),
            promised_end_on=self._maybe(words["promised_end"]),
            **people,
            **{name: words[name] for name in same},
        )
        row._history_date = self._at(words["stages"][0]["on"], 9)  # type: ignore[attr-defined]
        return row

    def _handovers(self, initiatives: list[tuple[Words, Initiative]], organisation: Organisation) -> None:
        """Change people as they changed. A round takes one handover of each initiative, so each has its version."""
        for number in range(max((len(_handed_over(words)) for words, _ in initiatives), default=0)):
            handing = [(_handed_over(w)[number], row) for w, row in initiatives if number < len(_handed_over(w))]
            begun = [row._history_date for _, row in handing]  # type: ignore[attr-defined]
            for handover, row in handing:
                setattr(row, handover["part"], organisation.people.get(handover["to"] or ""))
                row._history_date = self._at(handover["on"], 9)  # type: ignore[attr-defined]
            bulk_update_with_history([row for _, row in handing], Initiative, Part.values, batch_size=BATCH)
            for (_, row), moment in zip(handing, begun, strict=True):
                row._history_date = moment  # type: ignore[attr-defined]

    def _stories(self, stories: list[tuple[Words, Initiative]], organisation: Organisation) -> None:
        with_history: dict[Any, list[Any]] = {Contribution: [], Alignment: [], Milestone: []}
        for words, row in stories:
            with_history[Contribution] += [
                Contribution(initiative=row, pillar=organisation.pillars[slug]) for slug in words["also"]
            ]
            with_history[Alignment] += [
                Alignment(initiative=row, **{**a, "commitment": organisation.commitments[a["commitment"]]})
                for a in words["alignments"]
            ]
            with_history[Milestone] += [
                Milestone(
                    initiative=row,
                    number=n,
                    title=m["title"],
                    weight=m["weight"],
                    first_due_on=self._day(m["first_due"]),
                )
                for n, m in enumerate(words["milestones"], start=1)
            ]
        for model, made in with_history.items():
            for item in made:
                item._history_date = item.initiative._history_date
            bulk_create_with_history(made, model, batch_size=BATCH)
        milestones: dict[int, list[Milestone]] = {}
        ids = [row.id for _, row in stories]
        for milestone in Milestone.objects.filter(initiative_id__in=ids).order_by("number"):
            milestones.setdefault(milestone.initiative_id, []).append(milestone)
        told = [_Story(self, words, row, milestones.get(row.id, []), organisation) for words, row in stories]
        for model in (StageChange, DateMove, DoneDate, Withdrawal, Update, Handover, StandIn, Note):
            _create(model, (made for story in told for made in story.rows[model]))
        _create(Ask, (ask for story in told for ask in story.asks()))
        _create(Answer, (answer for story in told for answer in story.answers))

    def _dependencies(self, initiatives: list[tuple[Words, Initiative]]) -> None:
        """Say which milestone needs which, once all of them have been saved."""
        saved = Milestone.objects.values_list("initiative__ref", "number", "id").iterator(chunk_size=5000)
        ids = {milestone_ref(ref, number): id_ for ref, number, id_ in saved}
        made = []
        for words, row in initiatives:
            for said in words.get("dependencies", ()):
                milestone = ids[milestone_ref(row.ref, said["milestone"])]
                dependency: Any = Dependency(
                    milestone_id=milestone, needs_id=ids[said["needs"]], why=said["why"], said_on=self._day(said["on"])
                )
                dependency._history_date, dependency._history_user = self._at(said["on"], 11), row.owner or row.deputy
                made.append(dependency)
        bulk_create_with_history(made, Dependency, batch_size=BATCH)


def _handed_over(words: Words) -> list[Words]:
    """Return an initiative's handovers in their order; most have none."""
    return sorted(words.get("handovers", ()), key=lambda handover: handover["on"])


def _create(model: Any, rows: Iterable[Any]) -> None:
    # In the order of recording, so that ids follow the clock as they do in life.
    model.objects.bulk_create(sorted(rows, key=lambda row: row.recorded_at), batch_size=BATCH)


class _Story:
    """The rows of one initiative's history."""

    def __init__(
        self, loader: Loader, words: Words, row: Initiative, milestones: list[Milestone], organisation: Organisation
    ) -> None:
        self.loader, self.words, self.row, self.milestones = loader, words, row, milestones
        self.organisation = organisation
        models = (StageChange, DateMove, DoneDate, Withdrawal, Update, Handover, StandIn, Note)
        self.rows: dict[Any, list[Any]] = {model: [] for model in models}
        self.answers: list[Answer] = []
        # Days on which the owner spoke: what was done is ticked, and what moved is moved, with the next update.
        self.spoke = sorted((u["said"] + u["late_by"], self._spoke_at(u)) for u in words["updates"])
        self._stages()
        self._milestones()
        self._updates()
        self._people()

    def _author(self, moment: datetime) -> User | None:
        """Return who spoke for the work at a moment: its owner then, or else its deputy or sponsor."""
        later = [h for h in _handed_over(self.words) if h["part"] == "owner" and moment < self.loader._at(h["on"], 9)]
        owner = self.organisation.people.get(later[0]["from"] or "") if later else self.row.owner
        return owner or self.row.deputy or self.row.sponsor

    def _spoke_at(self, update: Words) -> datetime:
        minute = (self.row.id * 7 + update["said"]) % 60
        return self.loader._at(update["said"] + update["late_by"], 10 + self.row.id % 6, minute)

    def _told_at(self, offset: int) -> datetime:
        return next((at for day, at in self.spoke if day >= offset), self.loader._at(offset, 17))

    def _stages(self) -> None:
        for stage in self.words["stages"]:
            self._add(
                StageChange, self.loader._at(stage["on"], 9), initiative=self.row, stage=stage["stage"],
                changed_on=self.loader._day(stage["on"]), reason=stage["reason"],
            )  # fmt: skip

    def _milestones(self) -> None:
        day = self.loader._day
        for milestone, words in zip(self.milestones, self.words["milestones"], strict=True):
            self._moves(milestone, milestone.first_due_on, words["moves"])
            if words["done"] is not None:
                self._add(DoneDate, self._told_at(words["done"]), milestone=milestone, done_on=day(words["done"]))
            if gone := words["withdrawn"]:
                self._add(
                    Withdrawal, self._told_at(gone["at"]), milestone=milestone, withdrawn_on=day(gone["at"]),
                    reason=gone["reason"],
                )  # fmt: skip
        if self.row.promised_end_on:
            self._moves(None, self.row.promised_end_on, self.words["promise_moves"])

    def _moves(self, milestone: Milestone | None, due_on: date, moves: list[Words]) -> None:
        for move in sorted(moves, key=lambda m: m["at"]):
            to_on = self.loader._day(move["to"])
            self._add(
                DateMove, self._told_at(move["at"]), initiative=self.row, milestone=milestone, from_on=due_on,
                to_on=to_on, reason=move["reason"],
            )  # fmt: skip
            due_on = to_on

    def _add(self, model: Any, at: datetime, **fields: Any) -> None:
        self.rows[model].append(model(**{"recorded_at": at, "recorded_by": self._author(at), **fields}))

    def _people(self) -> None:
        people, day = self.organisation.people, self.loader._day
        for handover in _handed_over(self.words):
            self._add(
                Handover, self.loader._at(handover["on"], 9), initiative=self.row, part=handover["part"],
                from_person=people.get(handover["from"] or ""), to_person=people.get(handover["to"] or ""),
                handed_on=day(handover["on"]), reason=handover["reason"], recorded_by=people["office"],
            )  # fmt: skip
        for words in self.words.get("stand_ins", ()):
            self._add(
                StandIn, self.loader._at(words["set"], 9), initiative=self.row, person=people[words["person"]],
                starts_on=day(words["from"]), ends_on=day(words["to"]), reason=words["reason"],
            )  # fmt: skip

        for words in self.words.get("notes", ()):
            self._add(
                Note, self.loader._at(words["on"], 16), initiative=self.row, words=words["words"],
                noted_on=day(words["on"]), recorded_by=people[words["by"]],
            )  # fmt: skip

    def _updates(self) -> None:
        last: tuple[date, datetime, str] | None = None
        for words in sorted(self.words["updates"], key=lambda u: self._spoke_at(u)):
            at, said_on = self._spoke_at(words), self.loader._day(words["said"])
            day = timezone.localdate(at, LONDON)
            milestones = self._milestones_at(at)
            texts = {name: words[name] for name in ("rag", "what_changed", "what_next", "risk", "issue")}
            texts |= {name: words.get(name, "") for name in ("explanation", "public_line")}
            in_progress = self._stage_at(at) == Stage.IN_PROGRESS
            self._add(
                Update,
                at,
                initiative=self.row,
                said_on=said_on,
                period_ends_on=period(said_on, self.row.cadence)[1],
                previous_rag=last[2] if last else "",
                progress_percent=progress.whole(progress.progress(milestones, day)),
                planned_percent=progress.whole(progress.planned(milestones, day)),
                machine_reading=(progress.reading_of_dates(milestones, day) or "") if in_progress else "",
                **texts,
            )
            last = max(last or (said_on, at, words["rag"]), (said_on, at, words["rag"]))

    def _stage_at(self, moment: datetime) -> str | None:
        changes = [row for row in self.rows[StageChange] if row.recorded_at <= moment]
        return max(changes, key=lambda row: row.changed_on).stage if changes else None

    def _milestones_at(self, moment: datetime) -> list[MilestoneAt]:
        def of(model: Any, milestone: Milestone) -> list[Any]:
            return [row for row in self.rows[model] if row.milestone is milestone and row.recorded_at <= moment]

        found = []
        for milestone in self.milestones:
            moves, done, gone = (of(model, milestone) for model in (DateMove, DoneDate, Withdrawal))
            found.append(
                MilestoneAt(
                    id=milestone.id,
                    ref=milestone_ref(self.row.ref, milestone.number),
                    title=milestone.title,
                    weight=milestone.weight,
                    first_due_on=milestone.first_due_on,
                    due_on=moves[-1].to_on if moves else milestone.first_due_on,
                    done_on=done[-1].done_on if done else None,
                    moves=len(moves),
                    withdrawn_on=gone[-1].withdrawn_on if gone else None,
                )
            )
        return found

    def asks(self) -> list[Ask]:
        """Return the asks, once the updates in which they were made have been saved; note their answers."""
        asked = []
        updates = {row.recorded_at: row for row in self.rows[Update]}
        for words in self.words["updates"]:
            if not (question := words["ask"]):
                continue
            at = self._spoke_at(words)
            ask = Ask(
                initiative=self.row, update=updates[at], question=question["question"],
                needed_by=self.loader._maybe(question["needed_by"]),
                asked_of=self.organisation.people.get(question.get("asked_of", "")),
                asked_on=self.loader._day(words["said"]),
                recorded_at=at, recorded_by=self._author(at),
            )  # fmt: skip
            asked.append(ask)
            if answer := question["answer"]:
                offset = words["said"] + words["late_by"] + answer["after_days"]
                self.answers.append(
                    Answer(
                        ask=ask, outcome=answer["outcome"], words=answer["words"],
                        answered_on=self.loader._day(offset), recorded_at=self.loader._at(offset, 18),
                        recorded_by=self.organisation.people.get("leader"),
                    )
                )  # fmt: skip
        return asked
