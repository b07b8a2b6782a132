// The environment of one test: an emulated account, and a stack whose program is a function in the test.
// It does the same as project.py, for Pulumi's Node runtime; project.py documents the common parts.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

import * as pulumi from "@pulumi/pulumi";
import { LocalWorkspace, PulumiCommand } from "@pulumi/pulumi/automation/index.js";

const REGION = "eu-west-1";
const ROOT = path.resolve(import.meta.dirname, "../../..");
const SCHEMA = JSON.parse(readFileSync(path.join(ROOT, "schema.json"), "utf8"));
const BIN = path.resolve(process.env.BIN ?? path.join(ROOT, "target/debug"));

export const PACKAGE = "private-step-functions";
export const token = (name) => `${PACKAGE}:index:${name}`;
// A shorter polling interval than for the real AWS, because the emulator is faster.
export const POLLING = { initialIntervalSeconds: 0.1, growthFactor: 1.2, maxIntervalSeconds: 0.5 };

// Settings for real accounts must not redirect the tests.
for (const name of Object.keys(process.env).filter((name) => /^(AWS|PULUMI)_/.test(name))) {
    delete process.env[name];
}
process.env.NO_PROXY = process.env.no_proxy = "127.0.0.1";

// Returns every output without a value, as a generated SDK passes them.
const outputs = (type) =>
    Object.fromEntries(Object.keys(SCHEMA.resources[type]?.properties ?? {}).map((name) => [name, undefined]));

export class Component extends pulumi.ComponentResource {
    constructor(name, inputs, options) {
        super(token("PrivateStepFunctions"), name, { ...outputs(token("PrivateStepFunctions")), ...inputs }, options, true);
    }
}

export class Custom extends pulumi.CustomResource {
    constructor(type, name, inputs, options) {
        super(token(type), name, { ...outputs(token(type)), ...inputs }, options);
    }
}

export class Provider extends pulumi.ProviderResource {
    constructor(name, config, options) {
        // Generated SDKs for Node send every value that is not a string as JSON text.
        const text = (value) => (typeof value === "string" ? value : pulumi.output(value).apply(JSON.stringify));
        const encoded = Object.entries({ polling: POLLING, ...config }).map(([key, value]) => [key, text(value)]);
        super(PACKAGE, name, Object.fromEntries(encoded), options);
    }
}

export class Project {
    /** Returns a new project, which is removed after the test. */
    static async make(test) {
        const project = new Project();
        const process = spawn(path.join(BIN, "aws-emulator"), ["--port", "0", "--speed", "20"], {
            stdio: ["ignore", "pipe", "inherit"],
        });
        project.directory = mkdtempSync(path.join(tmpdir(), "private-step-functions-node-"));
        test.after(() => {
            process.kill();
            rmSync(project.directory, { recursive: true });
        });
        [project.url] = await new Promise((resolve) => {
            createInterface(process.stdout).once("line", (...line) => resolve(line));
        });
        [project.vpc, project.subnets] = await project.lookUpNetwork();
        await project.makeStack();
        return project;
    }

    get network() {
        return { vpcId: this.vpc, subnetIds: this.subnets.slice(0, 2) };
    }

    async control(what, body) {
        const options = body && { method: "POST", body: JSON.stringify(body) };
        return (await fetch(`${this.url}/_emulator/${what}`, options)).json();
    }

    /** Returns the names of the calls that change something, in order. */
    async operations() {
        const { calls } = await this.control("journal");
        return calls.map((call) => call.operation).filter((name) => !/^(Describe|Get|List)/.test(name));
    }

    async made(kind) {
        const { resources } = await this.control("resources?beyond-start");
        return resources.filter((row) => !kind || row.type === kind);
    }

    async preview(program) {
        this.stack.workspace.program = program;
        const { calls } = await this.control("journal");
        const result = await this.stack.preview({ color: "never", diff: true });
        const made = (await this.control("journal")).calls.slice(calls.length).map((call) => call.operation);
        assert.deepEqual(made.filter((operation) => !/^(Describe|List|Get|AssumeRole)/.test(operation)), [], "preview changed something");
        return result;
    }

    /** Runs `up`. Returns the stack's outputs, and whether they are secret. */
    async up(program) {
        this.stack.workspace.program = program;
        return (await this.stack.up({ color: "never" })).outputs;
    }

    /** Asserts that another `up` would change nothing. Runs a preview, because the SDK runs four commands for an `up`. */
    async unchanged(program) {
        this.stack.workspace.program = program;
        await this.stack.preview({ color: "never", diff: true, expectNoChanges: true });
    }

    /** Returns the resources in the state by the end of their URN. Secrets are encrypted. */
    stored() {
        const file = path.join(this.directory, "state/.pulumi/stacks/automation/test.json");
        const { resources = [] } = JSON.parse(readFileSync(file, "utf8")).checkpoint.latest;
        return Object.fromEntries(resources.map((resource) => [/\w+::[^:]+$/.exec(resource.urn)[0], resource]));
    }

    /** Destroys the stack. Asserts that neither AWS nor the state contains anything afterwards. */
    async finish() {
        await this.stack.destroy({ color: "never" });
        assert.deepEqual(await this.made(), []);
        assert.deepEqual(this.stored(), {});
    }

    async lookUpNetwork() {
        const scope = `Credential=AKIATEST/20260101/${REGION}/ec2/aws4_request`;
        const headers = { authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=0` };
        const body = "Action=DescribeSubnets&Version=2016-11-15";
        const text = await (await fetch(this.url, { method: "POST", headers, body })).text();
        const all = (name) => [...text.matchAll(new RegExp(`<${name}>(.+?)</${name}>`, "g"))].map((match) => match[1]);
        return [all("vpcId")[0], all("subnetId").sort()];
    }

    async makeStack() {
        const at = (name) => path.join(this.directory, name);
        ["project", "home", "state"].forEach((name) => mkdirSync(at(name)));
        const providers = [
            { name: PACKAGE, path: BIN },
            { name: "testnet", path: path.join(BIN, "examples") },
        ];
        const project = { name: "automation", runtime: "nodejs", plugins: { providers } };
        writeFileSync(at("project/Pulumi.yaml"), JSON.stringify(project));
        const config = { [`${PACKAGE}:polling`]: JSON.stringify(POLLING) };
        writeFileSync(at("project/Pulumi.test.yaml"), JSON.stringify({ config }));
        command ??= PulumiCommand.get();
        this.stack = await LocalWorkspace.createStack(
            { stackName: "test", projectName: "automation", program: async () => {} },
            {
                workDir: at("project"),
                pulumiCommand: await command,
                secretsProvider: "passphrase",
                envVars: {
                    HOME: at("home"),
                    PULUMI_HOME: at("home"),
                    PULUMI_BACKEND_URL: pathToFileURL(at("state")).href,
                    PULUMI_CONFIG_PASSPHRASE: "correct horse battery staple",
                    PULUMI_SKIP_UPDATE_CHECK: "true",
                    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
                    AWS_ENDPOINT_URL: this.url,
                    AWS_REGION: REGION,
                    AWS_ACCESS_KEY_ID: "AKIATESTTESTTESTTEST",
                    AWS_SECRET_ACCESS_KEY: "of-the-emulator",
                    AWS_EC2_METADATA_DISABLED: "true",
                },
            },
        );
    }
}

// The CLI. Created once, because creating it runs `pulumi version`.
let command;
