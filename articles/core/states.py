"""The way of a story to its public: which step leads from where to where, and who may take it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """``before`` and ``after`` are statuses of a story; ``permission`` as Django writes it."""

    name: str
    before: frozenset[str]
    after: str
    permission: str
    needs_reason: bool = False

    def is_open_to(self, status: str) -> bool:
        """
        >>> SUBMIT.is_open_to("draft"), SUBMIT.is_open_to("published")
        (True, False)
        """
        return status in self.before


SUBMIT = Step("submit", frozenset({"draft"}), "review", "articles.change_article")
APPROVE = Step("approve", frozenset({"draft", "review"}), "approved", "articles.approve_article")
SEND_BACK = Step(
    "send_back",
    frozenset({"review", "approved", "scheduled"}),
    "draft",
    "articles.send_back_article",
    needs_reason=True,
)
STEPS = {step.name: step for step in (SUBMIT, APPROVE, SEND_BACK)}
# Statuses in which whoever writes may still write; from then on it takes somebody who approves.
OPEN_TO_WRITERS = frozenset({"draft", "review"})
