// AWS Step Functions without the internet, in both directions: programs in a VPC reach Step Functions through interface endpoints, and state machines call private HTTPS APIs through an EventBridge connection and Amazon VPC Lattice. One component declares all of it; the five resources it is made of can be used alone.
package privatestepfunctions
