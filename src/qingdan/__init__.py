"""Qingdan: from a resident's need to a figure in an official letter."""

__version__ = "0.1.0"
