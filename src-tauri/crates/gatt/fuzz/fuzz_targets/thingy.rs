#![no_main]

gatt_fuzz::target!("thingy");
