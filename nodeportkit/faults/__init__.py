"""Made-up clusters, healthy or with one thing wrong that is known: for tests, lessons, and to judge diagnoses by."""

from nodeportkit.faults.fault import Fault
from nodeportkit.faults.healthy import healthy_cluster
from nodeportkit.faults.judging import Judgement, healthy_questions, judge, judge_healthy
from nodeportkit.faults.planting import causes, faulty_cluster, plant, variants
from nodeportkit.faults.tables import as_tables

__all__ = [
    "Fault",
    "Judgement",
    "as_tables",
    "causes",
    "faulty_cluster",
    "healthy_cluster",
    "healthy_questions",
    "judge",
    "judge_healthy",
    "plant",
    "variants",
]
