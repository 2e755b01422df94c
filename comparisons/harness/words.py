"""The harness's own words: everything on a page that no concept says, in English and Japanese."""

from comparisons.harness.bilingual import Words

WORDS: dict[str, Words] = {
    # Charts
    "class": ("class", "クラス"),
    "column": ("column", "実装"),
    "high": ("upper end of the 95 % interval", "95 %信頼区間の上限"),
    "low": ("lower end of the 95 % interval", "95 %信頼区間の下限"),
    "mean": ("mean", "平均"),
    "panel": ("panel", "図"),
    "predicted": ("predicted", "予測"),
    "series": ("line", "系列"),
    "share": ("share", "割合"),
    "true": ("true", "正解"),
}
