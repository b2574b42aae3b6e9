"""The most answers that the quotas of a day allow in principle.

Each question costs at least one request, and all of its repeats may be answered from that. Limits of a minute, and the age
at which a kept answer is no longer given out, are left aside: they only lower it.
"""

from __future__ import annotations

from collections import Counter

from .trace import Request

# Requests a day on the free plan, by the models that serve a task (and no other), and by those that serve them all.
ONLY_CODE = 150 + 50 + 50  # codestral-2501, gpt-4o, llama-3.1-70b
FOR_ALL = 150 + 150 + 150  # gpt-4o-mini, mistral-nemo, command-r
CODE_MAY_USE = 150  # gpt-4o-mini, the last resort of every task


class Day:
    """What is left of the quotas."""

    def __init__(self) -> None:
        self.code = 0
        self.others = 0

    def takes(self, task: str) -> bool:
        """Whether some model still serves the task; counts the request if so."""
        code, others = self.code, self.others
        if task == "codeGeneration":
            code += 1
        else:
            others += 1
        overflow = max(0, code - ONLY_CODE)
        if overflow > CODE_MAY_USE or overflow + others > FOR_ALL:
            return False
        self.code, self.others = code, others
        return True


def most_answers(trace: list[Request]) -> int:
    """For somebody who knows the whole day beforehand: the questions that are asked most come first."""
    day = Day()
    times = Counter((request.task, request.prompt) for request in trace)
    return sum(count for (task, _), count in times.most_common() if day.takes(task))


def answers_in_order(trace: list[Request]) -> int:
    """For somebody who does not: each new question is answered as long as some model is left for it."""
    day = Day()
    known: set[tuple[str, str]] = set()
    answers = 0
    for request in trace:
        question = (request.task, request.prompt)
        if question not in known and day.takes(request.task):
            known.add(question)
        answers += question in known
    return answers
