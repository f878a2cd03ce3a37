"""Scores of saved pictures: folders in, numbers with their protocol out.

Everything here reads 8-bit PNG files (16-bit ones for depth), so the output of any program can be scored.
"""

from c2c.evaluation.score import depth_scores, score_folders, set_scores, truth_scores

__all__ = ["depth_scores", "score_folders", "set_scores", "truth_scores"]
