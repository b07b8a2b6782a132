// Programs in Node without an SDK. Each test's name states what users can rely on.

import assert from "node:assert/strict";
import { test } from "node:test";

import * as pulumi from "@pulumi/pulumi";
import { existsResource } from "@pulumi/pulumi/runtime/index.js";

import { Component, Custom, PACKAGE, Provider, Project, token } from "./project.mjs";

const ONE_ENDPOINT = { endpoints: { syncStates: false } };
const apiKey = (value) => ({ apiKey: { name: "x-api-key", value } });

test("all commands on the component succeed, and outputs that cannot exist are absent in the preview too", async (test) => {
    const project = await Project.make(test);
    const program = async () => {
        const component = new Component("private", { ...project.network, tags: { stage: "one" } });
        const absent = pulumi.all([component.executeApiEndpoint, component.gatewaySecurityGroupId, component.resourceGatewayId]);
        return {
            url: component.statesEndpoint.apply((endpoint) => endpoint.url),
            absent: absent.apply((values) => values.map((value) => value ?? "absent").join(" ")),
        };
    };
    const preview = await project.preview(program);
    assert.deepEqual(preview.changeSummary, { create: 5 });
    assert.match(preview.stdout, /absent: "absent absent absent"/);
    const outputs = await project.up(program);
    assert.match(outputs.url.value, /^https:/);
    assert.equal(outputs.absent.value, "absent absent absent");
    await project.unchanged(program);
    await project.finish();
});

test("every leaf can be an output of another resource, and outputs made from secrets are secret", async (test) => {
    const project = await Project.make(test);
    const seen = {};
    const program = async () => {
        const vpc = new pulumi.CustomResource("testnet:index:Vpc", "vpc", { cidrBlock: "10.20.0.0/16" });
        const subnets = ["a", "b"].map(
            (zone, index) =>
                new pulumi.CustomResource("testnet:index:Subnet", zone, {
                    vpcId: vpc.id,
                    cidrBlock: `10.20.${index}.0/24`,
                    availabilityZone: `eu-west-1${zone}`,
                }),
        );
        const late = (value) => vpc.id.apply(() => value);
        const component = new Component("private", {
            vpcId: vpc.id,
            subnetIds: subnets.map((subnet) => subnet.id),
            endpoints: { syncStates: false, privateDnsEnabled: late(false), allowedCidrBlocks: [late("10.0.0.0/8")] },
            policy: {
                Version: "2012-10-17",
                Statement: [{ Effect: "Allow", Principal: "*", Action: late(["states:StartExecution"]), Resource: "*" }],
            },
            privateApis: {
                hidden: { domainName: pulumi.secret(late("hidden-2b8e.example.com")), auth: apiKey(late("key-9c1d")) },
                open: { domainName: late("open.example.com"), auth: apiKey(pulumi.secret("key-7f3a")) },
            },
            tags: { stage: late("one") },
        });
        for (const name of ["connections", "executionRolePolicy", "resourceGatewayId"]) {
            seen[name] = await pulumi.isSecret(component[name]);
        }
        return {
            connections: component.connections,
            policy: component.executionRolePolicy,
            gateway: component.resourceGatewayId,
        };
    };
    // The stack, three resources of the network, the component, two groups, an endpoint, a gateway, two configurations and two
    // connections.
    assert.deepEqual((await project.preview(program)).changeSummary, { create: 13 });
    const outputs = await project.up(program);
    assert.deepEqual(seen, { connections: true, executionRolePolicy: true, resourceGatewayId: false });
    assert.equal(outputs.connections.value.hidden.domainName, "hidden-2b8e.example.com");
    assert.deepEqual([outputs.connections.secret, outputs.policy.secret, outputs.gateway.secret], [true, true, false]);
    const stored = JSON.stringify(project.stored());
    for (const secret of ["hidden-2b8e", "key-9c1d", "key-7f3a"]) {
        assert.ok(!stored.includes(secret), secret);
    }
    assert.ok(stored.includes("open.example.com"));
    await project.unchanged(program);
    await project.finish();
});

test("transforms of the component and of the stack reach every child", async (test) => {
    const project = await Project.make(test);
    const seen = new Set();
    const program = async () => {
        pulumi.runtime.registerResourceTransform((args) => {
            seen.add(args.name);
            return undefined;
        });
        const tag = async (args) =>
            args.type === token("InterfaceEndpoint") ? { props: { ...args.props, tags: { by: "us" } }, opts: args.opts } : undefined;
        new Component("private", { ...project.network, ...ONE_ENDPOINT }, { transforms: [tag] });
    };
    await project.up(program);
    assert.ok(["private", "private-endpoints", "private-states"].every((name) => seen.has(name)), [...seen].join());
    assert.deepEqual(project.stored()["InterfaceEndpoint::private-states"].outputs.tagsAll, { by: "us" });
    await project.unchanged(program);
    await project.finish();
});

test("an error hook can repeat the create, and an after hook sees the outputs of the object", async (test) => {
    const project = await Project.make(test);
    const seen = [];
    const program = async () => {
        const again = new pulumi.ErrorHook("again", (args) => {
            seen.push(`failed ${args.failedOperation}`);
            return true;
        });
        const after = new pulumi.ResourceHook("after", (args) => {
            seen.push(args.newOutputs.state);
        });
        new Custom("Connection", "connection", { auth: apiKey("one") }, { hooks: { onError: [again], afterCreate: [after] } });
    };
    await project.control("faults", { operation: "CreateConnection", kind: "access_denied" });
    await project.up(program);
    assert.deepEqual(seen, ["failed create", "AUTHORIZED"]);
    assert.equal((await project.made("connection")).length, 1);
    await project.finish();
});

test("an explicit provider reaches the component and its children, in a map and through a component", async (test) => {
    const project = await Project.make(test);
    const program = async () => {
        const provider = new Provider("explicit", { defaultTags: { tags: { by: "explicit" } }, maxRetries: 3 });
        new Component("mapped", { ...project.network, ...ONE_ENDPOINT }, { providers: { [PACKAGE]: provider } });
        const outer = new pulumi.ComponentResource("test:index:Platform", "platform", {}, { providers: [provider] });
        new Component("nested", { ...project.network, endpoints: { states: false } }, { parent: outer });
    };
    await project.up(program);
    const stored = project.stored();
    for (const child of ["InterfaceEndpoint::mapped-states", "InterfaceEndpoint::nested-sync-states"]) {
        assert.match(stored[child].provider, /::explicit::/);
        assert.deepEqual(stored[child].outputs.tagsAll, { by: "explicit" });
    }
    await project.unchanged(program);
    await project.finish();
});

test("get reads a resource by its id, and a user of an output is deleted before the output's source", async (test) => {
    const project = await Project.make(test);
    let group;
    const program = async () => {
        const component = new Component("private", { ...project.network, ...ONE_ENDPOINT });
        new Custom("InterfaceEndpoint", "user", {
            ...project.network,
            service: "execute-api",
            privateDnsEnabled: false,
            securityGroupIds: [component.endpointSecurityGroupId],
        });
        const found = group && new Custom("SecurityGroup", "found", {}, { id: group });
        return { group: component.endpointSecurityGroupId, found: found?.arn };
    };
    group = (await project.up(program)).group.value;
    assert.match((await project.up(program)).found.value, new RegExp(`${group}$`));
    await project.finish();
    const operations = await project.operations();
    assert.ok(operations.indexOf("DeleteVpcEndpoints") < operations.indexOf("DeleteSecurityGroup"), operations.join());
});

// By kind: its inputs, and an id of that kind that no object has.
const KINDS = {
    SecurityGroup: [(project) => ({ vpcId: project.vpc }), "sg-0123456789abcdef0"],
    InterfaceEndpoint: [(project, group) => ({ ...project.network, service: "states", securityGroupIds: [group] }), "vpce-0123456789abcdef0"],
    ResourceGateway: [(project, group) => ({ ...project.network, securityGroupIds: [group] }), "rgw-0123456789abcdef0"],
    ResourceConfiguration: [
        (project, group, gateway) => ({ resourceGatewayId: gateway, ports: ["443"], target: { domainName: "orders.example.com" } }),
        "rcfg-0123456789abcdef0",
    ],
    Connection: [() => ({ auth: apiKey("one") }), "nobody"],
};

test("a program can check for each kind whether an object exists, and the check changes nothing", async (test) => {
    const project = await Project.make(test);
    const ids = {};
    const program = async () => {
        const group = new Custom("SecurityGroup", "group", { vpcId: project.vpc });
        const gateway = new Custom("ResourceGateway", "gateway", { ...project.network, securityGroupIds: [group.id] });
        const found = {};
        for (const [kind, [inputs, nobody]] of Object.entries(KINDS)) {
            const made = new Custom(kind, `a-${kind}`.toLowerCase(), inputs(project, group.id, gateway.id));
            const known = ids[kind] ? existsResource(token(kind), ids[kind]) : undefined;
            found[kind] = { id: made.id, known, nobody: existsResource(token(kind), nobody), late: existsResource(token(kind), made.id) };
        }
        return found;
    };
    const first = await project.up(program);
    for (const kind of Object.keys(KINDS)) {
        assert.deepEqual([first[kind].value.nobody, first[kind].value.late], [false, true], kind);
        ids[kind] = first[kind].value.id;
    }
    const before = (await project.operations()).length;
    const second = await project.up(program);
    for (const kind of Object.keys(KINDS)) {
        assert.deepEqual([second[kind].value.nobody, second[kind].value.known], [false, true], kind);
    }
    assert.deepEqual((await project.operations()).slice(before), []);
    assert.deepEqual(Object.keys(project.stored()).filter((end) => end.includes("__exists__")), []);
    await project.finish();
});
