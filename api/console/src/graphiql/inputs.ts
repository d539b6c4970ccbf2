/** Inputs with which the examples that change something run: about what is in the store, and so that little is changed. */
import { newKey } from "../shell/key";
import { words } from "../words";
import type { First } from "./first";

const DAY_MS = 86_400_000;
const text = words.graphiql;

/** What cannot be taken back, or is somebody else's: its examples name nothing, so that they change nothing as they are. */
const NAMES_NOTHING: ReadonlySet<string> = new Set(["ApplyPlan", "ApprovePlan", "RevokeToken", "Replay", "Purge", "CancelSweep", "ResumeRun"]);

/** The text of an example with what somebody should know before running it. */
export function warned(name: string, query: string): string {
  if (!/^mutation /m.test(query)) return query;
  return `# ${NAMES_NOTHING.has(name) ? text.namesNothing : text.changes}\n${query}`;
}

/** The input of a mutation by the name of its example. */
export function inputOf(name: string, found: First): Record<string, unknown> | undefined {
  return { ...AUDIT(found), ...ACCOUNT(found), ...WORK(found), ...RULES(found), ...RUNS(found) }[name];
}

type Inputs = Record<string, Record<string, unknown>>;

const AUDIT = ({ account, questionId }: First): Inputs => {
  const said = { comment: text.comment, idempotencyKey: newKey() };
  const record = { accountId: account?.id, seq: 1 };
  return {
    MarkReviewed: { ...record, ...said },
    RaiseQuestion: { ...record, ...said },
    AnswerQuestion: { questionId: questionId ?? "", ...said },
    StartVerification: { accountId: account?.id, idempotencyKey: newKey() },
  };
};

const ACCOUNT = ({ account, planType }: First): Inputs => {
  const about = { accountId: account?.id, idempotencyKey: newKey() };
  const reason = text.comment;
  return {
    Fire: { ...about, trigger: account?.availableTransitions.find((each) => !each.isAutomatic)?.trigger ?? "" },
    Override: { ...about, value: 50, until: inDays(30), reason },
    EndOverride: { ...about, reason },
    Pause: { ...about, until: inDays(7), reason },
    Resume: { ...about, reason },
    OpenPlan: { ...about, type: planType ?? "", isDraft: true },
    SetPlanStatus: { planId: account?.successPlans[0]?.id ?? "", status: "ACTIVE", idempotencyKey: newKey() },
  };
};

const WORK = ({ ctas }: First): Inputs => {
  const withTask = ctas.find((each) => each.tasks.length > 0);
  const about = { ctaId: ctas[0]?.id ?? "", idempotencyKey: newKey() };
  return {
    CloseWork: { ...about, outcome: "SUCCESS", comment: text.comment },
    SnoozeWork: { ...about, until: inDays(7) },
    SetTask: { ctaId: withTask?.id ?? "", task: withTask?.tasks[0]?.key ?? "", isDone: true, idempotencyKey: newKey() },
  };
};

const RULES = ({ files }: First): Inputs => ({
  MakePlan: { files },
  ApprovePlan: { planId: "" },
  ApplyPlan: { planId: "" },
  IssueToken: { name: text.tokenName, roles: ["VIEWER"], expiresAt: inDays(1) },
  RevokeToken: { tokenId: "" },
});

const RUNS = ({ runId }: First): Inputs => ({
  Replay: { ids: [] },
  Purge: { ids: [] },
  Sweep: { idempotencyKey: newKey() },
  Rehearse: {},
  BackFill: { since: inDays(-1), until: inDays(0), idempotencyKey: newKey() },
  Undo: { runId: runId ?? "", reason: text.comment, dryRun: true },
  CancelSweep: { runId: "" },
  ResumeRun: { runId: "" },
});

function inDays(days: number): string {
  return new Date(Math.floor(Date.now() / DAY_MS + days) * DAY_MS).toISOString();
}
