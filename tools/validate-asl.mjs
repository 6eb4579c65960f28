// Reads a state machine's definition (JSON) from stdin and writes what asl-validator finds wrong in it,
// as a JSON array of texts; an empty one when nothing is. Ends with 0 in both cases.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const validate = createRequire(import.meta.url)("asl-validator");

const { errors } = validate(JSON.parse(readFileSync(0, "utf8")));
process.stdout.write(JSON.stringify(errors.map((error) => `${error["Error code"]}: ${error.Message}`)));
