"""Risk of bias: appraisal tools as data, the interpreter of their rules, and certainty. A person decides; rules only propose."""

from review.bias.proposal import propose_tools
from review.bias.robvis import read_robvis, write_robvis
from review.bias.tools import load_tool, tool_names

__all__ = ["load_tool", "propose_tools", "read_robvis", "tool_names", "write_robvis"]
