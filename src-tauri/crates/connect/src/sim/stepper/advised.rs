//! Obeying advice: a sensor gathers as long as it is told, or pauses.
//!
//! A paused stream delivers nothing and computes nothing. Its samples keep their
//! numbers: when it goes on (or ends), those of the pause are reported as
//! dropped, for the reason `Paused`, and the newest one is delivered.

use super::{Reverse, Stepper, Stream};
use crate::{AdviceTo, Event};
use model::{Advice, GapReason, Stamp};
use policy::advice::due_ns;
use policy::window::batch_window_ms;

impl Stepper {
    /// Obeys advice from now on. What was gathered goes out before a pause; what
    /// a pause passed over is reported behind it. A sensor that was never advised
    /// before answers that it can. Advice for sensors of others is left alone.
    pub fn advise(&mut self, one: &AdviceTo, now: Stamp) -> Vec<Event> {
        let mut events = Vec::new();
        let Some(sensor) = self.places.get(&one.sensor).map(|place| &mut self.sensors[*place]) else {
            return events;
        };
        let before = sensor.advice.replace(one.advice);
        if before.is_none() {
            events.push(Event::Advised { sensor: one.sensor.clone(), obeys: true });
        }
        let (paused, was_paused) = (one.advice.paused, before.is_some_and(|before| before.paused));
        for index in sensor.streams.clone() {
            if self.streams[index].is_over {
                continue;
            }
            match (was_paused, paused) {
                (false, true) => self.deliver_gathered(index, now, &mut |event| events.push(event)),
                (true, false) => {
                    events.extend(self.streams[index].skip_all_but_newest(now, GapReason::Paused));
                }
                (true, true) | (false, false) => (),
            }
            self.schedule(index);
        }
        events
    }

    /// Whoever is started again has been told nothing yet.
    pub fn forget_advice(&mut self) {
        self.sensors.iter_mut().for_each(|sensor| sensor.advice = None);
    }

    /// Notes when a stream is to be looked at next.
    pub(super) fn schedule(&mut self, index: usize) {
        let stream = &self.streams[index];
        let due_ns = if stream.is_over { None } else { self.due_of(stream) };
        self.streams[index].due_ns = due_ns;
        if let Some(due_ns) = due_ns {
            self.due.push(Reverse((due_ns, index)));
        }
    }

    /// What a paused stream has to report when its end wakes it: everything that
    /// the pause passed over is dropped.
    pub(super) fn pass_over(&mut self, index: usize, now: Stamp) -> Option<Event> {
        let stream = &mut self.streams[index];
        let end = stream.schedule.due_end(now.host_ns);
        let samples = end.checked_sub(stream.next).filter(|passed| *passed > 0)?;
        stream.next = end;
        Some(Event::Dropped { stream: stream.stream, samples, reason: GapReason::Paused })
    }

    pub(super) fn is_paused(&self, index: usize) -> bool {
        self.sensors[self.streams[index].sensor].advice.is_some_and(|advice| advice.paused)
    }

    fn due_of(&self, stream: &Stream) -> Option<i64> {
        let first_ns = stream.schedule.next_ns(stream.next);
        let Some(advice) = &self.sensors[stream.sensor].advice else { return Some(first_ns) };
        let full = stream.next.saturating_add(u64::from(advice.batch_size.saturating_sub(1)));
        let due_ns = due_ns(&stream.own(*advice), first_ns, stream.schedule.next_ns(full));
        // Whatever it was told, a stream that ends says so when it does.
        match (due_ns, stream.schedule.end_ns()) {
            (Some(due_ns), Some(end_ns)) => Some(due_ns.min(end_ns).max(first_ns)),
            (due_ns, end_ns) => due_ns.or(end_ns),
        }
    }

    fn deliver_gathered(&mut self, index: usize, now: Stamp, send: &mut dyn FnMut(Event)) {
        let wall_minus_host_ns = self.wall_minus_host_ns;
        let stream = &mut self.streams[index];
        let end = stream.schedule.due_end(now.host_ns);
        stream.send_until(end, wall_minus_host_ns, send);
    }
}

impl Stream {
    /// The advice as it is for this stream: where its file names a batch window,
    /// that is the base of the attention table's window, within what was advised.
    fn own(&self, advice: Advice) -> Advice {
        let own_ms = |base_ms| batch_window_ms(base_ms, advice.attention, advice.load, 1.0);
        let window_ms = self.base_window_ms.map_or(u32::MAX, own_ms).min(advice.window_ms);
        Advice { window_ms, ..advice }
    }
}

#[cfg(test)]
mod tests;
