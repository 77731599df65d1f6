"""What an audit found, written for others: a page of HTML, JSON for programs, SARIF for code hosts."""

from nodeportkit.reports.as_json import json_report
from nodeportkit.reports.as_sarif import sarif_report
from nodeportkit.reports.page import html_report

__all__ = ["html_report", "json_report", "sarif_report"]
