"""How often what the vocabulary names was used: CTA templates and their playbooks opened, milestones reached."""

from collections.abc import Mapping

from sqlalchemy import func, select

from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.reports.asked import Asked, Rows
from lifecycle_fsm.store.reports.scoping import in_period, standing
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.ctas import cta
from lifecycle_fsm.store.tables.facts import milestone_event

Used = Mapping[tuple[str, str], int]
"""By segment and key."""


def opened_rows(asked: Asked) -> Rows:
    """The CTAs that were opened in the period: `account_id`, its `segment` now, `template` and `playbook`."""
    return (
        select(cta.c.account_id, account_state.c.segment, cta.c.template, cta.c.playbook)
        .join(account_state, account_state.c.account_id == cta.c.account_id)
        .where(*standing(asked.scope, asked.portfolio), *in_period(cta.c.opened_at, asked.scope))
    )


def achieved_rows(asked: Asked) -> Rows:
    """Each time in the period that a milestone was reached: `account_id`, its `segment` now, `milestone`."""
    each = milestone_event.c
    return (
        select(each.account_id, account_state.c.segment, each.milestone)
        .join(account_state, account_state.c.account_id == each.account_id)
        .where(*standing(asked.scope, asked.portfolio), *in_period(each.reached_at, asked.scope))
        .where(each.event == "reached")
    )


def count_opened(connection: Connection, asked: Asked) -> tuple[Used, Used]:
    """How many CTAs were opened of each template, and how many with each playbook."""
    rows = opened_rows(asked).subquery().c
    keys = (rows.segment, rows.template, rows.playbook)
    templates, playbooks = dict[tuple[str, str], int](), dict[tuple[str, str], int]()
    for segment, template, playbook, number in connection.execute(select(*keys, func.count()).group_by(*keys)):
        templates[segment, template] = templates.get((segment, template), 0) + number
        if playbook is not None:
            playbooks[segment, playbook] = playbooks.get((segment, playbook), 0) + number
    return templates, playbooks


def count_achieved(connection: Connection, asked: Asked) -> Used:
    """How often each milestone was reached, revoked since or not."""
    rows = achieved_rows(asked).subquery().c
    keys = (rows.segment, rows.milestone)
    return {(row[0], row[1]): row[2] for row in connection.execute(select(*keys, func.count()).group_by(*keys))}
