import * as pulumi from "@pulumi/pulumi";
import { PrivateStepFunctions } from "pulumi-private-step-functions";

import { existing } from "./existing";

const config = new pulumi.Config();
new PrivateStepFunctions(
    "main",
    { vpcId: config.require("vpcId"), subnetIds: config.requireObject<string[]>("subnetIds") },
    { transforms: [existing] },
);
