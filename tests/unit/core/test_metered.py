"""What a model took is counted, from whatever thread it is asked."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pydantic import BaseModel

from core.ports.language_model import Generation
from core.ports.metered import MeteredModel


class Spender:
    def generate(self, **_: Any) -> Generation:
        return Generation("{}", "m", 1_000, 2_000)


def test_tokens_add_up_to_dollars():
    model = MeteredModel(Spender())
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: model.generate(instruction="", data={}, schema=BaseModel), range(500)))
    assert (model.input_tokens, model.output_tokens) == (500_000, 1_000_000)
    assert model.dollars(input_price=0.5, output_price=2.0) == 0.25 + 2.0
