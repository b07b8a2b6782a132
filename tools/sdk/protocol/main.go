// Writes the descriptors of the Pulumi protocol, as the Go SDK ships them, to the file that is given: a serialized
// google.protobuf.FileDescriptorSet. Names, numbers and types only, in the order of the files' names, so that the bytes depend on
// the version of the SDK alone.
package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
)

// What a provider serves, calls or answers with. Pulumi's other files are about programs, policies and converters.
var files = []protoreflect.FileDescriptor{
	pulumirpc.File_pulumi_alias_proto,
	pulumirpc.File_pulumi_callback_proto,
	pulumirpc.File_pulumi_engine_proto,
	pulumirpc.File_pulumi_errors_proto,
	pulumirpc.File_pulumi_plugin_proto,
	pulumirpc.File_pulumi_provider_proto,
	pulumirpc.File_pulumi_resource_proto,
	pulumirpc.File_pulumi_resource_status_proto,
	pulumirpc.File_pulumi_source_proto,
	status.File_google_rpc_status_proto,
}

func main() {
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(file string) error {
	var set descriptorpb.FileDescriptorSet
	for _, file := range files {
		descriptor := protodesc.ToFileDescriptorProto(file)
		descriptor.Options = nil
		for _, message := range descriptor.MessageType {
			dropJSONNames(message)
		}
		set.File = append(set.File, descriptor)
	}
	slices.SortFunc(set.File, func(a, b *descriptorpb.FileDescriptorProto) int {
		return cmp.Compare(a.GetName(), b.GetName())
	})
	bytes, err := proto.MarshalOptions{Deterministic: true}.Marshal(&set)
	if err != nil {
		return err
	}
	return os.WriteFile(file, bytes, 0o644)
}

// They follow from the names.
func dropJSONNames(message *descriptorpb.DescriptorProto) {
	for _, field := range message.Field {
		field.JsonName = nil
	}
	for _, nested := range message.NestedType {
		dropJSONNames(nested)
	}
}
