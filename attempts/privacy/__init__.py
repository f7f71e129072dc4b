"""What we hold on people: taken out for them, and blanked when they are forgotten."""

from attempts.privacy.export import personal_rows
from attempts.privacy.holdings import HOLDINGS, Holding
from attempts.privacy.retirement import retire

__all__ = ["HOLDINGS", "Holding", "personal_rows", "retire"]
