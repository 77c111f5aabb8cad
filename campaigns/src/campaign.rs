//! The campaigns, one to a file.

pub mod bad_connections;
pub mod database_away;
pub mod database_killed;
pub mod hang_up;
pub mod one_key;
pub mod power_cut;
pub mod race;
pub mod roll_out;
pub mod sequences;
pub mod service_killed;
pub mod standby_gone;
pub mod uploads;
