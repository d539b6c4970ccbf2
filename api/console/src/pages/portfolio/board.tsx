/** The board of one stage: who stands there, how long, how well by the measures that count there, and where they go. */
import { useJourneys, anyStageTitle } from "./journeys";
import { ComplianceFigure } from "./figures/compliance";
import { HealthFigure } from "./figures/health";
import { HealthyMoves } from "./figures/healthy";
import { HeldFigure } from "./figures/held";
import { StageMilestones } from "./figures/milestones";
import { MovesFigure } from "./figures/moves";
import { PaceFigure } from "./figures/pace";
import { StageMeasures } from "./figures/measures";
import { TimeFigure } from "./figures/time";
import type { Choices } from "../../parts/address";
import { words } from "../../words";
import { accountsOf } from "./scope";

export default function StageBoard(props: { stage: string; choices: Choices; choose: (name: string, value: string) => void }) {
  const { stage, choices, choose } = props;
  const journeys = useJourneys();
  const isFinal = journeys.segments.every((segment) => segment.machine.stages.find((each) => each.key === stage)?.isFinal !== false);
  const given = { choices, stage };
  return (
    <>
      <div class="board-head">
        <h2>{anyStageTitle(journeys, stage)}</h2>
        <a class="button" href={accountsOf({ stages: [stage] }, choices)}>{words.portfolio.itsAccounts}</a>
      </div>
      <div class="figures-grid">
        <StageMeasures {...given} />
        {!isFinal && <StageMilestones {...given} choose={choose} />}
        <HealthFigure {...given} />
        {!isFinal && <PaceFigure {...given} />}
        {!isFinal && <ComplianceFigure {...given} choose={choose} />}
        {!isFinal && <HeldFigure {...given} />}
        {!isFinal && <HealthyMoves {...given} choose={choose} isWide />}
        {!isFinal && <TimeFigure {...given} />}
        {!isFinal && <MovesFigure {...given} />}
      </div>
    </>
  );
}
