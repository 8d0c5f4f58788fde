//! A fake BlueZ on a private D-Bus.
