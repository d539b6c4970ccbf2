/** A chart with its title, what it counts, and the same numbers as a table and as a file. */
import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";

import { decimal } from "../../formats";
import { csvOf, save, type Cell } from "../csv";
import { words } from "../../words";

/** One column: its value for the file, and how it is shown where that differs. */
export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => Cell;
  readonly shown?: (row: Row) => ComponentChildren;
  readonly isNumber?: boolean;
}

export interface FigureProps<Row> {
  readonly title: string;
  /** What is counted, with its unit. */
  readonly about: string;
  /** How many are behind it. */
  readonly sample?: string | undefined;
  /** What the file is called, without its ending. */
  readonly name: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly isWide?: boolean;
  /** What the reader must know before the numbers, such as that they are of another date. */
  readonly note?: string | undefined;
  /** What is said where there is nothing to count. */
  readonly nothing?: string;
  readonly controls?: ComponentChildren;
  readonly children: ComponentChildren;
}

const text = words.charts;

export function Figure<Row>(props: FigureProps<Row>) {
  const id = useId();
  const [asTable, setAsTable] = useState(false);
  const { title, rows } = props;
  return (
    <section class={`figure${props.isWide ? " wide" : ""}`} aria-labelledby={id}>
      <header>
        <div>
          <h2 id={id}>{title}</h2>
          <p class="about">{props.about}{props.sample && <span class="sample"> {props.sample}</span>}</p>
        </div>
        <div class="tools">
          <button type="button" class="tool" aria-pressed={asTable} onClick={() => setAsTable(!asTable)} disabled={rows.length === 0} aria-label={text.tableOf(title)}>
            {text.table}
          </button>
          <button type="button" class="tool" onClick={() => saveRows(props)} disabled={rows.length === 0} aria-label={text.csvOf(title)}>
            {text.csv}
          </button>
        </div>
      </header>
      {props.note && <p class="remark" role="note">{props.note}</p>}
      {props.controls}
      {rows.length === 0 ? <p class="nothing">{props.nothing ?? text.nothing}</p> : asTable ? <Rows {...props} /> : props.children}
    </section>
  );
}

function saveRows<Row>({ name, columns, rows }: FigureProps<Row>): void {
  save(`${name}.csv`, csvOf(columns.map((column) => column.title), rows.map((row) => columns.map((column) => column.value(row)))));
}

/** A value as the reader's locale writes it. */
function written(value: Cell): string {
  return typeof value === "number" ? decimal(value) : (value ?? "");
}

function Rows<Row>({ title, columns, rows }: FigureProps<Row>) {
  return (
    <div class="scrolls tall" tabIndex={0} role="region" aria-label={text.tableOf(title)}>
      <table class="numbers">
        <thead>
          <tr>{columns.map((column) => <th key={column.title} scope="col" class={column.isNumber ? "number" : ""}>{column.title}</th>)}</tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {columns.map((column) => <td key={column.title} class={column.isNumber ? "number" : ""}>{column.shown?.(row) ?? written(column.value(row))}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
