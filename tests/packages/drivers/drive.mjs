// Runs the TypeScript example in the current directory without a language host: drive.mjs preview|up|destroy [flags].
import { createRequire } from "node:module";
import fs from "node:fs";
import path from "node:path";

// The example's own packages, as its program sees them.
const require = createRequire(path.resolve("package.json"));
const { LocalWorkspace } = require("@pulumi/pulumi/automation");

const [operation, ...flags] = process.argv.slice(2);
const stack = await LocalWorkspace.selectStack({
    stackName: "test",
    projectName: /^name: (.+)$/m.exec(fs.readFileSync("Pulumi.yaml", "utf8"))[1],
    program: async () => require(path.resolve("bin/index.js")),
}, { workDir: "." });
await stack[operation]({
    onOutput: (text) => process.stdout.write(text),
    color: "never",
    expectNoChanges: flags.includes("--expect-no-changes"),
});
