"""
Which capability each field of the schema needs: the one table that a test holds every field and every role to.

Services ask for it again, so that no other way in is open. A field that is not listed
needs what the fields above it need.
"""

from collections.abc import Mapping

from lifecycle_fsm.domain.access import Capability

NEEDED: Mapping[str, Capability | None] = {
    "Query.account": Capability.READ,
    "Query.accounts": Capability.READ,
    "Query.ctas": Capability.READ,
    "Query.ctaTemplates": Capability.READ,
    "Query.playbooks": Capability.READ,
    "Query.successPlanTypes": Capability.READ,
    "Query.people": Capability.READ,
    "Query.machine": Capability.READ,
    "Query.accountsAdrift": Capability.READ,
    "Query.segments": Capability.READ,
    "Query.publishedConfiguration": Capability.READ,
    "Query.checkConfiguration": Capability.READ,
    "Query.simulateConfiguration": Capability.PUBLISH,
    "Query.plan": Capability.READ,
    "Query.plans": Capability.READ,
    "Query.publications": Capability.READ,
    "Query.operations": Capability.READ,
    "Query.deadLetters": Capability.READ,
    "Query.tokens": Capability.MANAGE_TOKENS,
    "Query.node": Capability.READ,
    "Query.liveCursor": Capability.READ_HISTORY,
    "Query.viewer": None,
    "Account.history": Capability.READ_HISTORY,
    "Account.whyNot": Capability.READ_HISTORY,
    "Cta.opening": Capability.READ_HISTORY,
    "Cta.closing": Capability.READ_HISTORY,
    "Mutation.fireTransition": Capability.FIRE_TRANSITION,
    "Mutation.recordFacts": Capability.RECORD_FACTS,
    "Mutation.reachMilestone": Capability.REACH_MILESTONE,
    "Mutation.revokeMilestone": Capability.REACH_MILESTONE,
    "Mutation.redateMilestone": Capability.REACH_MILESTONE,
    "Mutation.closeCta": Capability.WORK_CTAS,
    "Mutation.openCta": Capability.WORK_CTAS,
    "Mutation.updateCta": Capability.WORK_CTAS,
    "Mutation.snoozeCta": Capability.WORK_CTAS,
    "Mutation.reopenCta": Capability.WORK_CTAS,
    "Mutation.setCtaTask": Capability.WORK_CTAS,
    "Mutation.commentCta": Capability.WORK_CTAS,
    "Mutation.linkCta": Capability.WORK_CTAS,
    "Mutation.unlinkCta": Capability.WORK_CTAS,
    "Mutation.changeCtas": Capability.WORK_CTAS,
    "Mutation.openSuccessPlan": Capability.WORK_CTAS,
    "Mutation.setSuccessPlanStatus": Capability.WORK_CTAS,
    "Mutation.recordPeople": Capability.RECORD_FACTS,
    "Mutation.assignSegment": Capability.PUBLISH,
    "Mutation.planConfiguration": Capability.PUBLISH,
    "Mutation.approvePlan": Capability.PUBLISH,
    "Mutation.applyConfiguration": Capability.PUBLISH,
    "Mutation.replayDeliveries": Capability.OPERATE,
    "Mutation.purgeDeliveries": Capability.OPERATE,
    "Mutation.issueToken": Capability.MANAGE_TOKENS,
    "Mutation.revokeToken": Capability.MANAGE_TOKENS,
    "Subscription.historyRecorded": Capability.READ_HISTORY,
    "Subscription.ctaChanged": Capability.READ_HISTORY,
    "Subscription.paceChanged": Capability.READ_HISTORY,
}
