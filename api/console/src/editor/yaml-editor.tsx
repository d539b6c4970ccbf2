/** An editor for one file of definitions: completion from the language and the draft, mistakes as the server finds them. */
import { autocompletion, closeBrackets, completionKeymap, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, bracketMatching, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { EditorState, type Text } from "@codemirror/state";
import { EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef } from "preact/hooks";

import type { CheckQuery } from "../generated/operations";
import { namesFor, type Files } from "./names";
import { placeAt } from "./place";
import { keysAt, valuesAt } from "./schema";

export type Mistake = CheckQuery["checkConfiguration"]["diagnostics"][number];

/** Where somebody wants to be led; a new value leads there again. */
export interface Goal {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

interface Props {
  readonly label: string;
  readonly name: string;
  readonly files: Files;
  readonly mistakes: readonly Mistake[];
  readonly goal: Goal | null;
  readonly changed: (content: string) => void;
}

export default function YamlEditor({ label, name, files, mistakes, goal, changed }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef({ files, changed });
  latest.current = { files, changed };
  useEffect(() => {
    // In a shadow tree the editor's styles are adopted sheets, which the page's policy allows; a style element it would not.
    const root = host.current?.shadowRoot ?? (host.current as HTMLDivElement).attachShadow({ mode: "open" });
    const doc = latest.current.files[name] ?? "";
    const complete = (context: CompletionContext) => offered(context, latest.current.files, name);
    const listen = EditorView.updateListener.of((update) => {
      if (update.docChanged) latest.current.changed(update.state.doc.toString());
    });
    const state = EditorState.create({ doc, extensions: [...extensions(label, complete), listen] });
    view.current = new EditorView({ state, parent: root, root });
    return () => view.current?.destroy();
  }, [name]);
  useEffect(() => {
    const current = view.current;
    if (current !== null) current.dispatch(setDiagnostics(current.state, mistakes.map((each) => marked(current.state.doc, each))));
  }, [mistakes, name]);
  useEffect(() => {
    const current = view.current;
    if (current === null || goal === null || goal.file !== name) return;
    const at = offset(current.state.doc, goal.line, goal.column);
    current.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
    current.focus();
  }, [goal, name]);
  return <div class="editor" ref={host} />;
}

function extensions(label: string, complete: (context: CompletionContext) => CompletionResult | null) {
  return [
    lineNumbers(),
    history(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    highlightActiveLine(),
    lintGutter(),
    yaml(),
    syntaxHighlighting(COLOURS),
    autocompletion({ override: [complete], activateOnTyping: true }),
    // Tab leaves the editor after Escape, as it does everywhere; until then it indents.
    keymap.of([...completionKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap, indentWithTab]),
    EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
    EditorView.theme(LOOK),
  ];
}

/** Colours are inherited from the page, where they follow its scheme. */
const COLOURS = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--accent)" },
  { tag: tags.comment, color: "var(--soft)", fontStyle: "italic" },
  { tag: [tags.number, tags.bool], color: "var(--neutral)" },
  { tag: tags.string, color: "var(--healthy)" },
]);

const LOOK = {
  "&": { height: "60vh", fontSize: "14px", border: "1px solid var(--line)", borderRadius: "6px", background: "var(--raised)", color: "var(--ink)" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-gutters": { background: "var(--ground)", color: "var(--soft)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine": { background: "transparent" },
  ".cm-tooltip": { background: "var(--raised)", color: "var(--ink)", border: "1px solid var(--line)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { background: "var(--accent)", color: "var(--accent-ink)" },
  "&.cm-focused": { outline: "2px solid var(--accent)" },
};

function offered(context: CompletionContext, files: Files, name: string): CompletionResult | null {
  const place = placeAt(context.state.doc.toString(), context.pos);
  if (place.word === "" && !context.explicit) return null;
  const kind = name === "catalog.yaml" ? "catalog" : "segment";
  const options =
    place.key === null
      ? keysAt(kind, place.path).map((each) => ({ label: each.text, apply: `${each.text}: `, info: each.description || undefined, type: "property" }))
      : [];
  const inPlace = place.key === null ? (place.path.at(-1) === "[]" ? place.path.at(-2) : undefined) : place.key;
  const path = place.key === null ? place.path : [...place.path, place.key];
  const fixed = valuesAt(kind, path).map((each) => ({ label: each.text, type: "enum" }));
  const names = inPlace === undefined ? [] : namesFor(inPlace, files, name).map((each) => ({ label: each, type: "variable" }));
  const all = [...options, ...fixed, ...names];
  return all.length === 0 ? null : { from: context.pos - place.word.length, options: all, validFor: /^[\w.-]*$/ };
}

function marked(doc: Text, each: Mistake): Diagnostic {
  const severities = { ERROR: "error", WARNING: "warning", NOTE: "info" } as const;
  const example = each.example === null ? "" : `\n${each.example.map((field) => `${field.key} = ${String(field.value)}`).join(", ")}`;
  return {
    from: offset(doc, each.place.line, each.place.column),
    to: offset(doc, each.place.endLine, each.place.endColumn),
    severity: severities[each.severity],
    source: each.code,
    message: each.message + (each.suggestion === null ? "" : `\n→ ${each.suggestion}`) + example,
  };
}

function offset(doc: Text, line: number, column: number): number {
  const found = doc.line(Math.min(Math.max(1, line), doc.lines));
  return Math.min(found.from + Math.max(0, column - 1), found.to);
}
