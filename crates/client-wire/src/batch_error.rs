//! The errors of batches, as callers see them.

use client_app::batch::BatchRefusal;

use crate::code::Code;
use crate::failure::Item;

/// There is no such batch, or none that the caller sees.
pub(crate) fn not_found() -> Item {
    Item::new(Code::BatchNotFound, "There is no batch with this id that you may see.").field("batchId")
}

/// The batch does not take the action.
pub(crate) fn refused(refusal: &BatchRefusal) -> Item {
    match refusal {
        BatchRefusal::State { state, action } => {
            let message = format!("A batch that is {} cannot be {} now.", state.name(), action.participle());
            Item::new(Code::BatchState, message).detail("state", state.name())
        }
        BatchRefusal::SamePerson => {
            let message = "You have uploaded this batch, so another person must confirm it.";
            Item::new(Code::FourEyes, message)
        }
        BatchRefusal::UploaderLacks(missing) => {
            let names: Vec<_> = missing.iter().map(|permission| permission.name()).collect();
            let message =
                "The uploader had not all permissions that the rows need when it last dealt with the batch.";
            Item::new(Code::BatchState, message).detail("permissions", names)
        }
        BatchRefusal::PermissionMissing(_) | BatchRefusal::Role => {
            Item::new(Code::PermissionMissing, "This batch is another person's.")
        }
    }
}

/// The file is larger than the bank allows.
pub(crate) fn too_large(max: u64, unit: &str) -> Item {
    let message =
        format!("The file of the batch has more than {max} {unit}; divide it into several batches.");
    Item::new(Code::BodyTooLarge, message).detail("limit", max)
}

/// The file is another one than the announced one.
pub(crate) fn differs() -> Item {
    let message = "The file has another SHA-256 than the batch was created with; send that file, or create another batch.";
    Item::new(Code::BatchContent, message)
}

/// The batch has run, and was deleted.
pub(crate) fn deleted() -> Item {
    let message = "A batch with this file, or this Idempotency-Key, was executed and has been deleted. To execute the rows of the file, send \
        another Idempotency-Key, which makes another batch.";
    Item::new(Code::BatchDeleted, message)
}

/// The caller has batches enough.
pub(crate) fn too_many(max: usize) -> Item {
    let message = format!(
        "You have {max} batches that have not ended, which is the most; stop one, or wait until one has ended."
    );
    Item::new(Code::TooManyBatches, message).detail("limit", max)
}
