/** Bands, paces and priorities: a word beside a shape, so that no meaning hangs on colour alone. */
import type { AlertSeverity, Band, Pace, Priority } from "../generated/operations";
import { decimal } from "../formats";
import { words } from "../words";

const SHAPES: Record<Band, string> = { HEALTHY: "●", NEUTRAL: "◐", AT_RISK: "▲" };

export function BandBadge({ band, score }: { band: Band | null; score?: number | null }) {
  if (band === null) return <span class="badge unknown">{words.noBand}</span>;
  return (
    <span class={`badge ${band.toLowerCase()}`}>
      <span aria-hidden="true">{SHAPES[band]}</span> {words.bands[band]}
      {score == null ? "" : ` ${decimal(score)}`}
    </span>
  );
}

type Paced = { pace: Pace; isFinal: boolean };

/** Where the journey has ended there is no time to keep to. */
const hasEnded = (stage: Paced) => stage.isFinal && stage.pace === "ON_TRACK";

export const paceInWords = (stage: Paced) => (hasEnded(stage) ? words.journeyEnded : words.paces[stage.pace]);

export function PaceBadge({ stage }: { stage: Paced }) {
  return <span class={`badge ${hasEnded(stage) ? "unknown" : `pace-${stage.pace.toLowerCase()}`}`}>{paceInWords(stage)}</span>;
}

export function PriorityBadge({ priority }: { priority: Priority }) {
  return <span class={`badge priority-${priority.toLowerCase()}`}>{words.priorities[priority]}</span>;
}

export function SeverityBadge({ severity }: { severity: AlertSeverity }) {
  const tone = severity === "CRITICAL" ? "high" : severity.toLowerCase();
  return <span class={`badge priority-${tone}`}>{words.alertSeverities[severity]}</span>;
}
