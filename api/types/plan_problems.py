"""Problems that commands about plans meet."""

import strawberry

from api.types.check import ConfigurationCheck
from api.types.plan import ConfigurationPlan
from api.types.problems import Problem, ProblemCode, at
from lifecycle_fsm.services.configure import Checked
from lifecycle_fsm.services.vocabulary import Diagnostic


@strawberry.type(description="The definitions have errors; nothing was kept.")
class InvalidConfiguration(Problem):
    """The files are wrong."""

    code: ProblemCode = strawberry.field(
        description="Always INVALID_CONFIGURATION.", default=ProblemCode.INVALID_CONFIGURATION
    )
    path: list[str] = at("files")
    check: ConfigurationCheck = strawberry.field(description="What is wrong, each mistake at its place.")

    @classmethod
    def of(cls, diagnostics: tuple[Diagnostic, ...]) -> "InvalidConfiguration":
        """Show what is wrong."""
        message = "the definitions have errors; `check` has each of them with its place"
        return cls(message=message, check=ConfigurationCheck.of(Checked(diagnostics, (), is_valid=False)))


@strawberry.type(description="There is no plan with this id.")
class PlanNotFound(Problem):
    """The plan does not exist."""

    code: ProblemCode = strawberry.field(description="Always PLAN_NOT_FOUND.", default=ProblemCode.PLAN_NOT_FOUND)
    path: list[str] = at("planId")


@strawberry.type(description="What the plan was made on has changed since: plan again.")
class StalePlan(Problem):
    """Somebody else published, or accounts changed."""

    code: ProblemCode = strawberry.field(description="Always STALE_PLAN.", default=ProblemCode.STALE_PLAN)
    path: list[str] = at("planId")
    plan: ConfigurationPlan = strawberry.field(description="The plan, which is as it was.")


@strawberry.type(description="Something is missing without which the plan cannot be applied; see its `missing`.")
class PlanIncomplete(Problem):
    """The plan leaves something open."""

    code: ProblemCode = strawberry.field(description="Always PLAN_INCOMPLETE.", default=ProblemCode.PLAN_INCOMPLETE)
    path: list[str] = at("planId")
    plan: ConfigurationPlan = strawberry.field(description="The plan, which is as it was.")


@strawberry.type(description="Somebody other than the author of the plan has to agree to it first.")
class NotApproved(Problem):
    """The plan lacks an approval."""

    code: ProblemCode = strawberry.field(description="Always NOT_APPROVED.", default=ProblemCode.NOT_APPROVED)
    path: list[str] = at("planId")
    plan: ConfigurationPlan = strawberry.field(description="The plan, which is as it was.")
