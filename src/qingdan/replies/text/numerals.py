"""Small whole numbers in Chinese characters: 第九届, 三个."""

DIGITS = "〇一二三四五六七八九"


def in_characters(number: int, *, counting: bool = False) -> str:
    """1 to 99 as 一, 十, 二十三. `counting` writes 2 before a measure word as 两. ValueError beyond 99."""
    if not 1 <= number <= 99:
        raise ValueError(f"{number} is not between 1 and 99")
    if number == 2 and counting:
        return "两"
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{DIGITS[tens]}十"
    return head + (DIGITS[ones] if ones else "")
