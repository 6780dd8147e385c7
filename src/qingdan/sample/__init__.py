"""The sample district: what the reply of 2018 states, with synthetic detail records behind every figure.

The facts (numbers, document titles, programme names) are those of the published reply 官民函〔2018〕51号 of district
530111. Everything below them is made up: persons, organisations, days, amounts of single contracts, needs and
resources. People are called 样本 or 示例, their resident numbers carry order number 000, which is never issued.
"""
