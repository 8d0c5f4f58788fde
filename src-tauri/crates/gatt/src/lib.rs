//! Pure decoders of Bluetooth GATT values.
