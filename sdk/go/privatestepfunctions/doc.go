// Makes AWS Step Functions private, without the internet, in both directions. Programs in a VPC reach Step Functions through interface endpoints. State machines call private HTTPS APIs through an EventBridge connection and Amazon VPC Lattice. One component creates everything. Its five resources can also be used on their own.
package privatestepfunctions
