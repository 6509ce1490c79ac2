// node caniemail.mjs PACKAGES FILE ... : what each page uses that some mail programs don't know, as JSON.
import { createRequire } from "node:module";
import fs from "node:fs";
import { pathToFileURL } from "node:url";

const [packages, ...files] = process.argv.slice(2);
const found = createRequire(`${packages}/`).resolve("caniemail/package.json").replace("package.json", "dist/index.js");
const { caniemail, rawData } = await import(pathToFileURL(found));

// Of some programs nobody has tried some features. The package throws there; what isn't known is no finding.
const programs = new Set(rawData.data.flatMap((one) => Object.entries(one.stats).flatMap(([family, on]) => Object.keys(on).map((device) => `${family}.${device}`))));
for (const { stats } of rawData.data)
  for (const [family, device] of [...programs].map((program) => program.split("."))) (stats[family] ??= {})[device] ??= { all: "y" };

const findings = [];
for (const file of files) {
  const { issues } = caniemail({ clients: ["*"], html: fs.readFileSync(file, "utf8") });
  for (const [program, unknown] of issues.errors)
    for (const title of new Set(unknown.map((one) => one.title))) findings.push({ file, program, title });
}
process.stdout.write(JSON.stringify(findings));
