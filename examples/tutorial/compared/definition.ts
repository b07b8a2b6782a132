import * as pulumi from "@pulumi/pulumi";

// A state machine with one HTTP task, which calls a private API with GET.
export function definition(connectionArn: pulumi.Input<string>, url: pulumi.Input<string>): pulumi.Output<string> {
    return pulumi.jsonStringify({
        QueryLanguage: "JSONata",
        StartAt: "GetOrders",
        States: {
            GetOrders: {
                Type: "Task",
                Resource: "arn:aws:states:::http:invoke",
                Arguments: {
                    ApiEndpoint: url,
                    Method: "GET",
                    InvocationConfig: { ConnectionArn: connectionArn },
                },
                // It can take some minutes until calls through a new connection work. The waits fit into the five minutes
                // of an Express execution.
                Retry: [
                    {
                        ErrorEquals: [
                            "Events.ConnectionResource.AuthInProgress",
                            "Events.ConnectionResource.InvalidPrivateConnectionState",
                            "Events.ConnectionResource.ConcurrentModification",
                            "Events.ConnectionResource.InternalError",
                        ],
                        IntervalSeconds: 5, BackoffRate: 2.0, MaxDelaySeconds: 60, MaxAttempts: 4,
                    },
                    {
                        ErrorEquals: [
                            "States.Http.StatusCode.429", "States.Http.StatusCode.502",
                            "States.Http.StatusCode.503", "States.Http.StatusCode.504",
                        ],
                        IntervalSeconds: 1, BackoffRate: 2.0, MaxDelaySeconds: 30, MaxAttempts: 3, JitterStrategy: "FULL",
                    },
                    // A timeout. Retry it only for methods that can be repeated, such as GET.
                    { ErrorEquals: ["States.Http.Socket"], IntervalSeconds: 5, BackoffRate: 2.0, MaxDelaySeconds: 30, MaxAttempts: 1 },
                ],
                Output: "{% $states.result.ResponseBody %}",
                End: true,
            },
        },
    });
}
