"""One account on which a recipe is tried: what happens to it, day by day, and what the product says about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from lifecycle_fsm.domain.cta import Cta, CtaOutcome, CtaType
from lifecycle_fsm.domain.cta_work import CtaWork
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.intake import Outside
from lifecycle_fsm.domain.paging import PageRequest
from lifecycle_fsm.domain.plan import PlanStatus
from lifecycle_fsm.guards.verdict import Verdict
from lifecycle_fsm.guards.wording import sentence, summary
from lifecycle_fsm.services.because import because
from lifecycle_fsm.services.cta_opening import OpenCta, open_cta
from lifecycle_fsm.services.cta_work import CtaWorked, WorkOnCta, work_on_cta
from lifecycle_fsm.services.ctas import CloseCta, CtaEnded, close_cta
from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.fire import Fired, FireTransition, fire_transition
from lifecycle_fsm.services.health_words import contribution_in_words
from lifecycle_fsm.services.history import page_history
from lifecycle_fsm.services.ingest import RecordFacts, record_facts
from lifecycle_fsm.services.milestones import MilestoneDated, ReachMilestone, reach_milestone
from lifecycle_fsm.services.observe import FactRow
from lifecycle_fsm.services.plan_work import OpenPlan, PlanDone, open_plan_by_hand
from lifecycle_fsm.services.plans import ChangePlan, change_plan
from lifecycle_fsm.services.register import AccountRow
from lifecycle_fsm.services.views import AccountView, HistoryRecord
from lifecycle_fsm.services.why_not import Question, WhyNoAlert, WhyNoCta, WhyNoMilestone, WhyNoMove
from lifecycle_fsm.services.why_not import why_not as ask_why_not
from tests.worlds import ADMIN, CSM, FEED, Stage

KEY = "ACME"


@dataclass(slots=True)
class Scene:
    """An account with its store and clock; every step below is what a feed, a person or a day does."""

    stage: Stage
    account: UUID
    _known: dict[str, Outside] = field(default_factory=dict)

    def sign(self, program: str, **facts: Outside) -> "Scene":
        """Register the account; a double underscore stands for a point, in dates a number for so many days from now."""
        values = {"account.program": program, **{_name(key): self._dated(key, value) for key, value in facts.items()}}
        self.stage.register(AccountRow(KEY, "Acme", "ada", facts=values))
        return self

    def know(self, **facts: Outside) -> "Scene":
        """Facts arrive."""
        rows = [FactRow(self.account, self._dated(key, value), fact=_name(key)) for key, value in facts.items()]
        return self._take(rows)

    def measure(self, **measures: Outside) -> "Scene":
        """Measures arrive."""
        return self._take([FactRow(self.account, value, measure=_name(key)) for key, value in measures.items()])

    def _take(self, rows: list[FactRow]) -> "Scene":
        taken = record_facts(self.stage.world, FEED, RecordFacts(tuple(rows), "test", self.stage.key()))
        assert [row.message for row in taken.rows if not row.accepted] == []
        return self

    def _dated(self, name: str, value: Outside) -> Outside:
        if name.endswith(("_on", "_start")) and isinstance(value, int):
            return (self.stage.clock() + timedelta(days=value)).date().isoformat()
        return value

    def days(self, count: float) -> "Scene":
        """Time passes, and whatever is due by then is evaluated."""
        self.stage.clock.turn(days=count)
        evaluate_waiting(self.stage.world, ADMIN)
        return self

    def close(self, template: str, outcome: CtaOutcome = CtaOutcome.SUCCESS) -> "Scene":
        """A person closes the open CTA of a template."""
        cta_id = self.cta(template).id
        assert cta_id is not None
        ended = close_cta(self.stage.world, CSM, CloseCta(self.account, cta_id, outcome, self.stage.key()))
        assert isinstance(ended, CtaEnded)
        return self

    def work(self, template: str, deed: CtaWork) -> "Scene":
        """A person works on the open CTA of a template."""
        cta_id = self.cta(template).id
        assert cta_id is not None
        done = work_on_cta(self.stage.world, CSM, WorkOnCta(self.account, cta_id, deed, self.stage.key()))
        assert isinstance(done, CtaWorked)
        return self

    def fire(self, trigger: str) -> "Scene":
        """A person moves the account."""
        fired = fire_transition(self.stage.world, CSM, FireTransition(self.account, trigger, self.stage.key()))
        assert isinstance(fired, Fired)
        return self

    def plan(self, key: str, status: PlanStatus) -> "Scene":
        """A person opens or moves a success plan."""
        change_plan(self.stage.world, CSM, ChangePlan(self.account, key, key, status, self.stage.key()))
        return self

    def reach(self, milestone: str) -> "Scene":
        """A person says that a milestone is reached today."""
        dated = reach_milestone(self.stage.world, CSM, ReachMilestone(self.account, milestone, self.stage.key()))
        assert isinstance(dated, MilestoneDated)
        return self

    def open_risk(self, reason: str) -> "Scene":
        """A person opens a risk CTA."""
        wanted = OpenCta(self.account, self.stage.key(), title=reason, type=CtaType.RISK, reason=reason)
        assert isinstance(open_cta(self.stage.world, CSM, wanted), CtaWorked)
        return self

    def risks(self, *reasons: str) -> "Scene":
        """A person opens a risk CTA for each of these reasons."""
        for reason in reasons:
            self.open_risk(reason)
        return self

    def begin(self, key: str) -> "Scene":
        """A person opens a success plan with its objectives."""
        opened = open_plan_by_hand(self.stage.world, CSM, OpenPlan(self.account, key, self.stage.key()))
        assert isinstance(opened, PlanDone)
        return self

    def see(self) -> AccountView:
        """The account as it stands now."""
        return self.stage.see(self.account)

    def open(self) -> Mapping[str, Cta]:
        """The open CTAs by their templates."""
        return self.stage.open_ctas(self.account)

    def cta(self, template: str) -> Cta:
        """The open CTA of a template."""
        return self.open()[template]

    def history(self) -> list[HistoryRecord]:
        """Every row about the account, oldest first."""
        page = page_history(self.stage.world, ADMIN, [self.account], PageRequest(100))[self.account]
        return list(reversed(page.items))

    def why(self, rule: str) -> str:
        """What the product says of a rule: why it acted the last time, else why it does not act now."""
        acted = [row for row in self.history() if rule in (row.transition, row.subject)]
        verdicts = [verdict for row in acted if (verdict := because(self.stage.world, ADMIN, row)) is not None]
        return reasons(verdicts[-1]) if verdicts else self.why_not(rule)

    def why_not(self, rule: str) -> str:
        """What the product says of why a rule does not act now."""
        account = self.account
        questions = (
            Question(account, alert=rule),
            Question(account, transition=rule),
            Question(account, milestone=rule),
            Question(account, cta=rule),
        )
        for asked in questions:
            match ask_why_not(self.stage.world, ADMIN, asked):
                case WhyNoAlert(verdict=verdict) | WhyNoMilestone(verdict=verdict):
                    return summary(verdict)
                case WhyNoMove(verdicts=verdicts):
                    return summary(verdicts[0].verdict)
                case WhyNoCta(closing=Verdict() as closing):
                    return summary(closing)
                case WhyNoCta(hindrance=hindrance, askers=askers):
                    return f"{hindrance}: {', '.join(asker.path for asker in askers)}"
        raise AssertionError(f"the rules have no {rule!r}")

    def health(self, measure: str) -> str:
        """What the product says of one measure of the scorecard."""
        view = self.see()
        assert view.machine is not None
        parts = {part.measure.key: part for part in view.explained_health[1].contributions}
        return contribution_in_words(parts[measure], view.machine.catalog.measures[measure], view.as_of)


def reasons(verdict: Verdict) -> str:
    """Why a condition held: the clause of every leaf that is as it should be."""
    clauses = [sentence(leaf) for leaf in verdict.leaves()]
    return " ".join(f"{clause[0].upper()}{clause[1:]}." for clause in clauses)


def _name(name: str) -> str:
    return name.replace("__", ".")


def a_scene(stage: Stage) -> Scene:
    """The account before it is registered."""
    return Scene(stage, account_id_for(KEY))


Steps = Callable[[Scene], object]
