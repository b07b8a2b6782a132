//! A serde deserializer that reads property values.

use serde::de::value::{BorrowedStrDeserializer, MapAccessDeserializer};
use serde::de::{self, DeserializeSeed, Visitor};
use serde::forward_to_deserialize_any;

use super::super::{Map, ReferenceId, Value};
use super::{MAX_SAFE_INTEGER, Segment, TypedError};

/// Reads an object.
pub(super) struct MapReader<'de>(pub(super) &'de Map);

impl<'de> de::Deserializer<'de> for MapReader<'de> {
    type Error = TypedError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypedError> {
        visitor.visit_map(Entries::new(self.0))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypedError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, TypedError> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

#[derive(Clone, Copy)]
struct ValueReader<'de>(&'de Value);

impl<'de> de::Deserializer<'de> for ValueReader<'de> {
    type Error = TypedError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypedError> {
        match self.0.bare() {
            Value::Null => visitor.visit_unit(),
            Value::Bool(flag) => visitor.visit_bool(*flag),
            Value::Number(number) => visit_number(*number, visitor),
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(items) => visitor.visit_seq(Items {
                items: items.iter().enumerate(),
            }),
            Value::Object(map) => visitor.visit_map(Entries::new(map)),
            Value::Reference(reference) => match &reference.id {
                Some(ReferenceId::Known(id)) => visitor.visit_borrowed_str(id),
                Some(ReferenceId::Unknown) => Err(TypedError::new("not known yet")),
                None => visitor.visit_borrowed_str(&reference.urn),
            },
            Value::Asset(_) | Value::Archive(_) => Err(TypedError::new(format!(
                "expected a plain value, found {}",
                self.0.kind()
            ))),
            Value::Unknown | Value::Secret(_) | Value::Output(_) => Err(TypedError::new("not known yet")),
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypedError> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypedError> {
        match self.0.bare() {
            Value::Number(number) => visitor.visit_f64(*number),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypedError> {
        if self.0.is_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, TypedError> {
        visitor.visit_newtype_struct(self)
    }

    /// Reads an enum variant from its name, or from an object whose only non-null property has that name.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TypedError> {
        match self.0.bare() {
            Value::String(text) => visitor.visit_enum(BorrowedStrDeserializer::new(text)),
            Value::Object(map) if map.values().filter(|value| !value.is_null()).count() == 1 => {
                visitor.visit_enum(MapAccessDeserializer::new(Entries::new(map)))
            }
            Value::Object(_) => Err(TypedError::new("expected an object with exactly one property")),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypedError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier
    }
}

fn visit_number<'de, V: Visitor<'de>>(number: f64, visitor: V) -> Result<V::Value, TypedError> {
    let whole = number.fract() == 0.0 && number.abs() <= MAX_SAFE_INTEGER as f64;
    match whole {
        true if number < 0.0 => visitor.visit_i64(number as i64),
        true => visitor.visit_u64(number as u64),
        false => visitor.visit_f64(number),
    }
}

struct Items<'de> {
    items: std::iter::Enumerate<std::slice::Iter<'de, Value>>,
}

impl<'de> de::SeqAccess<'de> for Items<'de> {
    type Error = TypedError;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, TypedError> {
        let Some((index, item)) = self.items.next() else {
            return Ok(None);
        };
        seed.deserialize(ValueReader(item))
            .map(Some)
            .map_err(|error| error.within(Segment::Index(index)))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

struct Entries<'de> {
    entries: std::collections::btree_map::Iter<'de, String, Value>,
    /// The entry whose name was read last.
    current: Option<(&'de str, &'de Value)>,
}

impl<'de> Entries<'de> {
    fn new(map: &'de Map) -> Self {
        Self {
            entries: map.iter(),
            current: None,
        }
    }
}

impl<'de> de::MapAccess<'de> for Entries<'de> {
    type Error = TypedError;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, TypedError> {
        let Some((name, value)) = self.entries.find(|(_, value)| !value.is_null()) else {
            return Ok(None);
        };
        self.current = Some((name, value));
        let name_reader = BorrowedStrDeserializer::<TypedError>::new(name);
        seed.deserialize(name_reader)
            .map(Some)
            .map_err(|error| error.within(Segment::Key(name.clone())))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, TypedError> {
        let (name, value) = self.current.take().expect("serde asks for a name before its value");
        seed.deserialize(ValueReader(value))
            .map_err(|error| error.within(Segment::Key(name.to_owned())))
    }
}
