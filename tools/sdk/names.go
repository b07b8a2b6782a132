package main

import (
	"encoding/json"
	"regexp"
	"strings"

	gogen "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

// Resource options that descriptions name. They are no properties of the schema, but have names in each language too.
var options = []string{"customTimeouts", "deleteBeforeReplace", "ignoreChanges", "protect", "replaceOnChanges", "retainOnDelete"}

// Names of AWS that are names of properties too. Alone they stand for the AWS name: `states`, but `endpoints.states`.
var ofAWS = map[string]bool{"states": true}

// Each language's spelling of a property. The generators print descriptions as they are, except for `{{% ref %}}`, which the
// one for .NET does not know and which can stand in no code span.
var spellings = map[string]func(string) string{"python": python.PyName, "go": gogen.Title, "dotnet": gogen.Title}

// A code span with a name, or with a path of names.
var span = regexp.MustCompile("(^|[^`])`([a-z][A-Za-z0-9]*(?:\\.[a-z][A-Za-z0-9]*)*)`")

// Returns the schema with properties in its descriptions spelled as the language spells them. Its examples, and everything else
// that is code, stay.
func inLanguage(spec schema.PackageSpec, language string) (schema.PackageSpec, error) {
	spelling, found := spellings[language]
	if !found {
		return spec, nil
	}
	text, err := json.Marshal(spec)
	if err != nil {
		return spec, err
	}
	var document any
	if err := json.Unmarshal(text, &document); err != nil {
		return spec, err
	}
	known := map[string]bool{}
	for _, option := range options {
		known[option] = true
	}
	collect(document, known)
	respell(document, func(description string) string { return spelled(description, known, spelling) })
	if text, err = json.Marshal(document); err != nil {
		return spec, err
	}
	var own schema.PackageSpec
	return own, json.Unmarshal(text, &own)
}

// Collects the names of all properties.
func collect(value any, known map[string]bool) {
	switch value := value.(type) {
	case map[string]any:
		for key, inner := range value {
			if properties, ok := inner.(map[string]any); ok && (key == "properties" || key == "inputProperties" || key == "variables") {
				for name := range properties {
					known[name] = true
				}
			}
			collect(inner, known)
		}
	case []any:
		for _, inner := range value {
			collect(inner, known)
		}
	}
}

// Changes each description. A property that is called `description` is an object, not a text.
func respell(value any, change func(string) string) {
	switch value := value.(type) {
	case map[string]any:
		for key, inner := range value {
			if text, ok := inner.(string); ok && key == "description" {
				value[key] = change(text)
			}
			respell(inner, change)
		}
	case []any:
		for _, inner := range value {
			respell(inner, change)
		}
	}
}

func spelled(description string, known map[string]bool, spelling func(string) string) string {
	lines, fenced := strings.Split(description, "\n"), false
	for index, line := range lines {
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
		}
		if fenced || strings.HasPrefix(line, "    ") {
			continue
		}
		lines[index] = span.ReplaceAllStringFunc(line, func(text string) string {
			parts := span.FindStringSubmatch(text)
			names := strings.Split(parts[2], ".")
			if len(names) == 1 && ofAWS[names[0]] {
				return text
			}
			for index, name := range names {
				if !known[name] {
					return text
				}
				names[index] = spelling(name)
			}
			return parts[1] + "`" + strings.Join(names, ".") + "`"
		})
	}
	return strings.Join(lines, "\n")
}
