/** Notifications that were given up, and a way to send them again. */
import { DeadLettersDocument, ReplayDocument } from "../../generated/operations";
import { instant } from "../../formats";
import { Asked } from "../../parts/asked";
import { useMutation, useQuery } from "../../shell/client";
import { words } from "../../words";

const text = words.operations;

export function DeadLetters() {
  const [state, again] = useQuery(DeadLettersDocument, {});
  const [replayed, replay] = useMutation(ReplayDocument);
  const outcome = replayed.data?.replayDeliveries;
  return (
    <section aria-labelledby="dead">
      <h2 id="dead">{text.dead}</h2>
      {outcome !== undefined && "message" in outcome && <p role="alert" class="failed">{outcome.message}</p>}
      <Asked state={state} again={again}>
        {({ deadLetters }) => (
          <>
            {deadLetters.nodes.length === 0 && <p>{text.noDead}</p>}
            <ul class="plain">
              {deadLetters.nodes.map((each) => (
                <li key={each.id}>
                  {each.channel} · {each.kind} <span class="hint">{instant(each.diedAt)} · {text.attempts(each.attempts)} · {each.error}</span>{" "}
                  <button type="button" onClick={() => void replay({ input: { ids: [each.id] } }).then(() => again({ requestPolicy: "network-only" }))}>{text.replay}</button>
                </li>
              ))}
            </ul>
          </>
        )}
      </Asked>
    </section>
  );
}
