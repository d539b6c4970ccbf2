/** A choice of one among several, or of all, that lives in the address. */
import type { Choices } from "./address";
import { words } from "../words";

export type Option = readonly [value: string, title: string];

export function Choice(props: {
  name: string;
  title: string;
  options: readonly Option[];
  /** What the choice of none is called. */
  all?: string;
  choices: Choices;
  choose: (name: string, value: string) => void;
}) {
  return (
    <label>
      {props.title}
      <select value={props.choices[props.name] ?? ""} onChange={(event) => props.choose(props.name, event.currentTarget.value)}>
        <option value="">{props.all ?? words.portfolio.all}</option>
        {props.options.map(([value, title]) => (
          <option key={value} value={value}>{title}</option>
        ))}
      </select>
    </label>
  );
}
