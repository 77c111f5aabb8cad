//! Which path leads to which page.

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use axum::{Extension, Router};
use client_wire::{Code, Failure, Item};

use crate::navigation::open_to;
use crate::pages::{
    activity, approvals, batch, batches, chosen_clients, client, decide, document, exports, lifecycle, me,
    onboard, operations, policy, queue, reports, search_address, views,
};
use crate::posted::MAX_UPLOAD;
use crate::settings::Console;
use crate::sign_in_places::SignInPlaces;
use crate::stop::Stop;
use crate::upload_places::UploadPlaces;
use crate::visit::{Visit, see_other};
use crate::{assets, headers, host, provider_sign_in, sign_in};

impl Console {
    /// Every path of the console.
    pub fn routes(self) -> Router {
        let upload = usize::try_from(MAX_UPLOAD).unwrap_or(usize::MAX);
        let console = Arc::new(self);
        Router::new()
            .route("/console", get(first))
            .route("/console/", get(first))
            .route("/console/sign-in", get(sign_in::page))
            .route("/console/sign-in/provider", get(provider_sign_in::begin))
            .route("/console/sign-in/again", get(provider_sign_in::again))
            .route("/console/sign-in/callback", get(provider_sign_in::callback))
            .route("/console/back-channel-logout", post(provider_sign_in::back_channel_logout))
            .route("/console/sign-in/{person}", post(sign_in::development))
            .route("/console/sign-out", post(sign_in::sign_out))
            .route("/console/sign-out-everywhere", post(sign_in::sign_out_everywhere))
            .route("/console/clients", get(search_address::page).post(search_address::search))
            .route("/console/new", get(onboard::page).post(onboard::submit))
            .route("/console/clients/{key}", get(client::page))
            .route("/console/clients/{key}/do/{command}", get(decide::page).post(decide::submit))
            .route(
                "/console/clients/{key}/do/{command}/{item}",
                get(decide::item_page).post(decide::submit_item),
            )
            .route("/console/clients/{key}/documents/{document}", get(document::page).post(document::replace))
            .route("/console/files/{document}", get(document::file))
            .route("/console/activity", get(activity::page).post(activity::search))
            .route("/console/exports", get(exports::page).post(exports::search))
            .route("/console/reports", get(reports::list))
            .route("/console/reports/{name}", get(reports::page).post(reports::narrow))
            .route("/console/queue", get(queue::page))
            .route("/console/queue/claim", post(queue::claim))
            .route("/console/queue/approve", get(approvals::page).post(approvals::approve))
            .route("/console/batches", get(batches::page).post(batches::submit))
            .route("/console/batches/clients", post(chosen_clients::submit))
            .route("/console/batches/{id}", get(batch::page).post(batch::decide))
            .route("/console/batches/{id}/files/{kind}", get(batch::file))
            .route("/console/views/open", post(views::open))
            .route("/console/views/save", post(views::save))
            .route("/console/views/delete", post(views::delete))
            .route("/console/lifecycle", get(lifecycle::page))
            .route("/console/operations", get(operations::page).post(operations::decide))
            .route("/console/policy", get(policy::page).post(policy::preview))
            .route("/console/me", get(me::page))
            .route("/console/assets/{version}/{name}", get(assets::asset))
            .route("/console/{*rest}", get(nowhere))
            .method_not_allowed_fallback(another_method)
            .layer(DefaultBodyLimit::max(upload))
            .layer(Extension(UploadPlaces::default()))
            .layer(Extension(SignInPlaces::default()))
            .layer(from_fn_with_state(console.clone(), host::local_only))
            .layer(from_fn(headers::refused))
            .layer(from_fn(headers::secure))
            .with_state(console)
    }
}

/// `GET /console`: the first page that the person may see.
async fn first(visit: Visit) -> axum::response::Response {
    let entries = open_to(&visit.caller().permissions);
    see_other(entries.first().map_or("/console/me", |entry| entry.path))
}

/// A path of the console that leads nowhere.
async fn nowhere(visit: Visit) -> Stop {
    visit.failed(&Failure::of(Item::new(Code::PathNotFound, Code::PathNotFound.meaning())))
}

/// A path of the console that does not take this method, such as the address of a form that was typed into the bar.
async fn another_method(visit: Visit) -> Stop {
    visit.failed(&Failure::of(Item::new(Code::MethodNotAllowed, Code::MethodNotAllowed.meaning())))
}
