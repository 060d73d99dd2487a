//! Every kind of job, and who does it.

use crate::app::App;
use crate::error::Result;
use crate::files::FileName;
use crate::jobs::{Job, Kind, Outcome};
use crate::{images, letters};

/// Does a job.
pub async fn run(app: App, job: Job) -> Result<Outcome> {
    match job.kind {
        Kind::DiscardFile => images::discard(&app, FileName::from(job.subject)).await,
        Kind::VerifyAddress
        | Kind::ResetPassword
        | Kind::MailNotifications
        | Kind::MailInvitation => letters::deliver(&app, &job).await,
    }
}
