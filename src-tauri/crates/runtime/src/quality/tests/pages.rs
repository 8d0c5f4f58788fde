//! Pages that pull: in time, late, never again.

use super::*;
use crate::testing::{block, offer, spec};
use model::AttentionLevel;

const MS: i64 = 1_000_000;
const SECOND: i64 = 1_000 * MS;

/// A page with charts of one stream that gets a sample every 10 ms, and its clock.
struct Page {
    qualities: Qualities,
    regime: Regime,
    stream: Arc<Stream>,
    viewer: ViewerId,
    now_ns: i64,
    next: u64,
    /// When each chart may ask again.
    due_ns: Vec<i64>,
    given_ns: Vec<i64>,
    window_ns: i64,
    bucket_ns: i64,
}

impl Page {
    fn new(charts: usize) -> Self {
        let stream = Arc::new(Stream::new(spec("ecg", Some(100.0))));
        stream.set_attention(AttentionLevel::Medium);
        Self {
            qualities: Qualities::default(),
            regime: Regime::default(),
            stream,
            viewer: viewer(1),
            now_ns: SECOND,
            next: 0,
            due_ns: vec![0; charts],
            given_ns: vec![],
            window_ns: 100 * SECOND,
            bucket_ns: 1,
        }
    }

    fn pull(&mut self, number: usize) -> Answer {
        let chart = Chart { viewer: self.viewer.clone(), number: number as u32, own_ms: 5 };
        let answer = self.qualities.on_pull(&chart, &self.stream, &self.regime, self.now_ns);
        if let Answer::Now(next_ms) = answer {
            // The samples of `block` lie a second apart, whatever the clock says.
            let start_ns = self.next as i64 * SECOND - self.window_ns;
            self.qualities.on_given(&chart, &self.stream.trace(start_ns, self.bucket_ns));
            self.due_ns[number] = self.now_ns + i64::from(next_ms) * MS;
            self.given_ns.push(self.now_ns);
        }
        answer
    }

    /// Lets time pass; a page that draws pulls what is due, 60 times a second.
    fn pass(&mut self, ns: i64, draws: bool) {
        let end_ns = self.now_ns + ns;
        while self.now_ns < end_ns {
            self.now_ns += 10 * MS;
            offer(&self.stream, 1, &block(self.next, 1));
            self.next += 1;
            if self.now_ns % (500 * MS) == 0 {
                self.qualities.look(&self.regime, self.now_ns);
            }
            for chart in 0..self.due_ns.len() {
                if draws && self.now_ns >= self.due_ns[chart] {
                    self.pull(chart);
                }
            }
        }
    }

    fn view(&self) -> ServedView {
        self.qualities.views().remove(0)
    }

    fn quality(&self) -> Quality {
        self.view().quality
    }
}

#[test]
fn a_page_that_keeps_up_is_served_best_at_every_load_and_misses_nothing() {
    for load in LoadLevel::ALL {
        let mut page = Page::new(8);
        page.regime.set_load(load);
        page.pass(60 * SECOND, true);
        let view = page.view();
        assert_eq!((view.quality, view.charts), (Quality::High, 8), "{load:?}");
        assert!(view.waiting < 8 && view.account.overwritten == 0, "{load:?} {view:?}");
        // The last pull lies before the last sample at most by what the load holds back.
        assert!(view.account.read > 8 * (page.next - 40), "{load:?} {:?} of {}", view.account, page.next);
    }
}

#[test]
fn a_page_that_stalls_steps_down_to_the_pause_and_climbs_back_when_it_draws_again() {
    let mut page = Page::new(4);
    page.pass(SECOND, true);
    assert_eq!(page.quality(), Quality::High);
    page.pass(SECOND + 100 * MS, false);
    assert_eq!(page.quality(), Quality::Medium, "{:?}", page.view());
    page.pass(20 * SECOND, false);
    assert!(page.quality() == Quality::Paused && page.view().waiting > 150, "{:?}", page.view());
    let mut seen = vec![page.quality()];
    for _ in 0..80 {
        page.pass(SECOND, true);
        if page.quality() != *seen.last().unwrap() {
            seen.push(page.quality());
        }
    }
    assert!(seen.ends_with(&[Quality::Low, Quality::Medium, Quality::High]), "{seen:?}");
    assert!(seen.is_sorted(), "it does not climb straight: {seen:?}");
}

#[test]
fn a_page_that_stalls_harms_no_other() {
    let mut page = Page::new(1);
    page.pass(SECOND, true);
    let stalled = Chart { viewer: viewer(9), number: 1, own_ms: 5 };
    page.qualities.on_pull(&stalled, &page.stream, &page.regime, page.now_ns);
    page.pass(60 * SECOND, true);
    let [reading, stalled] = page.qualities.views().try_into().unwrap();
    assert_eq!((reading.quality, stalled.quality), (Quality::High, Quality::Paused));
}

#[test]
fn every_sample_between_two_frames_is_given_replaced_or_missed() {
    let mut page = Page::new(1);
    page.window_ns = 1_000_000 * SECOND;
    page.pass(SECOND, true);
    let accounted = |page: &Page| {
        let account = page.view().account;
        account.read + account.passed_over + account.overwritten
    };
    assert_eq!(accounted(&page), page.view().account.read, "each is drawn by itself");
    // Twenty samples a pixel: each frame draws two of them, and those at its edges.
    page.bucket_ns = 20 * SECOND;
    page.pass(SECOND, false);
    page.pull(0);
    let account = page.view().account;
    assert!(account.passed_over > 80 && account.overwritten == 0, "{account:?}");
    // The page stands for longer than its window is wide.
    page.window_ns = 50 * SECOND;
    page.pass(SECOND, false);
    page.pull(0);
    let account = page.view().account;
    assert!((49..=51).contains(&account.overwritten), "{account:?}");
    // Longer than the memory holds.
    page.window_ns = 1_000_000 * SECOND;
    offer(&page.stream, 1, &block(page.next, 100_000));
    page.next += 100_000;
    page.pull(0);
    assert!(page.view().account.overwritten > 90_000, "{:?}", page.view().account);
    // The first frame came with the first sample; from there on all are accounted for.
    assert_eq!(accounted(&page), page.next - 1);
}

#[test]
fn whatever_the_quality_and_the_load_a_chart_on_screen_never_stands_still() {
    let choices = [Choice::Auto, Choice::High, Choice::Medium, Choice::Low, Choice::Minimal];
    for (choice, least_ms) in choices.into_iter().zip([2000, 0, 128, 250, 500]) {
        for load in LoadLevel::ALL {
            for attention in AttentionLevel::ALL {
                let mut page = Page::new(1);
                page.regime.set_load(load);
                page.stream.set_attention(attention);
                page.qualities.choose(&page.viewer.clone(), choice, page.now_ns);
                if choice == Choice::Auto {
                    page.qualities.on_waiting(&page.viewer.clone(), 1000, &page.regime, page.now_ns);
                }
                page.pass(2 * SECOND, true);
                let gaps: Vec<i64> = page.given_ns.windows(2).map(|pair| (pair[1] - pair[0]) / MS).collect();
                let at_most = least_ms.max(256) + 20;
                assert!(gaps.iter().all(|gap| *gap <= at_most), "{choice:?} {load:?} {attention:?} {gaps:?}");
                assert!(page.given_ns[0] <= SECOND + 10 * MS, "the first frame waited");
            }
        }
    }
}

#[test]
fn a_page_that_asks_too_early_is_told_how_long_to_wait() {
    let mut page = Page::new(1);
    page.qualities.choose(&page.viewer.clone(), Choice::Low, page.now_ns);
    page.pass(10 * MS, true);
    page.now_ns += 100 * MS;
    assert_eq!(page.pull(0), Answer::Early(150));
    page.now_ns += 145 * MS;
    assert_eq!(page.pull(0), Answer::Now(250));
}

#[test]
fn what_a_page_does_not_show_is_no_backlog() {
    for how in 0..3 {
        let mut page = Page::new(4);
        page.pass(SECOND, true);
        match how {
            0 => page.qualities.let_go(&page.viewer, &[0, 1, 2, 3, 77]),
            1 => page.qualities.hide(&page.viewer),
            // It forgot to say so, and goes on with another chart.
            _ => {
                page.due_ns = vec![i64::MAX, i64::MAX, i64::MAX, i64::MAX, 0];
                page.pass(7 * SECOND, true);
                assert_eq!(page.view().charts, 1);
            }
        }
        page.pass(20 * SECOND, how == 2);
        // What nobody tells is found out within a second, and costs one step at most.
        let expected = if how == 2 { Quality::Medium } else { Quality::High };
        assert!(page.quality() >= expected && page.view().waiting == 0, "{how}: {:?}", page.view());
        page.due_ns = vec![0];
        page.pass(SECOND, true);
        assert!(page.quality() >= expected, "{how}: coming back looks like a stall");
    }
}

#[test]
fn a_page_that_is_gone_without_a_word_is_forgotten_in_the_end() {
    let mut page = Page::new(2);
    page.pass(SECOND, true);
    page.pass(121 * SECOND, false);
    assert_eq!((page.view().charts, page.view().waiting), (0, 0));
    page.now_ns += GONE_AFTER_NS;
    page.qualities.look(&page.regime, page.now_ns);
    assert_eq!(page.qualities.views(), []);
}

#[test]
fn a_sensor_that_comes_back_is_followed_anew_and_charts_are_bounded() {
    let mut page = Page::new(1);
    page.pass(SECOND, true);
    page.stream = Arc::new(Stream::new(spec("ecg", Some(100.0))));
    page.next = 0;
    page.pass(SECOND, true);
    assert_eq!((page.view().account.overwritten, page.quality()), (0, Quality::High));
    for number in 0..10_000 {
        let chart = Chart { viewer: page.viewer.clone(), number, own_ms: 5 };
        page.qualities.on_pull(&chart, &page.stream, &page.regime, page.now_ns + i64::from(number));
    }
    assert_eq!(page.view().charts, charts::CHARTS_MAX);
}
