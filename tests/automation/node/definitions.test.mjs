// Definitions that `httpTask` writes, judged by a validator that is not ours. It knows the structure of states and the syntax of
// expressions, but nothing of HTTP tasks: the rules for those are tested in src/functions/http_task/tests.rs.

import assert from "node:assert/strict";
import { test } from "node:test";

import * as pulumi from "@pulumi/pulumi";
import validate from "asl-validator";

import { Project, token } from "./project.mjs";

const connectionArn = "arn:aws:events:eu-west-1:123456789012:connection/orders/0a1b2c3d";
const api = {
    arn: connectionArn,
    name: "orders",
    state: "ACTIVE",
    secretArn: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:events!connection/orders/0a1b2c3d",
    resourceConfigurationArn: "arn:aws:vpc-lattice:eu-west-1:123456789012:resourceconfiguration/rcfg-0a1b2c3d4e5f60718",
    executionRolePolicy: "{}",
    urls: ["https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod/*"],
    parameterNames: { headers: ["x-api-key"], queryString: [], body: [] },
};
const url = "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod/orders";
const JSONPATH = { queryLanguage: "JSONPath" };
const FORM = { encoding: "URL_ENCODED", arrayFormat: "BRACKETS" };

const TASKS = {
    "the default": { connectionArn, url },
    "every method": ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"].map((method) => ({ connectionArn, url, method })),
    "a path of an entry": { api, path: "/orders" },
    "expressions of JSONata": {
        api,
        path: "{% '/orders/' & $states.input.id %}",
        method: "{% $states.input.method %}",
        headers: { "Idempotency-Key": "{% $states.context.Execution.Id %}" },
        queryParameters: { since: "{% $states.input.since %}", fields: ["id", "total"], limit: 10 },
        body: { order: "{% $states.input.order %}", note: null },
        fields: { Output: "{% $states.result.ResponseBody %}", Assign: { status: "{% $states.result.StatusCode %}" } },
    },
    "a body that is an expression": { connectionArn, url, method: "PUT", body: "{% $states.input.order %}" },
    "paths of JSONPath": {
        ...JSONPATH,
        api,
        path: "States.Format('/orders/{}', $.id)",
        method: "$.method",
        headers: { "Idempotency-Key.$": "$$.Execution.Id" },
        queryParameters: { "since.$": "$.since" },
        body: { "order.$": "$.order", fixed: 1.5 },
        fields: { ResultSelector: { "status.$": "$.StatusCode" }, ResultPath: "$.answer" },
    },
    "a body that is a path": { ...JSONPATH, connectionArn, url: "$.url", method: "POST", body: "$.order" },
    "a form": { connectionArn, url, method: "POST", body: { ids: [1, 2] }, transform: FORM },
    "an Express workflow with a timeout": { connectionArn, url, stateMachineType: "EXPRESS", timeoutSeconds: 10 },
    "retriers of the caller": {
        connectionArn,
        url,
        retriers: [
            { errorEquals: ["States.Http.StatusCode.401"], maxAttempts: 1 },
            { errorEquals: ["A"], intervalSeconds: 2, backoffRate: 1.5, maxDelaySeconds: 10, jitterStrategy: "FULL" },
        ],
    },
    "no retries": { connectionArn, url, retry: "none" },
};

// The state that `next` and `Catch` name.
const LAST = { Type: "Succeed" };

test("a validator that is not ours accepts every definition", async (test) => {
    const project = await Project.make(test);
    const tasks = Object.entries(TASKS).flatMap(([name, tasks]) => [tasks].flat().map((task) => [name, task]));
    const call = (task) => pulumi.runtime.invoke(token("httpTask"), task);
    const { answers } = await project.up(async () => ({
        answers: await Promise.all(tasks.map(async ([name, task]) => ({ name, ...(await call(task)) }))),
    }));
    assert.equal(answers.value.length, tasks.length);
    for (const { name, definition } of answers.value) {
        const judged = validate(JSON.parse(definition));
        assert.ok(judged.isValid, `${name}: ${judged.errorsText()}\n${definition}`);
    }
    // `json` keeps what an API may ask for; numbers are those of the program.
    const body = JSON.parse(answers.value.find(({ name }) => name === "expressions of JSONata").json).Arguments.RequestBody;
    assert.deepEqual(body, { order: "{% $states.input.order %}", note: null });

    const { chained } = await project.up(async () => ({
        chained: await call({
            connectionArn,
            url,
            next: "Last",
            fields: { Catch: [{ ErrorEquals: ["States.ALL"], Next: "Last" }] },
        }),
    }));
    assert.equal(chained.value.definition, undefined);
    const whole = { StartAt: "Call", States: { Call: chained.value.state, Last: LAST } };
    const judged = validate(whole);
    assert.ok(judged.isValid, judged.errorsText());
    // The validator does judge.
    whole.States.Call.Next = "Nowhere";
    assert.ok(!validate(whole).isValid);
    await project.finish();
});
