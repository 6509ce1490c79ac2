"""A Mailchimp account of its own process, stateful over real HTTP, for everything that speaks to Mailchimp's API.

It knows nothing of the program under test, and the program nothing of it. `python -m tests.mailchimp.emulator` starts
it by hand; `tests.mailchimp.control.emulator()` starts and stops it round a test.
"""
