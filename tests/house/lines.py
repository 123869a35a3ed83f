"""One line for one address: who may knock, what they get, and in which states its thing may be."""

import re
from dataclasses import dataclass, field

from tests.house.who import (
    ANOTHERS,
    COVERED,
    EVERYBODY,
    NOT_FOUND,
    OUTSIDE,
    OWN,
    PARTNERS,
    PUT_TO_A_LEADER,
    PUT_TO_ONE,
    READERS,
    may,
)

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
SAFE = {"GET", "HEAD"}

PAGE = {"GET": 200, "HEAD": 200}
FORM = PAGE | {"POST": 200}  # sent empty or wrong, a form comes back with its errors
ON = dict.fromkeys(FORM, 302)
GONE = dict.fromkeys(FORM, 404)
NO_SUCH_ID = "987654321"

# What may stand in a path, and what stands there when the thing is in another state.
STATES = {
    "DS-001": {
        ANOTHERS: "DS-002",
        PARTNERS: "DS-006",
        "proposed": "DS-011",
        "stopped": "DS-012",
        "complete": "DS-013",
        COVERED: "DS-014",
        NOT_FOUND: "DS-999",
    },
    "{ask}": {PUT_TO_ONE: "{ask_of_asa}", PUT_TO_A_LEADER: "{ask_of_lea}", NOT_FOUND: NO_SUCH_ID},
    "{view}": {ANOTHERS: "{private_view}", NOT_FOUND: NO_SUCH_ID},
}


@dataclass(frozen=True)
class Line:
    """One address: an example of it, whose keys open its door, and what each method answers (405 when not named).

    Where the view asks again, `let_in` are those whom it lets in, and `may_post` those whose POST it takes: kinds of
    people, or deeds that the table of rights has rows for, of which they may do one. `writes` says that such a POST,
    holding what `sends` says, is a write.
    """

    path: str
    door: frozenset = READERS
    answers: dict = field(default_factory=lambda: PAGE)
    let_in: frozenset | tuple = EVERYBODY
    may_post: frozenset | tuple = EVERYBODY
    to_the_signed_in: dict | None = None
    sends: dict = field(default_factory=dict)
    writes: bool = False
    htmx_post: int | None = None
    absent: int = 404  # what is answered where there is no such thing
    asks_first: bool = False  # whether somebody may at all, before there is such a thing
    seen_by: dict = field(default_factory=dict)  # in a state: to whoever may not do the deed there is no such thing
    states: dict = field(default_factory=dict)  # in a state: what a method answers instead, and then writes nothing

    def in_state(self, state):
        """Return the path of a thing in a state, with names of ids left in braces."""
        if state == OWN:
            return self.path
        path = self.path
        for named, others in STATES.items():
            if named in path and state in others:
                return path.replace(named, others[state])
        return re.sub(r"\{(?!content_type)[a-z_]+\}", NO_SUCH_ID, path) if state == NOT_FOUND else path

    def in_states(self):
        """Return the states in which its thing may be, each with another path."""
        every = [OWN, *dict.fromkeys(state for others in STATES.values() for state in others)]
        found = {self.in_state(state): state for state in reversed(every)}  # of two with one path the first stays
        secret = {"{token}", "{calendar}"} & set(re.findall(r"\{\w+\}", self.path))  # is no number
        return [state for state in found.values() if not (state == NOT_FOUND and secret)][::-1]

    def expected(self, who, method, htmx, state=OWN):
        """Return the status that the table of rights and this line make of a request."""
        if who not in self.door:
            if who not in OUTSIDE:
                return 403
            return 302 if not htmx else 200 if method in SAFE else 401
        answers = self.answers if who in OUTSIDE or self.to_the_signed_in is None else self.to_the_signed_in
        if method not in answers:
            return 405
        if self._is_hidden(who, state):
            return 404
        if not self._allows(who, method, state) and (state != NOT_FOUND or self.asks_first):
            return 403
        if state == NOT_FOUND:
            return self.absent
        if found := self.states.get(state, {}).get(method):
            return found
        return self.htmx_post if htmx and method == "POST" and self.htmx_post else answers[method]

    def _is_hidden(self, who, state):
        return state in self.seen_by and not may(who, self.seen_by[state], state)

    def _allows(self, who, method, state):
        asked = (self.let_in, self.may_post) if method == "POST" else (self.let_in,)
        return all(any(may(who, deed, state) for deed in of) if isinstance(of, tuple) else who in of for of in asked)

    def is_a_write(self, who, method, state=OWN):
        """Say whether somebody's request is to change the database."""
        if not self.writes or method != "POST" or who not in self.door or who in OUTSIDE:
            return False
        if state == NOT_FOUND or method in self.states.get(state, {}) or self._is_hidden(who, state):
            return False
        return self._allows(who, method, state)

    def refuses(self, who, status):
        """Say whether an answer is to tell nothing of what it was asked for."""
        return status in (401, 403, 404, 405) or who not in self.door
