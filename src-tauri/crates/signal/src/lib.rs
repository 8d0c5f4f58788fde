//! Pure numerics: decimation and rates.
