"""The proof as a follow-up: each attempt is checked once its late work should have come in."""

from __future__ import annotations

from attempts import conf
from attempts.data import OperationData
from attempts.exceptions import AttemptActive
from attempts.followups import FollowUpFailed, FollowUpNotNeeded
from attempts.models import AttemptContext
from attempts.proofs.proving import prove


class Prove:
    """Checks that the attempt that was archived can be brought back."""

    name = "proof"
    immediate = False

    @property
    def delay(self) -> float:
        """Seconds after the commit."""
        return conf.proof_delay()

    def run(self, operation: OperationData) -> None:
        """Check it.

        Raises:
            FollowUpNotNeeded: the attempt is active again.
            FollowUpFailed: it cannot be brought back as things are.
        """
        archived = AttemptContext.objects.get(uuid=str(operation.from_uuid))
        try:
            proof = prove(archived.pk)
        except AttemptActive:
            detail = "The attempt is active again; its next archiving is checked."
            raise FollowUpNotNeeded("overtaken", detail) from None
        if not proof.restorable:
            raise FollowUpFailed(proof.problem_code, proof.problem, again=False)


PROOF = Prove()
