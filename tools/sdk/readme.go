package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

// The page that a package registry shows: what it is, how to get it, the first example in the language at hand.
func readme(language language, spec schema.PackageSpec) ([]byte, error) {
	name, err := language.publishedName(spec)
	if err != nil {
		return nil, err
	}
	for _, resource := range spec.Resources {
		if !resource.IsComponent {
			continue
		}
		example := regexp.MustCompile("(?s)```" + language.fence + "\n.*?```").FindString(resource.Description)
		if example == "" {
			return nil, fmt.Errorf("the component has no example")
		}
		plugin := spec.Name + " " + spec.Version
		from := "--file TARBALL"
		if spec.PluginDownloadURL != "" {
			from = "--server " + spec.PluginDownloadURL
		}
		lines := []string{
			"# " + spec.DisplayName + " for Pulumi", "",
			spec.Description, "",
			"```sh", language.install + " " + name, "```", "",
			example, "",
			"The SDK asks for exactly its own version of the plugin:", "",
			"```sh", "pulumi plugin install resource " + plugin + " " + from, "```", "",
			spec.Attribution, "",
		}
		return []byte(strings.Join(lines, "\n")), nil
	}
	return nil, fmt.Errorf("the schema has no component")
}
