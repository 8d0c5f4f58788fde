#![no_main]

gatt_fuzz::target!("sig_2a35");
