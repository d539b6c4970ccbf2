"""The compilers of typed clients read the schema and the guide, and TypeScript accepts what they write."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette

from api.export import SCHEMA_FILE

# The same fixtures as the API's own tests.
from tests.api.conftest import app, clock, door, settings, token_of, world  # noqa: F401 # fixtures
from tests.api.door import Door
from tests.api.serving import served
from tests.conformance.guide import operations
from tests.conformance.node import installed
from tests.databases import sqlite_database
from tests.guides.blocks import ROOT, files_of

HERE = Path(__file__).parent / "typed"
SCALARS = {
    "DateTime": "string",
    "Duration": "string",
    "JSON": "Record<string, unknown>",
    "Value": "string | number | boolean | null",
}


@pytest.fixture
def database_url(tmp_path: Path, migrated_file: Path) -> Iterator[str]:
    """SQLite only: clients see no difference."""
    with sqlite_database(tmp_path, migrated_file) as url:
        yield url


@pytest.fixture(scope="module")
def packages(pytestconfig: pytest.Config) -> Path:
    """The compilers, as the lock file pins them."""
    cache = pytestconfig.cache
    assert cache is not None
    return installed(HERE, cache.mkdir("node"))


@pytest.fixture
def project(tmp_path: Path, packages: Path) -> Path:
    """A folder as a frontend team has one: the schema, the guide's operations, the packages."""
    (tmp_path / "node_modules").symlink_to(packages)
    shutil.copy(SCHEMA_FILE, tmp_path / "schema.graphql")
    (tmp_path / "package.json").write_text('{"name": "project", "private": true, "type": "module"}')
    options = {
        "strict": True,
        "noEmit": True,
        "skipLibCheck": True,
        "moduleResolution": "bundler",
        "module": "esnext",
        "target": "es2022",
    }
    tsconfig = {"compilerOptions": options, "include": ["src/**/*.ts"]}
    (tmp_path / "tsconfig.json").write_text(json.dumps(tsconfig))
    (tmp_path / "src").mkdir()
    return tmp_path


def run(project: Path, *command: str) -> str:
    environment = {**os.environ, "PATH": f"{project / 'node_modules' / '.bin'}:{os.environ['PATH']}"}
    done = subprocess.run(
        command, cwd=project, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.long
def test_graphql_codegen_makes_types_and_a_manifest_of_trusted_documents(project: Path) -> None:
    documents = [each["query"] for each in operations("x")]
    text = "\n".join(f"graphql(`{document}`);" for document in documents)
    (project / "src" / "operations.ts").write_text(f'import {{ graphql }} from "./gql/gql.js";\n{text}\n')
    preset = {
        "preset": "client",
        "config": {"scalars": SCALARS, "useTypeImports": True, "emitLegacyCommonJSImports": False},
        "presetConfig": {"persistedDocuments": {"hashAlgorithm": "sha256"}, "fragmentMasking": False},
    }
    plan = {"schema": "schema.graphql", "documents": "src/operations.ts", "generates": {"src/gql/": preset}}
    (project / "codegen.json").write_text(json.dumps(plan))

    run(project, "graphql-codegen", "--config", "codegen.json")
    (project / "src" / "use.ts").write_text(
        'import type { PageQuery } from "./gql/graphql.js";\n'
        "export const stage = (page: PageQuery): string | undefined => page.account?.stage?.title;\n"
    )
    run(project, "tsc", "-p", ".")

    manifest = json.loads((project / "src" / "gql" / "persisted-documents.json").read_text())
    assert len(manifest) == len(documents)


@pytest.mark.long
def test_gql_tada_reads_types_from_the_schema(project: Path) -> None:
    plugin = [{"name": "gql.tada/ts-plugin", "schema": "./schema.graphql", "tadaOutputLocation": "./src/env.d.ts"}]
    tsconfig = json.loads((project / "tsconfig.json").read_text())
    tsconfig["compilerOptions"]["plugins"] = plugin
    (project / "tsconfig.json").write_text(json.dumps(tsconfig))
    (project / "src" / "use.ts").write_text(
        'import { initGraphQLTada, type ResultOf } from "gql.tada";\n'
        'import type { introspection } from "./env.d.ts";\n'
        "const graphql = initGraphQLTada<{ introspection: introspection }>();\n"
        "const page = graphql(`query Page($key: String!) { account(key: $key) { name stage { title } } }`);\n"
        "export const name = (found: ResultOf<typeof page>): string | undefined => found.account?.name;\n"
        "// @ts-expect-error there is no such field\n"
        "export const none = (found: ResultOf<typeof page>) => found.account?.nonsense;\n"
    )

    run(project, "gql.tada", "generate-output")
    run(project, "tsc", "-p", ".")


@pytest.mark.long
def test_the_relay_compiler_takes_the_schema_and_its_connections(project: Path) -> None:
    (project / "src" / "made").mkdir()
    (project / "relay.config.json").write_text(
        json.dumps(
            {
                "src": "./src",
                "schema": "./schema.graphql",
                "language": "typescript",
                "artifactDirectory": "./src/made",
                "customScalarTypes": SCALARS,
            }
        )
    )
    (project / "src" / "use.ts").write_text(
        "import { graphql } from 'relay-runtime';\n"
        "export const accounts = graphql`\n"
        '  fragment use_accounts on Query @refetchable(queryName: "useAccountsQuery")\n'
        '  @argumentDefinitions(count: {type: "Int", defaultValue: 20}, cursor: {type: "String"}) {\n'
        '    accounts(first: $count, after: $cursor) @connection(key: "use_accounts") {\n'
        "      edges { node { id name stage { title } } }\n"
        "    }\n"
        "  }\n`;\n"
        "export const one = graphql`query useNodeQuery($id: ID!) { node(id: $id) { id ... on Account { name } } }`;\n"
        "export const live = graphql`subscription useLiveSubscription($after: String) {\n"
        "  historyRecorded(after: $after) { cursor account { id revision stage { key } } } }`;\n"
    )

    run(project, "relay-compiler")

    made = sorted(each.name for each in (project / "src" / "made").iterdir())
    assert made == [
        "useAccountsQuery.graphql.ts",
        "useLiveSubscription.graphql.ts",
        "useNodeQuery.graphql.ts",
        "use_accounts.graphql.ts",
    ]


@pytest.mark.long
def test_the_typescript_of_the_guide_is_typed_and_asks_over_http(
    project: Path,
    app: Starlette,  # noqa: F811 # the fixture
    door: Door,  # noqa: F811 # the fixture
) -> None:
    files_of(ROOT / "docs" / "frontend.md", project)
    (project / "src" / "wrong.ts").write_text(
        'import { ask, StageLine } from "./account-page.js";\n'
        'import type { StageLineQuery } from "./gql/graphql.js";\n'
        "// @ts-expect-error a page that was not loaded may have no account\n"
        "export const name = (page: StageLineQuery): string => page.account.name;\n"
        "// @ts-expect-error the document needs a key\n"
        'export const asked = ask("", "", StageLine, {});\n'
    )

    run(project, "graphql-codegen", "--config", "codegen.json")
    run(project, "tsc", "-p", ".")
    run(project, "tsc", "-p", ".", "--noEmit", "false", "--outDir", "out")
    (project / "out" / "show.js").write_text(
        'import { ask, StageLine, stageLine } from "./account-page.js";\n'
        "const [address, token] = process.argv.slice(2);\n"
        'console.log(stageLine(await ask(address, token, StageLine, { key: "ACME" })));\n'
        'console.log(stageLine(await ask(address, token, StageLine, { key: "NONE" })));\n'
    )
    with served(app) as host:
        told = run(project, "node", "out/show.js", f"http://{host}/graphql", door.token)

    first, second = told.splitlines()
    assert first.startswith("Acme Inc. · Onboarding · ")
    assert second == "There is no such account, or it is not yours."
