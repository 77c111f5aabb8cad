use client_domain::Permission;
use jiff::Timestamp;

use crate::caller::Caller;
use crate::clients::Clients;
use crate::command::{Command, Resources};
use crate::error::Error;
use crate::request::RequestContext;
use crate::spine::plan::Plan;

/// The permission that a dry run needs besides that of its command: its answer reveals as much of the client
/// as a query.
pub const DRY_RUN: Permission = Permission::Read;

/// A command whose caller has the permission, at a time when the clock is usable.
#[derive(Clone, Copy, Debug)]
pub struct Admission {
    now: Timestamp,
}

impl Admission {
    /// The time of the command.
    pub const fn now(&self) -> Timestamp {
        self.now
    }
}

impl Clients {
    /// Admits a command that needs `permission`, if any, before anything else of it is read.
    ///
    /// # Errors
    ///
    /// [`Error::PermissionMissing`] names every permission that the caller lacks; [`Error::ReadOnly`]; [`Error::ClockOff`].
    pub fn admit(
        &self,
        context: &RequestContext,
        permission: impl Into<Option<Permission>>,
    ) -> Result<Admission, Error> {
        let permission = permission.into();
        let besides = (context.dry_run && permission != Some(DRY_RUN)).then_some(DRY_RUN);
        permit(&context.caller, permission.into_iter().chain(besides))?;
        if self.is_read_only {
            return Err(Error::ReadOnly);
        }
        self.clock_offset.permit_command()?;
        Ok(Admission { now: self.clock.now() })
    }

    /// The plan of an admitted command.
    ///
    /// # Errors
    ///
    /// The errors of the command's own checks, such as [`Error::NumberFormat`].
    pub fn plan<C: Command>(
        &self,
        context: &RequestContext,
        admission: Admission,
        command: C,
    ) -> Result<Plan, Error> {
        let resources = Resources {
            keys: &*self.keys,
            now: admission.now,
            today: self.calendar.day_of(admission.now),
            caller: &context.caller,
            kyc_policy: &self.kyc_policy(),
            numbering: &self.numbering,
        };
        Ok(Plan { name: C::NAME, now: admission.now, step: command.step(&resources)? })
    }
}

/// Refuses a caller who lacks any of these permissions, and names every missing one.
pub(crate) fn permit(caller: &Caller, needed: impl IntoIterator<Item = Permission>) -> Result<(), Error> {
    let missing: Vec<_> = needed.into_iter().filter(|permission| !caller.may(*permission)).collect();
    if missing.is_empty() { Ok(()) } else { Err(Error::PermissionMissing(missing)) }
}
