"""Payments with what was booked of them, as many as are asked for, all of some days ago."""

from sqlalchemy import Connection, text

_PAYMENTS = text("""
    INSERT INTO interview_payments
        (id, amount, currency, status, receipt, transaction_id, created_at, updated_at, paid_at)
    SELECT 'pay_00bnch' || n, 19500, 'INR', 'paid', 'bench_' || n, 'bench_' || n, at, at, at
    FROM generate_series(1, :many) AS n CROSS JOIN (SELECT now() - interval '3 days' AS at) AS moment
""")
_ENTRIES = text("""
    INSERT INTO ledger_entries (id, at, movement, reference, debit, credit, amount, currency)
    SELECT 'led_00bnch' || n || movement, now() - interval '3 days', movement, 'bench_' || n, debit, credit,
           19500, 'INR'
    FROM generate_series(1, :many) AS n CROSS JOIN
        (VALUES ('captured', 'provider', 'prepaid'), ('delivered', 'prepaid', 'earned')) AS m (movement, debit, credit)
""")


def write_books(connection: Connection, *, payments: int) -> None:
    """Paid and delivered, two entries each. Their ids are older than any that is made now."""
    for statement in (_PAYMENTS, _ENTRIES):
        connection.execute(statement, {"many": payments})
