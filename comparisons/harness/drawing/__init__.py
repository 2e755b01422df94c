"""Figures: what concepts draw again and again, on Vega-Lite."""
