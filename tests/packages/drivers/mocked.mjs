// Runs the compiled program in the current directory with mocked resources: mocked.mjs STATE ANSWER... Prints each resource that it
// registers: type, name, inputs and the resources that it waits for; and the outputs of the program. ANSWER is the command that
// answers calls of our functions.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(path.resolve("package.json"));
const pulumi = require("@pulumi/pulumi");
const { MockMonitor } = require("@pulumi/pulumi/runtime/mocks");

const [file, command, ...words] = process.argv.slice(2);
const state = JSON.parse(fs.readFileSync(file, "utf8"));
const resources = [];
const waits = new Map();

// Pulumi's mocks are not told what a resource waits for.
const register = MockMonitor.prototype.registerResource;
MockMonitor.prototype.registerResource = function (request, callback) {
    waits.set(`${request.getType()}::${request.getName()}`, request.getDependenciesList());
    return register.call(this, request, callback);
};

await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
        resources.push({ type, name, inputs });
        const outputs = JSON.stringify(state.resources[type] ?? {}).replaceAll("{name}", name);
        return { id: state.ids[type] ?? `${name}-id`, state: { ...inputs, ...JSON.parse(outputs) } };
    },
    call: ({ token, inputs }) => state.calls[token] ?? JSON.parse(execFileSync(command, [...words, token, JSON.stringify(inputs)])),
}, "private-tutorial", "test", false);

const outputs = {};
for (const [name, value] of Object.entries(require(path.resolve("bin/index.js")))) {
    outputs[name] = await new Promise((resolve) => pulumi.output(value).apply(resolve));
}
await pulumi.runtime.disconnect();
for (const resource of resources) {
    const urns = waits.get(`${resource.type}::${resource.name}`);
    resource.waits = urns.map((urn) => urn.split("::").slice(2).join("::").split("$").pop()).sort();
}
process.stdout.write(JSON.stringify({ resources, outputs }));
