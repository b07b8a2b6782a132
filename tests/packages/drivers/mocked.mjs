// Runs the compiled program in the current directory with mocked resources: mocked.mjs STATE. Prints each resource that it
// registers: type, name, inputs and the resources that it waits for; and the outputs of the program.
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(path.resolve("package.json"));
const pulumi = require("@pulumi/pulumi");
const { MockMonitor } = require("@pulumi/pulumi/runtime/mocks");

const state = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
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
        return { id: `${name}-id`, state: { ...inputs, ...JSON.parse(outputs) } };
    },
    call: ({ token }) => state.calls[token],
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
