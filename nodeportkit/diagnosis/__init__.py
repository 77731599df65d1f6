"""Why a node port does not answer: causes ranked, each with its proof, its fix, and the command that would tell."""

from nodeportkit.diagnosis.answer import diagnose

__all__ = ["diagnose"]
