"""Payments with what was booked of them, as many as are asked for, all of some days ago; and a month that had them."""

from sqlalchemy import Connection, text

_NUMBERED = "SELECT id, row_number() OVER (ORDER BY id) AS n FROM interview_sessions"
_PAYMENTS = text(f"""
    INSERT INTO interview_payments
        (id, session_id, amount, currency, status, receipt, transaction_id, created_at, updated_at, paid_at)
    SELECT 'pay_00bnch' || n, i.id, 19500, 'INR', 'paid', 'bench_' || n, 'bench_' || n, at, at, at
    FROM generate_series(1, :many) AS n LEFT JOIN ({_NUMBERED}) AS i USING (n)
        CROSS JOIN (SELECT now() - interval '3 days' AS at) AS moment
""")  # noqa: S608  our own query
_ENTRIES = text("""
    INSERT INTO ledger_entries (id, at, movement, reference, debit, credit, amount, currency)
    SELECT 'led_00bnch' || n || movement, now() - interval '3 days', movement, 'bench_' || n, debit, credit,
           19500, 'INR'
    FROM generate_series(1, :many) AS n CROSS JOIN
        (VALUES ('captured', 'provider', 'prepaid'), ('delivered', 'prepaid', 'earned')) AS m (movement, debit, credit)
""")
_MONTH = text(f"""
    UPDATE interview_sessions SET ended_at = now() - (3 + n % 26) * interval '1 day', cost_calculated = 0.5
    FROM ({_NUMBERED}) AS i WHERE i.id = interview_sessions.id
""")  # noqa: S608  our own query


def write_books(connection: Connection, *, payments: int) -> None:
    """Paid and delivered, two entries each, for as many interviews as there are. Their ids are older than any that is
    made now."""
    for statement in (_PAYMENTS, _ENTRIES):
        connection.execute(statement, {"many": payments})


def end_lately(connection: Connection) -> None:
    """Have all interviews ended in the month before, the last of them three days ago."""
    connection.execute(_MONTH)
