//! A serde serializer that writes property values.

use serde::Serialize;
use serde::ser::{
    SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple, SerializeTupleStruct,
    SerializeTupleVariant, Serializer,
};

use super::super::{Map, Value};
use super::{MAX_SAFE_INTEGER, Segment, TypedError};

type Written = Result<Value, TypedError>;

/// Serializes any type to a [`Value`].
#[derive(Clone, Copy)]
pub(super) struct ValueWriter;

impl Serializer for ValueWriter {
    type Ok = Value;
    type Error = TypedError;
    type SerializeSeq = ListWriter;
    type SerializeTuple = ListWriter;
    type SerializeTupleStruct = ListWriter;
    type SerializeTupleVariant = ListWriter;
    type SerializeMap = ObjectWriter;
    type SerializeStruct = ObjectWriter;
    type SerializeStructVariant = ObjectWriter;

    fn serialize_bool(self, flag: bool) -> Written {
        Ok(Value::Bool(flag))
    }

    fn serialize_i8(self, number: i8) -> Written {
        Ok(Value::Number(number.into()))
    }

    fn serialize_i16(self, number: i16) -> Written {
        Ok(Value::Number(number.into()))
    }

    fn serialize_i32(self, number: i32) -> Written {
        Ok(Value::Number(number.into()))
    }

    fn serialize_i64(self, number: i64) -> Written {
        safe_integer(number.unsigned_abs())?;
        Ok(Value::Number(number as f64))
    }

    fn serialize_u8(self, number: u8) -> Written {
        Ok(Value::Number(number.into()))
    }

    fn serialize_u16(self, number: u16) -> Written {
        Ok(Value::Number(number.into()))
    }

    fn serialize_u32(self, number: u32) -> Written {
        Ok(Value::Number(number.into()))
    }

    fn serialize_u64(self, number: u64) -> Written {
        safe_integer(number)?;
        Ok(Value::Number(number as f64))
    }

    fn serialize_f32(self, number: f32) -> Written {
        self.serialize_f64(number.into())
    }

    fn serialize_f64(self, number: f64) -> Written {
        if number.is_finite() {
            Ok(Value::Number(number))
        } else {
            Err(TypedError::new("a number that is not finite"))
        }
    }

    fn serialize_char(self, character: char) -> Written {
        Ok(Value::String(character.to_string()))
    }

    fn serialize_str(self, text: &str) -> Written {
        Ok(text.into())
    }

    fn serialize_bytes(self, _bytes: &[u8]) -> Written {
        Err(TypedError::new("bytes have no form among property values"))
    }

    fn serialize_none(self) -> Written {
        Ok(Value::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Written {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Written {
        Ok(Value::Null)
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Written {
        Ok(Value::Null)
    }

    fn serialize_unit_variant(self, _name: &'static str, _index: u32, variant: &'static str) -> Written {
        Ok(variant.into())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _name: &'static str, value: &T) -> Written {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Written {
        let value = value
            .serialize(self)
            .map_err(|error| error.within(Segment::Key(variant.to_owned())))?;
        Ok(in_variant(Some(variant), value))
    }

    fn serialize_seq(self, _length: Option<usize>) -> Result<ListWriter, TypedError> {
        Ok(ListWriter::default())
    }

    fn serialize_tuple(self, _length: usize) -> Result<ListWriter, TypedError> {
        Ok(ListWriter::default())
    }

    fn serialize_tuple_struct(self, _name: &'static str, _length: usize) -> Result<ListWriter, TypedError> {
        Ok(ListWriter::default())
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _length: usize,
    ) -> Result<ListWriter, TypedError> {
        Ok(ListWriter {
            variant: Some(variant),
            ..ListWriter::default()
        })
    }

    fn serialize_map(self, _length: Option<usize>) -> Result<ObjectWriter, TypedError> {
        Ok(ObjectWriter::default())
    }

    fn serialize_struct(self, _name: &'static str, _length: usize) -> Result<ObjectWriter, TypedError> {
        Ok(ObjectWriter::default())
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _length: usize,
    ) -> Result<ObjectWriter, TypedError> {
        Ok(ObjectWriter {
            variant: Some(variant),
            ..ObjectWriter::default()
        })
    }
}

fn safe_integer(size: u64) -> Result<(), TypedError> {
    if size <= MAX_SAFE_INTEGER {
        Ok(())
    } else {
        Err(TypedError::new("an integer above 2^53, which a double cannot hold"))
    }
}

fn in_variant(variant: Option<&'static str>, value: Value) -> Value {
    match variant {
        Some(variant) => Map::from([(variant.to_owned(), value)]).into(),
        None => value,
    }
}

#[derive(Default)]
pub(super) struct ListWriter {
    items: Vec<Value>,
    variant: Option<&'static str>,
}

impl ListWriter {
    fn push<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), TypedError> {
        let index = Segment::Index(self.items.len());
        let item = item.serialize(ValueWriter).map_err(|error| error.within(index))?;
        self.items.push(item);
        Ok(())
    }

    fn finish(self) -> Written {
        Ok(in_variant(self.variant, self.items.into()))
    }
}

macro_rules! list_writer {
    ($($what:ident $add:ident),*) => {$(
        impl $what for ListWriter {
            type Ok = Value;
            type Error = TypedError;

            fn $add<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), TypedError> {
                self.push(item)
            }

            fn end(self) -> Written {
                self.finish()
            }
        }
    )*};
}

list_writer!(
    SerializeSeq serialize_element,
    SerializeTuple serialize_element,
    SerializeTupleStruct serialize_field,
    SerializeTupleVariant serialize_field
);

#[derive(Default)]
pub(super) struct ObjectWriter {
    map: Map,
    /// The key of the map entry whose value is written next.
    key: Option<String>,
    variant: Option<&'static str>,
}

impl ObjectWriter {
    /// Adds a property. A null value means absent, so it is left out.
    fn insert<T: Serialize + ?Sized>(&mut self, name: String, value: &T) -> Result<(), TypedError> {
        let value = value
            .serialize(ValueWriter)
            .map_err(|error| error.within(Segment::Key(name.clone())))?;
        if value != Value::Null {
            self.map.insert(name, value);
        }
        Ok(())
    }

    fn finish(self) -> Written {
        Ok(in_variant(self.variant, self.map.into()))
    }
}

impl SerializeMap for ObjectWriter {
    type Ok = Value;
    type Error = TypedError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), TypedError> {
        match key.serialize(ValueWriter)? {
            Value::String(key) => self.key = Some(key),
            other => return Err(TypedError::new(format!("a key must be a string, not {}", other.kind()))),
        }
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), TypedError> {
        let key = self.key.take().expect("serde gives a key before its value");
        self.insert(key, value)
    }

    fn end(self) -> Written {
        self.finish()
    }
}

macro_rules! struct_writer {
    ($($what:ident),*) => {$(
        impl $what for ObjectWriter {
            type Ok = Value;
            type Error = TypedError;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), TypedError> {
                self.insert(name.to_owned(), value)
            }

            fn end(self) -> Written {
                self.finish()
            }
        }
    )*};
}

struct_writer!(SerializeStruct, SerializeStructVariant);
