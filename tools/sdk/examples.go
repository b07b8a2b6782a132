package main

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi-yaml/pkg/pulumiyaml"
	yamlgen "github.com/pulumi/pulumi-yaml/pkg/pulumiyaml/codegen"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

// An example in YAML, and what stands before it: the languages whose conversion would not compile are written by hand.
var example = regexp.MustCompile("(?s)({{% example %}}.*?)```yaml\n(.*?)```\n")

// Adds to each YAML example of the schema's resources and functions the same program in the other languages.
func convertExamples(spec *schema.PackageSpec, pkg *schema.Package) error {
	for token, resource := range spec.Resources {
		description, err := withEveryLanguage(resource.Description, loader{pkg: pkg})
		if err != nil {
			return fmt.Errorf("an example of %s: %w", token, err)
		}
		resource.Description = description
		spec.Resources[token] = resource
	}
	for token, function := range spec.Functions {
		description, err := withEveryLanguage(function.Description, loader{pkg: pkg})
		if err != nil {
			return fmt.Errorf("an example of %s: %w", token, err)
		}
		function.Description = description
		spec.Functions[token] = function
	}
	return nil
}

func withEveryLanguage(description string, from loader) (string, error) {
	var failed error
	converted := example.ReplaceAllStringFunc(description, func(text string) string {
		found := example.FindStringSubmatch(text)
		byHand, program := found[1], found[2]
		others, err := inEveryOtherLanguage(program, byHand, from)
		if err != nil {
			failed = err
		}
		return byHand + others + strings.TrimPrefix(text, byHand)
	})
	return converted, failed
}

func inEveryOtherLanguage(program, byHand string, from loader) (string, error) {
	var blocks strings.Builder
	for _, language := range languages {
		if strings.Contains(byHand, "```"+language.fence+"\n") {
			continue
		}
		// A generator changes the program that it is given.
		template, diagnostics, err := pulumiyaml.LoadYAMLBytes("example", []byte(program))
		if err != nil {
			return "", err
		}
		if diagnostics.HasErrors() {
			return "", diagnostics
		}
		bound, found, err := yamlgen.EjectProgram(template, from)
		if err != nil {
			return "", err
		}
		if found.HasErrors() {
			return "", found
		}
		written, found, err := language.convert(bound)
		if err != nil {
			return "", err
		}
		if found.HasErrors() {
			return "", found
		}
		if len(written) != 1 {
			return "", fmt.Errorf("%d files in %s", len(written), language.fence)
		}
		for _, text := range written {
			if language.fence == "go" {
				text = withLookups(text, from.pkg)
			}
			fmt.Fprintf(&blocks, "```%s\n%s\n```\n", language.fence, strings.TrimSpace(string(text)))
		}
	}
	return blocks.String(), nil
}

// Gives the functions of a Go program the names that they have in the SDK: where the package has a resource X, it owns the name GetX,
// and the function is LookupX. The converter does not know that.
func withLookups(program []byte, pkg *schema.Package) []byte {
	for _, resource := range pkg.Resources {
		_, name, _ := strings.Cut(strings.TrimPrefix(resource.Token, pkg.Name+":"), ":")
		function := regexp.MustCompile(`\.Get(` + name + `(?:Output)?(?:Args)?\b)`)
		program = function.ReplaceAll(program, []byte(".Lookup$1"))
	}
	return program
}

// Loads our package from memory; the examples use no other.
type loader struct{ pkg *schema.Package }

func (l loader) LoadPackage(name string, _ *semver.Version) (*schema.Package, error) {
	if l.pkg == nil || name != l.pkg.Name {
		return nil, fmt.Errorf("the schema refers to the package %s", name)
	}
	return l.pkg, nil
}

func (l loader) LoadPackageV2(_ context.Context, wanted *schema.PackageDescriptor) (*schema.Package, error) {
	return l.LoadPackage(wanted.Name, nil)
}

func (l loader) LoadPackageReference(name string, version *semver.Version) (schema.PackageReference, error) {
	pkg, err := l.LoadPackage(name, version)
	if err != nil {
		return nil, err
	}
	return pkg.Reference(), nil
}

func (l loader) LoadPackageReferenceV2(_ context.Context, wanted *schema.PackageDescriptor) (schema.PackageReference, error) {
	return l.LoadPackageReference(wanted.Name, nil)
}
