//! The console of the back office: pages for people who onboard, review and decide.
//!
//! The pages are made on the server and work without a script. They call the operations of the service by name, as an API
//! client does, with the person who is signed in as the caller. So the console can do nothing that the API cannot: which
//! actions are offered is what the service explains, and every refusal is its answer.
//!
//! [`Console`] is what the composition root makes; [`Console::routes`] is the router.
//!
//! | where | what |
//! | --- | --- |
//! | `settings` | [`Console`], [`SignIn`], [`Lifetime`] |
//! | `router` | which path leads to which page |
//! | `headers`, `host`, `origin`, `cookie` | what every answer has, and what a request must bring |
//! | `visit`, `posted`, `fields` | a request of a person who is signed in, and the form that it sent |
//! | `entered` | what a form that changes nothing has sent, in the address that it leads to |
//! | `places`, `upload_places`, `sign_in_places` | how many files and sign-ins at once, of one holder and of all |
//! | `sign_in`, `session` | signing in and out, and what a session is made of |
//! | `provider_sign_in`, `sign_in_attempt`, `refused_sign_in`, `recent_proof` | signing in at the identity provider, also once more for a decision |
//! | `operation` | commands and queries as the person |
//! | `command`, `reason_code` | forms made from the specifications of the wire |
//! | `search`, `filter_row`, `kept`, `saved_view` | a search of clients as a form, a query and a saved view |
//! | `document_upload` | the file of a document as a person chooses it |
//! | `batch_action`, `batch_progress`, `batch_upload` | what can be done with a batch, how far it is, and how a file becomes one |
//! | `chosen`, `mass_command` | one command for many clients, as a batch |
//! | `counts` | how many clients there are, and how much waits |
//! | `opened`, `offering`, `decision`, `since_approval` | what can be done and why not; what a decision shows |
//! | `inquiry` | a query that a person narrows and pages through |
//! | `navigation`, `pages` | which pages a person may see; the pages, one file each |
//! | `language`, `sentence` | the texts, in `locales/`; failures and blockers in words |
//! | `assets` | style sheets and scripts, compressed and part of the program |

mod assets;
mod bar_chart;
mod batch_action;
mod batch_progress;
mod batch_upload;
mod chosen;
mod client_panels;
mod command;
mod cookie;
mod counts;
mod curl;
mod decision;
mod document_upload;
mod entered;
mod fields;
mod filter_row;
mod headers;
mod hex;
mod host;
mod inquiry;
mod kept;
mod language;
mod list_column;
mod mass_command;
mod navigation;
mod offering;
mod opened;
mod operation;
mod origin;
mod pages;
mod part;
mod path_values;
mod picture;
mod places;
mod posted;
mod provider_sign_in;
mod reason_code;
mod recent_proof;
mod record;
mod refused_sign_in;
mod router;
mod saved_view;
mod search;
mod sentence;
mod session;
mod settings;
mod shell;
mod sign_in;
mod sign_in_attempt;
mod sign_in_places;
mod since_approval;
mod stop;
mod timeline;
mod upload_places;
mod url;
mod visit;
mod work;

pub use settings::{Console, DevelopmentPerson, Lifetime, ProviderSignIn, Random, SignIn};
