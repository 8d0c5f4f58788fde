//! Scripts as Erlang terms, and the virtual machine that runs them.

use crate::tree::{Fault, Kind, Message, Node, Obeys, Path, Script, Step, Sup};
use policy::supervise::{AutoShutdown, Exit, RestartType, Strategy};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/otp/trees.erl");

/// The traces of scripts by their numbers; `None` for those that came too late.
pub type Traces = BTreeMap<usize, Option<Vec<String>>>;

/// Erlang with the module `trees`, compiled.
pub struct Erlang {
    folder: TempDir,
}

/// A run that is under way.
pub struct Running {
    machine: Child,
    output: PathBuf,
}

impl Erlang {
    /// Nothing if Erlang is not installed.
    pub fn find() -> Option<Self> {
        let folder = TempDir::new().unwrap();
        let compiled = Command::new("erlc").arg("-o").arg(folder.path()).arg(SOURCE).output().ok()?;
        assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stdout));
        Some(Self { folder })
    }

    /// Runs numbered scripts, all in one virtual machine.
    pub fn start<'s>(&self, scripts: impl Iterator<Item = (usize, &'s Script)>) -> Running {
        let (input, output) = (self.folder.path().join("scripts"), self.folder.path().join("traces"));
        let mut file = std::io::BufWriter::new(std::fs::File::create(&input).unwrap());
        for (number, script) in scripts {
            writeln!(file, "{}", term(number, script)).unwrap();
        }
        file.into_inner().unwrap();
        let machine = Command::new("erl")
            .args(["-noshell", "-noinput", "-pa"])
            .arg(self.folder.path())
            .args(["-run", "trees", "main"])
            .args([&input, &output])
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        Running { machine, output }
    }
}

impl Running {
    pub fn finish(mut self) -> Traces {
        let status = self.machine.wait().unwrap();
        assert!(status.success(), "Erlang: {status}");
        let text = std::fs::read_to_string(&self.output).unwrap();
        text.split('#').skip(1).map(trace).collect()
    }
}

/// Number and trace from one piece of Erlang's output.
fn trace(piece: &str) -> (usize, Option<Vec<String>>) {
    let mut lines = piece.lines().map(String::from);
    let number = lines.next().unwrap_or_default();
    let number = number.parse().unwrap_or_else(|_| panic!("Erlang: {piece}"));
    let lines: Vec<String> = lines.collect();
    (number, (lines != ["late"]).then_some(lines))
}

/// Without waits no restart may ever be forgiven; the busiest machine can't change that.
fn term(number: usize, script: &Script) -> String {
    let waits = script.steps.iter().any(|step| matches!(step, Step::Wait));
    let period_s = if waits { 1 } else { 1_000_000 };
    format!("{{{number},{period_s},{},{}}}", sup(&script.tree), list(&script.steps, step))
}

fn list<T>(items: &[T], term: impl Fn(&T) -> String) -> String {
    format!("[{}]", items.iter().map(term).collect::<Vec<_>>().join(","))
}

fn sup(sup: &Sup) -> String {
    let strategy = match sup.strategy {
        Strategy::OneForOne => "one_for_one",
        Strategy::OneForAll => "one_for_all",
        Strategy::RestForOne => "rest_for_one",
        Strategy::SimpleOneForOne => "simple_one_for_one",
    };
    let auto_shutdown = match sup.auto_shutdown {
        AutoShutdown::Never => "never",
        AutoShutdown::AnySignificant => "any_significant",
        AutoShutdown::AllSignificant => "all_significant",
    };
    let children = match &sup.template {
        Some(template) => list(&[template.as_ref()], |template| node(template)),
        None => list(&sup.children, node),
    };
    format!("{{sup,{strategy},{},{auto_shutdown},{children}}}", sup.restarts_max)
}

fn node(node: &Node) -> String {
    let restart = match node.restart {
        RestartType::Permanent => "permanent",
        RestartType::Transient => "transient",
        RestartType::Temporary => "temporary",
    };
    let (shutdown, kind) = match &node.kind {
        Kind::Sup(below) => ("infinity", sup(below)),
        Kind::Worker(worker) => {
            let shutdown = match worker.obeys {
                Obeys::InTime | Obeys::Never => "deadline",
                Obeys::Slowly => "infinity",
                Obeys::Unasked => "brutal_kill",
            };
            let fault = |(at, fault): &(u32, Fault)| match fault {
                Fault::Fails => format!("{{{at},fails}}"),
                Fault::Ignores => format!("{{{at},ignores}}"),
            };
            let faults = list(&worker.faults, fault);
            (shutdown, format!("{{worker,{},{faults}}}", worker.obeys == Obeys::Never))
        }
    };
    format!("{{{},{restart},{},{shutdown},{kind}}}", node.id, node.significant)
}

fn step(step: &Step) -> String {
    match step {
        Step::Wait => "wait".into(),
        Step::EndSupervisor(at) => format!("{{end_supervisor,{}}}", path(at)),
        Step::Tell(at, messages) => format!("{{tell,{},{}}}", path(at), list(messages, message)),
    }
}

fn path(path: &Path) -> String {
    list(&path.0, u64::to_string)
}

fn message(message: &Message) -> String {
    match message {
        Message::Exit(id, Exit::Normal) => format!("{{exit,{id},normal}}"),
        Message::Exit(id, Exit::Shutdown) if id % 2 == 0 => format!("{{exit,{id},{{shutdown,done}}}}"),
        Message::Exit(id, Exit::Shutdown) => format!("{{exit,{id},shutdown}}"),
        Message::Exit(id, Exit::Crashed) => format!("{{exit,{id},crash}}"),
        Message::Terminate(id) => format!("{{terminate,{id}}}"),
        Message::Restart(id) => format!("{{restart,{id}}}"),
        Message::Delete(id) => format!("{{delete,{id}}}"),
        Message::Add(added) => format!("{{add,{}}}", node(added)),
    }
}
