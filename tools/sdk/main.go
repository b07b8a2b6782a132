// Writes the SDKs of a package: Pulumi's own generators over the schema that the plugin serves.
//
// Usage: sdk SCHEMA DIR      writes DIR/{nodejs,python,go,dotnet}, each anew, and DIR/schema.json: the schema with its
// examples in every language, as a registry shows them
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: sdk SCHEMA DIR")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "sdk:", err)
		os.Exit(1)
	}
}

func run(path, dir string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var spec schema.PackageSpec
	if err := json.Unmarshal(text, &spec); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	pkg, err := bind(spec)
	if err != nil {
		return err
	}
	if err := convertExamples(&spec, pkg); err != nil {
		return err
	}
	for _, language := range languages {
		if err := writeSDK(language, spec, filepath.Join(dir, language.name)); err != nil {
			return fmt.Errorf("%s: %w", language.name, err)
		}
	}
	published, err := marshal(spec)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "schema.json"), published, 0o644)
}

func writeSDK(language language, spec schema.PackageSpec, dir string) error {
	spec, err := inLanguage(spec, language.name)
	if err != nil {
		return err
	}
	// The generators change the package that they are given, so each gets one of its own.
	if language.name == "nodejs" || language.name == "python" {
		spec.Keywords = keywords(spec.Keywords)
	}
	pkg, err := bind(spec)
	if err != nil {
		return err
	}
	files, err := language.generate(pkg)
	if err != nil {
		return err
	}
	if err := language.complete(files, spec); err != nil {
		return err
	}
	if files["README.md"], err = readme(language, spec); err != nil {
		return err
	}
	// Removed first, so that a file which is generated no more does not stay.
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func bind(spec schema.PackageSpec) (*schema.Package, error) {
	pkg, diagnostics, err := schema.BindSpec(spec, loader{}, schema.ValidationOptions{})
	if err != nil {
		return nil, err
	}
	if len(diagnostics) > 0 {
		return nil, diagnostics
	}
	return pkg, pkg.ImportLanguages(importers())
}

// JSON for people: Go would write `&` and `<` in codes.
func marshal(spec schema.PackageSpec) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(spec)
	return text.Bytes(), err
}
