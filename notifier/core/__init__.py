"""Pure: values in, values out. No clock, no disk, no network, no environment, no log."""
