"""How far to trust the outlook here: what was said on past days, against what came of it.

Each past saying is made of nothing but what was known on its day. What came of it is only known for
some: others were given the next course or were seen no more before the day in question. Those
count through the ones who stayed (inverse probability of censoring weights): leaving them out would
overstate how often a response is lost.
"""

from models.outcomes.backtest.judging import (
    FEWEST_PATIENTS,
    BackTest,
    Bin,
    Method,
    Windows,
    run_backtest,
)
from models.outcomes.backtest.prompting import PromptRecord, Raised, judge_prompts
from models.outcomes.backtest.sayings import (
    LOOK_EVERY,
    REFIT_EVERY,
    SAY_EVERY,
    WITHIN,
    Saying,
    list_days,
)
from models.outcomes.backtest.shares import Estimate, Share
from models.outcomes.backtest.storing import from_plain, to_plain
from models.outcomes.backtest.tellers import days_left_by_last, say_by_population
from models.outcomes.backtest.weights import weigh

__all__ = [
    "FEWEST_PATIENTS",
    "LOOK_EVERY",
    "REFIT_EVERY",
    "SAY_EVERY",
    "WITHIN",
    "BackTest",
    "Bin",
    "Estimate",
    "Method",
    "PromptRecord",
    "Raised",
    "Saying",
    "Share",
    "Windows",
    "days_left_by_last",
    "from_plain",
    "judge_prompts",
    "list_days",
    "run_backtest",
    "say_by_population",
    "to_plain",
    "weigh",
]
