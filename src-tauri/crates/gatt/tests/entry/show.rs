//! Fields as TOML values, so that a case can be compared with them.

use gatt::date_time::DateTime;
use gatt::medfloat::Medfloat;
use toml::{Table, Value};

/// A field that can stand in a table; none is left out.
pub trait Show {
    /// Its value, where there is something to show.
    fn show(&self) -> Option<Value>;
}

/// A table of some of a struct's fields, by their names.
macro_rules! fields {
    ($value:expr; $($name:ident),* $(,)?) => {{
        let value = &$value;
        let mut table = toml::Table::new();
        $(if let Some(shown) = $crate::entry::show::Show::show(&value.$name) {
            table.insert(stringify!($name).to_owned(), shown);
        })*
        table
    }};
}

/// Shows a struct as a table of its fields.
macro_rules! show_fields {
    ($($type:ty { $($name:ident),* })*) => {
        $(impl $crate::entry::show::Show for $type {
            fn show(&self) -> Option<toml::Value> {
                Some(toml::Value::Table($crate::entry::show::fields!(self; $($name),*)))
            }
        })*
    };
}

/// What a decoder without lists answers: every byte that is no tail was announced.
macro_rules! plain {
    ($decode:path; $($name:ident),* $(,)?) => {
        |bytes| match $decode(bytes) {
            Ok(got) => Ok($crate::entry::Seen {
                fields: $crate::entry::show::fields!(got; $($name,)* tail_bytes),
                announced: bytes.len() - got.tail_bytes,
            }),
            Err(error) => Err(error.to_string()),
        }
    };
}

pub(crate) use {fields, plain, show_fields};

macro_rules! show_integers {
    ($($type:ty),*) => {
        $(impl Show for $type {
            fn show(&self) -> Option<Value> {
                let exact = i64::try_from(*self).map(Value::Integer);
                Some(exact.unwrap_or_else(|_| Value::String(self.to_string())))
            }
        })*
    };
}

show_integers!(i8, u8, i16, u16, i32, u32, i64, u64);

/// A tail.
impl Show for usize {
    fn show(&self) -> Option<Value> {
        i64::try_from(*self).ok().filter(|count| *count != 0).map(Value::Integer)
    }
}

impl Show for bool {
    fn show(&self) -> Option<Value> {
        self.then_some(Value::Boolean(true))
    }
}

impl Show for f32 {
    fn show(&self) -> Option<Value> {
        Some(Value::Float(f64::from(*self)))
    }
}

impl Show for f64 {
    fn show(&self) -> Option<Value> {
        Some(Value::Float(*self))
    }
}

impl Show for &str {
    fn show(&self) -> Option<Value> {
        Some(Value::String((*self).to_owned()))
    }
}

impl Show for String {
    fn show(&self) -> Option<Value> {
        Some(Value::String(self.clone()))
    }
}

impl Show for Medfloat {
    fn show(&self) -> Option<Value> {
        Some(self.number().map_or_else(|| Value::String(format!("{self:?}")), Value::Float))
    }
}

impl Show for DateTime {
    fn show(&self) -> Option<Value> {
        Some(Value::String(self.to_string()))
    }
}

impl<T: Show> Show for Option<T> {
    fn show(&self) -> Option<Value> {
        self.as_ref().and_then(Show::show)
    }
}

impl<T: Show, const N: usize> Show for [T; N] {
    fn show(&self) -> Option<Value> {
        Some(Value::Array(self.iter().filter_map(Show::show).collect()))
    }
}

impl<T: Show> Show for Vec<T> {
    fn show(&self) -> Option<Value> {
        Some(Value::Array(self.iter().filter_map(Show::show).collect()))
    }
}

/// Puts one more value into a table.
pub fn put(table: &mut Table, name: &str, value: &impl Show) {
    if let Some(shown) = value.show() {
        table.insert(name.to_owned(), shown);
    }
}
