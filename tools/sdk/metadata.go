package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

// The oldest versions of the languages that the oldest SDKs of Pulumi which ours take work with.
const (
	oldestNode   = ">=18"
	oldestPython = ">=3.10"
)

// What a package index of Python shows and filters by.
var classifiers = []string{
	"Development Status :: 4 - Beta",
	"Intended Audience :: Developers",
	"Intended Audience :: System Administrators",
	"License :: OSI Approved :: Apache Software License",
	"Operating System :: OS Independent",
	"Programming Language :: Python :: 3 :: Only",
	"Topic :: System :: Systems Administration",
	"Typing :: Typed",
}

// Leaves only keywords that people search for. `category/cloud` and `kind/native` are marks for the Pulumi Registry.
func keywords(all []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(keyword string) bool { return strings.Contains(keyword, "/") })
}

// Completes what the generator writes into the package's metadata.
func (l language) complete(files map[string][]byte, spec schema.PackageSpec) error {
	edit := func(name string, edits ...[2]string) error { return replaceOnce(files, name, edits...) }
	switch l.name {
	case "nodejs":
		about := fmt.Sprintf("    \"author\": %s,\n    \"engines\": {\n        \"node\": %s\n    },\n",
			quoted(spec.Publisher), quoted(oldestNode))
		return edit("package.json", [2]string{`(?m)^    "scripts": `, about + `    "scripts": `})
	case "python":
		about := fmt.Sprintf("  authors = [{name = %s}]\n  classifiers = %s\n", quoted(spec.Publisher), quoted(classifiers))
		return edit("pyproject.toml",
			[2]string{`(?m)^  dependencies = `, about + `  dependencies = `},
			[2]string{`(?m)^  requires-python = .*$`, `  requires-python = ` + quoted(oldestPython)})
	case "go":
		return withoutExists(files)
	case "dotnet":
		// Directories below have the text of the package again.
		maps.DeleteFunc(files, func(name string, _ []byte) bool {
			return path.Base(name) == "README.md" && name != "README.md"
		})
		project, err := only(files, "*.csproj")
		if err != nil {
			return err
		}
		tags := "    <PackageTags>" + strings.Join(keywords(spec.Keywords), " ") + "</PackageTags>\n"
		// An empty address is not a valid one.
		return edit(project,
			[2]string{`(?m)^    <(PackageProjectUrl|RepositoryUrl)></\w+>\n`, ""},
			[2]string{`(?m)^    <PackageIcon>`, tags + `    <PackageIcon>`})
	}
	return fmt.Errorf("no metadata for %s", l.name)
}

// The generator writes for each resource a function that calls `ExistsResource` of Pulumi's SDK. Only versions since 3.269 have
// it, and these need Go 1.26. Without these functions, the SDK compiles with every version that the other languages take.
func withoutExists(files map[string][]byte) error {
	function := regexp.MustCompile(`(?s)// (\w+)Exists checks whether an existing \w+ resource .*?\n}\n\n`)
	for name, text := range files {
		if path.Ext(name) == ".go" {
			files[name] = function.ReplaceAll(text, nil)
		}
		if strings.Contains(string(files[name]), "ExistsResource") {
			return fmt.Errorf("%s calls ExistsResource", name)
		}
	}
	return nil
}

// Applies each edit, a pattern and its literal replacement. A pattern that is not there is an error.
func replaceOnce(files map[string][]byte, name string, edits ...[2]string) error {
	for _, edit := range edits {
		pattern := regexp.MustCompile(edit[0])
		if edit[1] != "" && !pattern.Match(files[name]) {
			return fmt.Errorf("%s has no %s", name, edit[0])
		}
		files[name] = pattern.ReplaceAllLiteral(files[name], []byte(edit[1]))
	}
	return nil
}

func only(files map[string][]byte, pattern string) (string, error) {
	for name := range files {
		if matches, _ := path.Match(pattern, name); matches {
			return name, nil
		}
	}
	return "", fmt.Errorf("there is no %s", pattern)
}

// JSON, which is how TOML writes the same values too.
func quoted(value any) string {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err)
	}
	return strings.ReplaceAll(strings.TrimSpace(text.String()), `","`, `", "`)
}
