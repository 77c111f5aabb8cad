//! The campaigns, one to a file.

pub mod bad_connections;
pub mod batches;
pub mod database_away;
pub mod database_killed;
pub mod disk_full;
pub mod failover;
pub mod hang_up;
pub mod hostile_load;
pub mod migration_killed;
pub mod one_key;
pub mod power_cut;
pub mod race;
pub mod restore_drill;
pub mod roll_out;
pub mod rolling_restart;
pub mod sequences;
pub mod service_killed;
pub mod soak;
pub mod standby_gone;
pub mod turned_clock;
pub mod uploads;
