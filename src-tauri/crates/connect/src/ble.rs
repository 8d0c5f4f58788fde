//! Bluetooth LE through btleplug.
