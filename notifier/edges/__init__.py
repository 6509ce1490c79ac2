"""The outside world, one door each: every module here implements a protocol of `ports`, and none imports another."""
