"""A day's requests: three tasks, bursts, and questions that are asked again."""

from __future__ import annotations

import random
from dataclasses import dataclass

DAY = 86_400.0
REQUESTS = 2_000

# The task of each kind, the model that its people would name, and its share of the requests.
KINDS = [("codeGeneration", "mistral-ai/codestral-2501", 0.4), ("explanation", "cohere/cohere-command-r", 0.35), ("general", "openai/gpt-4o-mini", 0.25)]
WORDS = "parser cache queue stream token quota retry lock index buffer schema cursor socket thread record".split()


@dataclass(frozen=True)
class Request:
    """One request and its moment, in seconds since the day's beginning."""

    time: float
    task: str
    model: str
    prompt: str
    stream: bool


def make_trace(seed: int) -> list[Request]:
    """The same day for the same seed.

    Half of the requests come in bursts of 5 to 30 within ten seconds, as when a tool works through the files of a project.
    About half of all repeat an earlier one: the more often a question has been asked, the likelier it is.
    """
    chance = random.Random(seed)
    moments: list[float] = []
    while len(moments) < REQUESTS // 2:
        start = working_hour(chance)
        moments += [start + chance.uniform(0, 10) for _ in range(chance.randint(5, 30))]
    while len(moments) < REQUESTS:
        moments.append(working_hour(chance))
    moments = sorted(min(moment, DAY - 1) for moment in moments[:REQUESTS])
    asked: dict[str, list[tuple[str, bool]]] = {task: [] for task, _, _ in KINDS}
    trace: list[Request] = []
    for moment in moments:
        task, model, _ = chance.choices(KINDS, weights=[share for _, _, share in KINDS])[0]
        earlier = asked[task]
        if earlier and chance.random() < 0.5:
            prompt, stream = chance.choice(earlier)
        else:
            prompt = f"{task} {len(earlier)}: " + " ".join(chance.choices(WORDS, k=chance.choice([8, 40, 200])))
            stream = chance.random() < 0.3
        earlier.append((prompt, stream))
        trace.append(Request(moment, task, model, prompt, stream))
    return trace


def working_hour(chance: random.Random) -> float:
    """Most are asked between nine and six, some at any hour."""
    if chance.random() < 0.2:
        return chance.uniform(0, DAY)
    return min(max(chance.gauss(13.5, 2.5), 0), 23.99) * 3_600
