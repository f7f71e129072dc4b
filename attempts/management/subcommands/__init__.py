"""What ``manage.py attempts`` can do: one module for each subject, one class for each subcommand."""

from attempts.management.subcommands.appeal import AppealPack
from attempts.management.subcommands.audit import Audit
from attempts.management.subcommands.base import Subcommand
from attempts.management.subcommands.compare import Compare
from attempts.management.subcommands.export import Export
from attempts.management.subcommands.grade import Grade
from attempts.management.subcommands.people import PersonalDataSubcommand, Retire
from attempts.management.subcommands.policy import PolicySubcommand
from attempts.management.subcommands.report import Report
from attempts.management.subcommands.show import Preview, Show
from attempts.management.subcommands.switches import Activate, Reset, Undo
from attempts.management.subcommands.uninstall import RestoreKeys
from attempts.management.subcommands.upkeep import Health, Prove, Recover, Repeat, Sweep, Verify
from attempts.management.subcommands.views import Views

#: In the order in which the help lists them.
SUBCOMMANDS: tuple[Subcommand, ...] = (
    Show(),
    Compare(),
    Report(),
    Grade(),
    AppealPack(),
    Export(),
    Preview(),
    Reset(),
    Undo(),
    Activate(),
    PolicySubcommand(),
    Sweep(),
    Verify(),
    Prove(),
    Recover(),
    Repeat(),
    Health(),
    PersonalDataSubcommand(),
    Retire(),
    RestoreKeys(),
    Views(),
    Audit(),
)

__all__ = ["SUBCOMMANDS", "Subcommand"]
