#![no_main]

gatt_fuzz::target!("movesense");
