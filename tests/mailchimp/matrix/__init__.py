"""Every step × every fault × crashes, two instances, staff at every moment, lags: at most one mail for each delivery.

`python -m tests.mailchimp.matrix` runs it and prints the table. The real program ticks in processes of its own, on real
files and a real ledger, against the emulated account; both go by the same virtual clock.
"""
