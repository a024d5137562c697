"""What `make assess` shows of the project's own gold answers holds with every change."""

from bench.assess import OTHERS_ANSWER, Sheet, measure_gold


def test_the_rater_holds_on_our_gold_answers(capsys) -> None:
    sheet = Sheet()
    measure_gold(sheet)

    # Not reached yet: some answers to other questions earn too much, and `make assess` fails until they do not.
    assert set(sheet.failed) <= {f"  {OTHERS_ANSWER}"}
    assert "20 questions, 60 answers" in capsys.readouterr().out
