"""What `make assess` shows of the project's own gold answers holds with every change."""

from bench.assess import Sheet, measure_gold


def test_the_rater_holds_on_our_gold_answers(capsys) -> None:
    sheet = Sheet()
    measure_gold(sheet)

    assert sheet.failed == []
    assert "20 questions, 60 answers" in capsys.readouterr().out
