//! What can be asked of the console's services: background work, entrances,
//! the rolling history and its outbox.

use crate::console::Console;
use crate::entrances::Entrances;
use crate::history::{HistoryConfig, HistoryService, HistoryView, NotKept};
use crate::outbox::{OutboxDesk, OutboxView};
use crate::registries::Registries;
use crate::tasks::TaskPool;
use crate::telemetry::OUTBOX_DELIVERY;
use crate::walls::{BreakerView, Wall};
use connect::NoticeLevel;
use std::path::{Path, PathBuf};
use std::sync::Arc;

impl Console {
    /// Keeps a rolling history from now on, of every stream that is there or
    /// comes. It is kept until the console ends.
    ///
    /// # Errors
    /// [`NotKept`].
    pub fn keep_history(&self, config: HistoryConfig) -> Result<(), NotKept> {
        let core = self.core();
        if core.history.get().is_some() {
            return Err(NotKept::Already);
        }
        let history = HistoryService::start(
            Arc::clone(&core.clock),
            config,
            core.tasks.clone(),
            &core.files,
            &core.tree,
        )?;
        let history = core.history.get_or_init(|| history);
        core.telemetry.adopt(OUTBOX_DELIVERY, Arc::clone(history.replicator().latency()));
        for sensor in core.registry.all() {
            sensor.streams().iter().for_each(|stream| history.attach(stream));
        }
        Ok(())
    }

    /// Keeps a rolling history in `folder`, which must exist, whatever folder the
    /// settings name; how much of it is kept, they say.
    ///
    /// # Errors
    /// [`NotKept`].
    pub fn keep_history_in(&self, folder: PathBuf) -> Result<(), NotKept> {
        self.keep_history(self.core().history_settings.in_folder(folder))
    }

    /// Keeps a rolling history where the settings ask for one and none is kept yet:
    /// in their folder, or where they name none or it can't be used, in `beside`. The
    /// folder is made. What stands in the way is told on the notice board.
    pub fn keep_history_as_set(&self, beside: &Path) {
        let settings = &self.core().history_settings;
        if !settings.is_enabled || self.core().history.get().is_some() {
            return;
        }
        let notices = &self.core().notices;
        if let Some(folder) = &settings.folder {
            let Err(problem) = self.make_and_keep_in(folder) else { return };
            let text = format!("history.folder of the settings can't be used: {problem}.");
            let remedy = format!(
                "The history goes to {} instead. Put it right and start the console again.",
                beside.display()
            );
            notices.say(NoticeLevel::Warning, text, remedy);
        }
        if let Err(problem) = self.make_and_keep_in(beside) {
            let remedy = "Everything else works. Put it right and start the console again.";
            notices.say(NoticeLevel::Error, format!("No history is kept: {problem}."), remedy);
        }
    }

    /// Makes the folder and keeps the history in it; what stands in the way, in words.
    fn make_and_keep_in(&self, folder: &Path) -> Result<(), String> {
        let (core, made) = (self.core(), folder.to_owned());
        core.files
            .call("make a folder", move || std::fs::create_dir_all(made), |_| false)
            .map_err(|error| format!("{} can't be made: {error}", folder.display()))?;
        self.keep_history_in(folder.to_owned())
            .map_err(|why| why.to_string().trim_end_matches('.').to_owned())
    }

    /// The rolling history; none where it is not kept.
    #[must_use]
    pub fn history(&self) -> Option<HistoryView> {
        self.core().history.get().map(|history| history.view())
    }

    /// The outbox of the history; none where it is not kept.
    #[must_use]
    pub fn outbox(&self) -> Option<OutboxView> {
        self.core().history.get().map(|history| history.replicator().view())
    }

    /// Where the messages that the outbox has set aside are looked at, released and
    /// discarded; none where no history is kept.
    #[must_use]
    pub fn outbox_desk(&self) -> Option<&OutboxDesk> {
        self.core().history.get().map(|history| history.desk())
    }

    /// Every circuit breaker.
    #[must_use]
    pub fn breakers(&self) -> Vec<BreakerView> {
        let history = self.core().history.get();
        let outbox = history.map(|history| history.replicator().breakers()).unwrap_or_default();
        let desk = history.map(|history| history.desk().breaker());
        std::iter::once(self.files().view()).chain(outbox).chain(desk).collect()
    }

    /// The wall in front of the disk with the recordings, with a deadline.
    #[must_use]
    pub fn files(&self) -> &Wall {
        &self.core().files
    }

    /// Every registry.
    #[must_use]
    pub fn registries(&self) -> &Registries {
        &self.core().registries
    }

    /// The pool for background work.
    #[must_use]
    pub fn tasks(&self) -> &TaskPool {
        &self.core().tasks
    }

    /// The pool for questions to disks that are asked from time to time and may hang.
    #[must_use]
    pub fn disk_questions(&self) -> &TaskPool {
        &self.core().disk_questions
    }

    /// The token buckets at the entrances.
    #[must_use]
    pub fn entrances(&self) -> &Entrances {
        &self.core().entrances
    }
}

#[cfg(test)]
mod tests;
