/**
 * Where a cursor stands in a definition: the keys that lead there, and whether a key or a value is being written.
 *
 * Read from the indentation of the lines above and the brackets of the line itself, since a text that is being typed is
 * rarely valid YAML. `[]` stands for an item of a list.
 */
export interface Place {
  readonly path: readonly string[];
  /** The key whose value is being written, or null while a key is. */
  readonly key: string | null;
  /** What has been typed of the word so far. */
  readonly word: string;
}

const KEY = /^([\w.-]+):(?:\s+|$)/;

export function placeAt(text: string, position: number): Place {
  const before = text.slice(0, position).split("\n");
  const line = before.pop() ?? "";
  const { items, indent, rest } = unwrapped(line);
  const outer = [...pathAbove(before, indent), ...Array<string>(items).fill("[]")];
  return inline(outer, rest);
}

/** The line without its list marks: how many there were, how far the text behind them is indented, and that text. */
function unwrapped(line: string): { items: number; indent: number; rest: string } {
  const marks = /^\s*((?:- +)*)/.exec(line) as RegExpExecArray;
  const items = (marks[1]?.match(/-/g) ?? []).length;
  const indent = line.length - line.trimStart().length;
  return { items, indent: items > 0 ? indent : marks[0].length, rest: line.slice(marks[0].length) };
}

function pathAbove(lines: readonly string[], indent: number): string[] {
  const path: string[] = [];
  let limit = indent;
  for (const line of [...lines].reverse()) {
    if (line.trim() === "" || line.trimStart().startsWith("#")) continue;
    const own = line.length - line.trimStart().length;
    const { items, rest } = unwrapped(line);
    const inner = own + 2 * items;
    const key = KEY.exec(rest)?.[1];
    if (inner < limit && key !== undefined) {
      path.unshift(key);
      limit = inner;
    }
    if (items > 0 && own < limit) {
      path.unshift(...Array<string>(items).fill("[]"));
      limit = own;
    }
    if (limit === 0) break;
  }
  return path;
}

/** Go on through `key: {key: [` of the line itself. */
function inline(outer: readonly string[], rest: string): Place {
  const stack: { path: readonly string[]; list: boolean }[] = [];
  let path: readonly string[] = outer;
  let key: string | null = null;
  let word = "";
  for (const [index, sign] of [...rest].entries()) {
    if (sign === "{" || sign === "[") {
      stack.push({ path, list: sign === "[" });
      path = [...path, ...(key === null ? [] : [key]), ...(sign === "[" ? ["[]"] : [])];
      [key, word] = [null, ""];
    } else if (sign === "}" || sign === "]") {
      path = stack.pop()?.path ?? outer;
      [key, word] = [null, ""];
    } else if (sign === ",") [key, word] = [null, ""];
    else if (sign === ":" && /^(\s|$)/.test(rest.slice(index + 1))) [key, word] = [word.trim(), ""];
    else word += sign;
  }
  return { path, key, word: word.trimStart() };
}
