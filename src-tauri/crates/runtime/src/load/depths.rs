//! How much waits where: the queues on the way in, and those towards views and
//! callers.

use crate::core::Core;
use crate::queue::QueueView;

/// How much waits in a group of queues, entries.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spread {
    /// In the deepest.
    pub worst: f64,
    /// In the mean.
    pub mean: f64,
}

impl Spread {
    pub fn of(depths: impl Iterator<Item = usize>) -> Self {
        let (mut worst, mut sum, mut queues) = (0, 0_usize, 0_usize);
        for depth in depths {
            (worst, sum, queues) = (worst.max(depth), sum.saturating_add(depth), queues + 1);
        }
        Self { worst: worst as f64, mean: sum as f64 / queues.max(1) as f64 }
    }
}

/// How much waits on both sides.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Depths {
    /// Towards workers and the recorder.
    pub queues: Spread,
    /// Towards views and callers.
    pub bus: Spread,
}

impl Core {
    /// Every queue: those of the data, and those of words and of what only the newest of matters.
    pub(crate) fn queue_views(&self) -> Vec<QueueView> {
        let mut views = self.data_queue_views();
        views.extend(self.recorder.side_queue_views());
        views.extend(self.attention.latest_views());
        views.extend(self.registries.connectors.all().iter().map(|connector| connector.commands.view()));
        views.extend(self.advice.queue_views());
        views.extend(self.inboxes().iter().map(|inbox| inbox.calls().view()));
        views
    }

    /// Every queue that data goes through.
    fn data_queue_views(&self) -> Vec<QueueView> {
        let own = self.registry.all();
        let own =
            own.iter().filter(|sensor| sensor.has_own_worker()).map(|sensor| sensor.inbox().queue().view());
        let shared = self.shared_inboxes().iter().map(|inbox| inbox.queue().view());
        let services = [self.recorder.queue_view(), self.attention.queue_view()];
        let history = self.history.get().map(|history| history.queue_view());
        services.into_iter().chain(history).chain(shared).chain(own).collect()
    }

    /// How much waits at the moment.
    pub(crate) fn depths(&self) -> Depths {
        let queues = Spread::of(self.data_queue_views().iter().map(|queue| queue.depth));
        // A view has no queue: what waits there are flushes that its face has not read.
        let unread = self.qualities.views().into_iter().map(|view| view.waiting as usize);
        Depths { queues, bus: Spread::of(unread) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_and_the_mean_are_told_apart() {
        assert_eq!(Spread::of([0, 30, 3].into_iter()), Spread { worst: 30.0, mean: 11.0 });
        assert_eq!(Spread::of(std::iter::empty()), Spread::default());
    }
}
