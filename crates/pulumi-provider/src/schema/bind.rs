//! Makes the tables from the parsed schema: resolves references and attaches extensions to what they constrain.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::{
    Autoname, Constraints, EnumSchema, FunctionSchema, Group, Item, ObjectSchema, Property, ResourceSchema,
    SchemaError, Type, TypeSchema, Vocabulary, spec,
};

pub(super) struct Tables {
    pub(super) config: ObjectSchema,
    pub(super) resources: BTreeMap<String, ResourceSchema>,
    pub(super) functions: BTreeMap<String, FunctionSchema>,
    pub(super) types: BTreeMap<String, TypeSchema>,
}

pub(super) fn bind(package: &spec::Package, vocabulary: &Vocabulary) -> Result<Tables, SchemaError> {
    if package.version.is_some() {
        return Err(SchemaError::Version);
    }
    let mut binder = Binder {
        written: &package.types,
        vocabulary,
        bound: BTreeMap::new(),
        open: Vec::new(),
    };
    for token in package.types.keys() {
        binder.named(token, token)?;
    }
    let config = binder.object(
        "config",
        &package.config.variables,
        &package.config.defaults,
        &NO_EXTENSION,
    )?;
    let mut resources = BTreeMap::new();
    for (token, written) in &package.resources {
        resources.insert(token.clone(), binder.resource(token, written)?);
    }
    let mut functions = BTreeMap::new();
    for (token, written) in &package.functions {
        functions.insert(token.clone(), binder.function(token, written)?);
    }
    Ok(Tables {
        config,
        resources,
        functions,
        types: binder.bound,
    })
}

const NO_EXTENSION: spec::ObjectExtension = spec::ObjectExtension {
    exactly_one_of: Vec::new(),
    at_most_one_of: Vec::new(),
    autoname: None,
};

struct Binder<'a> {
    written: &'a BTreeMap<String, spec::ComplexType>,
    vocabulary: &'a Vocabulary,
    bound: BTreeMap<String, TypeSchema>,
    /// The types being bound now, outermost first. A reference to one of them is a cycle.
    open: Vec<String>,
}

impl Binder<'_> {
    fn resource(&mut self, token: &str, written: &spec::Resource) -> Result<ResourceSchema, SchemaError> {
        let extension = &written.language.rust;
        let inputs = self.object(
            &format!("{token} input"),
            &written.input_properties,
            &written.required_inputs,
            extension,
        )?;
        let outputs = self.object(
            &format!("{token} output"),
            &written.properties,
            &written.required,
            &NO_EXTENSION,
        )?;
        let autoname = extension
            .autoname
            .as_ref()
            .map(|name| Autoname::bind(token, name, &inputs))
            .transpose()?;
        Ok(ResourceSchema {
            token: token.to_owned(),
            description: written.description.clone(),
            is_component: written.is_component,
            inputs: Arc::new(inputs),
            outputs: Arc::new(outputs),
            autoname,
        })
    }

    fn function(&mut self, token: &str, written: &spec::Function) -> Result<FunctionSchema, SchemaError> {
        let mut object = |what: &str, written: &spec::Object| {
            let extension = &written.language.rust;
            if extension.autoname.is_some() {
                return Err(invalid(token, "only resources have automatic names"));
            }
            self.object(
                &format!("{token} {what}"),
                &written.properties,
                &written.required,
                extension,
            )
        };
        Ok(FunctionSchema {
            token: token.to_owned(),
            inputs: object("argument", &written.inputs)?,
            outputs: object("answer", &written.outputs)?,
        })
    }

    /// Returns the type with this token. Binds it on first use.
    fn named(&mut self, at: &str, token: &str) -> Result<TypeSchema, SchemaError> {
        if let Some(bound) = self.bound.get(token) {
            return Ok(bound.clone());
        }
        let Some(written) = self.written.get(token) else {
            return Err(SchemaError::UnknownReference {
                at: at.to_owned(),
                reference: token.to_owned(),
            });
        };
        if self.open.iter().any(|open| open == token) {
            return Err(SchemaError::Cycle(token.to_owned()));
        }
        self.open.push(token.to_owned());
        let bound = match (&written.variants, written.kind) {
            (Some(variants), spec::Primitive::String) => TypeSchema::Enum(Arc::new(EnumSchema {
                token: token.to_owned(),
                values: variants.iter().map(|variant| variant.value.clone()).collect(),
            })),
            (None, spec::Primitive::Object) => {
                let extension = &written.language.rust;
                if extension.autoname.is_some() {
                    return Err(invalid(token, "only resources have automatic names"));
                }
                TypeSchema::Object(Arc::new(self.object(
                    token,
                    &written.properties,
                    &written.required,
                    extension,
                )?))
            }
            _ => return Err(invalid(token, "neither an object nor an enum of texts")),
        };
        self.open.pop();
        self.bound.insert(token.to_owned(), bound.clone());
        Ok(bound)
    }

    fn object(
        &mut self,
        at: &str,
        written: &BTreeMap<String, spec::Property>,
        required: &[String],
        extension: &spec::ObjectExtension,
    ) -> Result<ObjectSchema, SchemaError> {
        let mut properties = BTreeMap::new();
        for (name, property) in written {
            let path = format!("{at} {name}");
            properties.insert(name.clone(), self.property(&path, property, required.contains(name))?);
        }
        let groups = groups(extension);
        for name in groups.iter().flat_map(Group::names).chain(required) {
            if !properties.contains_key(name) {
                return Err(invalid(at, &format!("required or grouped, but not a property: {name}")));
            }
        }
        Ok(ObjectSchema { properties, groups })
    }

    fn property(&mut self, at: &str, written: &spec::Property, required: bool) -> Result<Property, SchemaError> {
        let type_ref = spec::TypeRef {
            kind: written.kind,
            reference: written.reference.clone(),
            items: written.items.clone(),
            additional_properties: written.additional_properties.clone(),
            one_of: written.one_of.clone(),
            plain: written.plain,
        };
        let rules = &written.language.rust;
        let kind = self.type_of(at, &type_ref, Some(rules))?;
        if let Some(default) = &written.default
            && !fits(&kind, default)
        {
            return Err(invalid(at, "the default does not fit the type"));
        }
        Ok(Property {
            constraints: Constraints::bind(at, rules, &kind, self.vocabulary)?,
            same: self.vocabulary.same(at, rules.same.as_deref())?,
            kind,
            required,
            secret: written.secret,
            replace: written.will_replace_on_changes,
            plain: written.plain,
            stable: rules.stable,
            service_default: rules.service_default,
            default: written.default.clone(),
            description: written.description.clone(),
        })
    }

    fn type_of(&mut self, at: &str, written: &spec::TypeRef, rules: Option<&spec::Rules>) -> Result<Type, SchemaError> {
        if let Some(variants) = &written.one_of {
            let variants = variants
                .iter()
                .map(|variant| self.type_of(at, variant, None))
                .collect::<Result<_, _>>()?;
            return Ok(Type::Union(variants));
        }
        if let Some(reference) = &written.reference {
            return self.reference(at, reference);
        }
        Ok(match (written.kind, &written.items, &written.additional_properties) {
            (Some(spec::Primitive::Boolean), None, None) => Type::Boolean,
            (Some(spec::Primitive::Integer), None, None) => Type::Integer,
            (Some(spec::Primitive::Number), None, None) => Type::Number,
            (Some(spec::Primitive::String), None, None) => Type::String,
            (Some(spec::Primitive::Array), Some(items), None) => Type::Array(Box::new(self.item(
                at,
                items,
                rules.and_then(|rules| rules.items.as_deref()),
            )?)),
            (Some(spec::Primitive::Object), None, Some(values)) => Type::Map(Box::new(self.item(
                at,
                values,
                rules.and_then(|rules| rules.values.as_deref()),
            )?)),
            _ => {
                return Err(invalid(
                    at,
                    "a type needs type, $ref or oneOf, lists need items, maps additionalProperties",
                ));
            }
        })
    }

    fn item(&mut self, at: &str, written: &spec::TypeRef, rules: Option<&spec::Rules>) -> Result<Item, SchemaError> {
        let kind = self.type_of(at, written, rules)?;
        let none = spec::Rules::default();
        let rules = rules.unwrap_or(&none);
        let constraints = Constraints::bind(at, rules, &kind, self.vocabulary)?;
        Ok(Item {
            kind,
            plain: written.plain,
            constraints,
            same: self.vocabulary.same(at, rules.same.as_deref())?,
        })
    }

    fn reference(&mut self, at: &str, reference: &str) -> Result<Type, SchemaError> {
        match reference {
            "pulumi.json#/Any" => return Ok(Type::Any),
            "pulumi.json#/Json" => return Ok(Type::String),
            _ => {}
        }
        let Some(token) = reference.strip_prefix("#/types/") else {
            return Err(SchemaError::UnknownReference {
                at: at.to_owned(),
                reference: reference.to_owned(),
            });
        };
        Ok(match self.named(at, token)? {
            TypeSchema::Object(object) => Type::Object(object),
            TypeSchema::Enum(variants) => Type::Enum(variants),
        })
    }
}

pub(super) fn invalid(at: &str, problem: &str) -> SchemaError {
    SchemaError::Invalid {
        at: at.to_owned(),
        problem: problem.to_owned(),
    }
}

fn groups(extension: &spec::ObjectExtension) -> Vec<Group> {
    let exactly = extension.exactly_one_of.iter().cloned().map(Group::ExactlyOneOf);
    exactly
        .chain(extension.at_most_one_of.iter().cloned().map(Group::AtMostOneOf))
        .collect()
}

/// Reports whether a default fits the type. Pulumi's metaschema allows only scalars as defaults.
fn fits(kind: &Type, default: &Value) -> bool {
    match kind {
        Type::Boolean => default.is_boolean(),
        Type::Integer => default.is_i64(),
        Type::Number => default.is_number(),
        Type::String => default.is_string(),
        Type::Enum(variants) => default
            .as_str()
            .is_some_and(|text| variants.values.iter().any(|value| value == text)),
        Type::Array(_) | Type::Map(_) | Type::Object(_) | Type::Any | Type::Union(_) => false,
    }
}
