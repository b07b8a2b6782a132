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
		parts := []string{
			"# " + spec.DisplayName + " for Pulumi",
			spec.Description,
			"It needs " + language.needs + " and the Pulumi CLI 3.200.0 or newer.",
			installation(language, spec, name),
			example,
			spec.Attribution,
		}
		return []byte(strings.Join(parts, "\n\n") + "\n"), nil
	}
	return nil, fmt.Errorf("the schema has no component")
}

// How to add the SDK to a program, and how its plugin comes to the machine.
func installation(language language, spec schema.PackageSpec, name string) string {
	plugin := "pulumi plugin install resource " + spec.Name + " " + spec.Version
	before := "Pulumi does not find the plugin by itself. Install the version of the SDK:"
	if spec.PluginDownloadURL != "" {
		plugin += " --server " + spec.PluginDownloadURL
		before = "Pulumi downloads the plugin when a program needs it. You can also install it before:"
	} else {
		plugin += " --file TARBALL"
	}
	add := []string{language.install + " " + name}
	about := ""
	switch {
	case language.name == "dotnet" && strings.HasPrefix(name, "Pulumi."):
		// Nobody but Pulumi may publish under the default namespace.
		about = "This SDK is not on nuget.org. Install the plugin, and let the CLI generate the SDK in your project:\n\n"
		add = []string{plugin, "pulumi package add " + spec.Name + "@" + spec.Version}
		return about + commands(add) + "\n\nOr refer to the project in this directory with `dotnet add reference`."
	case language.name == "go" && spec.Repository == "":
		about = "This module has no public repository yet. Let Go take it from a directory:\n\n"
		add = []string{"go mod edit -replace " + name + "=DIRECTORY", add[0] + "@v" + spec.Version}
	}
	return about + commands(add) + "\n\n" + before + "\n\n" + commands([]string{plugin})
}

func commands(lines []string) string {
	return "```sh\n" + strings.Join(lines, "\n") + "\n```"
}
