//! Tasks and processes.

use super::*;
use crossbeam_channel::bounded;
use std::io::{BufRead, BufReader, Write};
use std::process::Command;

#[test]
fn a_task_runs_fails_and_is_started_again() {
    let bench = bench();
    let runs = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&runs);
    let service = Service::task("ticking", move || {
        let runs = Arc::clone(&counted);
        async move {
            tokio::time::sleep(Duration::from_millis(1)).await;
            assert!(runs.fetch_add(1, Ordering::Relaxed) > 0, "planted");
            std::future::pending().await
        }
    });
    let handle = bench.tree.start(Tier::Bio, service).unwrap();
    wait_until(SOON, "the second run", || runs.load(Ordering::Relaxed) == 2);
    let view = bench.tree.view();
    let node = view.find("ticking").unwrap();
    assert_eq!((node.kind, node.restarts), (NodeKind::Task, 1));
    assert_eq!(node.last_failure.as_ref().unwrap().words, "panicked: planted");
    handle.stop();
    assert!(handle.wait(SOON));
    assert!(bench.tree.shut_down(SOON).is_empty());
}

#[test]
fn a_task_that_panics_before_its_first_await_is_caught() {
    let bench = bench();
    let service =
        Service::task("hasty", || -> std::future::Pending<Result<(), Failure>> { panic!("planted") });
    let handle = bench.tree.start(Tier::Bio, service.guarded()).unwrap();
    wait_until(SOON, "the giving up", || handle.state() == NodeState::GivenUp);
}

#[test]
fn tasks_survive_the_thread_that_drives_them() {
    let bench = bench();
    let ticks = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&ticks);
    let service = Service::task("ticking", move || {
        let ticks = Arc::clone(&counted);
        async move {
            loop {
                tokio::time::sleep(Duration::from_millis(1)).await;
                ticks.fetch_add(1, Ordering::Relaxed);
            }
        }
    });
    bench.tree.start(Tier::Bio, service).unwrap();
    wait_until(SOON, "a tick", || ticks.load(Ordering::Relaxed) > 0);
    // What tells the driver to stop makes it end unasked here, as a fault would.
    let hook = {
        let state = bench.tree.shared().state.lock();
        state.nodes.values().find(|node| &*node.name == "tasks").unwrap().job().unwrap().on_stop.clone()
    };
    hook.unwrap()();
    wait_until(SOON, "the driver's restart", || bench.restarts("tasks") == 1);
    let before = ticks.load(Ordering::Relaxed);
    wait_until(SOON, "more ticks", || ticks.load(Ordering::Relaxed) > before);
    assert_eq!(bench.restarts("ticking"), 0);
}

#[cfg(unix)]
mod processes {
    use super::*;
    use rustix::process::{Pid, Signal, kill_process, test_kill_process};

    fn pid(number: u32) -> Pid {
        Pid::from_raw(i32::try_from(number).unwrap()).unwrap()
    }

    fn cat() -> Command {
        Command::new("cat")
    }

    fn ignoring_the_signal() -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", "trap '' TERM; echo ready; for k in $(seq 1000); do sleep 0.05; done"]);
        command
    }

    #[test]
    fn a_process_is_talked_to_killed_and_started_again() {
        let bench = bench();
        let (give, pipes) = bounded::<ProcessIo>(4);
        let service = Service::process("echo", cat, move |io| give.send(io).unwrap());
        let handle = bench.tree.start(Tier::Bio, service).unwrap();
        let talk = |word: &str| {
            let mut io = pipes.recv_timeout(SOON).unwrap();
            writeln!(io.stdin, "{word}").unwrap();
            let mut line = String::new();
            BufReader::new(io.stdout).read_line(&mut line).unwrap();
            assert_eq!(line.trim(), word);
            io.pid
        };
        let first = talk("one");
        kill_process(pid(first), Signal::KILL).unwrap();
        let second = talk("two");
        assert_ne!(first, second);
        let view = bench.tree.view();
        let node = view.find("echo").unwrap();
        assert_eq!((node.kind, node.restarts), (NodeKind::Process, 1));
        assert!(node.last_failure.as_ref().unwrap().words.contains("signal: 9"));
        handle.stop();
        assert!(handle.wait(SOON));
        assert!(test_kill_process(pid(second)).is_err(), "it still runs");
    }

    #[test]
    fn a_process_that_will_not_end_is_killed_at_its_deadline_and_not_left_behind() {
        let bench = bench();
        let (give, pipes) = bounded::<ProcessIo>(1);
        let service = Service::process("stubborn", ignoring_the_signal, move |io| give.send(io).unwrap());
        bench.tree.start(Tier::Bio, service.deadline(Duration::from_millis(100))).unwrap();
        let io = pipes.recv_timeout(SOON).unwrap();
        let mut line = String::new();
        BufReader::new(io.stdout).read_line(&mut line).unwrap();
        assert!(bench.tree.shut_down(SOON).is_empty());
        assert!(test_kill_process(pid(io.pid)).is_err(), "it still runs");
    }

    #[test]
    fn a_process_that_does_not_read_its_input_ends_by_the_signal() {
        let bench = bench();
        let sleeping = || {
            let mut command = Command::new("sleep");
            command.arg("60");
            command
        };
        let handle =
            bench.tree.start(Tier::Bio, Service::process("asleep", sleeping, drop).deadline(SOON * 2));
        let handle = handle.unwrap();
        handle.stop();
        assert!(handle.wait(SOON));
    }

    #[test]
    fn a_process_does_not_outlive_an_owner_that_panics() {
        let bench = bench();
        let (give, pids) = bounded(1);
        let kept = Mutex::new(Vec::new());
        let service = Service::process("orphan", cat, move |io| {
            // Its input stays open, so that only a kill can end it.
            kept.lock().push(io.stdin);
            give.send(io.pid).unwrap();
            panic!("planted");
        });
        bench.tree.start(Tier::Bio, service.temporary()).unwrap();
        let first = pids.recv_timeout(SOON).unwrap();
        wait_until(SOON, "its end", || test_kill_process(pid(first)).is_err());
    }

    #[test]
    fn a_program_that_is_not_there_is_given_up_in_words() {
        let bench = bench();
        let service = Service::process("missing", || Command::new("/nowhere/at/all"), drop).guarded();
        let handle = bench.tree.start(Tier::Bio, service).unwrap();
        wait_until(SOON, "the giving up", || handle.state() == NodeState::GivenUp);
        let words = bench.tree.view().find("missing").unwrap().last_failure.clone().unwrap().words.clone();
        assert!(words.contains("could not be started"), "{words}");
    }
}
