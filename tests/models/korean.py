"""Invented Korean rows, for tests of everything that learns from Korean."""

from pathlib import Path

WORDS = {
    "분노": "열받아",
    "놀람": "깜짝",
    "행복": "신나는",
    "슬픔": "눈물이",
    "혐오": "역겨운",
    "공포": "무서워",
    "중립": "그냥",
}
HABITS = ("ㅋㅋ", "ㅠㅠ", "😭", "today", "", "버스가", "친구랑")


def lines(each: int = 30) -> list[str]:
    """`text,label` lines, the same number for each of the seven labels."""
    return [
        f"오늘 {word} {HABITS[number % len(HABITS)]} 하루 {number}번,{label}"
        for number in range(each)
        for label, word in WORDS.items()
    ]


def written(path: Path, each: int = 30, header: str = "text,label") -> Path:
    path.write_text("\n".join([header, *lines(each)]), encoding="utf-8")
    return path
