//! What is counted and measured of replicas, for the recorder of the program.

use std::time::Duration;

use metrics::{Unit, counter, describe_counter, describe_gauge, gauge};

const AGE: &str = "db_replica_age_seconds";
const USABLE: &str = "db_replica_usable";
const READS: &str = "db_replica_reads_total";
const LEFT: &str = "db_replica_reads_left_total";

pub(super) fn describe() {
    describe_gauge!(
        AGE,
        Unit::Seconds,
        "What was committed longer ago is on the replica; NaN if that is not known."
    );
    describe_gauge!(USABLE, "1 if the replica answers and is within --replica-staleness, else 0.");
    describe_counter!(READS, "Reads for which this replica was chosen.");
    describe_counter!(LEFT, "Reads that were left to the primary, because no replica was new enough.");
    counter!(LEFT).increment(0);
}

/// How far the replica is behind, if that is known, and whether it is used.
pub(super) fn state(replica: usize, age: Option<Duration>, is_usable: bool) {
    let replica = replica.to_string();
    let age = age.map_or(f64::NAN, |age| age.as_secs_f64());
    gauge!(AGE, "replica" => replica.clone()).set(age);
    gauge!(USABLE, "replica" => replica.clone()).set(if is_usable { 1.0 } else { 0.0 });
    counter!(READS, "replica" => replica).increment(0);
}

/// The replica was chosen for a read.
pub(super) fn read(replica: usize) {
    counter!(READS, "replica" => replica.to_string()).increment(1);
}

/// No replica was new enough for a read.
pub(super) fn left() {
    counter!(LEFT).increment(1);
}
