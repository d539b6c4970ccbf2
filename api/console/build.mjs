// Build the console: types from the operations, checked against the schema, then one small bundle with its pages apart.
//
//   node build.mjs            write dist/
//   node build.mjs --types    write src/generated/ only
import { codegen } from "@graphql-codegen/core";
import * as documents from "@graphql-codegen/typed-document-node";
import * as operations from "@graphql-codegen/typescript-operations";
import { build } from "esbuild";
import { buildSchema, parse, specifiedRules, validate } from "graphql";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const SCALARS = { ID: "string", DateTime: "string", Date: "string", Duration: "string", JSON: "Record<string, unknown>" };

/** Every file below a folder that ends so. */
function found(folder, ending) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => join(folder, name));
}

/** The operations of all pages; one that does not fit the schema ends the build with its file and line. */
function readOperations(schema) {
  const files = found(join(here, "src"), ".graphql").map((file) => ({
    location: relative(here, file),
    document: parse(readFileSync(file, "utf8")),
  }));
  const definitions = files.flatMap((file) => file.document.definitions);
  const errors = validate(schema, { kind: "Document", definitions }, specifiedRules.filter((rule) => rule.name !== "NoUnusedFragmentsRule"));
  if (errors.length > 0) {
    for (const error of errors) {
      const file = files.find((each) => each.document.loc.source === error.source);
      const place = error.locations?.[0];
      console.error(`${file?.location ?? "operations"}:${place?.line ?? 0}:${place?.column ?? 0}: ${error.message}`);
    }
    process.exit(1);
  }
  return files;
}

/** Types of all operations in one file, their texts in one each: a page loads only its own. */
async function writeTypes() {
  const text = readFileSync(join(here, "..", "schema.graphql"), "utf8");
  const schema = buildSchema(text);
  const files = readOperations(schema);
  const generate = (filename, chosen, plugin, config) =>
    codegen({
      filename,
      schema: parse(text),
      schemaAst: schema,
      documents: chosen,
      config: { documentMode: "string", useTypeImports: true, defaultScalarType: "unknown", scalars: SCALARS, ...config },
      plugins: [{ plugin: {} }],
      pluginMap: { plugin },
    });
  const folder = join(here, "src", "generated");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "documents"), { recursive: true });
  const names = files.map((file) => basename(file.location, ".graphql"));
  for (const [index, file] of files.entries()) {
    const code = await generate("documents.ts", [file], documents, { importOperationTypesFrom: "Types" });
    writeFileSync(join(folder, "documents", `${names[index]}.ts`), textsOf(code));
  }
  writeFileSync(join(folder, "operations.ts"), await generate("operations.ts", files, operations, {}));
  writeFileSync(join(folder, "examples.ts"), names.map((name) => `export * from "./documents/${name}";\n`).join(""));
}

/** The texts alone, without the class that comes with each of them. */
function textsOf(code) {
  const texts = code.slice(code.indexOf("\n}\n", code.indexOf("export class TypedDocumentString")) + 3);
  const pure = texts.replaceAll("= new TypedDocumentString(", "= /* @__PURE__ */ new TypedDocumentString(");
  return `import { TypedDocumentString } from "../../document";\nimport type * as Types from "../operations";\n${pure}`;
}

const COMMON = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  target: ["chrome110", "firefox115", "safari16"],
  outdir: "dist/assets",
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".ttf": "file" },
  publicPath: "/assets",
  legalComments: "linked",
  metafile: true,
  logLevel: "error",
};

/** Build an entry and its page, which names what was built. */
async function page(entry, html, more) {
  const result = await build({ ...COMMON, entryPoints: [entry], splitting: true, format: "esm", jsx: "automatic", ...more });
  const [script, { cssBundle }] = Object.entries(result.metafile.outputs).find(([, output]) => output.entryPoint === entry);
  const text = readFileSync(join(here, html), "utf8").replace("%script%", address(script)).replace("%style%", address(cssBundle));
  writeFileSync(join(dist, `${pageName(html)}.html`), text);
}

function pageName(html) {
  const folder = basename(dirname(html));
  return folder === "src" ? "index" : folder;
}

function address(output) {
  return `/assets/${basename(output)}`;
}

/** The workers of GraphiQL's editor, each a script of its own; their addresses by name. */
async function workers() {
  const entries = {
    editor: "monaco-editor/esm/vs/editor/editor.worker.js",
    json: "monaco-editor/esm/vs/language/json/json.worker.js",
    graphql: "monaco-graphql/esm/graphql.worker.js",
  };
  const result = await build({ ...COMMON, entryPoints: entries, entryNames: "worker-[name]-[hash]", format: "iife" });
  const built = Object.keys(result.metafile.outputs).filter((output) => output.endsWith(".js"));
  return Object.fromEntries(Object.keys(entries).map((name) => [name, address(built.find((output) => output.includes(`worker-${name}-`)))]));
}

async function bundle() {
  rmSync(dist, { recursive: true, force: true });
  await page("src/main.tsx", "src/index.html", { jsxImportSource: "preact" });
  await page("src/graphiql/graphiql.tsx", "src/graphiql/index.html", { define: { WORKERS: JSON.stringify(await workers()) } });
}

/** A compressed twin of every text, so that the server compresses nothing. */
function compress() {
  for (const file of found(dist, "").filter((name) => /\.(js|css|html|svg|json)$/.test(name))) {
    const bytes = readFileSync(file);
    // The last levels cost seconds on GraphiQL's editor and save little.
    const quality = bytes.length > 300_000 ? 7 : 11;
    writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } }));
    writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
  }
}

await writeTypes();
if (!process.argv.includes("--types")) {
  await bundle();
  compress();
}
