//! Real stand-ins for tests: a fake BlueZ on a private D-Bus, a scripted connector, a fake clock.
