#![no_main]

gatt_fuzz::target!("polar");
