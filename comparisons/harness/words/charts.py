"""The words within charts, and units."""

from comparisons.harness.bilingual import Words

WORDS: dict[str, Words] = {
    "class": ("class", "クラス"),
    "column": ("column", "実装"),
    "high": ("upper end of the 95 % interval", "95%信頼区間の上限"),
    "low": ("lower end of the 95 % interval", "95%信頼区間の下限"),
    "mean": ("mean", "平均"),
    "panel": ("panel", "図"),
    "predicted": ("predicted", "予測"),
    "series": ("line", "系列"),
    "share": ("share", "割合"),
    "true": ("true", "正解"),
    "part": ("data", "データ"),
    "measure": ("measure", "測定値"),
}

# Units that are words; symbols (%, s, MB) are the same in both languages.
UNITS: dict[str, Words] = {
    "epochs": ("epochs", "エポック"),
    "nats": ("nats", "ナット"),
    "orders of magnitude": ("orders of magnitude", "桁"),
    "rows": ("rows", "行"),
    "steps": ("steps", "ステップ"),
}
