"""Commands of the engine room; the table of commands is `qingdan.config.cli`."""
