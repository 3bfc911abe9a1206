"""The proof kit: laws as values, random programs, and what checks a program against the laws."""

from runlaw.laws.broken import CannotCheck, LawBroken
from runlaw.laws.catalogue import LAWS, law_named
from runlaw.laws.check import check_cases, check_law, check_laws
from runlaw.laws.code import code
from runlaw.laws.exhaustive import check_completely
from runlaw.laws.generate import inputs_of, programs, programs_and_inputs, programs_and_several_inputs, programs_from
from runlaw.laws.law import Law
from runlaw.laws.monoids import NotAHomomorphism, NotAMonoid, check_homomorphism, check_monoid
from runlaw.laws.report import Checked, Report
from runlaw.laws.suite import LawSuite, law_suite

__all__ = [
    "LAWS",
    "CannotCheck",
    "Checked",
    "Law",
    "LawBroken",
    "LawSuite",
    "NotAHomomorphism",
    "NotAMonoid",
    "Report",
    "check_cases",
    "check_completely",
    "check_homomorphism",
    "check_law",
    "check_laws",
    "check_monoid",
    "code",
    "inputs_of",
    "law_named",
    "law_suite",
    "programs",
    "programs_and_inputs",
    "programs_and_several_inputs",
    "programs_from",
]
